"""The history of a run: one record an epoch.

In: what an epoch gave. Out: records that go through JSON unchanged.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EpochRecord:
    """Means of an epoch's loss and its parts, and the figures after it."""

    epoch: int
    loss: float
    box: float
    objectness: float
    classes: float
    distilled: float
    score: float
    figures: dict[str, float]
