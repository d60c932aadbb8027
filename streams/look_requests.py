"""What the rules asked a feed for since it last looked: any thread asks, one takes."""

import threading

from streams.look_plan import LookRequest


class LookRequests:
    """The newest request, and the newest for when nothing is going on; thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asked: LookRequest | None = None
        self._resting: LookRequest | None = None

    def ask(self, request: LookRequest) -> None:
        """This is needed from now on."""
        with self._lock:
            self._asked = request

    def rest(self, request: LookRequest) -> None:
        """This is needed from now on, and whenever nothing is going on."""
        with self._lock:
            self._asked = self._resting = request

    def take(self) -> tuple[LookRequest | None, LookRequest | None]:
        """Request and resting request since the last time; None where none came."""
        with self._lock:
            taken = (self._asked, self._resting)
            self._asked = self._resting = None
        return taken
