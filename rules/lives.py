"""The violations of the slots: clauses of a look in, revisions out.

One violation a slot and code at a time. A revision is made when its life, its phase,
the truth of a clause or the continuity changes, or when it is told again; never for a
moving number, so that a car standing for a day is a dozen messages, not ten thousand.
"""

from dataclasses import replace
from datetime import datetime

from base.ids import ZoneName
from rules.clause import ClauseTrace, Truth
from rules.family import RuleInputs, Stand
from rules.life import Course, Fact, LifeLimits, step
from rules.place import Place, SlotId
from rules.rule_state import Kept, dump_kept
from rules.slot import Slot
from rules.slot_book import EndedSlot
from rules.violation import RAISED, Life, Violation, violation_id


class Lives:
    """The violations of one rule in one view.

    Args:
        inputs: What the rule was built from.
        may_be_unknown: Clauses that do not hold a violation back while unknown.
    """

    def __init__(self, inputs: RuleInputs, may_be_unknown: frozenset[str]) -> None:
        self._in = inputs
        self._may_be_unknown = may_be_unknown
        self._kept: dict[tuple[ZoneName, SlotId], Kept] = {}
        self._is_changed = True
        self._dumped = b""

    def dump(self) -> bytes:
        """What is remembered, as canonical JSON; made anew only after a change."""
        if self._is_changed:
            self._dumped = dump_kept(self.kept())
            self._is_changed = False
        return self._dumped

    def kept(self) -> list[Kept]:
        """What is remembered, to be saved."""
        return list(self._kept.values())

    def restore(self, kept: list[Kept]) -> None:
        """Take up what was saved."""
        self._kept = {(one.zone, one.slot): one for one in kept}
        self._is_changed = True

    def is_standing(self, slot: Slot) -> bool:
        """Whether the slot's violation is open in one of its forms."""
        return self._of(slot).course.is_standing

    def is_dropped(self, slot: Slot) -> bool:
        """Whether the slot's candidate is dead."""
        return self._of(slot).course.life is Life.DROPPED

    def forget(self, slot: Slot) -> None:
        """The slot is no more."""
        self._kept.pop((slot.zone, slot.id), None)
        self._is_changed = True

    def raised(self, slot: Slot) -> Violation | None:
        """The slot's violation as last judged, if it ever left the worker."""
        kept = self._of(slot)
        if kept.course.life not in RAISED:
            return None
        return self._violation(slot, kept)

    def judge(
        self, stand: Stand, clauses: tuple[ClauseTrace, ...], at: datetime, model: str
    ) -> Violation | None:
        """The revision this look makes of one slot's violation; None: no news."""
        slot, kept = stand.slot, self._of(stand.slot)
        fact = self._fact(slot, clauses, kept.course, at)
        ended_at = slot.missing_since if slot.is_absent else None
        course = step(kept.course, fact, at, _life_limits(stand), ended_at or at)
        is_turn = _differ(kept.clauses, clauses)
        has_turned = is_turn or kept.continuity_known is not slot.continuity_known
        is_news = (
            kept.revision == 0
            or course is not kept.course
            or (has_turned and course.life is not Life.CLEARED)
        )
        if is_news or is_turn:
            kept.clauses = _carry(kept.clauses, clauses, slot, at)
            self._is_changed = True
        kept.course = course
        return self._revise(slot, kept, at, model) if is_news else None

    def _fact(
        self, slot: Slot, clauses: tuple[ClauseTrace, ...], course: Course, at: datetime
    ) -> Fact:
        if slot.is_absent:
            return Fact.ENDED
        truths = {
            clause.truth
            for clause in clauses
            if clause.clause not in self._may_be_unknown or clause.truth is Truth.FALSE
        }
        if Truth.FALSE in truths:
            return Fact.ENDED if course.is_standing else Fact.UNTOLD
        is_true = truths <= {Truth.TRUE} and slot.last_seen == at
        return Fact.HOLDS if is_true else Fact.UNTOLD

    def close(self, end: EndedSlot, at: datetime, model: str) -> Violation | None:
        """The last word on a slot that is no longer in the book."""
        slot, kept = end.slot, self._of(end.slot)
        course = step(kept.course, Fact.ENDED, at, LifeLimits(0, 1, 0), end.at)
        is_news = course.life is not kept.course.life and kept.revision > 0
        kept.course = course
        self.forget(slot)
        if not is_news:
            return None
        first, *rest = kept.clauses
        gone = replace(first, truth=Truth.FALSE, since=end.at, why=None)
        kept.clauses = (gone, *rest)
        return self._revise(slot, kept, at, model)

    def _of(self, slot: Slot) -> Kept:
        key = (slot.zone, slot.id)
        if key not in self._kept:
            self._kept[key] = Kept(slot.zone, slot.id)
        return self._kept[key]

    def _revise(self, slot: Slot, kept: Kept, at: datetime, model: str) -> Violation:
        kept.revision += 1
        kept.at, kept.model = at, model
        kept.continuity_known = slot.continuity_known
        self._is_changed = True
        return self._violation(slot, kept)

    def _violation(self, slot: Slot, kept: Kept) -> Violation:
        zone = self._in.zones.get(slot.zone)
        place = Place(
            camera=self._in.camera,
            view=self._in.view,
            zone=slot.zone,
            slot=slot.id,
            ground=zone.ground if zone else None,
        )
        course = kept.course
        return Violation(
            id=violation_id(place, self._in.code, slot.first_seen),
            revision=kept.revision,
            code=self._in.code,
            place=place,
            life=course.life,
            phase=course.phase,
            severity=self._in.row.severity,
            at=kept.at or slot.last_seen,
            first_seen=slot.first_seen,
            last_seen=slot.last_seen,
            opened_at=course.opened_at,
            due_at=course.due_at,
            cleared_at=course.cleared_at,
            observed_s=slot.observed_s,
            gaps=tuple(slot.gaps),
            continuity_known=slot.continuity_known,
            box=slot.anchor,
            label=slot.label,
            score=slot.score,
            clauses=kept.clauses,
            config=self._in.config,
            model=kept.model,
        )


def _life_limits(stand: Stand) -> LifeLimits:
    limits = stand.thresholds
    return LifeLimits(limits.grace_s, limits.persist_every_s, limits.persist_steps)


def _carry(
    before: tuple[ClauseTrace, ...],
    now: tuple[ClauseTrace, ...],
    slot: Slot,
    at: datetime,
) -> tuple[ClauseTrace, ...]:
    """The new traces with the time since which each has its truth, and its looks."""
    known = {trace.clause: trace for trace in before}
    looks = tuple(dict.fromkeys((slot.first_seen, slot.before, slot.last_seen)))
    carried = []
    for trace in now:
        old = known.get(trace.clause)
        is_same = old is not None and (old.truth, old.why) == (trace.truth, trace.why)
        since = old.since if old is not None and is_same else at
        carried.append(replace(trace, since=since, looks=looks))
    return tuple(carried)


def _differ(one: tuple[ClauseTrace, ...], two: tuple[ClauseTrace, ...]) -> bool:
    if len(one) != len(two):
        return True
    return any(
        a.truth is not b.truth or a.why is not b.why or a.clause != b.clause
        for a, b in zip(one, two, strict=True)
    )
