"""The score a class ships with, on cases small enough to count by hand."""

import numpy as np
import pytest

pytest.importorskip(
    "faster_coco_eval", reason="the train extra is missing: run `make test-train`"
)

from training.boxes import Boxes
from training.evaluation import Measured
from training.figures import Truth
from training.operating import Point, chosen, points_of, table

pytestmark = pytest.mark.train

TALL, SHORT = (0.0, 0.0, 20.0, 50.0), (60.0, 0.0, 80.0, 30.0)
NOWHERE = (200.0, 0.0, 220.0, 50.0)


def _seen(*found: tuple[float, ...]) -> Measured:
    """A picture with a tall and a short person, and what was found in it."""
    people = np.array([TALL, SHORT], np.float32)
    truth = Truth(people, np.zeros(2, np.int64), np.zeros(2, bool))
    rows = np.array(found, np.float32).reshape(-1, 5)
    boxes = Boxes(rows[:, :4], rows[:, 4], np.zeros(len(rows), np.int64))
    return Measured(("person",), (("person",),), ("one",), [truth], [boxes])


def _at(points: tuple[Point, ...], score: float) -> tuple[float, float, float]:
    (point,) = (p for p in points if p.score == score)
    return point.precision, point.recall, point.recall_tall


def test_a_point_counts_what_its_score_lets_in() -> None:
    """The tall one at 0.6, the short one at 0.2, a false box at 0.4."""
    points = points_of(_seen((*TALL, 0.6), (*SHORT, 0.2), (*NOWHERE, 0.4)), 0)

    assert _at(points, 0.5) == (1.0, 0.5, 1.0)
    assert _at(points, 0.3) == (0.5, 0.5, 1.0)
    assert _at(points, 0.1) == pytest.approx((2 / 3, 1.0, 1.0))


def test_recall_is_worth_twice_precision() -> None:
    """One more found of two is worth a false box; nothing is gained further down."""
    best = chosen(points_of(_seen((*TALL, 0.6), (*SHORT, 0.2), (*NOWHERE, 0.4)), 0))

    assert best.score == 0.2
    assert best.worth == pytest.approx(5 * (2 / 3) / (4 * 2 / 3 + 1))


def test_nothing_found_has_points_all_the_same() -> None:
    """No detection at all: recall 0, and no division by nought."""
    points = points_of(_seen(), 0)

    assert {point.recall for point in points} == {0.0}
    assert chosen(points).worth == 0.0


def test_the_table_shows_the_chosen_score() -> None:
    """A score between the steps of the table has its line."""
    text = table("set.person", points_of(_seen((*TALL, 0.63), (*SHORT, 0.62)), 0))

    assert "counts from 0.62" in text
    assert "| 0.62 | 1.000 | 1.000 | 1.000 | 1.000 |" in text
