"""Two runs of a suite held against each other: what got better, worse, later, dearer.

In: results as JSON, of two versions, models or thresholds. Out: differences case by
case, and a summary in Markdown for a pull request.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from base.errors import ConfigError
from nonsite.replay.result import CaseResult, Cost, Played
from nonsite.replay.tables import share
from nonsite.replay.tally import in_all

SHIFT_S = 0.5
"""Openings that moved by less are the same: one look at two looks a second."""

COST_RATIO = 1.1
"""A case is cheaper or dearer from here on; CPU time on a shared machine varies."""

Kind = Literal[
    "newly missed", "found again", "newly false", "no longer false",
    "newly twice", "no longer twice", "shifted", "changed", "added", "gone",
]  # fmt: skip
WORSE: frozenset[Kind] = frozenset(
    {"newly missed", "newly false", "newly twice", "changed"}
)


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs.

    Attributes:
        case: The case's name.
        kind: What kind of difference it is.
        what: The alert or expectation, in words.
    """

    case: str
    kind: Kind
    what: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that differs between two runs.

    Attributes:
        before: The baseline's results.
        after: The new run's.
        differences: In the order of the new run's cases.
        cost_before: CPU seconds of the cases both have, the baseline's.
        cost_after: The new run's, without those whose looks were remembered.
        dearer: Cases that cost more by `COST_RATIO` or less by it, and the ratio.
    """

    before: tuple[CaseResult, ...]
    after: tuple[CaseResult, ...]
    differences: tuple[Difference, ...]
    cost_before: float
    cost_after: float
    dearer: tuple[tuple[str, float], ...]

    @property
    def is_worse(self) -> bool:
        """Whether anything is missed, false or doubled that was not before."""
        return any(difference.kind in WORSE for difference in self.differences)


_RESULTS = TypeAdapter(tuple[CaseResult, ...])
_COSTS = TypeAdapter(dict[str, Cost])


def costs_beside(path: Path) -> Path:
    """Where the costs of a run lie: apart, since a result is compared byte by byte."""
    return path.with_name(f"{path.stem}.costs.json")


def write_costs(played: Sequence[Played], path: Path) -> None:
    """Keep what each case cost beside the result at `path`.

    Raises:
        OSError: The file cannot be written.
    """
    costs = {each.result.name: each.cost for each in played}
    costs_beside(path).write_bytes(_COSTS.dump_json(costs, indent=2))


def read_run(path: Path) -> tuple[Played, ...]:
    """A run as `nonsite replay --json` wrote it.

    Raises:
        ConfigError: The file is none, or of another version.
    """
    try:
        content: Any = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(content, dict) or content.get("version") != 2:
            raise ConfigError((f"{path}: is no result of `nonsite replay --json`",))
        results = _RESULTS.validate_python(content.get("cases"))
        beside = costs_beside(path)
        costs = _COSTS.validate_json(beside.read_bytes()) if beside.is_file() else {}
    except OSError as error:
        raise ConfigError((f"{path}: {error.strerror or error}",)) from error
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ConfigError((f"{path}: is no JSON",)) from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ConfigError((f"{path}: {where}: {first['msg']}",)) from error
    unknown = Cost(0.0, 0, from_cache=True)
    return tuple(Played(r, costs.get(r.name, unknown)) for r in results)


def hold_against(before: Sequence[Played], after: Sequence[Played]) -> Comparison:
    """What differs between a baseline and a new run."""
    old = {each.result.name: each for each in before}
    new = {each.result.name: each for each in after}
    differences: list[Difference] = []
    for name, each in new.items():
        if name in old:
            differences += _differences(old[name].result, each.result)
        else:
            differences.append(Difference(name, "added", each.result.title))
    gone = [each.result for name, each in old.items() if name not in new]
    differences += [Difference(r.name, "gone", r.title) for r in gone]
    timed = [
        (name, old[name].cost.cpu_s, each.cost.cpu_s)
        for name, each in new.items()
        if name in old and not (each.cost.from_cache or old[name].cost.from_cache)
    ]
    ratios = [(name, was and now / was) for name, was, now in timed]
    return Comparison(
        before=tuple(each.result for each in before),
        after=tuple(each.result for each in after),
        differences=tuple(differences),
        cost_before=sum(was for _, was, _ in timed),
        cost_after=sum(now for *_, now in timed),
        dearer=tuple(
            (name, ratio)
            for name, ratio in ratios
            if ratio and not 1 / COST_RATIO <= ratio <= COST_RATIO
        ),
    )


def _differences(old: CaseResult, new: CaseResult) -> list[Difference]:
    if old.fault != new.fault:
        told = f"{old.fault or 'played'} → {new.fault or 'played'}"
        return [Difference(new.name, "changed", told)]
    was, now = old.verdict, new.verdict
    old_missed = {missed.expected: missed for missed in was.missed}
    new_missed = {missed.expected: missed for missed in now.missed}
    found = [
        Difference(new.name, "newly missed", f"{missed.what}: {missed.why}")
        for number, missed in new_missed.items()
        if number not in old_missed
    ]
    found += [
        Difference(new.name, "found again", missed.what)
        for number, missed in old_missed.items()
        if number not in new_missed
    ]
    wrong = ((was.false, now.false, "false"), (was.duplicated, now.duplicated, "twice"))
    for before, after, what in wrong:
        known, stands = {w.alert for w in before}, {w.alert for w in after}
        is_new: Kind = "newly false" if what == "false" else "newly twice"
        is_gone: Kind = "no longer false" if what == "false" else "no longer twice"
        found += [
            Difference(new.name, is_new, w.what) for w in after if w.alert not in known
        ]
        found += [
            Difference(new.name, is_gone, w.what)
            for w in before
            if w.alert not in stands
        ]
    return found + _shifts(old, new)


def _shifts(old: CaseResult, new: CaseResult) -> list[Difference]:
    was = {met.expected: met.start_error_s for met in old.verdict.met}
    titles = {alert.id: alert.name for alert in new.alerts}
    return [
        Difference(
            new.name,
            "shifted",
            f"{titles[met.alert]}: {met.start_error_s - was[met.expected]:+.1f} s",
        )
        for met in new.verdict.met
        if met.expected in was and abs(met.start_error_s - was[met.expected]) >= SHIFT_S
    ]


def markdown(comparison: Comparison) -> str:
    """A summary for a pull request."""
    before, after = in_all(comparison.before), in_all(comparison.after)
    lines = [
        f"### Replay: {_headline(comparison)}",
        "",
        "| | before | after |",
        "|---|---|---|",
        _row("recall (95 %)", share(before.recall), share(after.recall)),
        _row("precision (95 %)", share(before.precision), share(after.precision)),
        _row("found", before.met, after.met),
        _row("missed", before.missed, after.missed),
        _row("false", before.false, after.false),
        _row("twice", before.duplicated, after.duplicated),
        _cost_line(comparison),
        "",
    ]
    if comparison.differences:
        lines += ["| case | what | |", "|---|---|---|"]
        lines += [
            f"| {d.case} | {'**' if d.kind in WORSE else ''}{d.kind}"
            f"{'**' if d.kind in WORSE else ''} | {d.what} |"
            for d in comparison.differences
        ]
    else:
        lines.append("Every case gives what it gave.")
    if comparison.dearer:
        told = ", ".join(f"{name} {ratio:.2f} ×" for name, ratio in comparison.dearer)
        lines += ["", f"CPU time moved by more than a tenth: {told}."]
    return "\n".join(lines) + "\n"


def _headline(comparison: Comparison) -> str:
    if comparison.is_worse:
        worse = sum(d.kind in WORSE for d in comparison.differences)
        return f"{worse} thing{'s' if worse > 1 else ''} worse than the baseline"
    if comparison.differences:
        return "nothing worse than the baseline"
    return "no difference from the baseline"


def _row(name: str, before: object, after: object) -> str:
    return f"| {name} | {before} | {after} |"


def _cost_line(comparison: Comparison) -> str:
    if not comparison.cost_before:
        return _row("CPU", "not measured", "not measured")
    ratio = comparison.cost_after / comparison.cost_before
    after = f"{comparison.cost_after:.1f} s ({ratio:.2f} ×)"
    return _row("CPU", f"{comparison.cost_before:.1f} s", after)
