"""What a run of a suite adds up to: per rule, per condition, in all.

Recall and precision carry a Wilson interval: of five alerts, five found says little.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import sqrt

from nonsite.replay.result import CaseResult

Z_95 = 1.959964
"""Two-sided 95 % of a normal distribution."""


@dataclass(frozen=True, slots=True)
class Share:
    """A share of a count with its Wilson score interval (Wilson 1927), 95 %.

    Attributes:
        hits: How many.
        of: Of how many.
    """

    hits: int
    of: int

    @property
    def value(self) -> float | None:
        """The share, None of nothing."""
        return self.hits / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float]:
        """Lower and upper bound; 0 and 1 of nothing."""
        if not self.of:
            return 0.0, 1.0
        n, p, zz = self.of, self.hits / self.of, Z_95 * Z_95
        middle = (p + zz / (2 * n)) / (1 + zz / n)
        half = Z_95 / (1 + zz / n) * sqrt(p * (1 - p) / n + zz / (4 * n * n))
        return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(slots=True)
class Tally:
    """Counts over some cases.

    Attributes:
        met: Expectations met.
        missed: Expectations not met.
        false: Alerts nothing expects.
        duplicated: Alerts that tell what another told.
        start_errors_s: How much later than expected each opened, seconds.
    """

    met: int = 0
    missed: int = 0
    false: int = 0
    duplicated: int = 0
    start_errors_s: list[float] = field(default_factory=list)

    @property
    def recall(self) -> Share:
        """Met, of those expected."""
        return Share(self.met, self.met + self.missed)

    @property
    def precision(self) -> Share:
        """Met, of those raised."""
        return Share(self.met, self.met + self.false + self.duplicated)

    @property
    def worst_start_s(self) -> float | None:
        """The largest start error with its sign; None when nothing was met."""
        return max(self.start_errors_s, key=abs, default=None)


def by_code(results: Iterable[CaseResult]) -> dict[str, Tally]:
    """Counts for each catalogue code, codes in order."""
    found: dict[str, Tally] = {}
    for result in results:
        codes = {alert.id: alert.code for alert in result.alerts}
        verdict = result.verdict
        for met in verdict.met:
            tally = found.setdefault(codes[met.alert], Tally())
            tally.met += 1
            tally.start_errors_s.append(met.start_error_s)
        for missed in verdict.missed:
            found.setdefault(missed.code, Tally()).missed += 1
        for wrong in verdict.false:
            found.setdefault(wrong.code, Tally()).false += 1
        for wrong in verdict.duplicated:
            found.setdefault(wrong.code, Tally()).duplicated += 1
    return dict(sorted(found.items()))


def by_condition(results: Iterable[CaseResult]) -> dict[str, Tally]:
    """Counts for each condition: a good average may hide a bad night."""
    found: dict[str, Tally] = {}
    for result in results:
        for condition in result.conditions:
            _add(found.setdefault(condition, Tally()), result)
    return dict(sorted(found.items()))


def in_all(results: Iterable[CaseResult]) -> Tally:
    """Counts over everything."""
    tally = Tally()
    for result in results:
        _add(tally, result)
    return tally


def _add(tally: Tally, result: CaseResult) -> None:
    verdict = result.verdict
    tally.met += len(verdict.met)
    tally.missed += len(verdict.missed)
    tally.false += len(verdict.false)
    tally.duplicated += len(verdict.duplicated)
    tally.start_errors_s += [met.start_error_s for met in verdict.met]
