"""Between the feeds and the looker: one place per camera for its newest frame.

In: frames from many feed threads. Out: to one consumer, the newest frame of each
camera, the camera that has waited longest first. A frame that is replaced before it was
taken is a look missed and is counted; nothing queues, so overload costs looks and never
memory or latency.
"""

import threading
from collections.abc import Iterator

from base.ids import CameraId
from base.shutdown import StopSignal
from streams.frame import Frame

STOP_CHECK_S = 0.25
"""How often an idle consumer looks whether it should end."""


class Mailbox:
    """Newest frame per camera; thread-safe."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        # a camera keeps its place when its frame is replaced: order of first arrival
        self._frames: dict[CameraId, Frame] = {}
        self._dropped: dict[CameraId, int] = {}
        self._dropped_in_all = 0

    def put(self, frame: Frame) -> None:
        """Leave a frame; it replaces an older one of its camera."""
        with self._changed:
            if frame.camera in self._frames:
                dropped = self._dropped.get(frame.camera, 0)
                self._dropped[frame.camera] = dropped + 1
                self._dropped_in_all += 1
            self._frames[frame.camera] = frame
            self._changed.notify()

    def newest(self, stop: StopSignal) -> Iterator[Frame]:
        """Frames as they come, blocking while there are none, until `stop` is set."""
        while not stop.is_set():
            frame = self._take(STOP_CHECK_S)
            if frame is not None:
                yield frame

    def _take(self, timeout_s: float) -> Frame | None:
        with self._changed:
            if not self._frames:
                self._changed.wait(timeout_s)
            if not self._frames:
                return None
            return self._frames.pop(next(iter(self._frames)))

    def dropped(self, camera: CameraId) -> int:
        """How many frames of `camera` were replaced before they were taken."""
        with self._changed:
            return self._dropped.get(camera, 0)

    def dropped_in_all(self) -> int:
        """How many frames of any camera, forgotten ones too, were replaced so."""
        with self._changed:
            return self._dropped_in_all

    def waiting(self) -> int:
        """How many cameras have a frame waiting."""
        with self._changed:
            return len(self._frames)

    def forget(self, camera: CameraId) -> None:
        """Drop the camera's frame and count: it was removed from this process."""
        with self._changed:
            self._frames.pop(camera, None)
            self._dropped.pop(camera, None)
