"""The only reader of clocks: wall time for stamps, monotonic time for waiting.

Rules never take a `Clock`: they live on `Look.at`. Everything else receives one, so
that a test can hold time still (`ManualClock`) and a replay can run at any speed.
"""

import threading
import time
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Protocol

BEIJING = timezone(timedelta(hours=8))
"""Legal time of the country: days begin and end in it, no summer time."""


def beijing_day(at: datetime) -> date:
    """The calendar day an aware time falls on where the law counts days."""
    return at.astimezone(BEIJING).date()


class Clock(Protocol):
    """Wall and monotonic time of the process."""

    def utc_now(self) -> datetime:
        """Aware wall time in UTC."""
        ...

    def monotonic_s(self) -> float:
        """Seconds on a clock that never goes back; only differences mean something."""
        ...


class SystemClock:
    """The host's clocks."""

    def utc_now(self) -> datetime:
        """Aware wall time in UTC."""
        return datetime.now(UTC)

    def monotonic_s(self) -> float:
        """Seconds on the host's monotonic clock."""
        return time.monotonic()


class ManualClock:
    """A clock that moves when told to; thread-safe."""

    def __init__(self, start: datetime) -> None:
        self._lock = threading.Lock()
        self._now = start
        self._monotonic_s = 0.0

    def utc_now(self) -> datetime:
        """The wall time last set."""
        with self._lock:
            return self._now

    def monotonic_s(self) -> float:
        """Seconds advanced since construction."""
        with self._lock:
            return self._monotonic_s

    def advance(self, seconds: float) -> None:
        """Move both clocks forward."""
        with self._lock:
            self._now += timedelta(seconds=seconds)
            self._monotonic_s += seconds

    def step_wall(self, seconds: float) -> None:
        """Move the wall clock alone, as an operator or NTP does to a host."""
        with self._lock:
            self._now += timedelta(seconds=seconds)


def cpu_s() -> float:
    """CPU seconds this process has used, user and system, all threads."""
    return time.process_time()


def thread_cpu_s() -> float:
    """CPU seconds the calling thread has used, user and system."""
    return time.thread_time()
