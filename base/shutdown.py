"""One stop signal a process: set by SIGINT or SIGTERM, waited on, never slept."""

import signal
import threading
from types import FrameType

from base.errors import StoppedError


class StopSignal:
    """Thread-safe, one way: once set it stays set."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def set(self) -> None:
        """Ask everything that holds this signal to end."""
        self._event.set()

    def is_set(self) -> bool:
        """Whether the end was asked for."""
        return self._event.is_set()

    def wait(self, timeout_s: float | None) -> bool:
        """Sleep up to `timeout_s` seconds; true as soon as the end was asked for."""
        return self._event.wait(timeout_s)

    def check(self) -> None:
        """Raise `StoppedError` once the end was asked for."""
        if self.is_set():
            raise StoppedError


def stop_on_signals(stop: StopSignal) -> None:
    """Let SIGINT and SIGTERM set `stop`; call from the main thread."""

    def handle(_signum: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGINT, handle)
    signal.signal(signal.SIGTERM, handle)
