"""A few threads a channel: a channel that hangs keeps nobody else waiting."""

import threading
from collections.abc import Callable
from queue import SimpleQueue

import structlog

from alerts.errors import StoreError
from alerts.outbox import OwedTelling
from base.guard import Boundary, guard

AT_ONCE = 4
"""Exchanges with one channel at a time: a burst must not wait for a slow answer."""

_log = structlog.get_logger()


class Lane:
    """What one channel has to tell, gravest and oldest first.

    Args:
        name: Of the channel.
        tell: Tells one thing; blocks.
    """

    def __init__(self, name: str, tell: Callable[[OwedTelling], None]) -> None:
        self._name = name
        self._tell = tell
        self._queue: SimpleQueue[OwedTelling | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._held: set[int] = set()
        self._is_closing = False
        self._threads = [
            threading.Thread(
                target=self._run, name=f"delivery-{name}-{number}", daemon=True
            )
            for number in range(AT_ONCE)
        ]
        for thread in self._threads:
            thread.start()

    def add(self, telling: OwedTelling) -> None:
        """Tell this too; what waits here already is not added again."""
        with self._lock:
            if telling.id in self._held:
                return
            self._held.add(telling.id)
        self._queue.put(telling)

    def close(self) -> None:
        """Begin nothing more."""
        self._is_closing = True
        for _ in self._threads:
            self._queue.put(None)

    def join(self, timeout_s: float) -> frozenset[int]:
        """Wait for what is under way; gives what was not told."""
        for thread in self._threads:
            thread.join(timeout_s / len(self._threads))
        with self._lock:
            return frozenset(self._held)

    def _run(self) -> None:
        while (telling := self._queue.get()) is not None:
            if self._is_closing:
                return
            guard(
                Boundary.OUTBOX_SENDER,
                self._name,
                lambda telling=telling: self._tell_one(telling),  # type: ignore[misc]
                lambda _error: None,
            )
            with self._lock:
                self._held.discard(telling.id)

    def _tell_one(self, telling: OwedTelling) -> None:
        try:
            self._tell(telling)
        except StoreError as error:
            _log.warning("delivery.waits", telling=telling.id, reason=str(error))
