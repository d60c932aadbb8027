"""Keeps slot clocks in Redis without making a look wait for it.

The engine saves after each judgement; the state is held back until what the look raised
is on the spool (`release`), then written by a thread of its own, newest first of each
camera. So a worker killed at any moment has spooled what its clocks remember having
raised, and a Redis that is away costs no look: the newest state is written when it is
back.
"""

import threading

import structlog

from alerts.errors import StoreError
from base.clock import SystemClock
from base.ids import CameraId
from base.log import RepeatCounter
from base.shutdown import StopSignal
from rules.clock_store import ClockStore

RETRY_S = 1.0
JOIN_S = 1.0

_log = structlog.get_logger()


class ClockKeeper:
    """A `ClockStore` in front of one that may be slow or away; thread-safe."""

    def __init__(self, store: ClockStore, stop: StopSignal) -> None:
        self._store = store
        self._stop = stop
        self._repeats = RepeatCounter(SystemClock(), every_s=10.0)
        self._changed = threading.Condition()
        self._held: dict[CameraId, tuple[int, bytes]] = {}
        self._due: dict[CameraId, tuple[int, bytes]] = {}
        self._fenced: set[tuple[CameraId, int]] = set()
        self._is_closing = False
        self._thread = threading.Thread(target=self._run, name="clocks", daemon=True)

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def load(self, camera: CameraId) -> bytes | None:
        """The state last saved; waits while the store is away, until the stop.

        One that is still on its way to the store is newer than the store's.

        Raises:
            StoppedError: The process is ending.
        """
        with self._changed:
            waiting = self._held.get(camera) or self._due.get(camera)
        if waiting is not None:
            return waiting[1]
        while True:
            self._stop.check()
            try:
                return self._store.load(camera)
            except StoreError as error:
                _log.warning("clocks.unreadable", camera=camera, reason=str(error))
                self._stop.wait(RETRY_S)

    def save(self, camera: CameraId, lease_epoch: int, state: bytes) -> bool:
        """Hold `state` back until `release`; false once a newer lease was met."""
        with self._changed:
            self._held[camera] = (lease_epoch, state)
            return (camera, lease_epoch) not in self._fenced

    def release(self) -> None:
        """What was held back may be written: its violations are on the spool."""
        with self._changed:
            if self._held:
                self._due.update(self._held)
                self._held.clear()
                self._changed.notify()

    def close(self) -> None:
        """Write what is due, briefly, and end."""
        with self._changed:
            self._is_closing = True
            self._changed.notify()
        if self._thread.is_alive():
            self._thread.join(JOIN_S)

    def _run(self) -> None:
        while (due := self._next()) is not None:
            camera, (epoch, state) = due
            try:
                if not self._store.save(camera, epoch, state):
                    with self._changed:
                        self._fenced.add((camera, epoch))
            except StoreError as error:
                if self._repeats.admit("unsaved") is not None:
                    _log.warning("clocks.unsaved", camera=camera, reason=str(error))
                with self._changed:
                    self._due.setdefault(camera, (epoch, state))
                    if self._is_closing:
                        return
                    self._changed.wait(RETRY_S)

    def _next(self) -> tuple[CameraId, tuple[int, bytes]] | None:
        with self._changed:
            while not self._due and not self._is_closing:
                self._changed.wait()
            if not self._due:
                return None
            camera = next(iter(self._due))
            return camera, self._due.pop(camera)
