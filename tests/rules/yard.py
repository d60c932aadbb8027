"""Hand-placed people before zones drawn straight onto the picture: exact looks.

For one row at one moment; what moves on a ground plane is the matter of `tests/scenes`.
A person at (x, y) has feet there and is a fifth of the picture high.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

import numpy as np

from base.ids import ZoneName
from detector.box import Box
from detector.look import PERSON, Look, Track
from rules.settings import Purpose, ZoneSection
from tests.scenes.pole import SIZE_PX
from tests.scenes.scene import CAMERA, CLASSES, T0, VIEW

PIT, RING = ZoneName("pit"), ZoneName("ring")
HIGH, WIDE = 0.2, 0.05
Walk = Sequence[tuple[float, float, float]]
"""Where one person is: seconds, x, y; seen from the first to the last."""


def square(x: float, y: float, half: float) -> tuple[tuple[float, float], ...]:
    """A square around a point, in shares of the picture."""
    return (
        (x - half, y - half),
        (x + half, y - half),
        (x + half, y + half),
        (x - half, y + half),
    )


def pit_zones() -> Mapping[ZoneName, ZoneSection]:
    """An opening in the middle and a ring around it."""
    return {
        PIT: ZoneSection(purpose=Purpose.OPENING, points=square(0.5, 0.6, 0.05)),
        RING: ZoneSection(
            purpose=Purpose.ATTENDANT_RING,
            points=square(0.5, 0.6, 0.2),
            belongs_to=PIT,
        ),
    }


def stands(start: float, end: float, x: float, y: float) -> Walk:
    """Somebody who stands still."""
    return ((start, x, y), (end, x, y))


def enters(at: float) -> Walk:
    """Somebody who walks to the pit, is over it at `at`, and is not seen after."""
    return ((at - 4, 0.05, 0.6), (at, 0.5, 0.6), (at + 0.6, 0.5, 0.6))


def person(x: float, y: float, score: float = 0.8) -> Track:
    """A person whose feet are at a point."""
    box = Box(x - WIDE / 2, max(y - HIGH, 0), x + WIDE / 2, y)
    return Track(box, PERSON, score, HIGH * SIZE_PX[1])


def look_at(t: float, feet: Sequence[tuple[float, float]] = ()) -> Look:
    """A look at second `t` that shows people."""
    tracks = tuple(person(x, y) for x, y in feet)
    at = T0 + timedelta(seconds=t)
    return Look(CAMERA, VIEW, at, SIZE_PX, tracks, classes=CLASSES)


def looks(walks: Sequence[Walk], until: float, period_s: float = 0.5) -> Iterator[Look]:
    """One look each `period_s`, from 0 on."""
    for t in np.arange(0.0, until, period_s).tolist():
        ways = [np.array(walk) for walk in walks if walk[0][0] <= t <= walk[-1][0]]
        feet = [
            (
                float(np.interp(t, w[:, 0], w[:, 1])),
                float(np.interp(t, w[:, 0], w[:, 2])),
            )
            for w in ways
        ]
        yield look_at(t, feet)
