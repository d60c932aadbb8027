"""A weak detection counts where a strong one of its kind just was."""

import numpy as np

from detector.detections import Detections
from detector.steadying import LOOKS_KEPT, Steadying

BOX = (100.0, 100.0, 160.0, 150.0)
CAR, PERSON = 1, 0
SCORES = np.array([0.2, 0.3], np.float32)
"""A person counts from a fifth, a car from 0.3."""


def _counts(
    steadying: Steadying,
    score: float,
    box: tuple[float, float, float, float] = BOX,
    kind: int = CAR,
    epoch: int = 0,
) -> bool:
    found = Detections(
        np.array([box], np.float32),
        np.array([score], np.float32),
        np.array([kind], np.int32),
    )
    counted = steadying.counting(epoch, found, np.array([kind], np.int32))
    return bool(counted[0])


def test_strong_detection_counts_by_itself() -> None:
    """From the threshold up nothing else is asked."""
    assert _counts(Steadying(SCORES), 0.31)


def test_weak_detection_alone_does_not_count() -> None:
    """Below the threshold and with no history it is nothing."""
    assert not _counts(Steadying(SCORES), 0.29)


def test_flicker_of_a_standing_thing_is_bridged() -> None:
    """A strong detection vouches for weak ones for five looks, not longer."""
    steadying = Steadying(SCORES)
    _counts(steadying, 0.5)

    weak = [_counts(steadying, 0.2) for _ in range(LOOKS_KEPT + 2)]

    assert weak == [True] * LOOKS_KEPT + [False] * 2


def test_neither_place_nor_kind_nor_epoch_may_differ() -> None:
    """A thing elsewhere, of another kind, or before a reconnect does not vouch."""
    elsewhere, kind, epoch = Steadying(SCORES), Steadying(SCORES), Steadying(SCORES)
    for steadying in (elsewhere, kind, epoch):
        _counts(steadying, 0.9)

    assert not _counts(elsewhere, 0.2, box=(130, 100, 190, 150))
    assert not _counts(kind, 0.15, kind=PERSON)
    assert not _counts(epoch, 0.2, epoch=1)


def test_each_class_has_its_own_score() -> None:
    """What is too weak for a car is strong for a person."""
    assert not _counts(Steadying(SCORES), 0.25, kind=CAR)
    assert _counts(Steadying(SCORES), 0.25, kind=PERSON)
