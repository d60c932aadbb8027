"""Clauses on people in a zone: is anybody there, bare-headed, lying, alone, below."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

import numpy as np
from pydantic import Field

from base.ids import ZoneName
from detector.look import PERSON, HeadState, Posture, Track
from rules.clause import Outcome, Thing, Why, false, outcome, true, unknown
from rules.clause_kind import AnyKind, ClauseKind, Params, Wants, Words
from rules.geometry import boxes_of
from rules.moment import Area, Moment
from rules.settings import Purpose
from rules.walker import UNTOLD_S, Walker, around

PEOPLE = frozenset({PERSON})
MOST_HIDDEN = 0.4
"""Share of a zone hidden from which it cannot be said that nobody is in it."""

PERSON_M = 1.7
"""A standing person: what tells metres on a deck, where the ground plane does not."""


class CountParams(Params):
    """How many."""

    count: int = Field(default=1, ge=1, le=99, description="at least so many")
    has_moved: bool = Field(
        default=False, description="only people seen to move: no poster, no mannequin"
    )
    smallest_px: float = Field(
        default=0, ge=0, description="height below which it cannot be told, px"
    )


class SizeParams(Params):
    """How large a person must be."""

    smallest_px: float = Field(
        default=80, gt=0, description="height below which it cannot be told, px"
    )


class AroundParams(Params):
    """Where people count besides the zone itself."""

    around: tuple[Purpose, ...] = Field(
        default=(), description="zones that belong to it, by purpose"
    )
    still_s: float = Field(default=0, ge=0, description="lying still at least, s")


class EdgeParams(Params):
    """How near to an edge."""

    within_m: float = Field(
        default=1.0, gt=0, le=10, description="feet this near to the edge, metres"
    )


class AboveParams(Params):
    """From how high something could fall."""

    purposes: tuple[Purpose, ...] = Field(
        default=(Purpose.HEIGHT_ZONE, Purpose.EDGE),
        description="zones above it, by purpose",
    )


def person_in_zone(area: Area, moment: Moment, params: CountParams) -> Outcome:
    """So many proven persons have their feet in the zone."""
    there = moment.people.presence.present_in(area.name)
    if params.has_moved:
        there = tuple(w for w in there if w.has_moved)
    if len(there) < params.count and is_hidden(moment, area.name):
        return unknown(Why.OCCLUDED, len(there), params.count)
    if params.smallest_px > 0:
        tallest = max((_height_px(walker, moment) for walker in there), default=0)
        there = tuple(w for w in there if _height_px(w, moment) >= params.smallest_px)
        if not there and tallest > 0:
            return unknown(Why.TOO_SMALL, tallest, params.smallest_px)
    thing = thing_of(there[0]) if there else None
    return outcome(len(there) >= params.count, len(there), params.count, thing=thing)


def edge_within(area: Area, moment: Moment, params: EdgeParams) -> Outcome:
    """Somebody in the zone has the feet near one of its edges.

    Metres come from the person's own height: a deck lies above the ground plane.
    """
    edges = moment.scene.related(area.name, Purpose.EDGE)
    if not edges:
        return unknown(Why.NOT_DRAWN)
    there = moment.people.presence.proven_in(area.name)
    wide_px, high_px = moment.look.size_px
    boxes = boxes_of([walker.box for walker in there])
    reach = around(boxes, params.within_m / PERSON_M, high_px / wide_px)
    columns = [moment.scene.columns[edge] for edge in edges]
    is_near = (moment.scene.outlines.shares(reach)[:, columns] > 0).any(axis=1)
    near = [there[n] for n in np.flatnonzero(is_near)]
    thing = thing_of(near[0]) if near else None
    return outcome(bool(near), len(near), 1, thing=thing)


def person_above(area: Area, moment: Moment, params: AboveParams) -> Outcome:
    """Somebody is in a height zone or at an edge this zone lies under."""
    above = [
        zone for purpose in params.purposes for zone in _over(area, purpose, moment)
    ]
    if not above:
        return unknown(Why.NOT_DRAWN)
    presence = moment.people.presence
    there = {w.number for zone in above for w in presence.present_in(zone)}
    if not there and all(is_hidden(moment, zone) for zone in above):
        return unknown(Why.OCCLUDED)
    return outcome(bool(there), len(there), 1)


def head_bare(area: Area, moment: Moment, params: SizeParams) -> Outcome:
    """Somebody in the zone is bare-headed; caps are no helmets, but not bare either."""
    there, now = moment.people.presence.proven_in(area.name), moment.people.now
    persons = [now[walker.number] for walker in there]
    if not persons:
        return false(0, 1)
    large = [p for p in persons if p.height_px >= params.smallest_px]
    if not large:
        tallest = max(person.height_px for person in persons)
        return unknown(Why.TOO_SMALL, tallest, params.smallest_px)
    bare = [p for p in large if p.head is not None and p.head.state is HeadState.BARE]
    if bare:
        return true(len(bare), 1, thing=_thing(bare[0]))
    told = [p for p in large if p.head and p.head.state is not HeadState.UNKNOWN]
    return false(0, 1) if told else unknown(Why.NOT_OBSERVED, 0, 1)


def person_lying(area: Area, moment: Moment, params: AroundParams) -> Outcome:
    """Somebody in or around the zone lies and does not move; since that began.

    Looks between that missed the person, or could not tell the posture, are no rising.
    """
    persons = _persons_around(area, moment, params.around)
    bodies = [(p, p.body) for p in persons if p.body is not None]
    down = [
        (p, body)
        for p, body in bodies
        if body.posture is Posture.LYING and body.still_s >= params.still_s
    ]
    if down:
        person, body = max(down, key=lambda one: one[1].still_s)
        lies_s = min(body.posture_s, body.still_s)
        since = moment.at - timedelta(seconds=lies_s)
        return true(body.still_s, params.still_s, since=since, thing=_thing(person))
    if persons and not any(b.posture is not Posture.UNKNOWN for _, b in bodies):
        return unknown(Why.TOO_SMALL)
    return false(0, params.still_s)


def person_fell(area: Area, moment: Moment, params: AroundParams) -> Outcome:
    """Somebody in or around the zone went down within a moment and lies."""
    persons = _persons_around(area, moment, params.around)
    bodies = [(p, p.body) for p in persons if p.body is not None]
    fallen = [p for p, body in bodies if body.fell]
    if fallen:
        return true(1, 1, thing=_thing(fallen[0]))
    lying = [body for _, body in bodies if body.posture is Posture.LYING]
    if lying and all(body.fell is None for body in lying):
        return unknown(Why.TOO_SPARSE)
    return false(0, 1)


def sole_person(area: Area, moment: Moment, params: Params) -> Outcome:
    """One person and no more in the whole scene, those inside counted."""
    del params
    people = moment.people
    inside = {one.walker for one in people.entered(area.name)}
    count = len(inside | moment.once(_about))
    if count == 1 and is_hidden(moment, area.name):
        return unknown(Why.OCCLUDED, count, 1)
    return outcome(count == 1, count, 1)


def _about(moment: Moment) -> frozenset[int]:
    """Everybody in view, or missed so shortly that they are there, by number."""
    since = moment.at - timedelta(seconds=UNTOLD_S)
    walkers = moment.people.walkers
    return frozenset(w.number for w in walkers if w.is_proven and w.last >= since)


def is_hidden(moment: Moment, zone: ZoneName) -> bool:
    """Whether so much of a zone is hidden that nobody can say who is in it."""
    return moment.people.hidden_share(zone) >= MOST_HIDDEN


def thing_of(walker: Walker) -> Thing:
    """A person, for the box of the violation."""
    return Thing(walker.box, PERSON, walker.score)


def _height_px(walker: Walker, moment: Moment) -> float:
    """As the detector tells it; of one only missed now, from the box seen last."""
    person = moment.people.now.get(walker.number)
    if person is not None:
        return person.height_px
    return (walker.box.y2 - walker.box.y1) * moment.look.size_px[1]


def proven_in(moment: Moment, zones: Iterable[ZoneName]) -> list[Walker]:
    """Those proven whom this look shows in one of `zones`, each once, as they came."""
    presence = moment.people.presence
    found = {w.number: w for zone in zones for w in presence.proven_in(zone)}
    return [found[number] for number in sorted(found)]


def _over(area: Area, purpose: Purpose, moment: Moment) -> tuple[ZoneName, ...]:
    """The zones of `purpose` a drop zone or a ladder's base belongs to."""
    owner = area.section.belongs_to
    drawn = moment.scene.of(purpose)
    return drawn if owner is None else tuple(n for n in drawn if n == owner)


def _persons_around(
    area: Area, moment: Moment, purposes: tuple[Purpose, ...]
) -> list[Track]:
    zones, now = [area.name], moment.people.now
    zones += [z for p in purposes for z in moment.scene.related(area.name, p)]
    return [now[w.number] for w in proven_in(moment, zones)]


def _thing(person: Track) -> Thing:
    return Thing(person.box, PERSON, person.score)


PEOPLE_CLAUSES: Mapping[str, AnyKind] = {
    "person_in_zone": ClauseKind(
        Words("区域内有人", "a person is in the zone", "人数"),
        CountParams,
        on_zone=person_in_zone,
        classes=PEOPLE,
    ),
    "edge_within": ClauseKind(
        Words("有人贴近临边", "somebody is close to the edge", "人数"),
        EdgeParams,
        on_zone=edge_within,
        classes=PEOPLE,
    ),
    "person_above": ClauseKind(
        Words("上方有人作业", "somebody is above", "人数"),
        AboveParams,
        on_zone=person_above,
        classes=PEOPLE,
    ),
    "head_bare": ClauseKind(
        Words("头部未戴安全帽", "a head is bare", "人数"),
        SizeParams,
        on_zone=head_bare,
        classes=PEOPLE,
        wants=frozenset({Wants.HEADS}),
    ),
    "person_lying": ClauseKind(
        Words("人员倒地不动", "a person lies still", unit="秒"),
        AroundParams,
        on_zone=person_lying,
        classes=PEOPLE,
        wants=frozenset({Wants.POSTURE}),
    ),
    "person_fell": ClauseKind(
        Words("人员快速下坠后倒地", "a person fell", "人数"),
        AroundParams,
        on_zone=person_fell,
        classes=PEOPLE,
        wants=frozenset({Wants.POSTURE}),
    ),
    "sole_person": ClauseKind(
        Words("现场仅一人", "one person only in the scene", "人数"),
        Params,
        on_zone=sole_person,
        classes=PEOPLE,
    ),
}
