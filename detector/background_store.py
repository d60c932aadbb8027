"""Port: where the long memory of a view is kept, so that a restart does not relearn it.

A memory is some 100 kB of picture; it is kept on the worker's own disk. Another machine
that takes a camera over learns anew and says so.
"""

from typing import Protocol

from base.ids import CameraId, ViewName


class BackgroundStore(Protocol):
    """Keeps one opaque memory for each view of each camera."""

    def load(self, camera: CameraId, view: ViewName) -> bytes | None:
        """The memory last saved; None when there is none or it cannot be read."""
        ...

    def save(self, camera: CameraId, view: ViewName, raw: bytes) -> None:
        """Keep the memory; a store that cannot says so in the log, and does no harm."""
        ...


class MemoryBackgroundStore:
    """Keeps memories in this process: for replay and tests."""

    def __init__(self) -> None:
        self._kept: dict[tuple[CameraId, ViewName], bytes] = {}

    def load(self, camera: CameraId, view: ViewName) -> bytes | None:
        """The memory last saved."""
        return self._kept.get((camera, view))

    def save(self, camera: CameraId, view: ViewName, raw: bytes) -> None:
        """Keep the memory."""
        self._kept[camera, view] = raw
