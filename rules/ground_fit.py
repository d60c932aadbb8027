"""How surveyed points fit the ground they make, told while somebody places them.

In: picture points with their metres. Out: how far each is off, and lines of a metre
grid as they lie in the picture, by which a person sees whether the ground is right.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from math import ceil, floor, isfinite

import numpy as np

from rules.errors import RuleError
from rules.geometry import Points
from rules.ground_plane import WORST_FIT_M, GroundPlane, misfits_m, nearest_plane

LEAST_POINTS = 4
STEPS_M = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
MOST_LINES = 12
"""Across and along; more than that hides the picture."""

Line = tuple[tuple[float, float], tuple[float, float]]


class FitProblem(StrEnum):
    """Why points make no ground."""

    TOO_FEW = "too_few"
    ON_A_LINE = "on_a_line"
    CONTRADICT = "contradict"


@dataclass(frozen=True, slots=True)
class GroundFit:
    """What some points make.

    Attributes:
        problem: Why they make no ground; None: they do.
        off_m: How far each lies from where the ground puts it, metres; None: nowhere
            on it. Empty while no ground can be computed. Four points always fit.
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


def _step_m(metres: Points) -> float:
    widest = float(np.ptp(np.array(metres), axis=0).max())
    fitting = (step for step in STEPS_M if widest / step <= MOST_LINES)
    return next(fitting, widest / MOST_LINES)


def _grid(plane: GroundPlane, metres: Points, step_m: float) -> Iterator[Line]:
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
