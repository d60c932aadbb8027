"""How a process ends: one stop signal, and the end of the process that began it."""

import ctypes
import os
import signal
import sys
import threading
from types import FrameType

from base.errors import StoppedError

PR_SET_PDEATHSIG = 1


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


def die_with(parent: int) -> None:
    """Have the kernel kill this process when the one that began it ends (Linux).

    Args:
        parent: Process id of that one, as it told it: where it is gone already, this
            process ends here.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit(1)
