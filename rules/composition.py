"""A rule as its catalogue row reads: clauses in order, all of them must be true.

Names and parameters of a row become functions bound to checked parameters, once for
each zone, with the overrides of site, camera and zone merged.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, TypeAlias, cast

from pydantic import JsonValue, ValidationError

from rules.catalogue import CatalogueRow, ClauseUse, PlaceKind
from rules.clause import FALSE, TRUE, UNKNOWN, Outcome, Truth, Why
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
        question: What it asks; of one zone equal ones are answered once a look.
        kind: What it is.
        ask: Judges it for the row's sort of place.
        params: Checked parameters.
        is_negated: Whether the row wants it to be false.
        may_be_unknown: Whether unknown holds the violation back.
    """

    name: str
    question: str
    kind: AnyKind
    ask: Ask
    params: Params
    is_negated: bool
    may_be_unknown: bool

    def judge(self, place: Stand | Area, moment: Moment) -> Outcome:
        """How it stands for one place at one look."""
        told = self.answer(place, moment)
        return told.negated if self.is_negated else told

    def answer(self, place: Stand | Area, moment: Moment) -> Outcome:
        """What it says itself, whether the row wants that or the contrary."""
        if isinstance(place, Stand):
            return self.ask(place, moment, self.params)
        key = (self.question, place.name)
        told = moment.told.get(key)
        if told is None:
            told = moment.told[key] = self.ask(place, moment, self.params)
        return told


_OPPOSITE = {TRUE: FALSE, FALSE: TRUE, UNKNOWN: UNKNOWN}


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


class Settled(NamedTuple):
    """What need not be asked again while a slot's place stays.

    Attributes:
        outcomes: Of each clause, in the row's order; None: to be asked.
        truth: Of those that are known.
        severity: The graver steps that are known taken into account.
        asked: The clauses to be asked, and where they stand in the row.
        steps: The steps to be asked.
    """

    outcomes: tuple[Outcome | None, ...]
    truth: Truth
    severity: Severity
    asked: tuple[tuple[int, BoundClause], ...]
    steps: tuple[tuple[Severity, BoundClause], ...]


class Awaited(NamedTuple):
    """A clause that may turn while a thing stands on, and what it answered itself."""

    clause: BoundClause
    truth: Truth
    why: Why | None


@dataclass(frozen=True)
class Composition:
    """The clauses of one row in one zone, and what makes it graver."""

    clauses: tuple[BoundClause, ...]
    severity: Severity
    steps: tuple[tuple[Severity, BoundClause], ...] = ()

    def settle(self, stand: Stand, moment: Moment) -> Settled:
        """Ask what a slot's place alone tells."""
        outcomes = [
            clause.judge(stand, moment) if clause.kind.of_place else None
            for clause in self.clauses
        ]
        truth, severity = TRUE, self.severity
        for clause, told in zip(self.clauses, outcomes, strict=True):
            if told is not None:
                truth = _both(truth, told.truth, clause)
        for graver, clause in self.steps:
            if clause.kind.of_place:
                severity = _graver(severity, graver, clause.judge(stand, moment))
        return Settled(
            tuple(outcomes),
            truth,
            severity,
            tuple((n, c) for n, c in enumerate(self.clauses) if not c.kind.of_place),
            tuple(step for step in self.steps if not step[1].kind.of_place),
        )

    def judge(
        self, place: Stand | Area, moment: Moment, settled: Settled | None = None
    ) -> Judged:
        """Ask every clause that is not settled for this place."""
        known, truth, severity, asked, steps = settled or self._unsettled
        outcomes = list(known)
        for index, clause in asked:
            outcomes[index] = told = clause.judge(place, moment)
            if told[0] is not TRUE and truth is not FALSE:
                truth = _both(truth, told[0], clause)
        for graver, clause in steps:
            if graver.value < severity.value:
                severity = _graver(severity, graver, clause.judge(place, moment))
        return Judged(cast("tuple[Outcome, ...]", tuple(outcomes)), truth, severity)

    @cached_property
    def _unsettled(self) -> Settled:
        nothing = (None,) * len(self.clauses)
        asked = tuple(enumerate(self.clauses))
        return Settled(nothing, TRUE, self.severity, asked, self.steps)

    def truth(self, area: Area, moment: Moment) -> Truth:
        """All clauses together; where one is false the rest need not be asked."""
        truth, known, name = TRUE, moment.told, area.name
        for clause in self.clauses:
            # looked up here first: most of it has been asked by another rule
            answer = known.get((clause.question, name))
            told = (answer or clause.answer(area, moment))[0]
            if clause.is_negated:
                told = _OPPOSITE[told]
            if told is FALSE:
                return told
            if told is not TRUE and not clause.may_be_unknown:
                truth = told
        return truth

    @property
    def everything(self) -> tuple[BoundClause, ...]:
        """Every clause it may ask: those of the row, then those that make it graver."""
        return (*self.clauses, *(clause for _, clause in self.steps))

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the clauses, in order."""
        return tuple(clause.name for clause in self.clauses)

    @property
    def may_be_unknown(self) -> frozenset[str]:
        """Names of the clauses that may be unknown."""
        return frozenset(c.name for c in self.clauses if c.may_be_unknown)


def awaited_of(
    settled: Settled, judged: Judged, *, is_raised: bool
) -> tuple[Awaited, ...]:
    """The clauses that may turn while a slot's thing stands on.

    Args:
        settled: What its place alone tells.
        judged: How it stands.
        is_raised: Whether its violation is, and it is seen.
    """
    told = [(clause, judged.outcomes[n]) for n, clause in settled.asked]
    return tuple(
        Awaited(clause, _OPPOSITE[now[0]] if clause.is_negated else now[0], now[3])
        for clause, now in told
        if not (is_raised and clause.kind.lasts and now.truth is TRUE)
        or clause.is_negated
    )


def _both(truth: Truth, other: Truth, clause: BoundClause) -> Truth:
    """Two truths together; unknown counts for nothing where the clause may be so."""
    if other is UNKNOWN and clause.may_be_unknown:
        return truth
    return truth if truth is FALSE or other is TRUE else other


def _graver(severity: Severity, graver: Severity, told: Outcome) -> Severity:
    is_graver = graver.value < severity.value and told.truth is TRUE
    return graver if is_graver else severity


def compose(row: CatalogueRow, overrides: Iterable[RuleSection | None]) -> Composition:
    """The clauses of `row` with parameters overridden, weakest first.

    Raises:
        RuleError: An unknown clause or parameter, or a value it does not take; names
            the key inside the row, or inside the override that gave it.
    """
    sections = [section for section in overrides if section is not None]
    clauses = tuple(
        _bind(row, use, f"clauses.{n}", sections) for n, use in enumerate(row.clauses)
    )
    steps = tuple(
        (step.severity, _bind(row, step.when, f"severity_when.{n}.when", sections))
        for n, step in enumerate(row.severity_when)
    )
    return Composition(clauses, row.severity, steps)


def _bind(
    row: CatalogueRow, use: ClauseUse, key: str, sections: Sequence[RuleSection]
) -> BoundClause:
    """A clause with its parameters; `key` is where it stands in the row."""
    kind, place = CLAUSES.get(use.clause), row.place
    if kind is None:
        known = ", ".join(sorted(CLAUSES))
        raise RuleError(f"{key}: no clause is named {use.clause}; there are {known}")
    can = kind.on_zone if place is PlaceKind.ZONE else kind.on_slot
    if can is None:
        raise RuleError(f"{key}: {use.clause} cannot judge a {place.value}")
    params: dict[str, JsonValue] = dict(use.params)
    overridden: dict[str, JsonValue] = {}
    for section in sections:
        overridden |= section.clauses.get(use.clause, {})
    try:
        checked = kind.params.model_validate(params | overridden)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        is_override = bool(first["loc"]) and first["loc"][0] in overridden
        owner = f"clauses.{use.clause}" if is_override else f"{key}.params"
        where = ".".join(str(part) for part in (owner, *first["loc"]))
        raise RuleError(f"{where}: {first['msg']}") from error
    name = f"not_{use.clause}" if use.negate else use.clause
    return BoundClause(
        name=name,
        question=f"{use.clause} {checked.model_dump_json()}",
        kind=kind,
        ask=cast("Ask", can),
        params=checked,
        is_negated=use.negate,
        may_be_unknown=use.may_be_unknown,
    )


def problems_of(row: CatalogueRow, section: RuleSection) -> tuple[str, ...]:
    """What is wrong with an override's clauses, each `clauses.…: what`; () if fine."""
    used = {use.clause for use in row.uses}
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
