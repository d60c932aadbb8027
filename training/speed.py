"""How long one look takes, measured fairly.

In: networks behind one call. Out: milliseconds per call. Candidates take turns within
one run, so that whatever else the machine does falls on all alike; the median counts.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from base.clock import Clock

WARM_UP = 5


@dataclass(frozen=True, slots=True)
class Timing:
    """Time of one call, milliseconds."""

    name: str
    median_ms: float
    fastest_ms: float


def take_turns(
    candidates: dict[str, Callable[[], object]], rounds: int, clock: Clock
) -> tuple[Timing, ...]:
    """Time every candidate ``rounds`` times, in turns."""
    for call in candidates.values():
        for _ in range(WARM_UP):
            call()
    times: dict[str, list[float]] = {name: [] for name in candidates}
    for _ in range(rounds):
        for name, call in candidates.items():
            start = clock.monotonic_s()
            call()
            times[name].append((clock.monotonic_s() - start) * 1000)
    return tuple(
        Timing(name, float(np.median(taken)), min(taken))
        for name, taken in times.items()
    )
