"""Who is beside a standing thing: a person who minds it, a vehicle it came from.

Kept on the slot, because it is a matter of minutes, not of one look.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import hypot, inf

import numpy as np

from detector.box import Box
from detector.look import PERSON, VEHICLES
from rules.beside import Minder, Waiting
from rules.geometry import Floats, boxes_of
from rules.moment import Moment
from rules.slot import Slot

ABOUT_MINDERS = frozenset({"attended"})
ABOUT_VEHICLES = frozenset({"came_with_vehicle", "vehicle_gone_for"})
"""Clauses that ask for them: only what a row asks for is kept."""
BESIDE = 0.8
"""A person stands beside a thing up to this far from it, in heights of the person."""
UNLOADING = 0.6
"""A vehicle up to this far, in heights of the vehicle."""
STANDS = 0.5
"""Overlap of a vehicle's boxes in two looks in a row from which it stands: one that
drives past, or a flash of the detector, unloads nothing."""
WAITS = 3
"""Looks in a row that show a vehicle in one place: in two they may be two cars of the
traffic, each seen once."""
BRINGS_S = 60.0
"""It has brought what was not there much longer than it: who stops beside a heap later,
in a queue of the road, has not."""
_BRINGS = timedelta(seconds=BRINGS_S)
STAYS_S = 10.0
"""Somebody minds a thing who has stayed beside it this long. Who walks past is there
for 3 to 6 s: three metres and a half of pavement at 0.6 to 1.25 m/s."""
STEP = 0.35
"""Who stays is found again within half a step of where he was, in heights of the
person. On a busy pavement another passer-by is as near in one look of four, so that no
chain of them lasts."""
LAPSES = 1
"""Looks in a row that may miss who stays."""
MEMORY_LOOKS = 40
"""How many looks the share of attended looks remembers."""


class Neighbours:
    """Persons or vehicles of one look; of equal things told once, for all rules.

    Args:
        boxes: Where they are.
        reach: How far from one of them it is beside, in its heights.
    """

    def __init__(self, boxes: Sequence[Box], reach: float) -> None:
        self._boxes, self._reach = boxes, reach
        self._told: dict[bytes, list[list[Box]]] = {}

    def beside(self, slots: Sequence[Slot]) -> list[list[Box]]:
        """Those beside the thing in each slot, in the order of the look."""
        anchors = boxes_of([slot.anchor for slot in slots])
        key = anchors.tobytes()
        if key not in self._told:
            self._told[key] = _beside(anchors, self._boxes, self._reach)
        return self._told[key]


def _people(moment: Moment) -> Neighbours:
    tracks = moment.look.tracks
    return Neighbours([t.box for t in tracks if t.label == PERSON], BESIDE)


def _vehicles(moment: Moment) -> Neighbours:
    tracks = moment.look.tracks
    return Neighbours([t.box for t in tracks if t.label in VEHICLES], UNLOADING)


def note_neighbours(
    slots: Sequence[Slot], moment: Moment, asked: frozenset[str]
) -> None:
    """Move on by one look what the clauses `asked` ask of each occupied slot."""
    if not asked.isdisjoint(ABOUT_MINDERS):
        note_minders(slots, moment)
    if not asked.isdisjoint(ABOUT_VEHICLES):
        note_vehicles(slots, moment)


def note_minders(slots: Sequence[Slot], moment: Moment) -> None:
    """Move on what each occupied slot knows of who minds it by one look."""
    there = [slot for slot in slots if slot.last_look == moment.at]
    if not there:
        return
    aspect = moment.look.size_px[0] / moment.look.size_px[1]
    beside = moment.once(_people).beside(there)
    for slot, people in zip(there, beside, strict=True):
        slot.minders = _minders(slot.minders, people, moment.at, aspect)
        weight = 1 / min(slot.sightings + 1, MEMORY_LOOKS)
        is_minded = any(_minds(one, moment.at) for one in slot.minders)
        slot.attended += weight * (float(is_minded) - slot.attended)


def note_vehicles(slots: Sequence[Slot], moment: Moment) -> None:
    """Move on what each occupied slot knows of its vehicle by one look."""
    there = [slot for slot in slots if slot.last_look == moment.at]
    if not there:
        return
    beside = moment.once(_vehicles).beside(there)
    for slot, vehicles in zip(there, beside, strict=True):
        _note_vehicle(slot, vehicles, moment.at)


def _note_vehicle(slot: Slot, vehicles: Sequence[Box], at: datetime) -> None:
    """Which vehicle the thing came with, and that it is still there."""
    begun = slot.minded_from = slot.minded_from or at
    latest, known = begun + _BRINGS, slot.vehicle
    if known is not None:
        vehicles = [box for box in vehicles if known.overlap(box) > 0]
    elif at > latest and all(one.since > latest for one in slot.waiting):
        vehicles = ()  # who comes now has brought nothing
    slot.waiting = [_waiting(slot.waiting, box, at) for box in vehicles]
    for one in slot.waiting:
        is_it = one.since <= latest if known is None else known.iou(one.box) >= STANDS
        if one.looks >= WAITS and is_it:
            slot.vehicle, slot.vehicle_at = one.box, at


def _waiting(before: Sequence[Waiting], box: Box, at: datetime) -> Waiting:
    """The vehicle at `box`, with the looks in a row that showed one there."""
    there = [one for one in before if one.box.iou(box) >= STANDS]
    if not there:
        return Waiting(box, at)
    longest = max(there, key=lambda one: one.looks)
    return Waiting(box, longest.since, longest.looks + 1)


def _minds(minder: Minder, at: datetime) -> bool:
    """Whether this look shows somebody who has stayed."""
    return minder.missed == 0 and (at - minder.since).total_seconds() >= STAYS_S


def _minders(
    before: Sequence[Minder], close: Sequence[Box], at: datetime, aspect: float
) -> list[Minder]:
    """Those beside the thing now, each with the time since when somebody is there.

    Args:
        before: Of the looks before, longest there first.
        close: Boxes of the persons beside it.
        at: Media time.
        aspect: Width of the picture over its height.
    """
    free, kept = list(close), []
    for one in before:
        near = [(_steps(one.box, box, aspect), n) for n, box in enumerate(free)]
        steps, index = min(near, default=(inf, 0))
        if steps <= STEP:
            kept.append(Minder(free.pop(index), one.since))
        elif one.missed < LAPSES:
            kept.append(Minder(one.box, one.since, one.missed + 1))
    return [*kept, *(Minder(box, at) for box in free)]


def _steps(one: Box, two: Box, aspect: float) -> float:
    """How far apart two persons' feet are, in heights of the first."""
    aside, along = one.foot[0] - two.foot[0], one.foot[1] - two.foot[1]
    return hypot(aside * aspect, along) / max(one.y2 - one.y1, 1e-6)


def _beside(anchors: Floats, boxes: Sequence[Box], reach: float) -> list[list[Box]]:
    """Those of `boxes` whose foot line is near each anchor."""
    found: list[list[Box]] = [[] for _ in anchors]
    if not boxes:
        return found
    theirs = boxes_of(boxes)
    left, top, right, bottom = (theirs[:, side] for side in range(4))
    x1, y1, x2, y2 = (anchors[:, None, side] for side in range(4))
    high = (bottom - top) * reach
    aside = np.maximum(np.maximum(x1 - right, left - x2), 0)
    along = np.maximum(np.maximum(y1 - bottom, bottom - y2), 0)
    for row, column in np.argwhere((aside <= high) & (along <= high)).tolist():
        found[row].append(boxes[column])
    return found
