"""The violations of the places: clauses of a look in, revisions out.

One violation a place and code at a time. A revision is made when its life, its phase,
the truth of a clause or the continuity changes, or when it is told again; never for a
moving number, so that a car standing for a day is a dozen messages, not ten thousand;
and of a clause that flickers while the violation stands not one for each flicker.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple, Protocol

from base.ids import ZoneName
from detector.box import Box
from rules.catalogue import Thresholds
from rules.clause import ALWAYS, FALSE, ClauseTrace, Outcome, Truth, Why
from rules.life import ENDED, Fact, LifeLimits, lasts_until, step
from rules.place import Place, SlotId
from rules.rule_inputs import RuleInputs
from rules.rule_state import Kept
from rules.state_text import text_of
from rules.violation import RAISED, Gap, Life, Severity, Violation, violation_id

TURNS_S = 10.0
"""A clause's turn that changes no life is told this long after the last revision."""


class Stay(Protocol):
    """What a violation tells of its place: a slot, or a zone's tenure."""

    @property
    def id(self) -> SlotId:
        """Its name inside the zone."""
        ...

    @property
    def zone(self) -> ZoneName:
        """The zone."""
        ...

    @property
    def anchor(self) -> Box:
        """Where, 0…1."""
        ...

    @property
    def label(self) -> str:
        """Class of what is there."""
        ...

    @property
    def score(self) -> float:
        """Best detector score."""
        ...

    @property
    def first_seen(self) -> datetime:
        """Since when."""
        ...

    @property
    def before(self) -> datetime:
        """The look before the newest that showed it."""
        ...

    @property
    def last_seen(self) -> datetime:
        """Newest look that showed it."""
        ...

    @property
    def ended_at(self) -> datetime | None:
        """Since when it is over; None while it lasts."""
        ...

    @property
    def observed_s(self) -> float:
        """Seconds really watched."""
        ...

    @property
    def gaps(self) -> Sequence[Gap]:
        """Stretches not watched."""
        ...

    @property
    def continuity_known(self) -> bool:
        """Whether it is the same throughout."""
        ...


class Told(NamedTuple):
    """What one look says of one place.

    Attributes:
        stay: The place.
        names: What each clause is called in the trace.
        outcomes: How each clause stands.
        fact: What that means for its life.
        severity: From the catalogue, possibly graver.
    """

    stay: Stay
    names: tuple[str, ...]
    outcomes: tuple[Outcome, ...]
    fact: Fact
    severity: Severity


class Lives:
    """The violations of one rule in one view.

    Args:
        inputs: What the rule was built from.
    """

    def __init__(self, inputs: RuleInputs) -> None:
        self._in = inputs
        self._kept: dict[tuple[ZoneName, SlotId], Kept] = {}
        self._limits = {n: _life_limits(t) for n, t in inputs.thresholds.items()}
        self._is_changed = True
        self._dumped = b""

    def dump(self) -> bytes:
        """What is remembered, as canonical JSON; made anew only after a change."""
        if self._is_changed:
            self._dumped = text_of(self.kept())
            self._is_changed = False
        return self._dumped

    def kept(self) -> list[Kept]:
        """What is remembered, to be saved."""
        return list(self._kept.values())

    def restore(self, kept: list[Kept]) -> None:
        """Take up what was saved."""
        self._kept = {(one.zone, one.slot): one for one in kept}
        self._is_changed = True

    def is_standing(self, stay: Stay) -> bool:
        """Whether the place's violation is open in one of its forms."""
        return self._known(stay).course.is_standing

    def life(self, stay: Stay) -> Life:
        """Where the place's violation is in its life."""
        return self._known(stay).course.life

    def is_cleared(self, stay: Stay) -> bool:
        """Whether the place's violation has ended."""
        return self._known(stay).course.life is Life.CLEARED

    def was_raised(self, stay: Stay) -> bool:
        """Whether the place's violation ever left the worker."""
        return self._known(stay).course.life in RAISED

    def forget(self, stay: Stay) -> None:
        """The place is no more."""
        self._kept.pop((stay.zone, stay.id), None)
        self._is_changed = True

    def remembered(self, stay: Stay) -> Violation | None:
        """The place's violation as last judged, a candidate as well, if it has one."""
        kept = self._known(stay)
        return self._violation(stay, kept) if kept.revision else None

    def judge(self, told: Told, at: datetime, model: str) -> Violation | None:
        """The revision this look makes of one place's violation; None: no news."""
        stay, kept = told.stay, self._known(told.stay)
        limits = self._limits[stay.zone]
        course = step(kept.course, told.fact, at, limits, stay.ended_at or at)
        known = kept.now or kept.clauses
        is_turn = _differ(known, told)
        is_other = (
            kept.continuity_known is not stay.continuity_known
            or kept.severity is not told.severity
        )
        has_turned = (is_turn or kept.now != ()) and _differ(kept.clauses, told)
        is_news = (
            kept.revision == 0
            or course is not kept.course
            or (course.life is not Life.CLEARED and is_other)
            or (course.life is not Life.CLEARED and has_turned and _is_due(kept, at))
        )
        if is_news or is_turn:
            known = _carry(known, _traces(told), stay, at)
            self._is_changed = True
        kept.course = course
        if not is_news:
            kept.now = known if is_turn else kept.now
            return None
        kept.clauses, kept.now = known, ()
        self._kept[stay.zone, stay.id] = kept
        kept.severity = told.severity
        return self._revise(stay, kept, at, model)

    def lasts_until(self, stay: Stay) -> datetime | None:
        """Until when nothing is told of a standing place whose clauses do not turn.

        None: it does not stand, or a turn of them is not told yet.
        """
        kept = self._known(stay)
        if kept.now and _said(kept.now) != _said(kept.clauses):
            return None
        return lasts_until(kept.course, self._limits[stay.zone])

    def close(
        self, stay: Stay, ended_at: datetime, at: datetime, model: str
    ) -> Violation | None:
        """The last word on a place that is no longer kept, over since `ended_at`."""
        kept = self._known(stay)
        course = step(kept.course, ENDED, at, LifeLimits(0, 1, 0), ended_at)
        is_news = course.life is not kept.course.life and kept.revision > 0
        kept.course = course
        self.forget(stay)
        if not is_news:
            return None
        first, *rest = kept.clauses
        gone = replace(first, truth=FALSE, since=ended_at, why=None)
        kept.clauses = (gone, *rest)
        return self._revise(stay, kept, at, model)

    def end(self, stay: Stay) -> Violation | None:
        """The place is judged no more: what stands there ended at its last sighting.

        Seen there again it is reopened. None where nothing stands.
        """
        kept = self._known(stay)
        if not kept.course.is_standing:
            return None
        over = stay.last_seen
        kept.course = step(kept.course, ENDED, over, LifeLimits(0, 1, 0), over)
        kept.revision += 1
        self._is_changed = True
        return self._violation(stay, kept)

    def _known(self, stay: Stay) -> Kept:
        """What is remembered of a place; a blank of one merely asked about."""
        kept = self._kept.get((stay.zone, stay.id))
        return Kept(stay.zone, stay.id) if kept is None else kept

    def _revise(self, stay: Stay, kept: Kept, at: datetime, model: str) -> Violation:
        kept.revision += 1
        kept.at, kept.model = at, model
        kept.continuity_known = stay.continuity_known
        self._is_changed = True
        return self._violation(stay, kept)

    def _violation(self, stay: Stay, kept: Kept) -> Violation:
        zone = self._in.zones.get(stay.zone)
        place = Place(
            camera=self._in.camera,
            view=self._in.view,
            zone=stay.zone,
            slot=stay.id,
            ground=zone.ground if zone else None,
        )
        course = kept.course
        return Violation(
            id=violation_id(place, self._in.code, stay.first_seen),
            revision=kept.revision,
            code=self._in.code,
            place=place,
            life=course.life,
            phase=course.phase,
            severity=kept.severity or self._in.row.severity,
            at=kept.at or stay.last_seen,
            first_seen=stay.first_seen,
            last_seen=stay.last_seen,
            opened_at=course.opened_at,
            due_at=course.due_at,
            cleared_at=course.cleared_at,
            observed_s=stay.observed_s,
            gaps=tuple(stay.gaps),
            continuity_known=stay.continuity_known,
            box=stay.anchor,
            label=stay.label,
            score=stay.score,
            clauses=kept.clauses,
            config=self._in.config,
            model=kept.model,
        )


def _said(traces: Sequence[ClauseTrace]) -> list[tuple[str, Truth, Why | None]]:
    return [(one.clause, one.truth, one.why) for one in traces]


def _is_due(kept: Kept, at: datetime) -> bool:
    """Whether a clause's turn is told now: of a raised violation not in every look."""
    if kept.at is None or not kept.course.is_standing:
        return True
    return (at - kept.at).total_seconds() >= TURNS_S


def _life_limits(limits: Thresholds) -> LifeLimits:
    return LifeLimits(limits.grace_s, limits.persist_every_s, limits.persist_steps)


def _carry(
    before: tuple[ClauseTrace, ...],
    now: tuple[ClauseTrace, ...],
    stay: Stay,
    at: datetime,
) -> tuple[ClauseTrace, ...]:
    """The new traces with the time since which each has its truth, and its looks."""
    known = {trace.clause: trace for trace in before}
    looks = tuple(dict.fromkeys((stay.first_seen, stay.before, stay.last_seen)))
    carried = []
    for trace in now:
        old = known.get(trace.clause)
        is_same = old is not None and (old.truth, old.why) == (trace.truth, trace.why)
        began = trace.since or at
        since = old.since if old is not None and is_same else began
        carried.append(replace(trace, since=since, looks=looks))
    return tuple(carried)


def _traces(told: Told) -> tuple[ClauseTrace, ...]:
    """The outcomes under their names; `looks` are filled in later."""
    return tuple(
        ClauseTrace(
            clause=name,
            truth=outcome.truth,
            value=outcome.value,
            limit=outcome.limit,
            since=None if outcome.since == ALWAYS else outcome.since,
            why=outcome.why,
        )
        for name, outcome in zip(told.names, told.outcomes, strict=True)
    )


def _differ(before: tuple[ClauseTrace, ...], told: Told) -> bool:
    if len(before) != len(told.outcomes):
        return True
    for trace, name, now in zip(before, told.names, told.outcomes, strict=True):
        if trace.truth is not now[0] or trace.why is not now[3]:
            return True
        if trace.clause != name:
            return True
    return False
