"""From a few rounds to what another run will say: mean, interval, agreement.

Rounds of one run differ; what is stated is where the mean of as many further rounds
lies, 99 of 100 times (prediction interval of Student's t). Two runs agree when the mean
of each lies in the interval of the other.
"""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

T_995 = {2: 9.925, 3: 5.841, 4: 4.604, 5: 4.032, 6: 3.707, 7: 3.499, 8: 3.355}
"""Student's t, two-sided 99 %, by degrees of freedom; of 2 rounds none is stated."""


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
    t = T_995.get(count - 1)
    if t is None:
        return Spread(mean, None, None, tuple(rounds))
    half = t * statistics.stdev(rounds) * math.sqrt(2 / count)
    return Spread(mean, max(0.0, mean - half), mean + half, tuple(rounds))


def agree(one: Spread, two: Spread) -> bool:
    """Whether each mean lies in the interval of the other; false where none is told."""
    if one.low is None or one.high is None or two.low is None or two.high is None:
        return False
    return one.low <= two.mean <= one.high and two.low <= one.mean <= two.high
