"""What one look shows of the things a rule cares about: a look in, sightings out."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detector.box import Box
from detector.look import TWO_WHEELERS, VEHICLES, Look, Track
from rules.geometry import BoxesXYXY, Touching, areas, boxes_of, taken, touching
from rules.occupant import Portrait, portrait_of, visible_cells

TWICE = 0.7
"""From this overlap two vehicle boxes are one vehicle with two class names.

Class-aware suppression leaves a `car` and a `truck` on one van. Neighbours at a kerb
overlap by up to 0.62, so the bound lies above it.
"""
PART = 0.9
"""Share of a box inside another, feet on one line, from which it is a part of it."""
SAME_FOOT = 0.1
"""Feet are on one line up to this share of the smaller box's height."""
TWO_MINDS = 0.6
"""From this overlap with a better scored person or two-wheeler it is no vehicle."""
THING = "thing"
"""Label of a static thing without a class."""
NOT_VEHICLES = TWO_WHEELERS | {"person", "wheelchair", "mobility_scooter", "pram"}


class Sighting(NamedTuple):
    """One thing in one look, without identity: places have the clocks, not tracks.

    Attributes:
        box: Where, 0…1.
        label: Class name.
        score: Detector score, 0…1.
        height_px: Height in pixels of the picture looked at.
        portrait: How it looks and which of it is visible; None where not told.
        covered: Share hidden by nearer boxes, 0…1.
        since: Since when it is known to stand there, where the look tells.
    """

    box: Box
    label: str
    score: float
    height_px: float
    portrait: Portrait | None = None
    covered: float = 0.0
    since: datetime | None = None


_make = Sighting._make
"""Half the cost of `Sighting(…)`, and a full kerb makes fifty a look."""


def regions_in(look: Look) -> tuple[Sighting, ...]:
    """The static things without a class, largest first."""
    found = sorted(look.regions, key=lambda r: (-r.area, r.box.x1, r.box.y1))
    everything = b"\xff" * 8
    return tuple(
        Sighting(
            box=region.box,
            label=THING,
            score=1.0,
            height_px=(region.box.y2 - region.box.y1) * look.size_px[1],
            portrait=portrait_of(region.signature, everything),
            covered=region.covered,
            since=region.first_seen,
        )
        for region in found
    )


def vehicles_in(look: Look) -> tuple[Sighting, ...]:
    """Every vehicle of the look once, best score first; equal looks, equal order.

    A box that a better scored person, wheelchair or two-wheeler claims too is left
    out: the detector is of two minds, and a wheelchair is never a parked car.
    """
    tracks = sorted((t for t in look.tracks if t.label in VEHICLES), key=_order)
    if not tracks:
        return ()
    others = [track for track in look.tracks if track.label not in VEHICLES]
    boxes = boxes_of([track.box for track in [*tracks, *others]])
    vehicles = boxes[: len(tracks)]
    pairs = touching(vehicles, boxes)
    is_kept = ~_twice(vehicles, pairs)
    is_kept &= ~_claimed(tracks, others, boxes, pairs)
    kept = is_kept.nonzero()[0]
    is_thing = np.concatenate([is_kept, np.ones(len(others), np.bool_)])
    visible = visible_cells(vehicles, boxes, pairs, is_thing)[kept]
    cells = np.packbits(visible, axis=1).tobytes()
    return tuple(
        [
            _make(
                (
                    track.box,
                    track.label,
                    track.score,
                    track.height_px,
                    portrait_of(track.signature, cells[8 * n : 8 * n + 8]),
                    track.covered,
                    None,
                )
            )
            for n, track in enumerate([tracks[index] for index in kept.tolist()])
        ]
    )


def _order(track: Track) -> tuple[float, float, float, float, float, str]:
    box = track.box
    return (-track.score, box.x1, box.y1, box.x2, box.y2, track.label)


def _twice(boxes: BoxesXYXY, pairs: Touching) -> NDArray[np.bool_]:
    """Which boxes repeat a better scored one (a lower row) or are a part of it.

    Args:
        boxes: Vehicles, best first, `[n, 4]`.
        pairs: Which of them touch which, others after them.
    """
    dropped = np.zeros(len(boxes), np.bool_)
    better = (pairs.columns < pairs.rows).nonzero()[0]
    if not len(better):
        return dropped
    rows, columns, shared = pairs.only(better)
    mine, other = taken(boxes, rows), taken(boxes, columns)
    size, size_2 = areas(mine), areas(other)
    height = np.minimum(mine[:, 3] - mine[:, 1], other[:, 3] - other[:, 1])
    is_part = shared >= PART * np.minimum(size, size_2)
    is_part &= np.abs(mine[:, 3] - other[:, 3]) <= SAME_FOOT * height
    is_one = is_part | (shared >= TWICE * (size + size_2 - shared))
    for row, column in zip(rows[is_one], columns[is_one], strict=True):
        dropped[row] |= not dropped[column]
    return dropped


def _claimed(
    tracks: Sequence[Track],
    others: Sequence[Track],
    boxes: BoxesXYXY,
    pairs: Touching,
) -> NDArray[np.bool_]:
    """Which tracks a better scored thing that is no vehicle claims too.

    Args:
        tracks: The vehicles.
        others: The things that are none.
        boxes: Of both, one after the other.
        pairs: Which vehicles touch which of both.
    """
    claimed = np.zeros(len(tracks), np.bool_)
    of_others = (pairs.columns >= len(tracks)).nonzero()[0]
    if not len(of_others):
        return claimed
    rows, columns, shared = pairs.only(of_others)
    size = areas(boxes)
    union = size[rows] + size[columns] - shared
    is_claim = shared >= TWO_MINDS * union
    for mine, theirs in zip(
        rows[is_claim].tolist(), columns[is_claim].tolist(), strict=True
    ):
        other = others[theirs - len(tracks)]
        if other.label in NOT_VEHICLES:
            claimed[mine] |= other.score > tracks[mine].score
    return claimed
