"""What moves in a scene: people, vehicles, goods along timed way-points, in metres."""

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Self

from detector.look import HeadState, Posture

SIZES_M = {
    "person": (0.5, 1.7, 0.4),
    "car": (1.8, 1.5, 4.4),
    "truck": (2.4, 3.0, 7.0),
    "bus": (2.5, 3.1, 11.0),
    "bicycle": (0.5, 1.1, 1.7),
    "motorcycle": (0.7, 1.2, 2.0),
    "wheelchair": (0.7, 1.3, 1.1),
    "goods": (1.0, 0.9, 0.8),
}
LYING_M = (1.7, 0.35, 0.5)
WALK_MPS = 1.3
WHITE, RED, BLACK, BLUE = (235, 235, 235), (40, 40, 200), (25, 25, 25), (190, 90, 30)
GOODS = "goods"


@dataclass(frozen=True)
class Mark:
    """One way-point.

    Attributes:
        t: Seconds.
        x: Metres right of the camera.
        z: Metres away.
        up: Metres above the ground.
        tall: Visible share of the height: 0.6 kneels, 0 is down a pit.
        posture: From here on.
    """

    t: float
    x: float
    z: float
    up: float = 0.0
    tall: float = 1.0
    posture: Posture = Posture.UPRIGHT


@dataclass(frozen=True)
class Actor:
    """Something in the scene from its first mark to its last.

    Attributes:
        kind: A key of `SIZES_M`.
        marks: In order of time.
        colour: BGR, of what stands.
        head: What a person truly wears.
    """

    kind: str
    marks: tuple[Mark, ...]
    colour: tuple[int, int, int] = WHITE
    head: HeadState = HeadState.HELMET

    def at(self, t: float) -> Mark | None:
        """Where it is; None while it is not there."""
        if not self.marks[0].t <= t < self.marks[-1].t:
            return None
        for one, two in pairwise(self.marks):
            if one.t <= t < two.t:
                part = (t - one.t) / (two.t - one.t)
                return Mark(
                    t,
                    one.x + part * (two.x - one.x),
                    one.z + part * (two.z - one.z),
                    one.up + part * (two.up - one.up),
                    one.tall + part * (two.tall - one.tall),
                    one.posture,
                )
        return None

    def since(self, t: float) -> float:
        """Since when it has held the posture it has at `t`."""
        past = [mark for mark in self.marks if mark.t <= t]
        began = past[-1].t
        for mark in reversed(past):
            if mark.posture is not past[-1].posture:
                break
            began = mark.t
        return began

    # a person's day, told in order: each returns a longer one

    def _to(self, **changes: float | Posture) -> Self:
        last = self.marks[-1]
        mark = replace(last, **changes)  # type: ignore[arg-type]
        return replace(self, marks=(*self.marks, mark))

    def walks(self, x: float, z: float, mps: float = WALK_MPS) -> Self:
        """Straight to a point."""
        last = self.marks[-1]
        far = ((x - last.x) ** 2 + (z - last.z) ** 2) ** 0.5
        return self._to(t=last.t + max(far / mps, 0.01), x=x, z=z)

    def stays(self, until: float) -> Self:
        """Where it is, until a time."""
        return self._to(t=until)

    def kneels(self, until: float) -> Self:
        """Where it is: goes down on a knee, and up again."""
        t = self.marks[-1].t
        low = self._to(t=t + 0.5, tall=0.6, posture=Posture.LOW)
        return low._to(t=until)._to(t=until + 0.5, tall=1.0, posture=Posture.UPRIGHT)

    def sinks(self, over_s: float = 3.0) -> Self:
        """Down a ladder, out of sight; then nothing is seen of it."""
        return self._to(t=self.marks[-1].t + over_s, tall=0.0)

    def rises(self, at: float, over_s: float = 3.0) -> Self:
        """Up the ladder again."""
        return self._to(t=at)._to(t=at + over_s, tall=1.0)

    def falls(self, until: float) -> Self:
        """Down within a second, and lies there until a time."""
        t = self.marks[-1].t
        return self._to(t=t + 0.8)._to(t=t + 0.81, posture=Posture.LYING)._to(t=until)


def person(t: float, x: float, z: float, head: HeadState = HeadState.HELMET) -> Actor:
    """Somebody who is first seen at a point."""
    return Actor("person", (Mark(t, x, z),), head=head)


def parked(
    start: float,
    end: float,
    x: float,
    z: float,
    kind: str = "car",
    colour: tuple[int, int, int] = WHITE,
) -> Actor:
    """Something that simply is there from `start` to `end`."""
    return Actor(kind, (Mark(start, x, z), Mark(end, x, z)), colour)


def along(
    kind: str,
    *points: tuple[float, float, float],
    colour: tuple[int, int, int] = WHITE,
) -> Actor:
    """Something on straight lines from point to point: seconds, metres right, away."""
    return Actor(kind, tuple(Mark(*point) for point in points), colour)


def arriving(
    start: float,
    end: float,
    x: float,
    z: float,
    kind: str = "car",
    colour: tuple[int, int, int] = WHITE,
) -> Actor:
    """A vehicle that drives up in 6 s, stands from `start` to `end`, drives off."""
    marks = (
        Mark(start - 6, x - 6, z + 25),
        Mark(start - 2, x - 1, z + 5),
        Mark(start, x, z),
        Mark(end, x, z),
        Mark(end + 2, x - 1, z - 2),
        Mark(end + 6, x - 6, max(z - 12, 3)),
    )
    return Actor(kind, marks, colour)
