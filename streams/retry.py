"""When to try a feed again: growing delays that spread a crowd.

In: which fault ended the last attempt. Out: seconds to wait. Each delay is drawn at
random from the upper three quarters of a window that grows with each failure, so that
two hundred feeds that drop at once come back spread out; the window is capped so that a
server that returns is found within 15 s.
"""

from dataclasses import dataclass
from random import Random

from streams.faults import FeedFault

SLOW_FAULTS: frozenset[FeedFault] = frozenset(
    {FeedFault.AUTH, FeedFault.UNSUPPORTED, FeedFault.UNRESOLVED}
)
"""Faults that somebody must mend; asking often may lock an account."""

FAILURES_MAX = 20
"""Every window is at its cap by then; a power of more failures would overflow."""


@dataclass(frozen=True, slots=True)
class RetryTimes:
    """The windows of delays.

    Attributes:
        first_s: Window after the first failure, seconds.
        growth: Factor per failure.
        cap_s: Longest window; with a connect time of 2 s a server that came back is
            found within 15 s.
        slow_cap_s: Longest window for faults that somebody must mend.
        settled_s: A connection that lived this long makes the next failure the first.
    """

    first_s: float = 2.0
    growth: float = 1.8
    cap_s: float = 12.0
    slow_cap_s: float = 30.0
    settled_s: float = 20.0


class Backoff:
    """Delays of one feed; used by one thread.

    Args:
        times: The windows.
        rng: Source of the jitter, one per feed.
    """

    def __init__(self, times: RetryTimes, rng: Random) -> None:
        self._times = times
        self._rng = rng
        self._failures = 0

    def delay_s(self, fault: FeedFault, lived_s: float) -> float:
        """Seconds to wait before the next attempt.

        Args:
            fault: What ended the last attempt.
            lived_s: How long it delivered packets, seconds.
        """
        times = self._times
        if lived_s >= times.settled_s:
            self._failures = 0
        cap_s = times.slow_cap_s if fault in SLOW_FAULTS else times.cap_s
        window_s = min(cap_s, times.first_s * times.growth**self._failures)
        self._failures = min(self._failures + 1, FAILURES_MAX)
        return self._rng.uniform(window_s / 4, window_s)


def start_spread_s(feeds: int) -> float:
    """Over how many seconds `feeds` feeds should begin: at most 20 a second, 10 s."""
    return min(10.0, max(0, feeds - 1) / 20)
