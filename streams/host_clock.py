"""Notices that somebody set the host's wall clock while a feed was live.

In: the wall and the monotonic clock. Out: by how much the first was set against the
second. A time service that slews (some parts per ten thousand) is no step.
"""

import structlog

from base.clock import Clock

STEP_S = 1.0
"""Smallest step that is told: evidence allows an error of 1.0 s (GA/T 832-2014)."""


class HostClock:
    """The host's wall clock, held against its monotonic one.

    Args:
        clock: Both of them.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._began = clock.utc_now()
        self._began_s = clock.monotonic_s()

    def stepped_s(self) -> float:
        """Seconds the wall clock was set forward since last asked; 0.0: it was not."""
        now, now_s = self._clock.utc_now(), self._clock.monotonic_s()
        passed_s = now_s - self._began_s
        off_s = (now - self._began).total_seconds() - passed_s
        if abs(off_s) >= STEP_S:
            self._began, self._began_s = now, now_s
            log = structlog.get_logger()
            log.warning("stream.host_clock_stepped", seconds=round(off_s, 3))
            return off_s
        return 0.0
