"""Which sighting stands in which slot, and which places could not be seen: one look.

Slots and sightings in, pairs and reasons out; nothing is changed here. Matching is one
to one and knows places only, never track ids.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from base.ids import ZoneName
from detector.box import Box
from rules.clause import Why
from rules.geometry import Floats, areas, boxes_of, shares_under, taken, touching
from rules.occupant import SAME_THING, Verdict, Verdicts
from rules.sighting import Sighting
from rules.slot import IN_FRONT, MATCH, Slot

KEEP = 0.4
"""IoU at which a proven occupant that looks the same still stands: boxes of small
networks breathe, and a box cut by a door or a shadow is the same car."""
PROVEN = 5
"""Sightings that make an occupant proven."""
HIDES = 0.3
"""A place is hidden when nearer things cover this share of it."""
NEARER = 0.05
"""What hides has its foot lower, give or take this share of the anchor's height."""
Settled = Callable[[Floats], NDArray[np.bool_]]

Homes = Callable[[Sequence[int]], Sequence[ZoneName | None]]


class Near(NamedTuple):
    """Slots and sightings whose boxes overlap enough to be one thing, by index.

    Attributes:
        pairs: Slot and sighting, best overlap first.
        sure: So many of them stand in one place for certain.
    """

    pairs: list[tuple[int, int]]
    sure: int


class Overlaps:
    """What stands near what in one look: of equal anchors found once, for all rules."""

    def __init__(self) -> None:
        self._found: dict[bytes, Near] = {}

    def near(self, anchors: Floats, boxes: Floats) -> Near:
        """The pairs of anchors and of the look's boxes, each `[n, 4]`."""
        key = anchors.tobytes()
        if key not in self._found:
            self._found[key] = _near(anchors, boxes)
        return self._found[key]


def _near(anchors: Floats, boxes: Floats) -> Near:
    rows, columns, shared = touching(anchors, boxes)
    share = shared / (areas(anchors)[rows] + areas(boxes)[columns] - shared)
    is_near = share >= KEEP
    rows, columns, share = rows[is_near], columns[is_near], share[is_near]
    order = np.lexsort((columns, rows, -share))
    pairs = zip(rows[order].tolist(), columns[order].tolist(), strict=True)
    return Near(list(pairs), int((share >= MATCH).sum()))


@dataclass(frozen=True, slots=True)
class Scene:
    """What one look offers a book.

    Attributes:
        at: Media time, UTC.
        sightings: What may stand somewhere, best first.
        boxes: Their boxes, `[n, 4]`.
        others: Boxes of everything else that may hide a place, `[m, 4]`.
        verdicts: What thumbnails say, compared once a look.
        homes: Tells for sightings, by index, the zone a slot of each would be in;
            None: in none.
        unseen: Areas about which the look says nothing.
        blind: Why nothing in this look can be trusted; None: it can.
        overlaps: What stands near what, found once a look.
    """

    at: datetime
    sightings: tuple[Sighting, ...]
    boxes: Floats
    others: Floats
    verdicts: Verdicts
    homes: Homes
    unseen: tuple[Box, ...] = ()
    blind: Why | None = None
    overlaps: Overlaps = field(default_factory=Overlaps)


@dataclass(slots=True)
class Matches:
    """Which sighting stands in which slot, by index, and what thumbnails say of it."""

    of_slot: dict[int, int] = field(default_factory=dict)
    of_sighting: dict[int, int] = field(default_factory=dict)
    verdicts: dict[int, Verdict] = field(default_factory=dict)

    def add(self, told: Iterable[tuple[tuple[int, int], Verdict]]) -> None:
        """Pair slots and sightings, unless one of the two is taken."""
        of_slot, of_sighting = self.of_slot, self.of_sighting
        for (slot, sighting), verdict in told:
            if slot not in of_slot and sighting not in of_sighting:
                of_slot[slot], of_sighting[sighting] = sighting, slot
                self.verdicts[slot] = verdict


def match(slots: Sequence[Slot], scene: Scene) -> Matches:
    """Slots and sightings one to one, best overlap first; what thumbnails say."""
    found = Matches()
    if not (slots and scene.sightings):
        return found
    anchors = boxes_of([slot.anchor for slot in slots])
    pairs, sure = scene.overlaps.near(anchors, scene.boxes)
    verdicts = scene.verdicts.of(
        [slots[s].portrait for s, _ in pairs],
        [scene.sightings[v].portrait for _, v in pairs],
    )
    told = list(zip(pairs, verdicts, strict=True))
    found.add(told[:sure])
    same = [one for one in told[sure:] if one[1] is SAME_THING]
    proven = [one for one in same if slots[one[0][0]].sightings >= PROVEN]
    found.add(one for one in proven if not slots[one[0][0]].is_absent)
    return found


def hidden(
    slots: Sequence[Slot], scene: Scene, found: Matches, settled: Settled
) -> dict[int, Why | None]:
    """For each occupied slot without a sighting: why it could not be seen, if so.

    Args:
        slots: The slots.
        scene: The look.
        found: What stands where.
        settled: Tells of boxes which have been found in one place several times.
    """
    occupied = (n for n, slot in enumerate(slots) if not slot.is_absent)
    missing = [n for n in occupied if n not in found.of_slot]
    reasons: dict[int, Why | None] = dict.fromkeys(missing)
    if not missing:
        return reasons
    if not (scene.sightings or len(scene.others) or scene.unseen):
        return reasons
    without = [slots[n] for n in missing]
    covered = _covered(without, slots, scene, found, settled)
    for n, share in zip(missing, covered, strict=True):
        if share >= HIDES:
            reasons[n] = Why.OCCLUDED
    if scene.unseen:
        anchors = boxes_of([slot.anchor for slot in without])
        unseen = shares_under(anchors, boxes_of(scene.unseen)).sum(axis=1)
        for n, share in zip(missing, unseen.tolist(), strict=True):
            if share >= HIDES:
                reasons[n] = Why.NOT_COVERED
    return reasons


def _covered(
    missing: Sequence[Slot],
    slots: Sequence[Slot],
    scene: Scene,
    found: Matches,
    settled: Settled,
) -> list[float]:
    """Share of each missing slot's anchor under nearer things that came later."""
    covered = [0.0] * len(missing)
    anchors = boxes_of([slot.anchor for slot in missing])
    things = np.concatenate([scene.boxes, scene.others])
    rows, columns, shared = touching(anchors, things)
    if not len(rows):
        return covered
    is_settled, places = settled(scene.boxes), taken(anchors, rows)
    lower_by = (things[columns, 3] - places[:, 3]) / (places[:, 3] - places[:, 1])
    each = (rows, columns, shared / areas(places), lower_by)
    for row, thing, share, lower in zip(*(one.tolist() for one in each), strict=True):
        hides, home = lower >= -NEARER, found.of_sighting.get(thing)
        if hides and home is not None:
            hides = slots[home].first_seen > missing[row].last_seen
        elif hides and thing < len(scene.sightings):
            # what stands in the same place does not hide it: it has taken it
            hides = lower >= IN_FRONT or not is_settled[thing]
        covered[row] += share * hides
    return covered
