"""A pinhole camera on a pole: points in metres in, points of the picture out.

The ground is flat. `x` is metres right of the camera, `z` metres away along the
ground, `up` metres above it. Picture points are 0…1 from the top left.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians, sin

from detector.box import Box

Point = tuple[float, float]
SIZE_PX = (1920, 1080)
NEAREST_M = 0.5


@dataclass(frozen=True)
class Pole:
    """Where the camera hangs and how it looks.

    Attributes:
        high_m: Above the ground.
        down_deg: Tilt below the horizon.
        focal: Focal length in widths of the picture.
    """

    high_m: float = 6.0
    down_deg: float = 25.0
    focal: float = 0.9

    def point(self, x: float, z: float, up: float = 0.0) -> Point:
        """Where a point lies in the picture; beyond 0…1 it is outside."""
        tilt, below = radians(self.down_deg), self.high_m - up
        depth = max(z * cos(tilt) + below * sin(tilt), NEAREST_M)
        drop = below * cos(tilt) - z * sin(tilt)
        aspect = SIZE_PX[0] / SIZE_PX[1]
        return 0.5 + self.focal * x / depth, 0.5 + self.focal * aspect * drop / depth

    def box(
        self, x: float, z: float, size_m: tuple[float, float, float], up: float = 0.0
    ) -> Box | None:
        """The box around a thing of width, height, length; None outside the picture."""
        wide, high, long = size_m
        corners = [
            self.point(x + dx, z + dz, up + dy)
            for dx in (-wide / 2, wide / 2)
            for dz in (-long / 2, long / 2)
            for dy in (0.0, high)
        ]
        us = [min(max(u, 0.0), 1.0) for u, _ in corners]
        vs = [min(max(v, 0.0), 1.0) for _, v in corners]
        box = Box(min(us), min(vs), max(us), max(vs))
        return box if box.x2 > box.x1 and box.y2 > box.y1 else None

    def zone(
        self, corners: Sequence[Point], up: float = 0.0
    ) -> tuple[tuple[float, float], ...]:
        """A polygon in metres as a zone's corners, cut off at the picture's edge."""
        points = [self.point(x, z, up) for x, z in corners]
        return tuple((min(max(u, 0.0), 1.0), min(max(v, 0.0), 1.0)) for u, v in points)

    def height_px(self, z: float, tall_m: float) -> float:
        """How high something upright is in the picture, pixels."""
        head, foot = self.point(0, z, tall_m), self.point(0, z)
        return (foot[1] - head[1]) * SIZE_PX[1]


def rectangle(x: float, z: float, wide: float, long: float) -> tuple[Point, ...]:
    """Corners of a rectangle on the ground around a point."""
    return (
        (x - wide / 2, z - long / 2),
        (x + wide / 2, z - long / 2),
        (x + wide / 2, z + long / 2),
        (x - wide / 2, z + long / 2),
    )


def ring(x: float, z: float, radius: float, corners: int = 12) -> tuple[Point, ...]:
    """Corners of a circle on the ground."""
    steps = [radians(360 * n / corners) for n in range(corners)]
    return tuple((x + radius * cos(a), z + radius * sin(a)) for a in steps)
