"""A running average of the weights: what is evaluated and shipped.

In: the network after each step. Out: the averaged network, less noisy than any step.
"""

import copy
import math

import torch

from training.network import YoloxNet

RAMP_STEPS = 200
"""The average follows closely at first: its decay grows over about so many steps."""


class Average:
    """The averaged network; ``updates`` is part of a checkpoint."""

    def __init__(self, net: YoloxNet, decay: float) -> None:
        self.net = copy.deepcopy(net).eval()
        self.updates = 0
        self._decay = decay
        for parameter in self.net.parameters():
            parameter.requires_grad_(requires_grad=False)

    @torch.no_grad()
    def update(self, net: YoloxNet) -> None:
        """Move the average toward ``net``."""
        self.updates += 1
        decay = self._decay * (1 - math.exp(-self.updates / RAMP_STEPS))
        for mine, new in zip(self.net.parameters(), net.parameters(), strict=True):
            mine.lerp_(new, 1 - decay)
