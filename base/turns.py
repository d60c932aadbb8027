"""A thread that takes its turn every so often until it is told to stop.

An unexpected failure of one turn is logged at its boundary and the next one comes all
the same. Stopping waits for the turn under way.
"""

import threading
from collections.abc import Callable

from base.guard import Boundary, guard


class Turns:
    """One thread beside the others.

    Args:
        name: Of the thread and in the log.
        boundary: At which an unexpected failure of a turn ends.
        every_s: Pause before each turn, seconds.
        turn: What is done; it handles what it expects.
    """

    def __init__(
        self, name: str, boundary: Boundary, every_s: float, turn: Callable[[], None]
    ) -> None:
        self._name = name
        self._boundary = boundary
        self._every_s = every_s
        self._turn = turn
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    @property
    def is_stopping(self) -> bool:
        """Whether `stop` was called: a long turn may ask."""
        return self._stopping.is_set()

    def start(self) -> None:
        """Begin; the first turn comes after one pause."""
        self._thread.start()

    def stop(self) -> None:
        """End; the turn under way is finished. Without a start nothing happens."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._stopping.wait(self._every_s):
            guard(self._boundary, self._name, self._turn, lambda _error: None)
