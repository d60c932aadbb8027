"""What stands nearer hides what stands behind it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.hiding import shares_hidden


def _shares(*boxes: tuple[float, float, float, float]) -> list[float]:
    return shares_hidden(np.array(boxes, np.float32).reshape(-1, 4))


def test_lower_foot_hides_the_upper_one() -> None:
    """Half of the car is behind the lorry; the lorry is behind nothing."""
    assert _shares((0, 0, 100, 100), (50, 0, 150, 120)) == [0.5, 0.0]


def test_covers_that_overlap_count_once() -> None:
    """Two people before the same half of a car hide half of it."""
    car, one, two = (0, 0, 100, 100), (0, 0, 50, 110), (0, 0, 50, 120)

    assert _shares(car, one, two)[0] == pytest.approx(0.5)


def test_equal_feet_hide_nothing() -> None:
    """Side by side at one depth neither hides the other."""
    assert _shares((0, 0, 100, 100), (50, 0, 150, 100)) == [0.0, 0.0]


def test_nothing_and_slivers_are_harmless() -> None:
    """No boxes, and boxes without area, give no shares and no error."""
    assert _shares() == []
    assert _shares((5, 5, 5, 5), (0, 0, 10, 10)) == [0.0, 0.0]


@settings(deadline=None)  # the machine is shared
@given(
    st.lists(
        st.tuples(*[st.integers(0, 20)] * 2, *[st.integers(1, 20)] * 2), max_size=8
    )
)
def test_share_equals_counted_cells(sizes: list[tuple[int, int, int, int]]) -> None:
    """On whole pixels the share is the count of covered pixels."""
    boxes = np.array([(x, y, x + w, y + h) for x, y, w, h in sizes], np.float32)
    boxes = boxes.reshape(-1, 4)

    shares = shares_hidden(boxes)

    for row, (x1, y1, x2, y2) in enumerate(boxes.astype(int)):
        canvas = np.zeros((64, 64), bool)
        for a1, b1, a2, b2 in boxes[boxes[:, 3] > y2].astype(int):
            canvas[b1:b2, a1:a2] = True
        assert shares[row] == pytest.approx(canvas[y1:y2, x1:x2].mean(), abs=1e-6)
