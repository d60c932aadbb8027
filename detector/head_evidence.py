"""A second witness: what the detector's own head boxes say of a head.

In: heads, the head boxes a detector reported with "helmet" or "bare head", and the
head network's probabilities. Out: the joint probabilities. Detector and head network
see a head at different sizes and with different surroundings, so their mistakes differ;
together they leave fewer heads untold than either (figures in the card).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detector.detections import BoxesXYXY, Scores, iou_matrix
from detector.look import HeadState

SAME_HEAD_IOU = 0.3
"""Detectors are taught the hat or the whole head, by set: overlaps are loose."""
UNSEEN = 0.05
"""Score a detector stays under where it says nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class FoundHeads:
    """Heads found somewhere in a picture.

    Attributes:
        boxes_px: Shape (m, 4), pixels of the picture.
        scores: Shape (m,), 0…1.
        is_helmet: Shape (m,), bool: "helmet" or "bare head"; None where the finder
            tells heads only.
    """

    boxes_px: BoxesXYXY
    scores: Scores
    is_helmet: NDArray[np.bool_] | None = None


def no_heads() -> FoundHeads:
    """No head at all."""
    return FoundHeads(np.zeros((0, 4), np.float32), np.zeros(0, np.float32))


def log_odds(heads: BoxesXYXY, told: FoundHeads) -> NDArray[np.float64]:
    """How far a detector takes each head for a helmet rather than a bare one.

    Args:
        heads: Shape (n, 4), pixels.
        told: The detector's head boxes.

    Returns:
        Shape (n,): logarithm of the ratio of the best scores at the same place; 0
        where it says nothing.
    """
    if told.is_helmet is None or not len(told.scores):
        return np.zeros(len(heads))
    near = iou_matrix(heads, told.boxes_px) >= SAME_HEAD_IOU
    best = [
        np.where(near & kind, told.scores, 0.0).max(axis=1) + UNSEEN
        for kind in (told.is_helmet, ~told.is_helmet)
    ]
    odds: NDArray[np.float64] = np.log(best[0].astype(np.float64) / best[1])
    return odds


def joint(
    probabilities: NDArray[np.float64],
    classes: tuple[HeadState, ...],
    odds: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Probabilities after the detector was heard: what it speaks for grows.

    Args:
        probabilities: Shape (n, states), rows sum to 1.
        classes: The states, in that order.
        odds: Shape (n,): log odds of a helmet, already weighted.
    """
    with_helmet = np.array([state is HeadState.HELMET for state in classes])
    without = np.array([s in {HeadState.OTHER, HeadState.BARE} for s in classes])
    power = np.maximum(odds, 0)[:, None] * with_helmet
    power = power + np.maximum(-odds, 0)[:, None] * without
    raised: NDArray[np.float64] = probabilities * np.exp(power)
    shares: NDArray[np.float64] = raised / raised.sum(axis=1, keepdims=True)
    return shares
