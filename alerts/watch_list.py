"""The watches of a worker and their stills on the shelf, within their bounds.

Used by one thread. The disk may refuse at any moment: then a still is missing, the
watch says so, and everything else goes on.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from uuid import UUID

import structlog

from alerts.clip_cutter import Recording
from alerts.errors import ClipError, ShelfTakenError, StillError, StoreError
from alerts.pack import Shortfall
from alerts.pack_shelf import Shelf
from alerts.pack_watch import Still, Watch, box_in, file_name, still_of
from alerts.thumbnail import thumbnail
from base.guard import Boundary, guard
from base.ids import CameraId
from detector.box import Box
from detector.look import Look

MAX_CANDIDATES = 512
MAX_STILL_BYTES = 32 * 1024 * 1024
MAX_ARRIVAL_BYTES = 6 * 1024 * 1024
"""Eight seconds at 6 Mbit/s: what a main stream of 1080p carries."""


@dataclass(slots=True)
class ListCounts:
    """What happened so far.

    Attributes:
        junk: Pictures that were no JPEG.
        evicted: Candidates given up for want of room.
        fault: Why the shelf refuses now; None when it does not.
    """

    junk: int = 0
    evicted: int = 0
    fault: str | None = None


class WatchList:
    """Every watch by its violation's id."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._watches: dict[UUID, Watch] = {}
        self.counts = ListCounts()

    def __len__(self) -> int:
        return len(self._watches)

    def get(self, violation: UUID) -> Watch | None:
        """The watch of a violation, if there is one."""
        return self._watches.get(violation)

    def of(self, camera: CameraId) -> list[Watch]:
        """The watches of one camera."""
        watches = self._watches.values()
        return [watch for watch in watches if watch.violation.place.camera == camera]

    def opened(self) -> list[Watch]:
        """The watches that are no candidates."""
        return [w for w in self._watches.values() if w.opened is not None]

    def take_up(self, camera: CameraId) -> list[Watch]:
        """Own a camera's folder and find again what an earlier process kept there.

        Raises:
            ShelfTakenError: Another worker has it still.
        """
        try:
            shelved = self._shelf.take_up(camera)
        except ShelfTakenError:
            raise
        except StoreError as error:
            self.refused(error)
            return []
        self._watches.update((watch.id, watch) for watch in shelved.watches)
        return list(shelved.watches)

    def put(self, watch: Watch) -> None:
        """Note a change in memory alone; a new candidate may cost an old one."""
        is_candidate = watch.opened is None and watch.id not in self._watches
        if is_candidate:
            others = self._candidates()
            if len(others) >= MAX_CANDIDATES:
                self._evict(others)
        self._watches[watch.id] = watch

    def save(self, watch: Watch, gone: tuple[Still, ...] = ()) -> None:
        """Note a change and make it last; `gone` are stills it no longer needs."""
        self._watches[watch.id] = watch
        try:
            self._shelf.save(watch)
        except StoreError as error:
            self.refused(error)
            return
        self._shelf.discard(watch, gone)
        self.counts.fault = None

    def keep_still(self, watch: Watch, look: Look, jpeg: bytes | None) -> None:
        """Keep the look's picture for a watch that wants it.

        A watch given up in the meantime, for another's room, is passed over.
        """
        if watch.id not in self._watches:
            return
        box = box_in(look, watch.violation)
        if jpeg is None:
            return
        if watch.wants_thumb(look.at):
            watch = self._keep_thumb(watch, look, jpeg, box)
        if not watch.wants(look.at, box):
            return
        still = still_of(look, len(jpeg), box)
        try:
            if not self._has_room(watch, still.size):
                self._watches[watch.id] = watch.lacking(Shortfall.DISK_FULL)
                return
            self._shelf.add(watch, still, jpeg)
        except StoreError as error:
            self.refused(error)
            self._watches[watch.id] = watch.lacking(Shortfall.DISK_FULL)
            return
        changed, gone = watch.keep(still)
        self.save(changed, gone)

    def _keep_thumb(
        self, watch: Watch, look: Look, jpeg: bytes, box: Box | None
    ) -> Watch:
        """The watch with a small picture of the look, if the shelf takes it."""
        try:
            small = thumbnail(jpeg)
            name = f"small.{file_name(look.at)}"
            thumb = Still(look.at, name, len(small), box)
            if not self._has_room(watch, thumb.size):
                return watch
            self._shelf.add(watch, thumb, small)
        except StillError:
            self.counts.junk += 1
            return watch
        except StoreError as error:
            self.refused(error)
            return watch
        changed, gone = watch.keep_thumb(thumb)
        self.save(changed, gone)
        return changed

    def keep_recheck(self, watch: Watch, still: Still, jpeg: bytes) -> Watch | None:
        """A look again with its still on the shelf; None where it takes no more."""
        watch = replace(watch, stills=(still,))
        try:
            if not self._has_room(watch, still.size):
                structlog.get_logger().warning("recheck.no_room", pack=str(watch.id))
                return None
            self._shelf.add(watch, still, jpeg)
            self._shelf.save(watch)
        except StoreError as error:
            self.refused(error)
            return None
        return watch

    def keep_arrival(self, watch: Watch, recording: Recording) -> Watch:
        """Cut the clip of a candidate's arrival, within its bound and the shelf's."""

        def cut() -> Watch:
            try:
                found = self._shelf.cut_arrival(watch, recording, MAX_ARRIVAL_BYTES)
            except ClipError as error:
                structlog.get_logger().warning("arrival.not_cut", why=str(error))
                return watch
            except StoreError as error:
                self.refused(error)
                return watch
            return replace(watch, arrival=found[0], arrival_bytes=found[1])

        changed = guard(Boundary.JOB_RUNNER, "arrival", cut, lambda _error: watch)
        if changed is not watch:
            self.save(changed)
        return changed

    def release(self, watch: Watch) -> None:
        """Forget a watch, its files stay for whoever takes it over."""
        self._watches.pop(watch.id, None)

    def drop(self, watch: Watch) -> None:
        """Forget a watch and delete its files."""
        self._watches.pop(watch.id, None)
        self._shelf.delete(watch)

    def encoded(self, picture: Callable[[], bytes] | None) -> bytes | None:
        """The picture as a JPEG; None when there is none or it is junk."""
        if picture is None:
            return None
        try:
            encoded = guard(Boundary.JOB_RUNNER, "still", picture, lambda _error: b"")
            return _checked(encoded)
        except StillError as error:
            structlog.get_logger().warning("still.refused", why=str(error))
            self.counts.junk += 1
            return None

    def refused(self, error: StoreError) -> None:
        """Say once that the disk or store refuses."""
        if self.counts.fault != str(error):
            structlog.get_logger().error("evidence.stopped", why=str(error))
        self.counts.fault = str(error)

    def _candidates(self) -> list[Watch]:
        return [w for w in self._watches.values() if w.opened is None]

    def _has_room(self, watch: Watch, size: int) -> bool:
        while not self._shelf.has_room(size):
            others = [w for w in self._candidates() if w.stills and w.id != watch.id]
            if not others:
                return False
            self._evict(others)
        return True

    def _evict(self, candidates: list[Watch]) -> None:
        """Give up the candidate that has been quiet longest."""
        oldest = min(candidates, key=lambda watch: (watch.due_at(), str(watch.id)))
        self.drop(oldest)
        self.counts.evicted += 1


def _checked(jpeg: bytes) -> bytes:
    """The bytes, if they are framed as a JPEG of a sane size.

    Raises:
        StillError: They are not.
    """
    if len(jpeg) > MAX_STILL_BYTES:
        msg = f"a still of {len(jpeg)} bytes is larger than {MAX_STILL_BYTES}"
        raise StillError(msg)
    if not (jpeg.startswith(b"\xff\xd8\xff") and jpeg.endswith(b"\xff\xd9")):
        msg = f"a still of {len(jpeg)} bytes is no whole JPEG"
        raise StillError(msg)
    return jpeg
