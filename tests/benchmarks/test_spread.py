"""What a benchmark states: an interval in which another run really lies."""

import random

import pytest

from benchmarks.side_by_side import ONE_FEED_S, SCENES, SECONDS, steps
from benchmarks.spread import Spread, agree, spread_of


def test_another_run_lies_in_the_stated_interval() -> None:
    """Of a thousand pairs of runs, each of three rounds, one in a hundred errs."""
    rng = random.Random(7)
    inside = 0
    for _ in range(1000):
        one, two = (
            spread_of([rng.gauss(0.03, 0.001) for _ in range(3)]) for _ in range(2)
        )
        assert one.low is not None
        assert one.high is not None
        inside += one.low <= two.mean <= one.high

    assert 975 <= inside <= 999


def test_a_regression_is_outside_of_it() -> None:
    """Rounds that differ by a hundredth tell a tenth."""
    before = spread_of([1.00, 1.01, 0.99])

    assert agree(before, spread_of([1.01, 1.00, 1.02]))
    assert not agree(before, spread_of([1.10, 1.11, 1.09]))
    assert not agree(spread_of([1.10, 1.11, 1.09]), before)


@pytest.mark.parametrize("rounds", [[1.0], [1.0, 1.0]])
def test_too_few_rounds_state_no_spread_and_agree_with_nothing(
    rounds: list[float],
) -> None:
    """One round is told as one."""
    found = spread_of(rounds)

    assert (found.low, found.high) == (None, None)
    assert not agree(found, found)
    assert found.told("{:.1f}").startswith("1.0")


def test_no_round_is_refused() -> None:
    """There is nothing to be told of."""
    with pytest.raises(ValueError, match="needs a round"):
        spread_of([])


def test_a_spread_is_told_with_its_mean() -> None:
    """Mean, least, most."""
    assert Spread(1.0, 0.9, 1.1, (1.0,)).told("{:.1f}") == "1.0 (0.9…1.1)"


def test_every_way_is_timed_in_each_round_and_watched_to_the_end_once() -> None:
    """The first scene twice over, so that its two runs can be held together."""
    planned = list(steps(SCENES, 3, has_yolo=True))

    first = [s for s in planned if s.scene == SCENES[0] and s.is_timed]
    assert sum(s.way == "nonsite" for s in first) == 6
    for scene in (s for s in SCENES if s.feeds == 1):
        whole = {s.way for s in planned if s.scene == scene and s.seconds == SECONDS}
        assert ONE_FEED_S.keys() <= whole
    assert [s.way for s in planned][-1] == "ultralytics"
    assert "ultralytics" not in {s.way for s in steps(SCENES, 3, has_yolo=False)}
