"""Who is beside a standing thing: a person who minds it, a vehicle it came from.

Kept on the slot, because it is a matter of minutes, not of one look.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from detector.look import PERSON, VEHICLES
from rules.geometry import Floats, boxes_of
from rules.moment import Moment
from rules.slot import Slot

ABOUT_NEIGHBOURS = frozenset({"attended", "came_with_vehicle", "vehicle_gone_for"})
"""Clauses that ask for them."""
BESIDE = 0.8
"""A person stands beside a thing up to this far from it, in heights of the person."""
UNLOADING = 0.6
"""A vehicle up to this far, in heights of the vehicle."""
STANDS = 0.5
"""Overlap of a vehicle's boxes in two looks in a row from which it stands: one that
drives past, or a flash of the detector, unloads nothing."""
MEMORY_LOOKS = 40
"""How many looks the share of attended looks remembers."""


def note_neighbours(slots: Sequence[Slot], moment: Moment) -> None:
    """Move on what each occupied slot knows of its neighbours by one look."""
    there = [slot for slot in slots if slot.last_look == moment.at]
    if not there:
        return
    anchors = boxes_of([slot.anchor for slot in there])
    tracks = moment.look.tracks
    people = boxes_of([t.box for t in tracks if t.label == PERSON])
    vehicles = [t.box for t in tracks if t.label in VEHICLES]
    minders = _beside(anchors, people, BESIDE)
    servers = _beside(anchors, boxes_of(vehicles), UNLOADING)
    for slot, minding, serving in zip(there, minders, servers, strict=True):
        weight = 1 / min(slot.sightings + 1, MEMORY_LOOKS)
        slot.attended += weight * (float(minding.any()) - slot.attended)
        beside = [vehicles[n] for n in np.flatnonzero(serving)]
        if any(a.iou(b) >= STANDS for a in beside for b in slot.vehicles):
            slot.vehicle_at = moment.at
        slot.vehicles = beside


def _beside(anchors: Floats, boxes: Floats, reach: float) -> NDArray[np.bool_]:
    """Whether the foot line of each of `boxes` is near each anchor, `[n, m]`."""
    if not len(boxes):
        return np.zeros((len(anchors), 0), np.bool_)
    high = (boxes[:, 3] - boxes[:, 1])[None, :] * reach
    left, right = anchors[:, None, 0] - boxes[:, 2], boxes[:, 0] - anchors[:, None, 2]
    aside = np.maximum(np.maximum(left, right), 0)
    upper, lower = anchors[:, None, 1] - boxes[:, 3], boxes[:, 3] - anchors[:, None, 3]
    along = np.maximum(np.maximum(upper, lower), 0)
    return np.asarray((aside <= high) & (along <= high), np.bool_)
