"""Keeps the evidence of a worker's violations: judged looks in, sealed packs out.

Fed after each look. What must happen between two looks is little: holding the packets
of a clip at the moment of opening, and deciding by media time whether this picture is
of use. Encoding, disk and hashing are done on a lane, cutting and storing packs on
another, so that looks are never blocked; a replay gives both inline lanes and gets the
same packs from the same looks. When pictures come faster than the disk takes them, some
are passed over and counted; violations never are.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import TypeAlias
from uuid import UUID

import structlog

from alerts.arrivals import ArrivalHolder
from alerts.clip_cutter import ClipCutter, Recording
from alerts.errors import ClipError
from alerts.evidence_book import EvidenceBook, SeenLook, clip_window
from alerts.evidence_cameras import EvidenceCameras
from alerts.lane import lane
from alerts.pack_maker import MakerParts
from alerts.pack_worker import PackWorker
from alerts.recent_looks import RecentLooks
from base.ids import CameraId
from detector.look import Look
from rules.violation import Life, Violation
from sites.evidence_section import EvidenceSection

Picture: TypeAlias = Callable[[], bytes]
"""Encodes the look's frame as JPEG; called on the lane, at most once."""

MAX_PICTURES = 8
"""Frames waiting to be encoded: 6 MB each at 1080p."""
MAX_BACKLOG = 2000
"""Looks that only move time on are passed over beyond this."""


@dataclass(frozen=True, slots=True)
class KeeperStatus:
    """How the evidence stands.

    Attributes:
        watched: Candidates and open violations with stills on the shelf, and looks
            again that wait for a picture.
        shelf_bytes: Bytes of those stills.
        passed_over: Pictures not kept because the lane was busy.
        junk: Pictures that were no JPEG.
        evicted: Candidates given up for want of room.
        sealed: Packs sealed by this process.
        waiting: Packs that could not be sealed yet.
        fault: Why evidence is not being stored now; None when it is.
    """

    watched: int
    shelf_bytes: int
    passed_over: int
    junk: int
    evicted: int
    sealed: int
    waiting: int
    fault: str | None


class EvidenceKeeper:
    """One for all cameras of a worker.

    Args:
        parts: Shelf, store, sink, scenes and clock.
        clips: The packet rings of the worker's feeds.
        section: Length of clips.
        is_inline: True for replay: everything is done within `keep`.
    """

    def __init__(
        self,
        parts: MakerParts,
        clips: ClipCutter,
        section: EvidenceSection,
        *,
        is_inline: bool = False,
    ) -> None:
        self._clips = clips
        self._shelf = parts.shelf
        self._section = section
        self._packs = PackWorker(parts, is_inline=is_inline)
        self._recent = RecentLooks()
        self._book = EvidenceBook(parts, self._packs, clips, section, self._recent)
        self._cameras = EvidenceCameras(self._book, parts.shelf)
        self._lane = lane(
            "evidence-stills",
            parts.clock,
            self._cameras.idle,
            is_inline=is_inline,
        )
        self._lock = Lock()
        self._adopted: set[CameraId] = set()
        self._given_up: set[CameraId] = set()
        self._arrivals = ArrivalHolder(clips)
        self._pictures = 0
        self._passed_over = 0

    def set_section(self, section: EvidenceSection) -> None:
        """A new configuration's clip lengths, for what opens from now on."""
        self._section = section
        self._book.set_section(section)

    def adopt(
        self,
        camera: CameraId,
        standing: tuple[Violation, ...] = (),
        known: frozenset[UUID] | None = None,
    ) -> None:
        """Take up a camera: what an earlier process kept of it is found again.

        Args:
            camera: Which.
            standing: What its rules remember as raised, from before.
            known: Everything its rules remember: candidates that are not among it are
                deleted; None: nobody says.
        """
        with self._lock:
            self._given_up.discard(camera)
        self._is_ours(camera, standing, known)

    def forget(self, camera: CameraId, violations: frozenset[UUID]) -> None:
        """Delete candidates nobody judges any more: their zone or rule went."""
        self._lane.post(lambda: self._cameras.forget(camera, violations))

    def clear_out(self, cameras: frozenset[CameraId]) -> None:
        """Of all cameras but these: seal what is open, delete the candidates.

        Args:
            cameras: Those some worker may watch; nobody looks at any other's shelf.
        """
        self._lane.post(lambda: self._cameras.clear_out(cameras))

    def give_up(self, camera: CameraId, *, is_over: bool = False) -> None:
        """The worker's no more: open violations get their packs now.

        What cannot be sealed is left on the shelf. A look that is judged meanwhile
        keeps nothing; `adopt` takes the camera up again.

        Args:
            camera: Which.
            is_over: Nobody watches it now: its candidates are deleted. Else they are
                left to the worker that does.
        """
        with self._lock:
            self._given_up.add(camera)
            self._adopted.discard(camera)
            self._lane.post(lambda: self._cameras.give_up(camera, is_over=is_over))

    def keep(
        self, look: Look, picture: Picture, violations: Sequence[Violation]
    ) -> None:
        """Note one judged look; returns at once when live.

        Args:
            look: What was seen.
            picture: Gives the frame as JPEG if it is wanted.
            violations: What rules made of the look, candidates and dropped included.
        """
        if not self._is_ours(look.camera):
            return
        self._recent.note(look, violations, self._section)
        is_due = self._book.next_due.is_due(look.camera, look.at)
        if not violations and (not is_due or self._lane.backlog() > MAX_BACKLOG):
            return
        recordings = self._recordings(look, violations)
        is_wanted = is_due or any(v.life is not Life.DROPPED for v in violations)
        taken = None
        if is_wanted and self._has_slot(is_opening=bool(recordings)):
            taken = picture
        arrivals = self._arrivals.hold(look, violations)
        seen = SeenLook(look, tuple(violations), recordings, arrivals)
        self._lane.post(lambda: self._take(seen, taken))

    def status(self) -> KeeperStatus:
        """How the evidence stands now."""
        with self._lock:
            passed_over = self._passed_over
        counts = self._book.next_due.counts()
        return KeeperStatus(
            watched=counts.watched,
            shelf_bytes=self._shelf.bytes_held,
            passed_over=passed_over,
            junk=counts.junk,
            evicted=counts.evicted,
            sealed=self._packs.sealed,
            waiting=self._packs.waiting,
            fault=self._packs.fault or counts.fault,
        )

    def close(self, timeout_s: float = 2.0) -> None:
        """End: open violations get their packs now, with the reason `ended`.

        What cannot be sealed in time is sealed by the next process.
        """
        self._lane.post(self._book.end)
        self._lane.close(timeout_s)
        self._packs.close(timeout_s)

    def _is_ours(
        self,
        camera: CameraId,
        standing: tuple[Violation, ...] = (),
        known: frozenset[UUID] | None = None,
    ) -> bool:
        """Whether the camera was not given up; the first time it is taken up."""
        with self._lock:
            if camera in self._given_up:
                return False
            if camera not in self._adopted:
                self._adopted.add(camera)
                self._lane.post(lambda: self._cameras.adopt(camera, standing, known))
            return True

    def _take(self, seen: SeenLook, picture: Picture | None) -> None:
        try:
            self._cameras.take(seen, picture)
        finally:
            if picture is not None:
                with self._lock:
                    self._pictures -= 1

    def _has_slot(self, *, is_opening: bool) -> bool:
        bound = MAX_PICTURES * 2 if is_opening else MAX_PICTURES
        with self._lock:
            if self._pictures >= bound:
                self._passed_over += 1
                return False
            self._pictures += 1
            return True

    def _recordings(
        self, look: Look, violations: Sequence[Violation]
    ) -> dict[UUID, Recording]:
        """Hold the packets of what opens in this look, before the ring moves on."""
        held: dict[UUID, Recording] = {}
        for violation in violations:
            opened_at = violation.opened_at
            if violation.life is not Life.OPEN or opened_at != violation.at:
                continue
            start, end = clip_window(opened_at, self._section)
            try:
                held[violation.id] = self._clips.record(look.camera, start, end)
            except ClipError as error:
                structlog.get_logger().warning(
                    "clip.not_recorded", camera=look.camera, why=str(error)
                )
        return held
