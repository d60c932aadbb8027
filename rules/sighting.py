"""What one look shows of the things a rule cares about: a look in, sightings out."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detector.box import Box
from detector.look import TWO_WHEELERS, VEHICLES, Look, Track
from rules.geometry import TINY, BoxesXYXY, areas, boxes_of, ious, overlaps
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
    is_kept = ~(_twice(boxes) | _claimed(tracks, boxes, look.tracks))
    kept = [track for track, keep in zip(tracks, is_kept.tolist(), strict=True) if keep]
    portraits = _portraits(kept, boxes[is_kept], look)
    return tuple(
        Sighting(t.box, t.label, t.score, t.height_px, portrait, t.covered)
        for t, portrait in zip(kept, portraits, strict=True)
    )


def _portraits(
    kept: Sequence[Track], boxes: BoxesXYXY, look: Look
) -> list[Portrait | None]:
    """How each kept track looks, and which of it is visible."""
    things = [t.box for t in look.tracks if t.label not in VEHICLES]
    nearer = np.concatenate([boxes, boxes_of(things)])
    visible = np.packbits(visible_cells(boxes, nearer), axis=1).tobytes()
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
    rows, columns = shared.nonzero()
    is_later = rows > columns
    rows, columns = rows[is_later], columns[is_later]
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


def _claimed(
    tracks: Sequence[Track], boxes: BoxesXYXY, everything: Sequence[Track]
) -> NDArray[np.bool_]:
    """Which tracks a better scored thing that is no vehicle claims too."""
    others = [track for track in everything if track.label in NOT_VEHICLES]
    if not others:
        return np.zeros(len(tracks), np.bool_)
    is_claim = ious(boxes, boxes_of([track.box for track in others])) >= TWO_MINDS
    claimed = np.zeros(len(tracks), np.bool_)
    for mine, theirs in np.argwhere(is_claim).tolist():
        claimed[mine] |= others[theirs].score > tracks[mine].score
    return claimed
