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
    vehicles = boxes_of([t.box for t in tracks if t.label in VEHICLES])
    is_minded = _is_beside(anchors, people, BESIDE)
    is_served = _is_beside(anchors, vehicles, UNLOADING)
    for slot, minded, served in zip(there, is_minded, is_served, strict=True):
        weight = 1 / min(slot.sightings + 1, MEMORY_LOOKS)
        slot.attended += weight * (float(minded) - slot.attended)
        if served:
            slot.vehicle_at = moment.at


def _is_beside(anchors: Floats, boxes: Floats, reach: float) -> NDArray[np.bool_]:
    """Whether the foot line of one of `boxes` is near each anchor, `[n]`."""
    if not len(boxes):
        return np.zeros(len(anchors), np.bool_)
    high = (boxes[:, 3] - boxes[:, 1])[None, :] * reach
    left, right = anchors[:, None, 0] - boxes[:, 2], boxes[:, 0] - anchors[:, None, 2]
    aside = np.maximum(np.maximum(left, right), 0)
    upper, lower = anchors[:, None, 1] - boxes[:, 3], boxes[:, 3] - anchors[:, None, 3]
    along = np.maximum(np.maximum(upper, lower), 0)
    return np.asarray(((aside <= high) & (along <= high)).any(axis=1), np.bool_)
