"""Which look of a camera matters next, and the book's figures: told across threads.

Written by the lane of the evidence keeper after each task, read by the thread of the
looks, which must not wait: whether a picture is encoded at all is decided by it.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock

from alerts.pack_watch import earliest_due
from alerts.rechecks import Rechecks
from alerts.watch_list import WatchList
from base.ids import CameraId

AT_ONCE = datetime.min.replace(tzinfo=UTC)
"""Earlier than any look."""


@dataclass(frozen=True, slots=True)
class BookCounts:
    """Figures of the book, for the keeper's status."""

    watched: int = 0
    junk: int = 0
    evicted: int = 0
    fault: str | None = None


class NextDue:
    """Safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._due: dict[CameraId, datetime] = {}
        self._counts = BookCounts()

    def is_due(self, camera: CameraId, at: datetime) -> bool:
        """Whether a look at `at` matters to any watch of the camera."""
        with self._lock:
            due = self._due.get(camera)
        return due is not None and at >= due

    def counts(self) -> BookCounts:
        """Figures as of the last task."""
        with self._lock:
            return self._counts

    def settle(self, camera: CameraId, kept: WatchList, rechecks: Rechecks) -> None:
        """Tell what matters next.

        Args:
            camera: Of which camera.
            kept: The watches of all cameras.
            rechecks: Looks again that wait for the next picture, whatever it shows.
        """
        due = earliest_due(kept.of(camera))
        if rechecks.waits(camera):
            due = AT_ONCE
        noted, watched = kept.counts, len(kept) + len(rechecks)
        counts = BookCounts(watched, noted.junk, noted.evicted, noted.fault)
        with self._lock:
            if due is None:
                self._due.pop(camera, None)
            else:
                self._due[camera] = due
            self._counts = counts
