"""Seals packs in order, and again later when store or spool refuse.

In: watches whose time has run, with their recordings. Out: packs told of, and the
shelf cleared of what they hold. What cannot be sealed stays on the shelf and is tried
again with growing pauses, and after a restart: nothing is lost while a disk is full or
a store away.
"""

from dataclasses import dataclass, replace
from threading import Lock
from uuid import UUID

import structlog

from alerts.clip_cutter import Recording
from alerts.errors import StoreError
from alerts.lane import lane
from alerts.pack import Shortfall
from alerts.pack_maker import MakerParts, PackMaker
from alerts.pack_watch import Watch
from base.guard import Boundary, guard
from base.ids import CameraId

_FIRST_PAUSE_S = 2.0
_LONGEST_PAUSE_S = 60.0


@dataclass(frozen=True, slots=True)
class _Job:
    watch: Watch
    recording: Recording | None
    hasty: bool
    pause_s: float = _FIRST_PAUSE_S
    next_at_s: float = 0.0


class PackWorker:
    """Publishes and seals on a lane of its own; safe to use from any thread.

    Args:
        parts: Shelf, store, sink, scenes and clock.
        is_inline: True for replay: everything is done within the calls.
    """

    def __init__(self, parts: MakerParts, *, is_inline: bool) -> None:
        self._maker = PackMaker(parts)
        self._shelf = parts.shelf
        self._clock = parts.clock
        self._lock = Lock()
        self._waiting: dict[UUID, _Job] = {}
        self._fault: str | None = None
        self._sealed = 0
        self._lane = lane(
            "evidence-packs", parts.clock, self.retry_due, is_inline=is_inline
        )

    @property
    def fault(self) -> str | None:
        """Why the newest attempt failed; None when it did not."""
        with self._lock:
            return self._fault

    @property
    def sealed(self) -> int:
        """Packs sealed so far."""
        with self._lock:
            return self._sealed

    @property
    def waiting(self) -> int:
        """Packs that could not be sealed yet."""
        with self._lock:
            return len(self._waiting)

    def exists(self, violation: UUID) -> bool:
        """Whether the violation has its pack, or is about to.

        Raises:
            StoreError: The store is away.
        """
        with self._lock:
            if violation in self._waiting:
                return True
        return self._maker.exists(violation)

    def publish(self, watch: Watch) -> None:
        """Show an opened violation's stills as soon as possible."""
        self._lane.post(lambda: self._publish(watch))

    def seal(
        self, watch: Watch, recording: Recording | None, *, hasty: bool = False
    ) -> None:
        """Make the pack of a watch whose time has run; as in `PackMaker.seal`."""
        self._lane.post(lambda: self._attempt(_Job(watch, recording, hasty)))

    def retry_due(self) -> None:
        """Try again what has waited long enough; called on the lane."""
        now_s = self._clock.monotonic_s()
        with self._lock:
            due = [job for job in self._waiting.values() if job.next_at_s <= now_s]
        for job in due:
            self._attempt(job)

    def leave(self, camera: CameraId) -> None:
        """Leave a camera to its next worker, after what is to be sealed of it.

        What a store that is away does not take stays on the shelf, for that worker.
        """
        self._lane.post(lambda: self._leave(camera))

    def close(self, timeout_s: float) -> None:
        """Seal what waits, each once more, and end."""
        self._lane.post(self._retry_all)
        if self._lane.close(timeout_s):
            self._shelf.close()

    def _leave(self, camera: CameraId) -> None:
        with self._lock:
            self._waiting = {
                pack: job
                for pack, job in self._waiting.items()
                if job.watch.violation.place.camera != camera
            }
        self._shelf.leave(camera)

    def _retry_all(self) -> None:
        with self._lock:
            jobs = list(self._waiting.values())
        for job in jobs:
            self._attempt(job)

    def _publish(self, watch: Watch) -> None:
        try:
            self._maker.publish_stills(watch)
        except StoreError as error:
            # no second attempt: sealing stores and shows the stills as well
            self._failed(watch, error)

    def _attempt(self, job: _Job) -> None:
        guard(
            Boundary.JOB_RUNNER,
            f"pack {job.watch.id}",
            lambda: self._seal(job),
            lambda _error: self._postpone(_without_clip(job)),
        )

    def _seal(self, job: _Job) -> None:
        if job.recording is not None:
            # on disk at once: packets in memory must not wait for a store that is away
            watch = self._maker.cut(job.watch, job.recording, hasty=job.hasty)
            job.recording.release()
            job = replace(job, watch=watch, recording=None)
        try:
            self._maker.seal(job.watch)
        except StoreError as error:
            self._failed(job.watch, error)
            self._postpone(job)
            return
        self._shelf.delete(job.watch)
        with self._lock:
            self._waiting.pop(job.watch.id, None)
            self._sealed += 1
            self._fault = None

    def _postpone(self, job: _Job) -> None:
        now_s = self._clock.monotonic_s()
        later = replace(
            job,
            pause_s=min(job.pause_s * 2, _LONGEST_PAUSE_S),
            next_at_s=now_s + job.pause_s,
        )
        with self._lock:
            self._waiting[job.watch.id] = later

    def _failed(self, watch: Watch, error: StoreError) -> None:
        with self._lock:
            is_new = self._fault != str(error)
            self._fault = str(error)
        if is_new:
            structlog.get_logger().error(
                "evidence.stopped", violation=str(watch.id), why=str(error)
            )


def _without_clip(job: _Job) -> _Job:
    """What failed unexpectedly is tried again without its likeliest cause."""
    if job.recording is None:
        return job
    job.recording.release()
    return replace(job, recording=None, watch=job.watch.lacking(Shortfall.CLIP_FAILED))
