"""The result of a suite in the terminal: what an engineer reads first."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from nonsite.replay.result import CaseResult, Played, differences
from nonsite.replay.tally import Share, Tally, by_code, by_condition, in_all

GOOD, BAD, DIM = "green", "bold red", "dim"


def summary(played: Sequence[Played], took_s: float) -> RenderableType:
    """Cases, rules, conditions, and one line that says it all."""
    results = [each.result for each in played]
    parts: list[RenderableType] = [_cases(played)]
    if rules := by_code(results):
        parts.append(_tallies("rule", rules))
    if conditions := by_condition(results):
        parts.append(_tallies("condition", conditions))
    parts.append(_last_line(results, took_s))
    return Group(*parts)


def _cases(played: Sequence[Played]) -> Table:
    table = Table(box=None, header_style=DIM, padding=(0, 2, 0, 0))
    for column in ("", "case"):
        table.add_column(column)
    for column in ("true", "missed", "false", "twice", "start", "looks", "speed"):
        table.add_column(column, justify="right")
    table.add_column("")
    for each in played:
        result, verdict = each.result, each.result.verdict
        table.add_row(
            Text("✓", GOOD) if result.passed else Text("✗", BAD),
            result.name,
            str(len(verdict.met)),
            _count(len(verdict.missed)),
            _count(len(verdict.false)),
            _count(len(verdict.duplicated)),
            _start_error(result),
            str(result.looks),
            speed(each),
            Text("\n".join(differences(result)), BAD),
        )
    return table


def _count(number: int) -> Text:
    return Text(str(number), BAD) if number else Text("0", DIM)


def _start_error(result: CaseResult) -> Text:
    errors = [met.start_error_s for met in result.verdict.met]
    worst = max(errors, key=abs, default=None)
    return Text("–", DIM) if worst is None else Text(f"{worst:+.1f} s")


def speed(each: Played) -> str:
    """Media seconds a CPU second; in brackets where looks were remembered."""
    if each.cost.cpu_s <= 0:
        return "–"
    rate = f"{each.result.media_s / each.cost.cpu_s:.0f} ×"
    return f"({rate})" if each.cost.from_cache else rate


def _tallies(title: str, tallies: dict[str, Tally]) -> Table:
    table = Table(box=None, header_style=DIM, padding=(0, 2, 0, 0))
    table.add_column(title)
    for column in ("true", "missed", "false", "twice", "recall", "precision", "start"):
        table.add_column(column, justify="right")
    for name, tally in tallies.items():
        worst = tally.worst_start_s
        table.add_row(
            name,
            str(tally.met),
            _count(tally.missed),
            _count(tally.false),
            _count(tally.duplicated),
            share(tally.recall),
            share(tally.precision),
            "–" if worst is None else f"{worst:+.1f} s",
        )
    return table


def share(of: Share) -> str:
    """`0.80 (0.49…0.94)`: with the 95 % interval, since counts are small."""
    if of.value is None:
        return "–"
    low, high = of.interval
    return f"{of.value:.2f} ({low:.2f}…{high:.2f})"


def _last_line(results: Sequence[CaseResult], took_s: float) -> Text:
    passed = sum(result.passed for result in results)
    tally, media_s = in_all(results), sum(result.media_s for result in results)
    words = (
        f"{passed} of {len(results)} cases passed · {tally.met} found, "
        f"{tally.missed} missed, {tally.false} false, {tally.duplicated} twice · "
        f"{media_s:.0f} s of footage in {took_s:.1f} s"
    )
    return Text(words, GOOD if passed == len(results) else BAD)
