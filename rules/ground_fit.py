"""How points or people fit the ground they make, told while somebody places them.

In: picture points with their metres, or standing people. Out: how far each is off, and
lines of a metre grid as they lie in the picture, by which a person sees whether the
ground is right.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import ceil, floor, isfinite

import numpy as np

from detector.box import Box
from rules.errors import RuleError
from rules.geometry import Floats, Points
from rules.ground_plane import (
    LEAST_SPREAD,
    WORST_FIT_M,
    GroundPlane,
    from_people,
    misfits_m,
    nearest_plane,
    people_off_m,
)

LEAST_POINTS = 4
LEAST_PEOPLE = 3
STEPS_M = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
MOST_LINES = 12
"""Across and along; more than that hides the picture."""

Line = tuple[tuple[float, float], tuple[float, float]]


class FitProblem(StrEnum):
    """Why points make no ground."""

    TOO_FEW = "too_few"
    ON_A_LINE = "on_a_line"
    CONTRADICT = "contradict"
    FEW_PEOPLE = "few_people"
    SAME_DISTANCE = "same_distance"
    NOT_SMALLER = "not_smaller"


@dataclass(frozen=True, slots=True)
class GroundFit:
    """What some points, or people, make.

    Attributes:
        problem: Why they make no ground; None: they do.
        off_m: How far each point lies from where the ground puts it, or how much each
            person is higher (+) or lower (-) on it than taken to be, metres; None:
            nowhere on it. Empty while there is no ground. Four points always fit.
        step_m: Metres between two lines of the grid.
        grid: Lines over the points, ends in the picture, 0…1 where they lie in it.
    """

    problem: FitProblem | None
    off_m: tuple[float | None, ...] = ()
    step_m: float = 0.0
    grid: tuple[Line, ...] = ()


def fit_of(picture: Points, metres: Points) -> GroundFit:
    """How points fit; never an error."""
    if len(picture) < LEAST_POINTS:
        return GroundFit(FitProblem.TOO_FEW)
    try:
        plane = nearest_plane(picture, metres)
        off = misfits_m(plane, picture, metres).tolist()
        step_m = _step_m(metres)
        grid = tuple(_grid(plane, metres, step_m))
    except (RuleError, np.linalg.LinAlgError):
        return GroundFit(FitProblem.ON_A_LINE)
    return GroundFit(
        problem=None if max(off) <= WORST_FIT_M else FitProblem.CONTRADICT,
        off_m=tuple(round(one, 3) if isfinite(one) else None for one in off),
        step_m=step_m,
        grid=grid,
    )


def fit_of_people(
    people: Sequence[Box], height_m: float, aspect: float, fov_deg: float
) -> GroundFit:
    """How standing people fit the ground they make; never an error.

    Args:
        people: Their boxes, 0…1.
        height_m: How high they are taken to be.
        aspect: Width of the picture over its height.
        fov_deg: Horizontal angle of view of the camera.
    """
    if len(people) < LEAST_PEOPLE:
        return GroundFit(FitProblem.FEW_PEOPLE)
    feet = [box.y2 / aspect for box in people]
    if max(feet) - min(feet) < LEAST_SPREAD:
        return GroundFit(FitProblem.SAME_DISTANCE)
    try:
        plane = from_people(people, height_m, aspect, fov_deg)
        off = people_off_m(people, height_m, aspect, fov_deg)
        metres = plane.to_metres([box.foot for box in people])
        step_m = _step_m(metres)
        grid = tuple(_grid(plane, metres, step_m))
    except (RuleError, np.linalg.LinAlgError, ValueError, OverflowError):
        return GroundFit(FitProblem.NOT_SMALLER)
    return GroundFit(
        problem=None,
        off_m=tuple(round(one, 3) if isfinite(one) else None for one in off),
        step_m=step_m,
        grid=grid,
    )


def _step_m(metres: Points | Floats) -> float:
    widest = float(np.ptp(np.array(metres), axis=0).max())
    fitting = (step for step in STEPS_M if widest / step <= MOST_LINES)
    return next(fitting, widest / MOST_LINES)


def _grid(plane: GroundPlane, metres: Points | Floats, step_m: float) -> Iterator[Line]:
    """Lines of whole steps around the points that lie on the ground end to end."""
    rows = np.array(metres)
    left, near = (floor(low / step_m) for low in rows.min(axis=0))
    right, far = (ceil(high / step_m) for high in rows.max(axis=0))
    ends = [((x, near), (x, far)) for x in range(left, right + 1)]
    ends += [((left, y), (right, y)) for y in range(near, far + 1)]
    for one in ends:
        line = plane.to_picture(np.array(one) * step_m)
        if np.isfinite(plane.to_metres(line)).all():
            (x1, y1), (x2, y2) = np.round(line, 4).tolist()
            yield (x1, y1), (x2, y2)
