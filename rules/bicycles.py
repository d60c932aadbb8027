"""The bicycles of one look that stand by themselves: a look in, rows in a zone out."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from base.ids import ZoneName
from detector.look import PERSON, TWO_WHEELERS, Track
from rules.geometry import areas, boxes_of, footprints, touching
from rules.moment import Moment
from rules.settings import Purpose

RIDDEN = 0.3
"""Share of a bicycle under a person from which somebody rides or pushes it."""
NEXT_TO = 1.0
"""Bicycles this many widths apart stand in one row."""
INSIDE = 0.5
"""Share of its footprint inside a zone, or a rack, from which it stands in it."""


@dataclass(frozen=True, slots=True)
class Bicycles:
    """Two-wheelers, and which stand in a zone outside racks with nobody on them.

    Attributes:
        rows: Of each zone where such stand, the largest group each of which stands next
            to another of it.
    """

    rows: Mapping[ZoneName, Sequence[Track]]

    @classmethod
    def of(cls, moment: Moment) -> "Bicycles":
        """Those of one look."""
        look, scene = moment.look, moment.scene
        tracks = [t for t in look.tracks if t.label in TWO_WHEELERS]
        if not tracks:
            return cls({})
        boxes = boxes_of([track.box for track in tracks])
        people = boxes_of([t.box for t in look.tracks if t.label == PERSON])
        is_inside = scene.outlines.shares(footprints(boxes)) >= INSIDE
        racks = [scene.columns[name] for name in scene.of(Purpose.PARKING_BAY)]
        if racks:
            is_inside &= ~is_inside[:, racks].any(axis=1, keepdims=True)
        ridden, _, shared = touching(boxes, people)
        is_inside[ridden[shared >= RIDDEN * areas(boxes[ridden])]] = False
        in_zone = defaultdict[int, list[int]](list)
        for n, column in zip(*is_inside.nonzero(), strict=True):
            in_zone[int(column)].append(int(n))
        names = list(scene.zones)
        return cls(
            {
                names[column]: _largest_row([tracks[n] for n in there])
                for column, there in in_zone.items()
            }
        )


def _largest_row(tracks: Sequence[Track]) -> list[Track]:
    """The largest group of which each stands next to another, in its own widths."""
    order = sorted(range(len(tracks)), key=lambda n: tracks[n].box.x1)
    reach = [NEXT_TO * (track.box.x2 - track.box.x1) for track in tracks]
    widest = max(reach)
    beside: list[set[int]] = [set() for _ in tracks]
    for place, one in enumerate(order):
        mine = tracks[one].box
        for other in order[place + 1 :]:
            theirs = tracks[other].box
            aside = theirs.x1 - mine.x2
            if aside > widest:
                break
            apart = max(aside, theirs.y1 - mine.y2, mine.y1 - theirs.y2)
            if apart <= reach[one]:
                beside[one].add(other)
            if apart <= reach[other]:
                beside[other].add(one)
    best: list[int] = []
    left = set(range(len(tracks)))
    while left:
        group, fresh = set[int](), {min(left)}
        while fresh:
            group |= fresh
            fresh = set().union(*(beside[one] for one in fresh)) - group
        left -= group
        best = sorted(group) if len(group) > len(best) else best
    return [tracks[n] for n in best]
