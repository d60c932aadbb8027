"""A suite's result as JUnit XML, which every build server draws."""

from collections.abc import Sequence
from pathlib import Path
from xml.etree.ElementTree import Element, ElementTree, SubElement, indent

from nonsite.replay.result import CaseResult, Played


def write_junit(played: Sequence[Played], path: Path) -> None:
    """One test a case; its failure lists everything that differs.

    Raises:
        OSError: The file cannot be written.
    """
    failed = sum(bool(_differences(each.result)) for each in played)
    faults = sum(each.result.fault is not None for each in played)
    suite = Element(
        "testsuite",
        name="nonsite replay",
        tests=str(len(played)),
        failures=str(failed),
        errors=str(faults),
        time=f"{sum(each.cost.cpu_s for each in played):.3f}",
    )
    for each in played:
        _case(suite, each)
    root = Element("testsuites")
    root.append(suite)
    indent(root)
    ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def _case(suite: Element, each: Played) -> None:
    result = each.result
    case = SubElement(
        suite,
        "testcase",
        classname="replay",
        name=result.name,
        time=f"{each.cost.cpu_s:.3f}",
    )
    if result.fault is not None:
        SubElement(case, "error", message=result.fault)
    elif told := _differences(result):
        SubElement(case, "failure", message=told[0]).text = "\n".join(told)


def _differences(result: CaseResult) -> list[str]:
    if result.fault is not None:
        return []
    verdict = result.verdict
    told = [f"missed {missed.what}: {missed.why}" for missed in verdict.missed]
    told += [f"false {wrong.what}" for wrong in verdict.false]
    return told + [f"twice {wrong.what}" for wrong in verdict.duplicated]
