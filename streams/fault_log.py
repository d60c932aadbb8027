"""Says once what is wrong with a feed, and counts the rest.

In: the fault of each failed attempt. Out: one warning when the fault is new, then one
a minute with how often it came since: a dying camera must not drown the log.
"""

from structlog.typing import FilteringBoundLogger

from base.clock import Clock
from base.log import RepeatCounter
from streams.faults import REMEDIES, FeedFault

TELL_EVERY_S = 60.0


class FaultLog:
    """Warnings of one feed; used by one thread."""

    def __init__(self, log: FilteringBoundLogger, clock: Clock) -> None:
        self._log = log
        self._repeats = RepeatCounter(clock, every_s=TELL_EVERY_S)

    def tell(self, fault: FeedFault, detail: str) -> None:
        """A connection ended with `fault`; `detail` holds no address."""
        held = self._repeats.admit(fault.value)
        if held is None:
            return
        self._log.warning(
            "stream.lost",
            fault=fault.value,
            detail=detail,
            remedy=REMEDIES[fault],
            repeated=held,
        )
