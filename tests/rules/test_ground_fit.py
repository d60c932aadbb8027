"""How surveyed points fit as they are placed: figures, a grid, or why there is none."""

import numpy as np
import pytest

from detector.box import Box
from rules.ground_fit import FitProblem, fit_of, fit_of_people
from tests.rules.test_ground_plane import ASPECT, CORNERS, seen
from tests.scenes.pole import Pole

PICTURE = [seen(*corner) for corner in CORNERS]


def test_points_that_agree_are_off_by_nothing_and_make_a_grid() -> None:
    """The grid lies in metres over the points: ends are where the street has them."""
    fit = fit_of(PICTURE, CORNERS)

    assert fit.problem is None
    assert fit.off_m == pytest.approx((0.0,) * 5, abs=1e-3)
    assert fit.step_m == 2.0
    first = fit.grid[0]
    assert first[0] == pytest.approx(seen(-4.0, 8.0), abs=1e-3)
    assert first[1] == pytest.approx(seen(-4.0, 30.0), abs=1e-3)


def test_a_wrong_point_is_told_by_how_much() -> None:
    """Ten metres too far: figures say so, and the grid is still there to look at."""
    wrong = [*CORNERS[:4], (0.0, 25.0)]

    fit = fit_of(PICTURE, wrong)

    assert fit.problem is FitProblem.CONTRADICT
    assert max(one or 0.0 for one in fit.off_m) > 1.0
    assert fit.grid


@pytest.mark.parametrize(
    ("picture", "metres", "problem"),
    [
        ([], [], FitProblem.TOO_FEW),
        (PICTURE[:3], CORNERS[:3], FitProblem.TOO_FEW),
        ([(0.1 * n, 0.5) for n in range(4)], CORNERS[:4], FitProblem.ON_A_LINE),
        ([(0.5, 0.5)] * 4, CORNERS[:4], FitProblem.ON_A_LINE),
        (PICTURE, [(1.0, 1.0)] * 5, None),
        (PICTURE[:4], [(0.0, 0.0), (1.0, 0.0), (2.0, 0.0), (3.0, 5.0)], None),
    ],
)
def test_odd_points_are_answered_and_never_an_error(
    picture: list[tuple[float, float]],
    metres: list[tuple[float, float]],
    problem: FitProblem | None,
) -> None:
    """Too few, all on a line, all at one place: told, whatever was typed."""
    fit = fit_of(picture, metres)

    if problem is not None:
        assert fit.problem is problem
    assert len(fit.off_m) in {0, len(picture)}
    assert len(fit.grid) <= 60


TILTED = Pole(down_deg=18.0)
FOV_DEG = float(np.degrees(2 * np.arctan(0.5 / TILTED.focal)))
PLACES = ((-2.0, 8.0), (1.0, 12.0), (0.0, 18.0), (2.0, 25.0))


def _person(x: float, z: float, height_m: float = 1.7) -> Box:
    u, foot = TILTED.point(x, z)
    return Box(u - 0.01, TILTED.point(x, z, height_m)[1], u + 0.01, foot)


def test_people_of_one_height_are_off_by_nothing_and_make_a_grid() -> None:
    """However the camera tilts; a grid of whole metres lies over where they stand."""
    fit = fit_of_people([_person(*at) for at in PLACES], 1.7, ASPECT, FOV_DEG)

    assert fit.problem is None
    assert fit.off_m == pytest.approx((0.0,) * 4, abs=0.01)
    assert len(fit.grid) > 4


def test_a_child_among_them_is_told_as_the_one_too_low() -> None:
    """Whoever places people sees which of them to take away."""
    people = [_person(*at) for at in PLACES]
    people[1] = _person(*PLACES[1], height_m=1.2)

    fit = fit_of_people(people, 1.7, ASPECT, FOV_DEG)

    off = [one or 0.0 for one in fit.off_m]
    assert min(off) == off[1] < -0.2


@pytest.mark.parametrize(
    ("people", "problem"),
    [
        ([], FitProblem.FEW_PEOPLE),
        ([_person(*at) for at in PLACES[:2]], FitProblem.FEW_PEOPLE),
        ([_person(x, 12.0) for x in (-2.0, 0.0, 2.0)], FitProblem.SAME_DISTANCE),
        (
            [
                Box(0.1, 0.85, 0.2, 0.9),
                Box(0.3, 0.5, 0.4, 0.7),
                Box(0.5, 0.1, 0.6, 0.5),
            ],
            FitProblem.NOT_SMALLER,
        ),
        (
            [Box(0.1, 0.0, 0.2, 0.0)] * 2 + [Box(0.1, 1.0, 0.2, 1.0)],
            FitProblem.NOT_SMALLER,
        ),
    ],
)
def test_odd_people_are_answered_and_never_an_error(
    people: list[Box], problem: FitProblem | None
) -> None:
    """Too few, in one row, growing towards the horizon: told, whatever is drawn."""
    fit = fit_of_people(people, 1.7, ASPECT, FOV_DEG)

    if problem is not None:
        assert fit.problem is problem
    assert len(fit.off_m) in {0, len(people)}
    assert len(fit.grid) <= 60
