"""The configuration in force, parsed once for each revision, not for each request."""

import threading
from dataclasses import dataclass

from base.clock import Clock
from base.ids import CameraId
from sites.revision import Revision, RevisionStore
from sites.schema import Site

FRESH_S = 1.0
"""How old the answer may be; a revision is applied by a person, not by a machine."""


@dataclass(frozen=True, slots=True)
class InForce:
    """A revision and the site it holds."""

    revision: Revision
    site: Site


class CurrentSite:
    """Asks the store at most once a second; safe to use from any thread."""

    def __init__(self, store: RevisionStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._lock = threading.Lock()
        self._held: InForce | None = None
        self._asked_s: float | None = None
        self._is_forgotten = False

    def get(self) -> InForce | None:
        """What is in force; None before the first import.

        Raises:
            StoreError: The store cannot be read.
        """
        with self._lock:
            if self._is_forgotten:
                self._is_forgotten = False
                self._asked_s = None
            now_s = self._clock.monotonic_s()
            if self._asked_s is None or now_s - self._asked_s >= FRESH_S:
                self._refresh()
                self._asked_s = now_s
            return self._held

    def forget(self) -> None:
        """Ask anew next time: something else was put in force. Never waits."""
        self._is_forgotten = True

    def titles(self) -> dict[str, str]:
        """Titles of cameras by name.

        Raises:
            StoreError: The store cannot be read.
        """
        held = self.get()
        if held is None:
            return {}
        return {name: camera.title for name, camera in held.site.cameras.items()}

    def areas(self) -> dict[CameraId, str]:
        """Areas of cameras by name.

        Raises:
            StoreError: The store cannot be read.
        """
        held = self.get()
        if held is None:
            return {}
        cameras = held.site.cameras.items()
        return {CameraId(name): camera.area for name, camera in cameras}

    def _refresh(self) -> None:
        revision = self._store.current()
        if revision is None:
            self._held = None
        elif self._held is None or self._held.revision.id != revision.id:
            self._held = InForce(revision, revision.site)
