"""Figures mean what they say, on cases small enough to count by hand."""

import numpy as np
import pytest
from numpy.typing import NDArray

pytest.importorskip(
    "faster_coco_eval", reason="the train extra is missing: run `make test-train`"
)

from training.boxes import Boxes
from training.evaluation import claimed_heads
from training.figures import Truth, match, measure

pytestmark = pytest.mark.train
PERSON = ("person",)


def _truth(*boxes: tuple[float, ...]) -> Truth:
    count = len(boxes)
    return Truth(
        np.array(boxes, np.float32).reshape(-1, 4),
        np.zeros(count, np.int64),
        np.zeros(count, bool),
    )


def _found(*rows: tuple[float, ...]) -> Boxes:
    table = np.array(rows, np.float32).reshape(-1, 5)
    return Boxes(table[:, :4], table[:, 4], np.zeros(len(table), np.int64))


def test_all_found_is_one() -> None:
    """Every box found and no other: all figures are 1."""
    box = (0.0, 0.0, 20.0, 50.0)

    (figures,) = measure([_truth(box)], [_found((*box, 0.9))], PERSON, (0.3,))

    got = (figures.ap50, figures.ap50_95, figures.recall, figures.precision)
    assert got == pytest.approx((1.0, 1.0, 1.0, 1.0))


def test_half_found_and_one_false_alarm() -> None:
    """One of two found, one false alarm: recall and precision are a half each."""
    truth = _truth((0, 0, 20, 50), (60, 0, 80, 50))
    found = _found((0, 0, 20, 50, 0.9), (200, 0, 220, 50, 0.8))

    (figures,) = measure([truth], [found], PERSON, (0.3,))

    assert (figures.recall, figures.precision) == (0.5, 0.5)
    assert figures.ap50 == pytest.approx(0.5, abs=0.01)


def test_threshold_moves_recall_and_not_precision_of_ranking() -> None:
    """A box under the threshold counts for AP and not for recall."""
    truth, found = _truth((0, 0, 20, 50)), _found((0, 0, 20, 50, 0.2))

    (figures,) = measure([truth], [found], PERSON, (0.3,))

    assert figures.ap50 == pytest.approx(1.0)
    assert figures.recall == 0.0


@pytest.mark.parametrize(
    ("height", "bucket"),
    [(16, "<=16"), (17, "<=32"), (32, "<=32"), (64, "<=64"), (65, ">64")],
)
def test_boxes_fall_into_the_bucket_of_their_height(height: int, bucket: str) -> None:
    """Height in pixels decides, not area: what a camera on a pole changes."""
    box = (0.0, 0.0, 5.0, float(height))

    (figures,) = measure([_truth(box)], [_found((*box, 0.9))], PERSON, (0.3,))

    filled = [name for name, ap in figures.ap50_by_height.items() if ap >= 0]
    assert filled == [bucket] or (
        # the library counts a height on an edge in both of its neighbours
        height in {16, 32, 64} and bucket in filled
    )


def test_recall_from_40_px_leaves_small_people_out() -> None:
    """A missed person of 20 pixels does not count against the promise."""
    truth = _truth((0, 0, 20, 50), (60, 0, 70, 20))

    (figures,) = measure([truth], [_found((0, 0, 20, 50, 0.9))], PERSON, (0.3,))

    assert figures.recall == 0.5
    assert figures.recall_from_40px == 1.0


def test_nothing_found_and_nothing_to_find() -> None:
    """No division by nought: what cannot be measured is -1."""
    (figures,) = measure([_truth()], [_found()], PERSON, (0.3,))

    assert (figures.recall, figures.precision) == (-1.0, -1.0)


def test_ignored_box_is_neither_hit_nor_alarm() -> None:
    """What is marked as ignored may be found or not."""
    boxes = np.array([[0, 0, 10, 10]], np.float32)

    result = match(boxes, boxes, np.array([True]))

    assert result.excused.tolist() == [True]
    assert result.hits.tolist() == [False]


def _heads(*centres: tuple[float, float]) -> NDArray[np.float32]:
    return np.array([(x - 5, y - 5, x + 5, y + 5) for x, y in centres], np.float32)


def test_one_person_claims_one_head() -> None:
    """Two boxes on one head: the surer one has it, the other is a false alarm."""
    people = _found((0, 0, 40, 100, 0.6), (2, 0, 42, 100, 0.9))
    heads = _heads((20, 10))

    claimed = claimed_heads(people, heads)

    assert claimed.boxes.tolist() == [[0.0] * 4, heads[0].tolist()]


def test_head_at_the_feet_is_not_theirs() -> None:
    """A head in the lower part of a box belongs to somebody in front."""
    claimed = claimed_heads(_found((0, 0, 40, 100, 0.9)), _heads((20, 80)))

    assert claimed.boxes.tolist() == [[0.0] * 4]


def test_people_side_by_side_keep_their_heads() -> None:
    """Boxes that overlap each take the head nearest to the middle of their top."""
    people = _found((0, 0, 40, 100, 0.9), (25, 0, 65, 100, 0.8))
    heads = _heads((45, 10), (20, 10))

    claimed = claimed_heads(people, heads)

    assert claimed.boxes.tolist() == [heads[1].tolist(), heads[0].tolist()]
