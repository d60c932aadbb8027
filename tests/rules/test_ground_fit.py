"""How surveyed points fit as they are placed: figures, a grid, or why there is none."""

import pytest

from rules.ground_fit import FitProblem, fit_of
from tests.rules.test_ground_plane import CORNERS, seen

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
