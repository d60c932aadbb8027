"""One person followed from look to look, for who is where and who went in; no identity.

Geometry alone pairs persons with walkers: ids of the tracker are not asked, so that an
id switch is nothing, and a missed look or two is bridged. A walker is forgotten soon
after the person is gone.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from math import ceil, log
from typing import NamedTuple

import numpy as np
from msgspec import Struct

from base.ids import ZoneName
from detector.box import Box
from detector.look import PERSON, Look, Track
from rules.geometry import Floats, Indexes, areas, boxes_of, touching
from rules.state_text import Time

REACH = 0.35
"""A foot is found this far off where it is, in heights of the person; of one who
lies, in lengths: the box is as low as a foot is long, and shakes by its width."""
SPEED = 1.3
"""Heights a second: 2.2 m/s, a hurried walk; running is caught by overlap in time."""
SURE_STEP_S = 1.5
"""Missed for longer than this, one box elsewhere is no proof of the same person: a
detector sees people for a moment where nobody is."""
LONGEST_STEP_S = 3.0
"""Beyond this a walker may be anywhere."""
UNLIKE = 2.0
"""Nobody is twice or half as large as a moment ago: that is another thing. Kneeling
leaves two thirds, lying all; who comes up out of an opening is a new walker anyway."""
MOVED = 0.5
"""A walker has moved when its feet are half a width aside or half a height along."""
UNTOLD_S = 2.0
"""A person seen so shortly ago is still there: the detector misses people in plain view
for half a second on average (`tests/scenes/noise.yaml`), and seldom for two."""
PROVEN = 2
"""Sightings from which a walker is a person and not a flash."""
STEADY = 3
"""Sightings from which a walker may be claimed to have entered or to attend."""
LEFT_DOUBT = 0.003
"""Accepted chance that a run of misses is the detector's, not a person gone."""
MISS_RUN = (4, 12)
"""Fewest and most misses in a row that mean a person is gone."""
TWICE = 0.75
"""From this overlap two person boxes are one person."""


class Walker(Struct, omit_defaults=True):
    """One person in view, or seen shortly before.

    Attributes:
        number: Its name in this view, never used again.
        box: Where it was seen last.
        score: Score there.
        since: First look.
        last: Newest look that showed it.
        hits: Looks that showed it.
        judged: Looks that could have shown it.
        misses: Such looks in a row that did not.
        missing_since: The first of them.
        zones: Zones its feet are in, as last seen.
        edges: Those of them it stood beside in the newest look: one such is jitter.
        is_hidden: Something stands before where it was seen last.
        origin: Where it was seen first.
        has_moved: Whether it ever left that place: a poster or a mannequin does not.
        may_be: Who was lost, or taken for another box of the same look, and could have
            walked to where this one came up.
    """

    number: int
    box: Box
    score: float
    since: Time
    last: Time
    hits: int = 1
    judged: int = 1
    misses: int = 0
    missing_since: Time | None = None
    zones: tuple[ZoneName, ...] = ()
    edges: tuple[ZoneName, ...] = ()
    is_hidden: bool = False
    origin: Box | None = None
    has_moved: bool = False
    may_be: int | None = None

    @property
    def is_proven(self) -> bool:
        """Seen often enough to be a person."""
        return self.hits >= PROVEN

    @property
    def is_steady(self) -> bool:
        """Seen in most looks while it was there: two flashes in one place are nobody.

        Asked of who is claimed to have gone in, or to keep watch.
        """
        return self.hits >= STEADY and 2 * self.hits >= self.judged - self.misses

    @property
    def misses_needed(self) -> int:
        """Misses in a row that the detector alone would hardly make."""
        few, many = MISS_RUN
        before = max(self.judged - self.misses, self.hits)
        miss_rate = 1 - (self.hits + 2) / (before + 3)
        return min(many, max(few, ceil(log(LEFT_DOUBT) / log(miss_rate))))

    @property
    def is_gone(self) -> bool:
        """Missed so often in a row that it is hardly the detector."""
        return self.misses >= MISS_RUN[0] and self.misses >= self.misses_needed

    def jittered(self, beside: Collection[ZoneName]) -> tuple[ZoneName, ...]:
        """Zones it was in and stands a step beside in this look alone: jitter."""
        return tuple(n for n in self.zones if n in beside and n not in self.edges)

    def still_in(self, at: datetime) -> tuple[ZoneName, ...]:
        """Zones in which it still is though this look misses it."""
        seen_s = (at - self.last).total_seconds()
        return self.zones if self.is_steady and seen_s <= UNTOLD_S else ()

    def seen(self, track: Track, at: datetime) -> None:
        """Found again."""
        self.origin = self.origin or self.box
        self.box, self.score, self.last = track.box, track.score, at
        self.has_moved = self.has_moved or _apart(self.origin, self.box)
        self.hits += 1
        self.judged += 1
        self.misses, self.missing_since, self.is_hidden = 0, None, False

    def missed(self, at: datetime) -> None:
        """Looked for and not found."""
        self.judged += 1
        self.misses += 1
        self.missing_since = self.missing_since or at


def _apart(one: Box, two: Box) -> bool:
    """Whether two boxes of one thing lie so far apart that it has moved."""
    high = max(one.y2 - one.y1, 1e-6)
    wide = max(one.x2 - one.x1, 1e-6)
    aside = abs(one.foot[0] - two.foot[0]) / wide
    return max(aside, abs(one.foot[1] - two.foot[1]) / high) >= MOVED


def persons_in(look: Look) -> list[Track]:
    """The persons of a look once each, best first; equal looks, equal order."""
    found = [track for track in look.tracks if track.label == PERSON]
    if len(found) < 2:
        return found
    boxes = boxes_of([track.box for track in found])
    scores = np.array([track.score for track in found])
    order = np.lexsort((*boxes.T[::-1], -scores))
    boxes = boxes[order]
    rows, columns, shared = touching(boxes, boxes)
    size = areas(boxes)
    is_twice = shared >= TWICE * (size[rows] + size[columns] - shared)
    twice = set(columns[is_twice & (rows < columns)].tolist())
    best_first = enumerate(order.tolist())
    return [found[track] for rank, track in best_first if rank not in twice]


def pair(
    walkers: Sequence[Walker],
    persons: Sequence[Track],
    look: Look,
    below: Collection[int] = (),
    held: Collection[int] = (),
) -> dict[int, int]:
    """Which person is which walker, nearest first: person index to walker index.

    Only where it is sure: who has been missed for a while is looked for on the spot;
    elsewhere `lost_near` finds who it may be, once that is proven a person.
    Walkers whose numbers are in `below` are nobody in view. Those in `held` stand in an
    opening: missed once, they are looked for on the spot, for they may have gone down.
    """
    if not (walkers and persons):
        return {}
    boxes = boxes_of([person.box for person in persons])
    missed_s = _missed_s(walkers, look.at)
    missed_s[missed_s > SURE_STEP_S] = 0.0
    for index, walker in enumerate(walkers):
        if walker.misses and walker.number in held:
            missed_s[index] = 0.0
    near = _near(walkers, boxes, missed_s, _aspect(look))
    order = np.lexsort((near.persons, near.walkers, near.steps))
    of_person: dict[int, int] = {}
    taken = {n for n, walker in enumerate(walkers) if walker.number in below}
    for walker, person in zip(
        near.walkers[order].tolist(), near.persons[order].tolist(), strict=True
    ):
        if walker not in taken and person not in of_person:
            of_person[person] = walker
            taken.add(walker)
            if len(of_person) == len(persons):
                break
    return of_person


def lost_near(newcomer: Walker, lost: Sequence[Walker], look: Look) -> Walker | None:
    """Who of `lost` may have walked to where `newcomer` was first seen; the nearest."""
    if not lost:
        return None
    box = boxes_of([newcomer.origin or newcomer.box])
    reach_s = np.minimum(_missed_s(lost, newcomer.since), LONGEST_STEP_S)
    near = _near(lost, box, reach_s, _aspect(look))
    return lost[near.walkers[near.steps.argmin()]] if len(near.steps) else None


def _missed_s(walkers: Sequence[Walker], at: datetime) -> Floats:
    return np.array([(at - walker.last).total_seconds() for walker in walkers])


class _Near(NamedTuple):
    """Who may have walked to where: of each pair, and how far that is, in its sizes."""

    walkers: Indexes
    persons: Indexes
    steps: Floats


def _near(
    walkers: Sequence[Walker], boxes: Floats, reach_s: Floats, aspect: float
) -> _Near:
    """The pairs of walkers and persons that may be one, by index.

    Args:
        walkers: Where they were last.
        boxes: Of persons, `[n, 4]`.
        reach_s: How long each walker may have walked, seconds.
        aspect: Width of the picture over its height.
    """
    places = boxes_of([walker.box for walker in walkers])
    mine, theirs = feet(places, aspect), feet(boxes, aspect)
    sizes, others = _sizes(places, aspect)[:, None], _sizes(boxes, aspect)
    apart = mine[:, 0, None] - theirs[:, 0]
    along = mine[:, 1, None] - theirs[:, 1]
    squared = apart * apart + along * along
    reach = sizes * (REACH + SPEED * reach_s)[:, None]
    is_near = squared <= reach * reach
    is_near &= others <= UNLIKE * sizes
    is_near &= sizes <= UNLIKE * others
    # who goes down a pit grows shorter where he stands
    is_near |= (squared <= (REACH * sizes) ** 2) & (others < sizes)
    pairs = is_near.ravel().nonzero()[0]
    rows, columns = np.divmod(pairs, max(len(boxes), 1))
    steps = np.sqrt(squared.ravel()[pairs]) / np.maximum(sizes[rows, 0], 1e-6)
    return _Near(rows, columns, steps)


def _sizes(boxes: Floats, aspect: float) -> Floats:
    """Heights of the persons in heights of the picture; who lies is as long as wide."""
    wide, high = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    sizes: Floats = np.maximum(wide * aspect, high)
    return sizes


def _aspect(look: Look) -> float:
    return look.size_px[0] / look.size_px[1]


def feet(boxes: Floats, aspect: float) -> Floats:
    """Feet in heights of the picture, `[n, 2]`."""
    points = np.empty((len(boxes), 2))
    points[:, 0] = (boxes[:, 0] + boxes[:, 2]) * (aspect / 2)
    points[:, 1] = boxes[:, 3]
    return points


def around(boxes: Floats, heights: float, aspect: float) -> Floats:
    """The soles and the ground around them, half as far along the line of sight.

    Args:
        boxes: Persons, `[n, 4]`.
        heights: How far, in heights of each person.
        aspect: Height of the picture over its width.
    """
    reach = heights * (boxes[:, 3] - boxes[:, 1])[:, None]
    sides = np.array([-aspect, -0.5, aspect, 0.5])
    wide: Floats = soles(boxes) + reach * sides
    return wide


def soles(boxes: Floats) -> Floats:
    """Where each person touches the ground: half as wide, a tenth as high as the box.

    Centred on the lower edge, so that half of it lies below the feet.
    """
    left, top, right, foot = boxes.T
    half, middle, high = (right - left) / 4, (left + right) / 2, (foot - top) / 20
    patches = np.empty((len(boxes), 4))
    patches[:, 0], patches[:, 2] = middle - half, middle + half
    patches[:, 1], patches[:, 3] = foot - high, foot + high
    return patches
