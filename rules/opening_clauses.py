"""Clauses on an opening: who is inside, who watches it, is it open, is work over."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from pydantic import Field

from base.ids import ZoneName
from rules.clause import (
    ALWAYS,
    Outcome,
    Truth,
    Why,
    false,
    outcome,
    true,
    unknown,
)
from rules.clause_kind import AnyKind, ClauseKind, Params, Wants, Words
from rules.moment import Area, Moment
from rules.passage import Inside
from rules.people import ATTENDS_S
from rules.people_clauses import PEOPLE, is_hidden, proven_in, thing_of
from rules.permit import Activity
from rules.permit_match import in_force_at_zone, over_since
from rules.seen_in_zones import Seen
from rules.settings import Purpose
from rules.things import UNSEEN_WHY

ENTRY = frozenset({Activity.CONFINED_SPACE_WORK})


class InsideParams(Params):
    """How many, and whether those count who were there before anybody looked."""

    count: int = Field(default=1, ge=1, le=99, description="at least so many")
    seen_entering: bool = Field(
        default=False, description="only those whose entry was seen"
    )


class EmptyParams(Params):
    """When a ring counts as empty, and who attends."""

    unseen_s: float = Field(
        default=2.0, ge=0, le=60, description="nobody was seen for this long, s"
    )
    stays_s: float = Field(
        default=ATTENDS_S,
        ge=0,
        le=60,
        description="who is there for less is passing through, s",
    )


class RescueParams(Params):
    """How long after a person went down an entry is a rescue."""

    within_s: float = Field(
        default=300, gt=0, description="entered within this time, s"
    )


def inside_at_least(area: Area, moment: Moment, params: InsideParams) -> Outcome:
    """So many have entered the opening and not come out; since the entry."""
    inside: tuple[Inside, ...] = moment.people.entered(area.name)
    if params.seen_entering:
        inside = tuple(one for one in inside if not one.was_there)
    if len(inside) < params.count:
        return false(len(inside), params.count)
    return true(len(inside), params.count, since=inside[params.count - 1].at)


def entered_unattended(area: Area, moment: Moment, params: Params) -> Outcome:
    """Somebody entered past an empty ring, and nobody has come to it since."""
    del params
    if not moment.scene.related(area.name, Purpose.ATTENDANT_RING):
        return unknown(Why.NOT_DRAWN)
    seen = [o for o in moment.people.entered(area.name) if not o.was_there]
    alone = [one for one in seen if one.is_attended is False]
    return true(len(alone), 1, since=alone[0].at) if alone else false(0, 1)


def ring_empty(area: Area, moment: Moment, params: EmptyParams) -> Outcome:
    """Nobody who did not enter stays in the attendant ring of the opening.

    While somebody is in it who has not stayed yet it is unknown: an attendant who has
    just come, or a passer-by.
    """
    rings = moment.scene.related(area.name, Purpose.ATTENDANT_RING)
    if not rings:
        return unknown(Why.NOT_DRAWN)
    stayed, empty_s = _seen_in(rings, area, moment, params.stays_s)
    if stayed and empty_s is not None and empty_s < params.unseen_s:
        return false(empty_s, params.unseen_s, since=stayed.first)
    if any(is_hidden(moment, ring) for ring in rings):
        return unknown(Why.OCCLUDED, empty_s, params.unseen_s)
    _, anybody_s = _seen_in(rings, area, moment, 0.0)
    if anybody_s is not None and anybody_s < params.unseen_s:
        return unknown(Why.NOT_OBSERVED, anybody_s, params.unseen_s)
    return true(empty_s, params.unseen_s, since=stayed.last if stayed else ALWAYS)


def _seen_in(
    rings: Sequence[ZoneName], area: Area, moment: Moment, stays_s: float
) -> tuple[Seen | None, float | None]:
    """Who stayed so long in a ring and was seen there last, and how long ago."""
    without = moment.people.passage(area.name).followed_as()
    found = [moment.people.seen_in(ring, without, lasting_s=stays_s) for ring in rings]
    newest = max(
        (o for o in found if o is not None), key=lambda o: o.last, default=None
    )
    if newest is None:
        return None, None
    return newest, (moment.at - newest.last).total_seconds()


def ring_unseen(area: Area, moment: Moment, params: Params) -> Outcome:
    """The attendant ring is hidden: nobody can say whether it is held."""
    del params
    rings = moment.scene.related(area.name, Purpose.ATTENDANT_RING)
    if not rings:
        return unknown(Why.NOT_DRAWN)
    share = max(moment.people.hidden_share(ring) for ring in rings)
    return outcome(any(is_hidden(moment, ring) for ring in rings), share)


def opening_open(area: Area, moment: Moment, params: Params) -> Outcome:
    """Open when somebody is inside, its picture differs from closed, or a permit says.

    Without any of the three it is unknown: a picture alone does not show a lid.
    """
    del params
    entered = moment.people.entered(area.name)
    if entered:
        return true(1, since=entered[0].at)
    told = next((o for o in moment.look.openings if o.zone == area.name), None)
    if told is not None and told.differs is not None:
        return outcome(told.differs, told.changed)
    permits = moment.permits() or ()
    allowed = in_force_at_zone(permits, ENTRY, area.section.points, moment)
    if allowed is Truth.TRUE:
        return true(1)
    if told is not None and told.why is not None:
        return unknown(UNSEEN_WHY[told.why])
    is_unread = allowed is Truth.UNKNOWN
    return unknown(Why.NO_CALENDAR if is_unread else Why.NO_REFERENCE)


def approached(area: Area, moment: Moment, params: Params) -> Outcome:
    """Somebody is inside the opening, or stands in its ring or work area."""
    del params
    entered = moment.people.entered(area.name)
    if entered:
        return true(len(entered), 1, since=entered[0].at)
    purposes = (Purpose.ATTENDANT_RING, Purpose.WORK_AREA)
    zones = [z for p in purposes for z in moment.scene.related(area.name, p)]
    there = proven_in(moment, [area.name, *zones])
    thing = thing_of(there[0]) if there else None
    return outcome(bool(there), len(there), 1, thing=thing)


def entered_after_fall(area: Area, moment: Moment, params: RescueParams) -> Outcome:
    """Somebody went in after a person was seen to go down near the opening."""
    down = moment.people.down
    if down is None:
        return false(0, 1)
    latest = down[1] + timedelta(seconds=params.within_s)
    entered = moment.people.entered(area.name)
    after = [one for one in entered if down[0] < one.at <= latest]
    return true(len(after), 1, since=after[0].at) if after else false(0, 1)


def register_differs(area: Area, moment: Moment, params: Params) -> Outcome:
    """The register has another number of people inside than were counted."""
    del params
    look = moment.look
    lines = moment.context.register.entered(look.camera, look.view, moment.at)
    if lines is None:
        return unknown(Why.NO_REGISTER)
    written = [line for line in lines if line.zone == area.name]
    left = [one for one in written if one.came_out and one.came_out <= moment.at]
    counted = len(moment.people.entered(area.name))
    inside = len(written) - len(left)
    return outcome(inside != counted, counted, inside)


def work_over(area: Area, moment: Moment, params: Params) -> Outcome:
    """The opening looks closed again, or its permit has ended."""
    del params
    told = next((o for o in moment.look.openings if o.zone == area.name), None)
    if told is not None and told.differs is False:
        return true(told.changed)
    permits = moment.permits()
    if permits is None:
        return unknown(Why.NO_PERMIT_FEED)
    allowed = in_force_at_zone(permits, ENTRY, area.section.points, moment)
    if allowed is Truth.UNKNOWN:
        return unknown(Why.NO_CALENDAR)
    if allowed is Truth.TRUE:
        return false(0)
    ended = over_since(permits, ENTRY, area.section.points, moment.at)
    return unknown(Why.NO_REFERENCE) if ended is None else true(1, since=ended)


RING = frozenset({Wants.RING})
OPENING_CLAUSES: Mapping[str, AnyKind] = {
    "inside_at_least": ClauseKind(
        Words("有人在内", "somebody is inside", "人数"),
        InsideParams,
        on_zone=inside_at_least,
        classes=PEOPLE,
    ),
    "entered_unattended": ClauseKind(
        Words("无人监护时进入", "somebody entered past an empty ring", "人数"),
        Params,
        on_zone=entered_unattended,
        classes=PEOPLE,
        wants=RING,
    ),
    "ring_empty": ClauseKind(
        Words("监护区无人", "the attendant ring is empty", unit="秒"),
        EmptyParams,
        on_zone=ring_empty,
        classes=PEOPLE,
        wants=RING,
    ),
    "ring_unseen": ClauseKind(
        Words("监护区被遮挡", "the attendant ring cannot be seen", unit="%"),
        Params,
        on_zone=ring_unseen,
        wants=RING,
    ),
    "opening_open": ClauseKind(
        Words("开口处于打开状态", "the opening is open", "变化占比", "%"),
        Params,
        on_zone=opening_open,
        wants=frozenset({Wants.REFERENCE, Wants.CALENDAR}),
    ),
    "approached": ClauseKind(
        Words("有人靠近或进入", "somebody is at the opening", "人数"),
        Params,
        on_zone=approached,
        classes=PEOPLE,
    ),
    "entered_after_fall": ClauseKind(
        Words("有人倒地后再有人进入", "somebody entered after a fall", "人数"),
        RescueParams,
        on_zone=entered_after_fall,
        classes=PEOPLE,
        wants=frozenset({Wants.POSTURE}),
    ),
    "register_differs": ClauseKind(
        Words(
            "登记人数与进出人数不符", "the register tells another number", "在内人数"
        ),
        Params,
        on_zone=register_differs,
        classes=PEOPLE,
        wants=frozenset({Wants.REGISTER}),
    ),
    "work_over": ClauseKind(
        Words("作业已结束", "the work is over"),
        Params,
        on_zone=work_over,
        wants=frozenset({Wants.CALENDAR}),
    ),
}
