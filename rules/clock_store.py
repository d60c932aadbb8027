"""Port: where the clocks of a camera's slots are kept, so that no restart resets them.

The Redis form is in alerts; the in-memory form serves replay and tests.
"""

from typing import Protocol

from base.ids import CameraId


class ClockStore(Protocol):
    """Keeps one opaque state per camera, fenced by the lease epoch of its writer."""

    def load(self, camera: CameraId) -> bytes | None:
        """The state last saved for `camera`; None when there is none."""
        ...

    def save(self, camera: CameraId, lease_epoch: int, state: bytes) -> bool:
        """Keep `state`; false when a newer lease has saved since: stop judging."""
        ...


class MemoryClockStore:
    """Keeps states in this process."""

    def __init__(self) -> None:
        self._states: dict[CameraId, tuple[int, bytes]] = {}

    def load(self, camera: CameraId) -> bytes | None:
        """The state last saved for `camera`."""
        kept = self._states.get(camera)
        return None if kept is None else kept[1]

    def save(self, camera: CameraId, lease_epoch: int, state: bytes) -> bool:
        """Keep `state` unless a newer lease has saved."""
        kept = self._states.get(camera)
        if kept is not None and kept[0] > lease_epoch:
            return False
        self._states[camera] = (lease_epoch, state)
        return True
