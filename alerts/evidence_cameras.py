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
from alerts.pack_shelf import Shelf
from base.ids import CameraId
from rules.violation import RAISED, Violation


class EvidenceCameras:
    """Takes cameras up and gives them up; looks of those taken up go to the book."""

    def __init__(self, book: EvidenceBook, shelf: Shelf) -> None:
        self._book, self._shelf = book, shelf
        self._owned: set[CameraId] = set()
        self._awaited: dict[CameraId, dict[UUID, Violation]] = {}
        self._known: dict[CameraId, frozenset[UUID]] = {}

    def adopt(
        self,
        camera: CameraId,
        standing: tuple[Violation, ...],
        known: frozenset[UUID] | None,
    ) -> None:
        """Take up a camera now, or as soon as its shelf is free.

        Args:
            camera: Which.
            standing: What its rules remember as raised, from before.
            known: Everything its rules remember; None: nobody says.
        """
        if known is not None:
            self._known[camera] = known
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

    def forget(self, camera: CameraId, violations: frozenset[UUID]) -> None:
        """Delete those of these violations that are candidates."""
        if camera in self._owned:
            self._book.forget(camera, lambda violation: violation in violations)

    def give_up(self, camera: CameraId, *, is_over: bool) -> None:
        """Seal what is open; delete the candidates, or leave them to another worker."""
        self._awaited.pop(camera, None)
        if camera in self._owned:
            self._owned.discard(camera)
            if is_over:
                self._book.forget(camera, lambda _violation: True)
            self._book.give_up(camera)

    def clear_out(self, cameras: frozenset[CameraId]) -> None:
        """Take up every other camera's shelf that nobody has, and give it up for good.

        Whatever the store does not take now is there the next time.
        """
        for camera in self._shelf.cameras_kept() - cameras - self._owned:
            self._awaited[camera] = {}
            if self._is_taken_up(camera):
                structlog.get_logger().info("shelf.cleared_out", camera=camera)
            self.give_up(camera, is_over=True)

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
        known = self._known.pop(camera, None)
        if known is not None:
            self._book.forget(camera, lambda violation: violation not in known)
        return True
