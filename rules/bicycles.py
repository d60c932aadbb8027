"""The bicycles of one look that stand by themselves: a look in, rows in a zone out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from detector.look import PERSON, TWO_WHEELERS, Track
from rules.geometry import Floats, areas, boxes_of, footprints, overlaps
from rules.moment import Moment
from rules.settings import Purpose

RIDDEN = 0.3
"""Share of a bicycle under a person from which somebody rides or pushes it."""
NEXT_TO = 1.0
"""Bicycles this many widths apart stand in one row."""
INSIDE = 0.5
"""Share of its footprint inside a zone, or a rack, from which it stands in it."""
TINY = 1e-12


@dataclass(frozen=True, slots=True)
class Bicycles:
    """Two-wheelers, and which stand in a zone outside racks with nobody on them.

    Attributes:
        tracks: Each one.
        boxes: Their boxes, `[n, 4]`.
        in_zone: Which of them stand in a zone, by the zone's column; only such zones.
    """

    tracks: tuple[Track, ...]
    boxes: Floats
    in_zone: Mapping[int, Sequence[int]]

    @classmethod
    def of(cls, moment: Moment) -> "Bicycles":
        """Those of one look."""
        look, scene = moment.look, moment.scene
        tracks = [t for t in look.tracks if t.label in TWO_WHEELERS]
        boxes = boxes_of([track.box for track in tracks])
        if not tracks:
            return cls((), boxes, {})
        people = boxes_of([t.box for t in look.tracks if t.label == PERSON])
        shares = scene.outlines.shares(footprints(boxes))
        racks = [scene.columns[name] for name in scene.of(Purpose.PARKING_BAY)]
        is_racked = shares[:, racks].max(axis=1, initial=0.0) >= INSIDE
        size = np.maximum(areas(boxes), TINY)
        ridden = overlaps(boxes, people).max(axis=1, initial=0.0) / size
        is_alone = (~is_racked & (ridden < RIDDEN))[:, None]
        in_zone: dict[int, list[int]] = {}
        for n, column in np.argwhere(is_alone & (shares >= INSIDE)).tolist():
            in_zone.setdefault(column, []).append(n)
        return cls(tuple(tracks), boxes, in_zone)

    def largest_row(self, column: int) -> list[Track]:
        """The largest group in a zone each of which stands next to another of it.

        Args:
            column: The zone, as in `ViewScene.columns`.
        """
        there = self.in_zone.get(column, ())
        if not there:
            return []
        return [self.tracks[there[n]] for n in _largest_row(self.boxes[list(there)])]


def _largest_row(boxes: Floats) -> list[int]:
    wide = (boxes[:, 2] - boxes[:, 0])[:, None] * NEXT_TO
    x1, y1, x2, y2 = (boxes[:, side] for side in range(4))
    aside = np.maximum(x1[:, None] - x2[None, :], x1[None, :] - x2[:, None])
    along = np.maximum(y1[:, None] - y2[None, :], y1[None, :] - y2[:, None])
    beside: list[set[int]] = [set() for _ in boxes]
    for one, other in np.argwhere((aside <= wide) & (along <= wide)).tolist():
        beside[one].add(other)
    best: list[int] = []
    left = set(range(len(boxes)))
    while left:
        group, fresh = set[int](), {min(left)}
        while fresh:
            group |= fresh
            fresh = set().union(*(beside[one] for one in fresh)) - group
        left -= group
        best = sorted(group) if len(group) > len(best) else best
    return best
