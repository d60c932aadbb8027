"""A pit with a ring, and people who walk straight lines: looks for zone rules.

Seen from above for simplicity: a person at (x, y) has feet there and is a fifth of the
picture high. Everything is exact; noise is the scene simulator's matter.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from base.ids import ZoneName
from detector.box import Box
from detector.look import PERSON, Look, Track
from rules.settings import Purpose, ZoneSection
from tests.rules.simulator import CAMERA, CLASSES, SIZE_PX, T0, VIEW

PIT, RING = ZoneName("pit"), ZoneName("ring")
HIGH, WIDE = 0.2, 0.05


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


@dataclass(frozen=True)
class Walk:
    """Way-points of one person: seconds, x, y; seen from the first to the last."""

    points: tuple[tuple[float, float, float], ...]

    def at(self, t: float) -> tuple[float, float] | None:
        """Where the feet are; None while the person is not seen."""
        if not self.points[0][0] <= t <= self.points[-1][0]:
            return None
        pairs = zip(self.points, self.points[1:], strict=False)
        for (t0, x0, y0), (t1, x1, y1) in pairs:
            if t0 <= t <= t1:
                part = (t - t0) / (t1 - t0) if t1 > t0 else 1.0
                return x0 + part * (x1 - x0), y0 + part * (y1 - y0)
        return None


def stands(start: float, end: float, x: float, y: float) -> Walk:
    """Somebody who stands still."""
    return Walk(((start, x, y), (end, x, y)))


def enters(at: float) -> Walk:
    """Somebody who walks to the pit, is over it at `at`, and is not seen after."""
    return Walk(((at - 4, 0.05, 0.6), (at, 0.5, 0.6), (at + 0.6, 0.5, 0.6)))


def leaves(at: float) -> Walk:
    """Somebody who comes up at `at` and walks away."""
    return Walk(((at, 0.5, 0.6), (at + 1, 0.5, 0.6), (at + 5, 0.05, 0.6)))


def person(x: float, y: float, score: float = 0.8) -> Track:
    """A person whose feet are at a point."""
    box = Box(x - WIDE / 2, max(y - HIGH, 0), x + WIDE / 2, y)
    return Track(box, PERSON, score, HIGH * SIZE_PX[1])


def look_at(t: float, people: Sequence[tuple[float, float]] = ()) -> Look:
    """A look at second `t` that shows people."""
    tracks = tuple(person(x, y) for x, y in people)
    at = T0 + timedelta(seconds=t)
    return Look(CAMERA, VIEW, at, SIZE_PX, tracks, classes=CLASSES)


def looks(walks: Sequence[Walk], until: float, period_s: float = 0.5) -> Iterator[Look]:
    """One look each `period_s`, from 0 on."""
    for step in range(int(until / period_s)):
        t = step * period_s
        seen = [place for walk in walks if (place := walk.at(t)) is not None]
        yield look_at(t, seen)
