"""What a feed's thread notes and anybody may read: the state behind `FeedStatus`."""

import threading
from datetime import datetime

from base.clock import Clock
from streams.faults import FeedFault
from streams.feed_status import TRANSITIONS, FeedState, FeedStatus
from streams.frame import Frame
from streams.intake import Intake


class FeedLife:
    """State of one feed over its connections; thread-safe.

    Args:
        clock: Stamps the changes.
        intake: Told of in the status.
    """

    def __init__(self, clock: Clock, intake: Intake) -> None:
        self._clock = clock
        self._intake = intake
        self._lock = threading.Lock()
        self._state = FeedState.CONNECTING
        self._since = clock.utc_now()
        self._fault: FeedFault | None = None
        self._connections = 0
        self._retry_at_s: float | None = None
        self._last_frame_at: datetime | None = None
        self._utc_offset_ms: float | None = None

    @property
    def is_live(self) -> bool:
        """Whether packets are coming in."""
        with self._lock:
            return self._state is FeedState.LIVE

    def connecting(self) -> None:
        """An attempt begins; the fault of the last one stays until it succeeds."""
        with self._lock:
            self._move(FeedState.CONNECTING)

    def connected(self) -> None:
        """The first packet came."""
        with self._lock:
            self._connections += 1
            self._fault = None
            self._move(FeedState.LIVE)

    def lost(self, fault: FeedFault, retry_in_s: float) -> None:
        """The attempt ended with `fault`; the next begins in `retry_in_s` seconds."""
        with self._lock:
            self._fault = fault
            self._retry_at_s = self._clock.monotonic_s() + retry_in_s
            self._move(FeedState.WAITING)

    def ended(self, fault: FeedFault | None) -> None:
        """No further attempt will be made; None keeps the fault that stood."""
        with self._lock:
            if self._state is not FeedState.ENDED:
                self._fault = fault or self._fault
            self._move(FeedState.ENDED)

    def handed_on(self, frame: Frame) -> None:
        """A frame went to the mailbox."""
        with self._lock:
            self._last_frame_at = frame.at
            self._utc_offset_ms = frame.utc_offset_ms

    def _move(self, state: FeedState) -> None:
        if state in TRANSITIONS[self._state]:
            self._state = state
            self._since = self._clock.utc_now()

    def status(self, dropped: int) -> FeedStatus:
        """The feed now; `dropped` is how many of its frames the mailbox replaced."""
        intake, sampler = self._intake, self._intake.sampler
        ring_bytes, ring_seconds = intake.ring.size_bytes, intake.ring.seconds
        now_s = self._clock.monotonic_s()
        with self._lock:
            retry_in_s = None
            if self._state is FeedState.WAITING and self._retry_at_s is not None:
                retry_in_s = max(0.0, self._retry_at_s - now_s)
            is_live = self._state is FeedState.LIVE
            return FeedStatus(
                state=self._state,
                since=self._since,
                fault=self._fault,
                faults=intake.faults if is_live else frozenset(),
                reconnects=max(0, self._connections - 1),
                retry_in_s=retry_in_s,
                key_interval_s=sampler.key_interval_s,
                codec=None if intake.format is None else intake.format.codec.value,
                size_px=sampler.size_px,
                decoded=sampler.decoded,
                dropped=dropped,
                looks_missed=dropped + sampler.looks_failed,
                last_frame_at=self._last_frame_at,
                ring_bytes=ring_bytes,
                ring_seconds=ring_seconds,
                is_full_decode=sampler.is_full_decode,
                utc_offset_ms=self._utc_offset_ms,
            )
