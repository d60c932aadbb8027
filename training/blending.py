"""The start and the end of a run mixed: what was learnt without what was lost.

In: the weights a run started from and those it ended with, and a way to score a
network. Out: the mixture that scores best. Both ends lie in one valley, so a network
between them works, and often sees better on pictures of other places than either
(Wortsman et al. 2022, "Robust fine-tuning of zero-shot models", arXiv:2109.01903).
"""

import copy
from collections.abc import Callable

import torch

from training.network import YoloxNet


def blended(start: YoloxNet, end: YoloxNet, share: float) -> YoloxNet:
    """Mix two networks of one shape: ``share`` of the end, the rest of the start."""
    mixed = copy.deepcopy(end)
    with torch.no_grad():
        for mine, first in zip(mixed.parameters(), start.parameters(), strict=True):
            mine.copy_(first.lerp(mine, share))
    return mixed


def best_blend(
    start: YoloxNet,
    end: YoloxNet,
    shares: tuple[float, ...],
    score: Callable[[YoloxNet], float],
) -> tuple[YoloxNet, float]:
    """Score the mixtures and the end itself; give the best and its share of the end."""
    candidates = sorted({*shares, 1.0}, reverse=True)
    scored = [(score(blended(start, end, share)), share) for share in candidates]
    best = max(scored, key=lambda pair: pair[0])[1]
    return blended(start, end, best), best
