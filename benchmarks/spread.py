"""From a few rounds to what another run will say: mean, interval, agreement.

Rounds of one run differ; what is stated is where the mean of as many further rounds
lies, 99 of 100 times (prediction interval of Student's t). Two runs agree when the mean
of each lies in the interval of the other.
"""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from scipy import stats

SURE = 0.99
LEAST_ROUNDS = 3
"""Of fewer no spread is stated."""


@dataclass(frozen=True, slots=True)
class Spread:
    """A figure over some rounds.

    Attributes:
        mean: Of the rounds.
        low: The mean of as many further rounds is not below this; None: too few rounds.
        high: Nor above this.
        rounds: The figure of each.
    """

    mean: float
    low: float | None
    high: float | None
    rounds: tuple[float, ...]

    def told(self, form: str) -> str:
        """`0.027 (0.026…0.028)`; without spread where none can be stated."""
        mean = form.format(self.mean)
        if self.low is None or self.high is None:
            return mean if len(self.rounds) > 1 else f"{mean} ¹"
        return f"{mean} ({form.format(self.low)}…{form.format(self.high)})"


def spread_of(rounds: Sequence[float]) -> Spread:
    """Mean and interval.

    Raises:
        ValueError: There is no round.
    """
    if not rounds:
        msg = "a spread needs a round"
        raise ValueError(msg)
    mean, count = statistics.fmean(rounds), len(rounds)
    if count < LEAST_ROUNDS:
        return Spread(mean, None, None, tuple(rounds))
    sure = float(stats.t.ppf((1 + SURE) / 2, count - 1))
    half = sure * statistics.stdev(rounds) * math.sqrt(2 / count)
    return Spread(mean, max(0.0, mean - half), mean + half, tuple(rounds))


def agree(one: Spread, two: Spread) -> bool:
    """Whether each mean lies in the interval of the other; false where none is told."""
    if one.low is None or one.high is None or two.low is None or two.high is None:
        return False
    return one.low <= two.mean <= one.high and two.low <= one.mean <= two.high
