"""Makes the head network's probabilities mean what they say.

In: logits of held-back heads and what they wear. Out: a temperature, and the expected
calibration error that says how far scores are from the truth (Guo et al. 2017, "On
Calibration of Modern Neural Networks", arXiv:1706.04599).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detector.heads import softmax
from detector.look import HeadState
from training.head_examples import STATES

HELMET = STATES.index(HeadState.HELMET)
WITHOUT = (STATES.index(HeadState.OTHER), STATES.index(HeadState.BARE))
BINS = 10
TEMPERATURES = (0.25, 4.0)
GOLDEN = (5**0.5 - 1) / 2
ROUNDS = 40


@dataclass(frozen=True, slots=True, eq=False)
class KnownHeads:
    """Held-back heads.

    Attributes:
        logits: Shape (n, 4).
        is_helmet: Shape (n,), bool: what they wear.
    """

    logits: NDArray[np.float64]
    is_helmet: NDArray[np.bool_]


def fit_temperature(known: KnownHeads, already: float = 1.0) -> float:
    """The temperature that makes what is known likeliest, helmets and others alike.

    Helmets and heads without one count the same in sum, however many there are.

    Args:
        known: Held-back heads.
        already: The temperature their logits were already divided by.

    Raises:
        ValueError: One of the two is missing.
    """
    if known.is_helmet.all() or not known.is_helmet.any():
        msg = "calibration needs heads with and without helmet"
        raise ValueError(msg)
    low, high = np.log(TEMPERATURES)
    for _ in range(ROUNDS):
        left, right = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
        if _surprise(known, float(np.exp(left))) < _surprise(
            known, float(np.exp(right))
        ):
            high = right
        else:
            low = left
    return round(already * float(np.exp((low + high) / 2)), 3)


def _surprise(known: KnownHeads, temperature: float) -> float:
    chances = softmax(known.logits / temperature)
    of_truth = np.where(
        known.is_helmet, chances[:, HELMET], chances[:, WITHOUT].sum(axis=1)
    )
    surprise = -np.log(np.maximum(of_truth, 1e-12))
    helmets = surprise[known.is_helmet].mean()
    others = surprise[~known.is_helmet].mean()
    return float(helmets + others)


def calibration_error(
    scores: NDArray[np.float64], is_right: NDArray[np.bool_], bins: int = BINS
) -> float:
    """Expected calibration error, 0…1: mean distance of score and share right.

    Args:
        scores: Shape (n,), 0…1.
        is_right: Shape (n,): whether the claim was true.
        bins: Bins of equal width.

    Returns:
        The distance of each bin's mean score from its share of true claims, weighted
        by the bin's claims; 0 where nothing was claimed.
    """
    if not len(scores):
        return 0.0
    bin_of = np.minimum((scores * bins).astype(int), bins - 1)
    error = 0.0
    for number in np.unique(bin_of):
        inside = bin_of == number
        distance = abs(scores[inside].mean() - is_right[inside].mean())
        error += float(distance) * float(inside.mean())
    return error
