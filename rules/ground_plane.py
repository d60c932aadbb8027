"""From the picture to metres on the ground: a homography, from points or from people.

Four or more picture points with known ground coordinates give it by least squares
(direct linear transform, Hartley & Zisserman, Multiple View Geometry, 2nd ed., 4.1).
Without a survey a few standing people do: their heights in the picture grow with the
distance of their feet from the horizon. Ground coordinates are metres, x to the right,
y away from the camera; for people the camera stands at (0, 0).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import atan, cos, sin, tan
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detector.box import Box
from rules.errors import RuleError
from rules.geometry import Floats, Points

WORST_FIT_M = 1.0
"""A surveyed point may lie so far from where the plane puts it."""
TALLEST, SHORTEST = 2.5, 0.4
"""Heights between which a thing named a person can be one, metres (a child sits)."""
LEAST_SPREAD = 0.05
"""Feet of standing people lie so many widths of the picture apart, or tell nothing."""
TILT_STEPS = 20
"""Rounds in which the tilt and the horizon settle: at 40 degrees 10 give 1e-8 m."""


@dataclass(frozen=True, slots=True)
class GroundPlane:
    """A homography from the picture, 0…1, to metres.

    Attributes:
        matrix: `[3, 3]`, row by row.
    """

    matrix: tuple[tuple[float, float, float], ...]

    def to_metres(self, points: Points | Floats) -> Floats:
        """Ground coordinates of picture points, `[n, 2]`; NaN where no ground is."""
        rows = np.array(points, np.float64).reshape(-1, 2)
        whole = np.column_stack([rows, np.ones(len(rows))]) @ self._array.T
        depth = whole[:, 2:]
        is_ground = depth * self._sign > 1e-9
        safe = np.where(is_ground, depth, 1.0)
        result: Floats = np.where(is_ground, whole[:, :2] / safe, np.nan)
        return result

    def to_picture(self, metres: Points | Floats) -> Floats:
        """Picture points of ground coordinates, `[n, 2]`."""
        rows = np.array(metres, np.float64).reshape(-1, 2)
        back = np.linalg.inv(self._array)
        whole = np.column_stack([rows, np.ones(len(rows))]) @ back.T
        result: Floats = whole[:, :2] / whole[:, 2:]
        return result

    def apart_m(self, one: tuple[float, float], two: tuple[float, float]) -> float:
        """Metres between two picture points on the ground; NaN off the ground."""
        first, second = self.to_metres([one, two])
        return float(np.hypot(*(first - second)))

    def area_m2(self, points: Points) -> float:
        """Square metres inside a picture polygon on the ground; NaN off the ground."""
        x, y = self.to_metres(points).T
        twice = np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))
        return float(abs(twice) / 2)

    def width_m(self, box: Box) -> float:
        """How wide a standing thing is, along its foot line; NaN off the ground."""
        return self.apart_m((box.x1, box.y2), (box.x2, box.y2))

    def height_m(self, box: Box, aspect: float) -> float:
        """How high a standing thing is, from the scale at its foot.

        Args:
            box: Its box.
            aspect: Width of the picture over its height.
        """
        x, y = box.foot
        step = 0.01
        scale = self.apart_m((x - step / 2, y), (x + step / 2, y)) / step
        return float((box.y2 - box.y1) / aspect * scale)

    def is_person_sized(self, box: Box, aspect: float) -> bool:
        """Whether a person can be this high: no shadow, no poster, no toy."""
        height_m = self.height_m(box, aspect)
        return bool(SHORTEST <= height_m <= TALLEST)

    def footprint_m2(self, box: Box) -> float:
        """Square metres a standing thing covers at most: as deep as it is wide."""
        width_m = self.width_m(box)
        top = box.y2 - (box.y2 - box.y1) / 3
        corners = [(box.x1, top), (box.x2, top), (box.x2, box.y2), (box.x1, box.y2)]
        return float(np.nanmin([self.area_m2(corners), width_m**2]))

    @property
    def _array(self) -> NDArray[np.float64]:
        return np.array(self.matrix)

    @property
    def _sign(self) -> float:
        """The side of the horizon on which the bottom of the picture lies."""
        return float(np.sign(np.array([0.5, 1.0, 1.0]) @ self._array[2])) or 1.0


def from_points(picture: Points, metres: Points) -> GroundPlane:
    """The plane through four or more surveyed points.

    Raises:
        RuleError: Too few, on one line, or they contradict each other; says which.
    """
    plane = nearest_plane(picture, metres)
    off = misfits_m(plane, picture, metres)
    worst = int(np.argmax(off))
    if not off[worst] <= WORST_FIT_M:
        raise RuleError(
            f"point {worst} does not fit the others: off by {off[worst]:.1f} m"
        )
    return plane


def misfits_m(plane: GroundPlane, picture: Points, metres: Points) -> Floats:
    """How far each surveyed point lies from where the plane puts it; inf: off it."""
    off: Floats = np.hypot(*(plane.to_metres(picture) - np.array(metres)).T)
    return np.nan_to_num(off, nan=np.inf)


def nearest_plane(picture: Points, metres: Points) -> GroundPlane:
    """The plane nearest to four or more surveyed points, however badly they fit.

    Raises:
        RuleError: Too few, or on one line.
    """
    if len(picture) != len(metres) or len(picture) < 4:
        raise RuleError("needs 4 points with their ground coordinates")
    mine, to_mine = _normalised(picture)
    theirs, to_theirs = _normalised(metres)
    rows = []
    for (x, y), (u, v) in zip(mine, theirs, strict=True):
        rows.append([-x, -y, -1, 0, 0, 0, u * x, u * y, u])
        rows.append([0, 0, 0, -x, -y, -1, v * x, v * y, v])
    _, spread, base = np.linalg.svd(np.array(rows))
    if spread[-2] < 1e-6 * spread[0]:
        raise RuleError("three of the points lie on one line")
    matrix = np.linalg.inv(to_theirs) @ base[-1].reshape(3, 3) @ to_mine
    return GroundPlane(_rows(matrix))


def from_people(
    people: Sequence[Box], height_m: float, aspect: float, fov_deg: float
) -> GroundPlane:
    """The plane on which standing people of one height stand.

    The camera is level from left to right and its horizontal angle of view is known;
    its height and tilt follow from how fast people shrink towards the horizon: feet,
    head, horizon and the point below the camera give a person's height over the
    camera's (cross ratio, Criminisi et al., Single View Metrology, 2000).

    Args:
        people: Boxes of standing people at two or more distances.
        height_m: How high they are taken to be.
        aspect: Width of the picture over its height.
        fov_deg: Horizontal angle of view.

    Raises:
        RuleError: Fewer than three, or all equally far away.
    """
    fit = _fit_people(people, aspect, fov_deg)
    return _pinhole(height_m / fit.share, fit.tilt, fit.focal, aspect)


def people_off_m(
    people: Sequence[Box], height_m: float, aspect: float, fov_deg: float
) -> tuple[float, ...]:
    """How much each is higher (+) or lower (-) on that plane than taken to be, metres.

    Raises:
        RuleError: As `from_people`.
    """
    fit = _fit_people(people, aspect, fov_deg)
    return tuple(height_m * (one - 1) for one in fit.heights.tolist())


class _PeopleFit(NamedTuple):
    """A camera over standing people; `heights`: each one's over all of them."""

    share: float
    tilt: float
    focal: float
    heights: Floats


def _fit_people(people: Sequence[Box], aspect: float, fov_deg: float) -> _PeopleFit:
    if len(people) < 3:
        raise RuleError("needs 3 standing people")
    # rows in widths of the picture, counted from its middle
    middle, focal = 0.5 / aspect, 0.5 / tan(np.radians(fov_deg) / 2)
    feet = np.array([box.y2 for box in people]) / aspect - middle
    heads = np.array([box.y1 for box in people]) / aspect - middle
    if np.ptp(feet) < LEAST_SPREAD:
        raise RuleError(
            "the people stand equally far away: take nearer and farther ones"
        )
    tall = feet - heads
    share, horizon = _grown(feet, tall)
    for _ in range(TILT_STEPS):
        tilt = atan(-horizon / focal)
        leaning = (feet * sin(tilt) - focal * cos(tilt)) / (
            heads * sin(tilt) - focal * cos(tilt)
        )
        tall = feet - horizon - (heads - horizon) * leaning
        share, horizon = _grown(feet, tall)
    heights = tall / (share * (feet - horizon))
    return _PeopleFit(share, atan(-horizon / focal), focal, heights)


def _grown(feet: Floats, tall: Floats) -> tuple[float, float]:
    """By how much people grow with their feet's row, and the row where they vanish."""
    slope, shift = np.polyfit(feet, tall, 1)
    if slope <= 0:
        raise RuleError("people lower in the picture must be larger")
    return float(slope), float(-shift / slope)


def _pinhole(camera_m: float, tilt: float, focal: float, aspect: float) -> GroundPlane:
    """The ground below a camera at a height, tilted down by so many radians."""
    down, along, middle = sin(tilt), cos(tilt), 0.5 / aspect
    matrix = np.array(
        [
            [camera_m, 0.0, -0.5 * camera_m],
            [
                0.0,
                -camera_m * down / aspect,
                camera_m * (focal * along + middle * down),
            ],
            [0.0, along / aspect, focal * down - middle * along],
        ]
    )
    return GroundPlane(_rows(matrix))


def _normalised(points: Points) -> tuple[Floats, Floats]:
    """Points around 0 at a mean distance of 1, and the matrix that put them there."""
    rows = np.array(points, np.float64).reshape(-1, 2)
    middle = rows.mean(axis=0)
    scale = 1 / max(float(np.hypot(*(rows - middle).T).mean()), 1e-9)
    matrix = np.array(
        [[scale, 0, -scale * middle[0]], [0, scale, -scale * middle[1]], [0, 0, 1.0]]
    )
    return (rows - middle) * scale, matrix


def _rows(matrix: Floats) -> tuple[tuple[float, float, float], ...]:
    return tuple((float(a), float(b), float(c)) for a, b, c in matrix)
