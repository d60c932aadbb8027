"""Which cameras of a worker's evidence are its own, and which it still waits for.

A camera moves to another worker while the one before still cuts, hashes and stores what
it has. The shelf of a camera has one owner at a time; until it is free, what rules say
of the camera is remembered and no picture is kept. Used by the lane of the evidence
keeper alone.
"""

from collections.abc import Callable
from uuid import UUID

import structlog

from alerts.errors import ShelfTakenError
from alerts.evidence_book import EvidenceBook, SeenLook
from base.ids import CameraId
from rules.violation import RAISED, Violation


class EvidenceCameras:
    """Takes cameras up and gives them up; looks of those taken up go to the book."""

    def __init__(self, book: EvidenceBook) -> None:
        self._book = book
        self._owned: set[CameraId] = set()
        self._awaited: dict[CameraId, dict[UUID, Violation]] = {}

    def adopt(self, camera: CameraId, standing: tuple[Violation, ...]) -> None:
        """Take up a camera now, or as soon as its shelf is free.

        Args:
            camera: Which.
            standing: What its rules remember as raised, from before.
        """
        self._awaited[camera] = {violation.id: violation for violation in standing}
        if not self._is_taken_up(camera):
            structlog.get_logger().info("shelf.awaited", camera=camera)

    def take(self, seen: SeenLook, picture: Callable[[], bytes] | None) -> None:
        """Note one look; as in `EvidenceBook.take`.

        One that was judged while its camera was given up is passed over.
        """
        camera = seen.look.camera
        if self._is_taken_up(camera):
            self._book.take(seen, picture)
            return
        for held in (*seen.recordings.values(), *seen.arrivals.values()):
            held.release()
        if camera in self._awaited:
            raised = {v.id: v for v in seen.violations if v.life in RAISED}
            self._awaited[camera] |= raised

    def give_up(self, camera: CameraId) -> None:
        """Another worker has it now: seal what is open, leave it the rest."""
        self._awaited.pop(camera, None)
        if camera in self._owned:
            self._owned.discard(camera)
            self._book.give_up(camera)

    def idle(self) -> None:
        """Between two looks: what waits for a shelf, or for a feed that is lost."""
        for camera in list(self._awaited):
            self._is_taken_up(camera)
        self._book.close_overdue()

    def _is_taken_up(self, camera: CameraId) -> bool:
        if camera not in self._awaited:
            return camera in self._owned
        try:
            self._book.adopt(camera, tuple(self._awaited[camera].values()))
        except ShelfTakenError:
            return False
        del self._awaited[camera]
        self._owned.add(camera)
        return True
