"""Clauses on people in a zone: who is inside, is anybody in the ring.

The clauses an opening needs first; each is asked for a zone, not for a person.
"""

from collections.abc import Mapping

from pydantic import Field

from base.ids import ZoneName
from detector.look import PERSON
from rules.clause import ALWAYS, Outcome, Thing, Why, false, outcome, true, unknown
from rules.clause_kind import AnyKind, ClauseKind, Params, Wants, Words
from rules.moment import Area, Moment
from rules.settings import Purpose
from rules.walker import Walker

PEOPLE = frozenset({PERSON})
MOST_HIDDEN = 0.4
"""Share of a zone hidden from which it cannot be said that nobody is in it."""


class CountParams(Params):
    """How many."""

    count: int = Field(default=1, ge=1, le=99, description="at least so many")


class EmptyParams(Params):
    """When a place counts as empty."""

    unseen_s: float = Field(
        default=2.0, ge=0, le=60, description="nobody was seen for this long, s"
    )


def person_in_zone(area: Area, moment: Moment, params: CountParams) -> Outcome:
    """So many proven persons have their feet in the zone."""
    there = [w for w in moment.people.in_zone(area.name) if w.is_proven]
    hidden = moment.people.hidden_share(area.name)
    if len(there) < params.count and hidden >= MOST_HIDDEN:
        return unknown(Why.OCCLUDED, len(there), params.count)
    is_true = len(there) >= params.count
    thing = thing_of(there[0]) if there else None
    return outcome(is_true, len(there), params.count, thing=thing)


def inside_at_least(area: Area, moment: Moment, params: CountParams) -> Outcome:
    """So many have entered the opening and not come out; since the entry."""
    entered = moment.people.passage(area.name).entered
    if len(entered) < params.count:
        return false(len(entered), params.count)
    since = entered[params.count - 1].at
    return true(len(entered), params.count, since=since)


def ring_empty(area: Area, moment: Moment, params: EmptyParams) -> Outcome:
    """Nobody who did not enter stands in the attendant ring of the opening."""
    rings = moment.scene.related(area.name, Purpose.ATTENDANT_RING)
    if not rings:
        return unknown(Why.NOT_DRAWN)
    people, inside = moment.people, moment.people.passage(area.name).inside
    without = [one.walker for one in inside]
    seen = [people.last_in(ring, without) for ring in rings]
    times = [time for time in seen if time is not None]
    last = max(times, default=None)
    empty_s = None if last is None else (moment.at - last).total_seconds()
    if empty_s is not None and empty_s < params.unseen_s:
        return false(empty_s, params.unseen_s)
    if any(is_hidden(moment, ring) for ring in rings):
        return unknown(Why.OCCLUDED, empty_s, params.unseen_s)
    return true(empty_s, params.unseen_s, since=last or ALWAYS)


def is_hidden(moment: Moment, zone: ZoneName) -> bool:
    """Whether so much of a zone is hidden that nobody can say who is in it."""
    return moment.people.hidden_share(zone) >= MOST_HIDDEN


def thing_of(walker: Walker) -> Thing:
    """A person, for the box of the violation."""
    return Thing(walker.box, PERSON, walker.score)


PEOPLE_CLAUSES: Mapping[str, AnyKind] = {
    "person_in_zone": ClauseKind(
        Words("区域内有人", "a person is in the zone", "人数"),
        CountParams,
        on_zone=person_in_zone,
        classes=PEOPLE,
    ),
    "inside_at_least": ClauseKind(
        Words("有人在内", "somebody is inside", "人数"),
        CountParams,
        on_zone=inside_at_least,
        classes=PEOPLE,
    ),
    "ring_empty": ClauseKind(
        Words("监护区无人", "the attendant ring is empty", unit="秒"),
        EmptyParams,
        on_zone=ring_empty,
        classes=PEOPLE,
        wants=frozenset({Wants.RING}),
    ),
}
