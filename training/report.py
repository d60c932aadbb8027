"""The figures of a network over a plan, as people and machines read them.

In: a served network and a plan. Out: a `Report`, written as JSON and as Markdown
tables; two reports can be laid side by side.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from training.boxes import Suppression
from training.errors import RecipeError
from training.evaluation import Measured, run_set
from training.figures import BUCKETS, ClassFigures, measure
from training.material import Material
from training.plan import Plan
from training.served import Served


@dataclass(frozen=True, slots=True)
class SetFigures:
    """Figures of one set."""

    name: str
    pictures: int
    classes: tuple[ClassFigures, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """Figures of one network.

    Attributes:
        network: its name.
        threshold: score at which precision and recall were taken.
        width: input width, pixels.
        height: input height, pixels.
        sets: figures by set.
    """

    network: str
    threshold: float
    width: int
    height: int
    sets: tuple[SetFigures, ...]

    def ap50(self, key: str) -> float:
        """Give the AP50 of ``set.class``.

        Raises:
            RecipeError: no such set or class was measured.
        """
        for measured in self.sets:
            for figures in measured.classes:
                if f"{measured.name}.{figures.name}" == key:
                    return figures.ap50
        raise RecipeError("matters", f"{key!r} is not measured by the plan")


def evaluate(
    network: Served,
    name: str,
    plan: Plan,
    material: Material,
    seen: Callable[[str, Measured], None],
) -> Report:
    """Measure a network on every set of a plan.

    Args:
        network: what is measured.
        name: of it, in the report.
        plan: the sets.
        material: where their pictures lie.
        seen: told each set's name and detections, for pictures of the mistakes.

    Raises:
        DatasetError: a file of a set is not what it should be.
        RecipeError: the plan names a class a set does not measure.
    """
    sets = []
    for chosen in plan.sets:
        found = run_set(network.rows, network.classes, chosen, material, network.size)
        seen(chosen.name, found)
        scores = network.thresholds(found.classes)
        figures = measure(found.truths, found.found, found.names, scores)
        sets.append(SetFigures(chosen.name, len(found.pictures), figures))
    size = network.size
    return Report(name, network.threshold, size.width, size.height, tuple(sets))


def write_json(report: Report, path: Path) -> None:
    """Write a report for machines."""
    path.write_text(json.dumps(asdict(report), indent=1) + "\n", encoding="utf-8")


def read_json(path: Path) -> Report:
    """Read a report back.

    Raises:
        RecipeError: the file is not a report.
    """
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        sets = tuple(
            SetFigures(
                entry["name"],
                entry["pictures"],
                tuple(ClassFigures(**figures) for figures in entry["classes"]),
            )
            for entry in raw.pop("sets")
        )
        return Report(**raw, sets=sets)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RecipeError(str(path), "is not a report of `evaluate`") from error


def markdown(report: Report) -> str:
    """Lay a report out as Markdown."""
    buckets = " | ".join(f"AP50 {bucket} px" for bucket in BUCKETS[1:])
    columns = "set | class | boxes | AP50 | AP50-95 | score | precision | recall"
    lines = [
        f"# {report.network}",
        "",
        f"Input {report.width}x{report.height}. Precision and recall at the score of",
        f"the row and IoU 0.5; boxes merged at IoU {Suppression().iou:g}.",
        "",
        f"| {columns} | recall >= 40 px | {buckets} |",
        "|" + "---|" * (9 + len(BUCKETS) - 1),
    ]
    for measured in report.sets:
        for figures in measured.classes:
            cells = [
                figures.ap50,
                figures.ap50_95,
                figures.score,
                figures.precision,
                figures.recall,
                figures.recall_from_40px,
                *figures.ap50_by_height.values(),
            ]
            shown = " | ".join(_cell(value) for value in cells)
            lines.append(
                f"| {measured.name} | {figures.name} | {figures.count} | {shown} |"
            )
    return "\n".join(lines) + "\n"


def side_by_side(reports: tuple[Report, ...]) -> str:
    """Lay several reports of one plan out as one Markdown table."""
    names = " | ".join(f"{r.network} AP50 | P | R" for r in reports)
    lines = [f"| set | class | {names} |", "|" + "---|" * (2 + 3 * len(reports))]
    for measured in reports[0].sets:
        for figures in measured.classes:
            cells = []
            for report in reports:
                other = _same(report, measured.name, figures.name)
                values = (
                    (other.ap50, other.precision, other.recall)
                    if other
                    else (-1.0, -1.0, -1.0)
                )
                cells += [_cell(value) for value in values]
            row = " | ".join([measured.name, figures.name, *cells])
            lines.append(f"| {row} |")
    return "\n".join(lines) + "\n"


def _same(report: Report, set_name: str, name: str) -> ClassFigures | None:
    for measured in report.sets:
        if measured.name == set_name:
            for figures in measured.classes:
                if figures.name == name:
                    return figures
    return None


def _cell(value: float) -> str:
    return "-" if value < 0 else f"{value:.3f}"
