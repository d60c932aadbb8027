"""The sealed log, followed once for all clients that listen.

In: a reader of the log (`after`, `limit` -> events in order). Out: for each listener,
batches of events beyond the last it has. A listener owns no queue: it holds a number
and reads from the shared tail, or from the log when it is further behind. So a slow
client costs nothing but its own place, and one that resumes is no special case.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

import structlog
from anyio.to_thread import run_sync

from alerts.alert import AlertEvent
from alerts.errors import StoreError, StoreUnavailableError
from base.shutdown import StopSignal

POLL_S = 0.2
"""How often the log is asked while anyone listens: the sealer's batches come at most
once a second, so this adds a fifth of that at worst."""

CATCH_UP_S = 0.01
"""Pause of a listener that was told of more than it found."""

RETRY_S = 1.0
"""Pause before asking a database again that was away."""

TAIL = 2_000
"""Events kept for listeners who are nearly up to date; a detail is some 300 bytes."""

BATCH = 200
"""Most events handed to a listener at once: a client that stops reading holds one."""

MOST_LISTENERS = 500
"""Open streams are sockets; beyond this, new ones are asked to come back."""

ReadLog = Callable[[int, int], Sequence[AlertEvent]]


class EventFeed:
    """Follows the log in the event loop of the service.

    Args:
        read: Blocking; events with a number above the first argument, in order, at
            most as many as the second.
        last_seq: Blocking; number of the newest event, 0 for none.
        stop: Ends every listener within a poll.
    """

    def __init__(
        self, read: ReadLog, last_seq: Callable[[], int], stop: StopSignal
    ) -> None:
        self._read = read
        self._last_seq = last_seq
        self._stop = stop
        self._tail: deque[AlertEvent] = deque(maxlen=TAIL)
        self._newest = -1
        self._listeners = 0
        self._listened = asyncio.Event()
        self._grown = asyncio.Event()
        self._log = structlog.get_logger()

    @property
    def listeners(self) -> int:
        """How many listen now."""
        return self._listeners

    @property
    def is_ending(self) -> bool:
        """Whether listeners must leave."""
        return self._stop.is_set()

    def check_room(self) -> None:
        """Refuse a listener beyond the ceiling.

        Raises:
            StoreUnavailableError: Too many listen already.
        """
        if self._listeners >= MOST_LISTENERS:
            raise StoreUnavailableError("too many event streams are open")

    @contextmanager
    def listener(self) -> Iterator[None]:
        """Count a listener for as long as it is inside."""
        self._listeners += 1
        self._listened.set()
        try:
            yield
        finally:
            self._listeners -= 1
            if not self._listeners:
                self._listened.clear()

    async def newest(self) -> int:
        """Number of the newest event in the log, asked now.

        Raises:
            StoreError: The log cannot be read.
        """
        return await run_sync(self._last_seq)

    async def after(self, seq: int) -> Sequence[AlertEvent]:
        """Events beyond `seq` that are there now, in order, at most a batch.

        Raises:
            StoreError: The log cannot be read.
        """
        if self._tail and self._tail[0].seq <= seq + 1:
            start = max(0, seq + 1 - self._tail[0].seq)
            return [
                self._tail[n] for n in range(start, min(start + BATCH, len(self._tail)))
            ]
        return await run_sync(self._read, seq, BATCH)

    async def wait_beyond(self, seq: int, timeout_s: float) -> None:
        """Return when the log may have grown beyond `seq`, or the time is over."""
        if self._newest > seq or self.is_ending:
            # a database set back under us promises what it no longer holds
            await asyncio.sleep(CATCH_UP_S)
            return
        with suppress(TimeoutError):
            await asyncio.wait_for(self._grown.wait(), timeout_s)

    async def follow(self) -> None:
        """Read the log while anyone listens, until stopped; run as one task."""
        while not self._stop.is_set():
            if not self._listeners:
                self._tail.clear()
                self._newest = -1
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._listened.wait(), POLL_S)
                continue
            pause_s = await self._poll()
            await asyncio.sleep(pause_s)
        self._wake()

    async def _poll(self) -> float:
        """Take in what is new; seconds to wait before the next time."""
        try:
            if self._newest < 0:
                self._newest = await run_sync(self._last_seq)
                self._wake()
            found = await run_sync(self._read, self._newest, TAIL)
        except StoreError as error:
            self._log.warning("event_log.missed", reason=str(error))
            return RETRY_S
        if found:
            if found[0].seq != self._newest + 1:
                self._tail.clear()
            self._tail.extend(found)
            self._newest = found[-1].seq
            self._wake()
        return 0.0 if len(found) == TAIL else POLL_S

    def _wake(self) -> None:
        self._grown.set()
        self._grown = asyncio.Event()
