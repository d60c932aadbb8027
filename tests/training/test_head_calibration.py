"""Scores mean what they say: temperature and calibration error by hand."""

import numpy as np
import pytest

from training.head_calibration import KnownHeads, calibration_error, fit_temperature


def test_calibration_error_of_a_hand_example() -> None:
    """Three claims at 0.9 of which two are true, one at 0.6 that is true.

    The bins are off by |0.9 - 2/3| and |0.6 - 1|, weighted 3/4 and 1/4.
    """
    scores = np.array([0.9, 0.9, 0.9, 0.6])
    is_right = np.array([True, True, False, True])

    expected = 0.75 * (0.9 - 2 / 3) + 0.25 * (1 - 0.6)
    assert calibration_error(scores, is_right) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("scores", "is_right", "error"),
    [
        pytest.param([1.0, 1.0], [True, True], 0.0, id="sure and right"),
        pytest.param([1.0, 1.0], [False, False], 1.0, id="sure and wrong"),
        pytest.param([0.5, 0.5], [True, False], 0.0, id="half sure, half right"),
        pytest.param([0.62, 0.68], [True, False], 0.15, id="one bin, mean counts"),
        pytest.param([], [], 0.0, id="no claims"),
    ],
)
def test_calibration_error(
    scores: list[float], is_right: list[bool], error: float
) -> None:
    """The distance of what was promised from what came true."""
    measured = calibration_error(np.array(scores), np.array(is_right, np.bool_))

    assert measured == pytest.approx(error)


def _known(margin: float, wrong_of_ten: int) -> KnownHeads:
    """Twenty heads of each kind, told apart by a margin of logits, some wrongly."""
    logits, is_helmet = [], []
    for number in range(40):
        helmet = number % 2 == 0
        right = (number // 2) % 10 >= wrong_of_ten
        says_helmet = helmet == right
        logits.append([margin if says_helmet else 0, -20, 0 if says_helmet else margin])
        is_helmet.append(helmet)
    padded = np.pad(np.array(logits, np.float64), ((0, 0), (0, 1)), constant_values=-20)
    return KnownHeads(padded, np.array(is_helmet))


def test_an_overconfident_network_is_cooled() -> None:
    """Right nine times in ten, its odds become nine to one."""
    temperature = fit_temperature(_known(margin=5.0, wrong_of_ten=1))

    assert 5.0 / temperature == pytest.approx(np.log(9), abs=0.02)


def test_a_shy_network_is_sharpened() -> None:
    """Odds of e^0.8 where nine to one are due: the temperature is below 1."""
    temperature = fit_temperature(_known(margin=0.8, wrong_of_ten=1))

    assert 0.8 / temperature == pytest.approx(np.log(9), abs=0.05)


def test_what_was_already_divided_is_not_forgotten() -> None:
    """Logits read through a manifest of temperature 2 lead to the same temperature."""
    known = _known(margin=5.0, wrong_of_ten=1)
    halved = KnownHeads(known.logits / 2, known.is_helmet)

    again = fit_temperature(halved, already=2.0)

    assert again == pytest.approx(fit_temperature(known), abs=0.01)


@pytest.mark.parametrize("is_helmet", [True, False])
def test_one_kind_alone_calibrates_nothing(*, is_helmet: bool) -> None:
    """Without both kinds there is nothing to weigh."""
    known = KnownHeads(np.zeros((3, 4)), np.full(3, is_helmet))

    with pytest.raises(ValueError, match="with and without helmet"):
        fit_temperature(known)
