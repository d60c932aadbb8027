"""What stands nowhere yet: sightings without a slot in, those that stand still out.

Moving things pass through here and are gone after a few looks; only what is found again
in its own place becomes a slot, with the time it was first found there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from base.ids import ZoneName
from detector.box import Box
from rules.geometry import Floats, boxes_of, ious, overlaps
from rules.occupant import SavedPortrait, Verdict, verdicts_of
from rules.sighting import Sighting
from rules.slot import (
    IN_FRONT,
    MATCH,
    MISS_RUN,
    MOST_COVERED,
    SWAP_S,
    Limits,
    Slot,
)
from rules.state_text import Time

STILL_LOOKS = 2
SAME_PLACE = 0.4
"""From this IoU with a slot's anchor a sighting may be that slot's occupant."""
PART_OF = 0.6
"""The same for the share of the smaller box inside the other."""
SETTLED_LOOKS = 3
MAX_NEWCOMERS = 256
"""In one view; a look rarely holds a hundred boxes."""


class Newcomer(Struct, omit_defaults=True):
    """A sighting that may become a slot.

    Attributes:
        box: Mean of its boxes.
        zone: Where its slot would be.
        label: Class of its best sighting.
        score: Best detector score.
        mean_score: Mean detector score.
        height_px: Largest height seen.
        missed: Looks in a row that did not show it.
        portrait: How it looks.
        since: Its first look.
        last: Its newest look.
        count: Looks that showed it.
        apart: Looks that showed it beside every occupant of places it overlaps.
    """

    box: Box
    zone: ZoneName
    label: str
    score: float
    mean_score: float
    height_px: float
    since: Time
    last: Time
    count: int
    apart: int
    missed: int = 0
    portrait: SavedPortrait | None = None

    def seen(self, sighting: Sighting, at: datetime, *, is_apart: bool) -> None:
        """Found again in its place."""
        part = 1 / (self.count + 1)
        old, new = self.box, sighting.box
        self.box = Box(
            old.x1 + part * (new.x1 - old.x1),
            old.y1 + part * (new.y1 - old.y1),
            old.x2 + part * (new.x2 - old.x2),
            old.y2 + part * (new.y2 - old.y2),
        )
        if sighting.score > self.score:
            self.label, self.score = sighting.label, sighting.score
        self.mean_score += part * (sighting.score - self.mean_score)
        self.height_px = max(self.height_px, sighting.height_px)
        self.portrait = sighting.portrait or self.portrait
        self.last, self.missed = at, 0
        self.count += 1
        self.apart += is_apart

    def is_lost(self, at: datetime, limits: Limits) -> bool:
        """Not found again: it was passing, or nothing at all."""
        unseen_s = (at - self.last).total_seconds()
        if unseen_s > limits.sampled_s:
            return True
        return self.missed >= MISS_RUN[0] and unseen_s > SWAP_S

    def is_still(self, limits: Limits) -> bool:
        """Stands long enough to have a place of its own."""
        span_s = (self.last - self.since).total_seconds()
        return (
            min(self.count, self.apart) >= STILL_LOOKS
            and span_s >= 0.9 * limits.still_s
        )


Held = Sequence[tuple[Slot, bool]]
"""Occupied slots, and whether this look showed their occupant."""


@dataclass(slots=True)
class Newcomers:
    """The newcomers of one view, oldest first."""

    waiting: list[Newcomer] = field(default_factory=list)

    def watch(
        self,
        at: datetime,
        free: Sequence[tuple[Sighting, ZoneName | None]],
        held: Held,
        limits: Mapping[ZoneName, Limits],
    ) -> list[Newcomer]:
        """Take the sightings without a slot; those that now stand still come back."""
        self.waiting = [
            n
            for n in self.waiting
            if n.zone in limits and not n.is_lost(at, limits[n.zone])
        ]
        boxes = boxes_of([sighting.box for sighting, _ in free])
        apart = _apart(boxes, held)
        taken = self._find_again(at, free, boxes, apart)
        for index, (sighting, zone) in enumerate(free):
            if index in taken or zone is None or sighting.covered > MOST_COVERED:
                continue
            if len(self.waiting) < MAX_NEWCOMERS:
                self.waiting.append(
                    _newcomer(sighting, zone, at, is_apart=bool(apart[index]))
                )
        for newcomer in self.waiting:
            newcomer.missed += newcomer.last != at
        is_still = [n.last == at and n.is_still(limits[n.zone]) for n in self.waiting]
        still = [n for n, yes in zip(self.waiting, is_still, strict=True) if yes]
        waiting = [n for n, yes in zip(self.waiting, is_still, strict=True) if not yes]
        self.waiting = _without_doubles(waiting, still, at) if still else waiting
        return still

    def settled(self, boxes: Floats) -> NDArray[np.bool_]:
        """Which boxes stand where a newcomer has been found several times, `[n]`."""
        places = [n.box for n in self.waiting if n.count >= SETTLED_LOOKS]
        if not places:
            return np.zeros(len(boxes), np.bool_)
        is_there = ious(boxes, boxes_of(places)) >= MATCH
        return np.asarray(is_there.any(axis=1), np.bool_)

    def _find_again(
        self,
        at: datetime,
        free: Sequence[tuple[Sighting, ZoneName | None]],
        boxes: Floats,
        apart: NDArray[np.bool_],
    ) -> set[int]:
        """Sightings that stand where a newcomer stood; another thing begins anew."""
        overlap = ious(boxes_of([n.box for n in self.waiting]), boxes)
        pairs = [(int(n), int(v)) for n, v in np.argwhere(overlap >= MATCH)]
        pairs.sort(key=lambda pair: (-overlap[pair], pair))
        verdicts = verdicts_of(
            [self.waiting[n].portrait for n, _ in pairs],
            [free[v][0].portrait for _, v in pairs],
        )
        used: set[int] = set()
        taken: set[int] = set()
        for (newcomer, index), verdict in zip(pairs, verdicts, strict=True):
            if newcomer in used or index in taken:
                continue
            used.add(newcomer)
            taken.add(index)
            sighting, is_apart = free[index][0], bool(apart[index])
            if verdict is Verdict.DIFFERENT:
                zone = self.waiting[newcomer].zone
                self.waiting[newcomer] = _newcomer(
                    sighting, zone, at, is_apart=is_apart
                )
            else:
                self.waiting[newcomer].seen(sighting, at, is_apart=is_apart)
        return taken


def _without_doubles(
    waiting: Sequence[Newcomer], still: Sequence[Newcomer], at: datetime
) -> list[Newcomer]:
    """Those waiting that are none of those that stand still now.

    Two boxes of one car may overlap too little for each other, and enough for a third:
    it would have two places and be accused twice. It has stood since the first of them.
    """
    overlap = ious(boxes_of([n.box for n in waiting]), boxes_of([n.box for n in still]))
    doubles: set[int] = set()
    for index, place in np.argwhere(overlap >= MATCH).tolist():
        double, one = waiting[index], still[place]
        (verdict,) = verdicts_of([double.portrait], [one.portrait])
        if double.last != at and verdict is Verdict.SAME:
            one.since = min(one.since, double.since)
            doubles.add(index)
    return [n for index, n in enumerate(waiting) if index not in doubles]


def _newcomer(
    sighting: Sighting, zone: ZoneName, at: datetime, *, is_apart: bool
) -> Newcomer:
    return Newcomer(
        box=sighting.box,
        zone=zone,
        label=sighting.label,
        score=sighting.score,
        mean_score=sighting.score,
        height_px=sighting.height_px,
        since=min(sighting.since or at, at),
        last=at,
        count=1,
        apart=int(is_apart),
        portrait=sighting.portrait,
    )


def _apart(boxes: Floats, held: Held) -> NDArray[np.bool_]:
    """Which boxes cannot be an occupant that this look did not show elsewhere, `[n]`.

    A box that overlaps an unseen occupant's place may be that occupant with another
    outline; giving it a slot would accuse one car twice. It is another thing when both
    are seen in one look, or when it stands well in front.
    """
    absent = boxes_of([slot.anchor for slot, is_shown in held if not is_shown])
    if not (len(boxes) and len(absent)):
        return np.ones(len(boxes), np.bool_)
    shared = overlaps(boxes, absent)
    size = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    other = (absent[:, 2] - absent[:, 0]) * (absent[:, 3] - absent[:, 1])
    smaller = np.maximum(np.minimum(size[:, None], other[None, :]), 1e-12)
    close = (ious(boxes, absent) >= SAME_PLACE) | (shared / smaller >= PART_OF)
    height = np.minimum(
        (boxes[:, 3] - boxes[:, 1])[:, None], (absent[:, 3] - absent[:, 1])[None, :]
    )
    in_front = boxes[:, None, 3] - absent[None, :, 3] >= IN_FRONT * height
    return np.asarray(~(close & ~in_front).any(axis=1), np.bool_)
