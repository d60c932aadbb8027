"""Queues pasted into training pictures stand as a pole camera sees them."""

import numpy as np
import pytest

pytest.importorskip("torch", reason="the train extra is missing: run `make test-train`")

from training.augment import Augmenter
from training.car_queue import Cutout, Queue, cutouts_of
from training.config import AugmentSettings
from training.mixture import TrainItem

pytestmark = pytest.mark.train
SIDE, CAR, PERSON, CLASSES = 128, 2, 0, 3
SHARES = "mosaic perspective downscale compress blur night rain".split()
NOTHING = dict.fromkeys(SHARES, 0.0)
RED = Cutout(np.full((40, 40, 3), (0, 0, 255), np.uint8), CAR, 1.0)
Row = tuple[float, float, float, float, int, float]


def _item(*rows: Row) -> TrainItem:
    table = np.array(rows, np.float32).reshape(-1, 6)
    return TrainItem(
        name="street",
        image=np.full((SIDE, SIDE, 3), 90, np.uint8),
        boxes=table[:, :4],
        labels=table[:, 4].astype(np.int64),
        weights=table[:, 5],
        ignored=np.zeros((0, 4), np.float32),
        exhaustive=np.zeros(CLASSES, bool),
        stretch=(1.0, 1.0),
    )


def _settings(**changes: float) -> AugmentSettings:
    ranges = {"scale": (1.0, 1.0), "mosaic_scale": (1.0, 1.0)}
    return AugmentSettings.model_validate(NOTHING | ranges | changes)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        pytest.param((10, 10, 60, 50, PERSON, 1.0), "no vehicle", id="person"),
        pytest.param((10, 10, 60, 50, CAR, 0.5), "an unsure label", id="unsure"),
        pytest.param((0, 10, 60, 50, CAR, 1.0), "cut by the edge", id="cut"),
        pytest.param((10, 10, 30, 26, CAR, 1.0), "too small", id="small"),
        pytest.param((5, 10, 120, 45, CAR, 1.0), "seen from the side", id="side"),
    ],
)
def test_only_whole_vehicles_of_sure_labels_are_cut_out(row: Row, why: str) -> None:
    """Neither a half car nor a guess is copied into other pictures."""
    assert cutouts_of((_item(row),)) == (), why


def test_a_vehicle_with_another_in_front_is_not_cut_out() -> None:
    """What is cut out shows one vehicle; the box in front is free to be taken."""
    behind = (20.0, 20.0, 70.0, 60.0, CAR, 1.0)
    front = (20.0, 45.0, 120.0, 126.0, CAR, 1.0)

    (found,) = cutouts_of((_item(behind, front),))

    assert found.image.shape == (81, 100, 3)


@pytest.mark.parametrize("seed", range(20))
def test_nearer_vehicles_are_larger_lower_and_in_front(seed: int) -> None:
    """The last box of a queue is the nearest; none before it is larger."""
    queue = Queue((RED,), SIDE, np.random.default_rng(seed))
    is_whole = (queue.boxes[:, :2].min(1) > 0) & (queue.boxes[:, 2:].max(1) < SIDE)
    whole = queue.boxes[is_whole]
    widths = whole[:, 2] - whole[:, 0]

    assert (np.diff(widths) >= -1).all()
    assert (np.diff(queue.boxes[:, 3]) >= 0).all()
    if is_whole[-1:].any():
        assert queue.shares_visible()[-1] == pytest.approx(1.0)


def test_what_the_queue_hides_is_no_label_any_more() -> None:
    """A person under pasted cars is neither taught nor background."""
    item = _item((60.0, 60.0, 70.0, 90.0, PERSON, 1.0))
    augmenter = Augmenter(_settings(queue=1.0), SIDE, (RED,))
    hidden = 0
    for seed in range(40):
        sample = augmenter.sample([item] * 4, np.random.default_rng(seed))
        cars = sample.boxes[sample.labels == CAR]
        covers = [
            max(0.0, min(70, x2) - max(60, x1)) * max(0.0, min(90, y2) - max(60, y1))
            for x1, y1, x2, y2 in cars
        ]
        people = int((sample.labels == PERSON).sum())
        if max(covers, default=0.0) == 300:
            hidden += 1
            assert people == 0
            assert sample.ignored.any()

    assert hidden


def test_the_teacher_sees_the_picture_before_it_is_spoilt() -> None:
    """Light and encoder change what is learned from, never what the teacher sees."""
    item = _item((60.0, 60.0, 70.0, 90.0, PERSON, 1.0))
    augmenter = Augmenter(_settings(pole=1.0, shade=1.0), SIDE)

    sample = augmenter.sample([item] * 4, np.random.default_rng(3))

    # the street is flat and the letterbox a little lighter
    assert sample.clean.min() == 90
    assert sample.clean.max() == 114
    assert np.ptp(sample.image) > 30


def test_one_seed_gives_one_sample() -> None:
    """Samples hang on nothing but the items and the generator."""
    item = _item((20.0, 20.0, 70.0, 60.0, CAR, 1.0))
    everything = _settings(queue=0.5, pole=0.5, shade=0.5, mosaic=0.5, night=0.5)
    augmenter = Augmenter(everything, SIDE, cutouts_of((item,)))
    for seed in range(5):
        first, second = (
            augmenter.sample([item] * 4, np.random.default_rng(seed)) for _ in range(2)
        )

        assert (first.image == second.image).all()
        assert (first.boxes == second.boxes).all()
