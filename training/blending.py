"""The start and the end of a run mixed: what was learnt without what was lost.

In: two networks of one shape, the second trained from the first. Out: the mixture of
their weights. Both ends lie in one valley, so a network between them works, and often
sees better on pictures of other places than either; without such pictures to choose by,
the middle is the safe share (Wortsman et al. 2022, "Robust fine-tuning of zero-shot
models", arXiv:2109.01903).
"""

import copy

import torch

from training.network import YoloxNet


def blended(start: YoloxNet, end: YoloxNet, share: float) -> YoloxNet:
    """Mix two networks of one shape: ``share`` of the end, the rest of the start."""
    mixed = copy.deepcopy(end)
    with torch.no_grad():
        for mine, first in zip(mixed.parameters(), start.parameters(), strict=True):
            mine.copy_(first.lerp(mine, share))
    return mixed
