"""Who is in which zone in one look: walkers in, answers out, each made once."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from base.ids import ZoneName
from rules.geometry import ZoneAreas, boxes_of
from rules.walker import PROVEN, Walker, around, soles

STEP = 0.3
"""A step, in heights of the person; half of it along the line of sight."""


def _nobody() -> defaultdict[ZoneName, list[Walker]]:
    return defaultdict(list)


ByZone = dict[ZoneName, tuple[Walker, ...]]


@dataclass(slots=True)
class Presence:
    """One look's answers.

    Attributes:
        shown: Those the look shows with their feet in a zone, as they came.
        missed: Those it misses who were there so shortly ago that they still are.
    """

    shown: defaultdict[ZoneName, list[Walker]] = field(default_factory=_nobody)
    missed: defaultdict[ZoneName, list[Walker]] = field(default_factory=_nobody)
    _proven: ByZone = field(default_factory=dict)
    _present: ByZone = field(default_factory=dict)

    def proven_in(self, zone: ZoneName) -> tuple[Walker, ...]:
        """Proven persons the look shows in `zone`."""
        if zone not in self._proven:
            there = self.shown.get(zone, ())
            self._proven[zone] = tuple([w for w in there if w.hits >= PROVEN])
        return self._proven[zone]

    def present_in(self, zone: ZoneName) -> tuple[Walker, ...]:
        """The same, and proven persons only missed there."""
        if zone not in self._present:
            there = self.proven_in(zone)
            missed = [w for w in self.missed.get(zone, ()) if w.is_proven]
            if missed:
                there = tuple(sorted([*there, *missed], key=lambda w: w.number))
            self._present[zone] = there
        return self._present[zone]


class Near(NamedTuple):
    """Somebody in a zone, or a step beside it.

    Attributes:
        who: By index.
        zone: Which.
        inside: Share of the soles inside, 0…1.
        is_near: Whether any of a step around them is.
    """

    who: int
    zone: ZoneName
    inside: float
    is_near: bool


def zones_near(
    seen: Sequence[Walker], names: Sequence[ZoneName], areas: ZoneAreas, aspect: float
) -> Iterator[Near]:
    """Who is in which zone, or a step beside it, in the order seen and drawn.

    Args:
        seen: Walkers.
        names: The zones, in the order of `areas`.
        areas: The same, ready to be asked.
        aspect: Height of the picture over its width.
    """
    boxes = boxes_of([walker.box for walker in seen])
    shares = areas.shares(np.concatenate([soles(boxes), around(boxes, STEP, aspect)]))
    feet, step = shares[: len(boxes)], shares[len(boxes) :] > 0
    rows, columns = ((feet > 0) | step).nonzero()
    zones = [names[column] for column in columns.tolist()]
    inside, is_near = feet[rows, columns].tolist(), step[rows, columns].tolist()
    return map(Near._make, zip(rows.tolist(), zones, inside, is_near, strict=True))
