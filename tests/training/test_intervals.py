"""Whether a difference of two networks may be chance, on sets of drawn boxes."""

import numpy as np
import pytest

pytest.importorskip(
    "faster_coco_eval", reason="the train extra is missing: run `make test-train`"
)

from training.boxes import Boxes
from training.evaluation import Measured
from training.figures import Truth, measure
from training.intervals import differences, figures_of, ranked, table

pytestmark = pytest.mark.train
THRESHOLD = 0.4
PICTURES = 40


def _set(shares: tuple[float, ...], seed: int = 3) -> Measured:
    """Pictures of four people; the share found in each picture is given in turn."""
    rng = np.random.default_rng(seed)
    truths, found = [], []
    for number in range(PICTURES):
        lefts = np.arange(4) * 60.0
        people = np.stack([lefts, lefts * 0, lefts + 20, lefts * 0 + 50], 1)
        hit = rng.random(4) < shares[number % len(shares)]
        boxes = np.concatenate([people[hit], [[300, 0, 320, 50]]])
        scores = rng.random(len(boxes))
        labels = np.zeros(len(boxes), np.int64)
        truths.append(Truth(people, np.zeros(4, np.int64), np.zeros(4, bool)))
        found.append(Boxes(boxes, scores, labels))
    names = tuple(str(number) for number in range(PICTURES))
    return Measured(("person",), (("person",),), names, truths, found)


def test_figures_are_those_of_the_library() -> None:
    """Each picture once: AP50, precision and recall as `evaluate` reports them."""
    seen = _set((0.7,))
    (told,) = measure(seen.truths, seen.found, seen.names, (THRESHOLD,))

    ours = figures_of(ranked(seen, 0, THRESHOLD), np.ones(PICTURES, int))

    assert ours == pytest.approx((told.ap50, told.precision, told.recall), abs=1e-6)


def test_a_picture_drawn_twice_counts_twice() -> None:
    """Weights stand for copies: the set written out twice gives the same figures."""
    seen = _set((0.7,))
    times = np.arange(PICTURES) % 3
    copies = np.repeat(np.arange(PICTURES), times)
    (told,) = measure(
        [seen.truths[i] for i in copies],
        [seen.found[i] for i in copies],
        seen.names,
        (THRESHOLD,),
    )

    ours = figures_of(ranked(seen, 0, THRESHOLD), times)

    assert ours == pytest.approx((told.ap50, told.precision, told.recall), abs=1e-6)


def test_a_network_does_not_differ_from_itself() -> None:
    """The pairs are drawn together: no difference, in no draw."""
    one = ranked(_set((0.6,)), 0, THRESHOLD)

    for found in differences(one, one):
        assert (found.value, found.low, found.high) == (0.0, 0.0, 0.0)
        assert not found.is_sure


def test_much_better_is_sure_and_much_the_same_is_not() -> None:
    """Twice as many found leaves no doubt; another draw of the same skill does."""
    weak = ranked(_set((0.4,)), 0, THRESHOLD)
    strong = ranked(_set((0.8,), seed=4), 0, THRESHOLD)
    as_weak = ranked(_set((0.4,), seed=5), 0, THRESHOLD)

    recall = differences(weak, strong)[2]
    chance = differences(weak, as_weak)[2]

    assert recall.is_sure
    assert recall.low < recall.value < recall.high
    assert not chance.is_sure


def test_nothing_found_and_a_single_picture_are_told() -> None:
    """No detection gives noughts; one picture has no interval, and is never sure."""
    empty = Boxes(np.zeros((0, 4)), np.zeros(0), np.zeros(0, np.int64))
    truth = Truth(np.array([[0, 0, 9, 9]]), np.zeros(1, np.int64), np.zeros(1, bool))
    seen = Measured(("person",), (("person",),), ("one",), [truth], [empty])
    one = ranked(seen, 0, THRESHOLD)

    found = differences(one, one)

    assert [difference.value for difference in found] == [0.0] * 3
    assert not any(difference.is_sure for difference in found)
    assert "| set.person | +0.0 (+nan" in table(("a", "b"), [("set.person", found)])
