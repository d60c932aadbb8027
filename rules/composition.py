"""A rule as its catalogue row reads: clauses in order, all of them must be true.

Names and parameters of a row become functions bound to checked parameters, once for
each zone, with the overrides of site, camera and zone merged.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pydantic import JsonValue, ValidationError

from rules.catalogue import CatalogueRow, ClauseUse, PlaceKind
from rules.clause import ALWAYS, ClauseTrace, Outcome, Truth, all_of
from rules.clause_kind import AnyKind, Params
from rules.clause_table import CLAUSES
from rules.errors import RuleError
from rules.moment import Area, Moment, Stand
from rules.settings import RuleSection
from rules.violation import Severity


@dataclass(frozen=True, slots=True)
class BoundClause:
    """One clause of a row with its parameters.

    Attributes:
        name: As the trace tells it.
        kind: What judges it.
        params: Checked parameters.
        is_negated: Whether the row wants it to be false.
        may_be_unknown: Whether unknown holds the violation back.
    """

    name: str
    kind: AnyKind
    params: Params
    is_negated: bool
    may_be_unknown: bool

    def judge(self, place: Stand | Area, moment: Moment) -> Outcome:
        """How it stands for one place at one look."""
        if isinstance(place, Stand):
            ask = self.kind.on_slot
            told = ask(place, moment, self.params) if ask else None
        else:
            judge = self.kind.on_zone
            told = judge(place, moment, self.params) if judge else None
        if told is None:  # refused by `bind` already
            raise RuleError(f"the clause {self.name} cannot be asked here")
        return told.negated if self.is_negated else told


@dataclass(frozen=True, slots=True)
class Judged:
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
        outcomes = tuple(clause.judge(place, moment) for clause in self.clauses)
        counted = (
            told.truth
            for told, clause in zip(outcomes, self.clauses, strict=True)
            if not (clause.may_be_unknown and told.truth is Truth.UNKNOWN)
        )
        graver = (
            severity
            for severity, clause in self.steps
            if clause.judge(place, moment).truth is Truth.TRUE
        )
        gravest = min((self.severity, *graver), key=lambda one: one.value)
        return Judged(outcomes, all_of(counted), gravest)

    def traces(self, outcomes: Sequence[Outcome]) -> tuple[ClauseTrace, ...]:
        """The outcomes under their names; `since` and `looks` are filled in later."""
        return tuple(
            ClauseTrace(
                clause=clause.name,
                truth=told.truth,
                value=told.value,
                limit=told.limit,
                since=None if told.since == ALWAYS else told.since,
                why=told.why,
            )
            for clause, told in zip(self.clauses, outcomes, strict=True)
        )

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
    return BoundClause(name, kind, checked, use.negate, use.may_be_unknown)


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
