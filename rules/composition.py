"""A rule as its catalogue row reads: clauses in order, all of them must be true.

Names and parameters of a row become functions bound to checked parameters, once for
each zone, with the overrides of site, camera and zone merged.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias, cast

from pydantic import JsonValue, ValidationError

from rules.catalogue import CatalogueRow, ClauseUse, PlaceKind
from rules.clause import Outcome, Truth
from rules.clause_kind import AnyKind, Params
from rules.clause_table import CLAUSES
from rules.errors import RuleError
from rules.moment import Area, Moment, Stand
from rules.settings import RuleSection
from rules.violation import Severity

Ask: TypeAlias = Callable[[Stand | Area, Moment, Params], Outcome]
"""A clause's function; `_bound` sees to it that it is asked about its own places."""


@dataclass(frozen=True, slots=True)
class BoundClause:
    """One clause of a row with its parameters.

    Attributes:
        name: As the trace tells it.
        kind: What it is.
        ask: Judges it for the row's sort of place.
        params: Checked parameters.
        is_negated: Whether the row wants it to be false.
        may_be_unknown: Whether unknown holds the violation back.
    """

    name: str
    kind: AnyKind
    ask: Ask
    params: Params
    is_negated: bool
    may_be_unknown: bool

    def judge(self, place: Stand | Area, moment: Moment) -> Outcome:
        """How it stands for one place at one look."""
        told = self.ask(place, moment, self.params)
        return told.negated if self.is_negated else told


class Judged(NamedTuple):
    """How a whole composition stands.

    Attributes:
        outcomes: Each clause's, in the row's order.
        truth: All of them together; what may be unknown counts when it is false.
        severity: The row's, or a graver one whose clause is true.
    """

    outcomes: tuple[Outcome, ...]
    truth: Truth
    severity: Severity


@dataclass(frozen=True, slots=True)
class Composition:
    """The clauses of one row in one zone, and what makes it graver."""

    clauses: tuple[BoundClause, ...]
    severity: Severity
    steps: tuple[tuple[Severity, BoundClause], ...] = ()

    def judge(self, place: Stand | Area, moment: Moment) -> Judged:
        """Ask every clause."""
        outcomes, truth = [], Truth.TRUE
        for clause in self.clauses:
            told = clause.ask(place, moment, clause.params)
            if clause.is_negated:
                told = told.negated
            outcomes.append(told)
            now = told.truth
            is_excused = now is Truth.UNKNOWN and clause.may_be_unknown
            if now is not Truth.TRUE and truth is not Truth.FALSE and not is_excused:
                truth = now
        severity = self.severity
        for graver, clause in self.steps:
            is_graver = graver.value < severity.value
            if is_graver and clause.judge(place, moment).truth is Truth.TRUE:
                severity = graver
        return Judged(tuple(outcomes), truth, severity)

    def is_false(self, area: Area, moment: Moment) -> bool:
        """Whether a clause is false: the rest need not be asked then."""
        return any(
            clause.judge(area, moment).truth is Truth.FALSE for clause in self.clauses
        )

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the clauses, in order."""
        return tuple(clause.name for clause in self.clauses)

    @property
    def may_be_unknown(self) -> frozenset[str]:
        """Names of the clauses that may be unknown."""
        return frozenset(c.name for c in self.clauses if c.may_be_unknown)


def compose(row: CatalogueRow, overrides: Iterable[RuleSection | None]) -> Composition:
    """The clauses of `row` with parameters overridden, weakest first.

    Raises:
        RuleError: An unknown clause or parameter, or a value it does not take; names
            the clause.
    """
    sections = [section for section in overrides if section is not None]
    clauses = tuple(_bind(row, use, sections) for use in row.clauses)
    steps = tuple(
        (step.severity, _bind(row, step.when, sections)) for step in row.severity_when
    )
    return Composition(clauses, row.severity, steps)


def _bind(
    row: CatalogueRow, use: ClauseUse, sections: Sequence[RuleSection]
) -> BoundClause:
    params: dict[str, JsonValue] = dict(use.params)
    for section in sections:
        params |= section.clauses.get(use.clause, {})
    return _bound(use, row.place, params)


def _bound(
    use: ClauseUse, place: PlaceKind, params: dict[str, JsonValue]
) -> BoundClause:
    kind = CLAUSES.get(use.clause)
    if kind is None:
        known = ", ".join(sorted(CLAUSES))
        raise RuleError(f"clauses.{use.clause}: no such clause; there are {known}")
    can = kind.on_zone if place is PlaceKind.ZONE else kind.on_slot
    if can is None:
        raise RuleError(f"clauses.{use.clause}: cannot judge a {place.value}")
    try:
        checked = kind.params.model_validate(params)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in (use.clause, *first["loc"]))
        raise RuleError(f"clauses.{where}: {first['msg']}") from error
    name = f"not_{use.clause}" if use.negate else use.clause
    ask = cast("Ask", can)
    return BoundClause(name, kind, ask, checked, use.negate, use.may_be_unknown)


def problems_of(row: CatalogueRow, section: RuleSection) -> tuple[str, ...]:
    """What is wrong with an override's clauses, each `clauses.…: what`; () if fine."""
    used = {use.clause for use in row.clauses}
    used |= {step.when.clause for step in row.severity_when}
    strangers = [name for name in section.clauses if name not in used]
    if strangers:
        has = ", ".join(sorted(used))
        return tuple(
            f"clauses.{name}: the rule has no such clause; it has {has}"
            for name in strangers
        )
    try:
        compose(row, (section,))
    except RuleError as error:
        return (str(error),)
    return ()
