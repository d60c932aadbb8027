"""A suite's result as JUnit XML, which every build server draws."""

from collections.abc import Sequence
from pathlib import Path
from xml.etree.ElementTree import Element, ElementTree, SubElement, indent

from nonsite.replay.result import Played, differences


def write_junit(played: Sequence[Played], path: Path) -> None:
    """One test a case; its failure lists everything that differs.

    Raises:
        OSError: The file cannot be written.
    """
    faults = sum(each.result.fault is not None for each in played)
    failed = sum(not each.result.passed for each in played) - faults
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
    elif told := differences(result):
        SubElement(case, "failure", message=told[0]).text = "\n".join(told)
