"""What the pages ask of a worker: a live look, what an address sends.

One thread takes jobs, each runs in its own; a job that fails is told as failed, it
never ends the worker. Anybody's worker may probe; a live look is for the worker that
holds the camera.
"""

import threading
from collections.abc import Callable
from uuid import UUID

import structlog

from alerts.command import Job, JobState, LookLive, ProbeFeed
from alerts.commands import CommandReceiver
from alerts.errors import StoreError
from alerts.redis_client import RedisClient
from base.clock import Clock
from base.guard import Boundary, guard
from base.ids import CameraId
from base.log import RepeatCounter
from base.shutdown import StopSignal
from nonsite.feed_prober import FeedProber
from nonsite.live_caster import LiveCaster
from streams.ring import PacketRing

EVERY_S = 0.2
"""A click waits for this at most before its live look begins."""

MOST_JOBS = 8
"""Beside the line; more wait for a free place."""

RingOf = Callable[[CameraId], PacketRing | None]

_log = structlog.get_logger()


class FeedJobs:
    """Threads beside the line of one worker.

    Args:
        receiver: Where jobs come from; this runner's own.
        client: The Redis or Valkey.
        ring_of: Rings of the cameras this worker holds.
        clock: Wall and monotonic time.
        stop: Ends it and every job.
    """

    def __init__(
        self,
        receiver: CommandReceiver,
        client: RedisClient,
        ring_of: RingOf,
        clock: Clock,
        stop: StopSignal,
    ) -> None:
        self._receiver = receiver
        self._ring_of = ring_of
        self._stop = stop
        self._caster = LiveCaster(client, clock, stop)
        self._prober = FeedProber()
        self._free = threading.BoundedSemaphore(MOST_JOBS)
        self._repeats = RepeatCounter(clock, every_s=10.0)
        self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)

    def start(self) -> None:
        """Begin to take jobs."""
        self._thread.start()

    def _run(self) -> None:
        is_listening = False
        while not self._stop.wait(EVERY_S):
            try:
                if not is_listening:
                    self._receiver.begin()
                    is_listening = True
                for job in self._receiver.take(self._accepts):
                    self._begin(job)
            except StoreError as error:
                if self._repeats.admit("deaf") is not None:
                    _log.warning("jobs.unheard", reason=str(error))

    def _accepts(self, job: Job) -> bool:
        if isinstance(job, LookLive):
            return self._ring_of(CameraId(job.camera)) is not None
        return isinstance(job, ProbeFeed)

    def _begin(self, job: Job) -> None:
        self._free.acquire()
        name = f"job-{job.kind}"
        threading.Thread(target=self._do, args=(job,), name=name, daemon=True).start()

    def _do(self, job: Job) -> None:
        try:
            guard(
                Boundary.JOB_RUNNER,
                f"{job.kind}/{job.job}",
                lambda: self._work(job),
                lambda _error: self._told(job.job, JobState.FAILED, "see the log"),
            )
        finally:
            self._free.release()

    def _work(self, job: Job) -> None:
        if isinstance(job, LookLive):
            ring = self._ring_of(CameraId(job.camera))
            if ring is not None:
                self._caster.cast(job, ring)
            self._told(job.job, JobState.DONE, "")
        elif isinstance(job, ProbeFeed):
            found = self._prober.probe(job)
            if found.picture is not None:
                self._receiver.attach(job.job, found.picture)
            state = JobState.DONE if found.picture else JobState.FAILED
            self._told(job.job, state, found.detail)

    def _told(self, job: UUID, state: JobState, detail: str) -> None:
        try:
            self._receiver.report(job, state, detail)
        except StoreError as error:
            _log.warning("job.untold", job=str(job), reason=str(error))
