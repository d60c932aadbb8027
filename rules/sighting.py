"""What one look shows of the things a rule cares about: a look in, sightings out."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detector.box import Box
from detector.look import TWO_WHEELERS, VEHICLES, Look, Track
from rules.geometry import TINY, areas, boxes_of, ious, overlaps
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
    tracks = [track for track in look.tracks if track.label in VEHICLES]
    tracks.sort(key=_order)
    if not tracks:
        return ()
    boxes = boxes_of([track.box for track in tracks])
    drop = _twice(boxes) | _claimed(tracks, look.tracks)
    kept = [track for track, dropped in zip(tracks, drop, strict=True) if not dropped]
    return tuple(
        Sighting(t.box, t.label, t.score, t.height_px, portrait, t.covered)
        for t, portrait in zip(kept, _portraits(kept, look), strict=True)
    )


def _portraits(kept: Sequence[Track], look: Look) -> list[Portrait | None]:
    """How each kept track looks, and which of it is visible."""
    things = [t for t in look.tracks if t.label not in VEHICLES]
    mine = boxes_of([track.box for track in kept])
    nearer = np.concatenate([mine, boxes_of([thing.box for thing in things])])
    visible = np.packbits(visible_cells(mine, nearer), axis=1).tobytes()
    return [
        portrait_of(track.signature, visible[8 * n : 8 * n + 8])
        for n, track in enumerate(kept)
    ]


def _order(track: Track) -> tuple[float, float, float, float, float, str]:
    box = track.box
    return (-track.score, box.x1, box.y1, box.x2, box.y2, track.label)


def _twice(boxes: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which boxes repeat a better scored one (a lower row) or are a part of it."""
    dropped = np.zeros(len(boxes), np.bool_)
    shared, size = overlaps(boxes, boxes), areas(boxes)
    rows, columns = np.nonzero(np.tril(shared, -1))
    if not len(rows):
        return dropped
    mine, better, shared = boxes[rows], boxes[columns], shared[rows, columns]
    smaller = np.minimum(size[rows], size[columns])
    height = np.minimum(mine[:, 3] - mine[:, 1], better[:, 3] - better[:, 1])
    is_part = shared >= PART * np.maximum(smaller, TINY)
    is_part &= np.abs(mine[:, 3] - better[:, 3]) <= SAME_FOOT * height
    union = size[rows] + size[columns] - shared
    is_one = is_part | (shared >= TWICE * np.maximum(union, TINY))
    for row, column in zip(rows[is_one], columns[is_one], strict=True):
        dropped[row] |= not dropped[column]
    return dropped


def _claimed(tracks: Sequence[Track], everything: Sequence[Track]) -> NDArray[np.bool_]:
    others = [track for track in everything if track.label in NOT_VEHICLES]
    if not others:
        return np.zeros(len(tracks), np.bool_)
    mine = boxes_of([track.box for track in tracks])
    theirs = boxes_of([track.box for track in others])
    better = np.array([o.score for o in others]) > np.array(
        [t.score for t in tracks]
    ).reshape(-1, 1)
    is_claim = (ious(mine, theirs) >= TWO_MINDS) & better
    return np.asarray(is_claim.any(axis=1), np.bool_)
