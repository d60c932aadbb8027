"""Web ↔ worker over Redis: commands told to all, jobs taken by one, results by job id.

Both are streams of bounded length: a worker that was away for a moment reads on where
it was. A worker that starts hears new commands only: what is in force SQL tells it.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import structlog
from pydantic import TypeAdapter, ValidationError

from alerts.command import (
    COMMANDS_KEY,
    JOBS_KEY,
    ApplyRevision,
    Job,
    JobResult,
    JobState,
)
from alerts.errors import NotFoundError, StoreError
from alerts.live_cast import CastReader
from alerts.redis_client import RedisClient, translated_redis_errors
from base.clock import Clock

KEPT = 1000
"""Entries kept in each stream: hours of commands."""

PICTURE_KEEP_S = 3600
RESULT_KEEP_S = 7 * 86400
TAKEN_KEEP_S = 86400
PATIENCE_S = 600
"""A job posted this long before a worker starts is still taken by it."""

_COMMAND: TypeAdapter[ApplyRevision] = TypeAdapter(ApplyRevision)
_JOB: TypeAdapter[Job] = TypeAdapter(Job)
_RESULT = TypeAdapter(JobResult)

_log = structlog.get_logger()


def _taken_key(job: UUID) -> str:
    return f"nonsite:job:{{{job}}}:taken"


def _result_key(job: UUID) -> str:
    return f"nonsite:job:{{{job}}}:result"


def _picture_key(job: UUID) -> str:
    return f"nonsite:job:{{{job}}}:picture"


class CommandSender:
    """The web's side; safe to use from any thread."""

    def __init__(self, client: RedisClient, clock: Clock) -> None:
        self._client = client
        self._clock = clock

    def tell(self, command: ApplyRevision) -> None:
        """Tell every worker.

        Raises:
            StoreUnavailableError: Redis is away; tell again.
        """
        self._add(COMMANDS_KEY, _COMMAND.dump_json(command))

    def post(self, job: Job) -> None:
        """Ask for a job; its result is found under its id.

        Raises:
            StoreUnavailableError: Redis is away; post again.
        """
        queued = JobResult(job=job.job, state=JobState.QUEUED, at=self._clock.utc_now())
        raw = _RESULT.dump_json(queued)
        with translated_redis_errors():
            self._client.set(_result_key(job.job), raw, ex=RESULT_KEEP_S, nx=True)
        self._add(JOBS_KEY, _JOB.dump_json(job))

    def listen(self, job: UUID) -> CastReader:
        """Listen to what a job casts; before it is posted.

        Raises:
            StoreUnavailableError: Redis is away.
        """
        return CastReader(self._client, job)

    def _add(self, key: str, raw: bytes) -> None:
        with translated_redis_errors():
            self._client.xadd(key, {"message": raw}, maxlen=KEPT)

    def result(self, job: UUID) -> JobResult:
        """What became of a job.

        Raises:
            NotFoundError: No such job, or it is too long ago.
            StoreUnavailableError: Redis is away.
        """
        with translated_redis_errors():
            raw = self._client.get(_result_key(job))
        if not isinstance(raw, bytes):
            raise NotFoundError(f"no job {job}")
        try:
            return _RESULT.validate_json(raw)
        except ValidationError as error:
            raise StoreError(f"the result of job {job} cannot be read") from error

    def picture(self, job: UUID) -> bytes | None:
        """The JPEG a job made; None when it made none, or it is too long ago.

        Raises:
            StoreUnavailableError: Redis is away.
        """
        with translated_redis_errors():
            found = self._client.get(_picture_key(job))
        return found if isinstance(found, bytes) else None


class CommandReceiver:
    """A worker's side; used by one thread.

    Args:
        client: The Redis or Valkey.
        worker: Name of this worker.
        clock: For the results' times.
    """

    def __init__(self, client: RedisClient, worker: str, clock: Clock) -> None:
        self._client = client
        self._worker = worker
        self._clock = clock
        self._after: dict[str, str] = {}

    def begin(self) -> None:
        """Hear what is told from now on; call before the state in force is read.

        Raises:
            StoreUnavailableError: Redis is away.
        """
        with translated_redis_errors():
            newest: Any = self._client.xrevrange(COMMANDS_KEY, count=1)
        self._after[COMMANDS_KEY] = newest[0][0].decode() if newest else "0-0"
        since = self._clock.utc_now().timestamp() - PATIENCE_S
        self._after[JOBS_KEY] = f"{max(0, round(since * 1000))}-0"

    def receive(self) -> tuple[ApplyRevision, ...]:
        """Commands told since the last call; damaged ones are left out and logged.

        Raises:
            StoreUnavailableError: Redis is away; nothing is lost, call again.
        """
        found = []
        for raw in self._read(COMMANDS_KEY):
            try:
                found.append(_COMMAND.validate_json(raw))
            except ValidationError as error:
                _log.error("command.set_aside", reason=str(error).splitlines()[0])
        return tuple(found)

    def take(self, accepts: Callable[[Job], bool]) -> tuple[Job, ...]:
        """Jobs posted since the last call that `accepts` and nobody else took.

        Raises:
            StoreUnavailableError: Redis is away; nothing is lost, call again.
        """
        found: list[Job] = []
        for raw in self._read(JOBS_KEY):
            try:
                job = _JOB.validate_json(raw)
            except ValidationError as error:
                _log.error("job.set_aside", reason=str(error).splitlines()[0])
                continue
            if accepts(job) and self._claim(job.job):
                self.report(job.job, JobState.RUNNING)
                found.append(job)
        return tuple(found)

    def report(self, job: UUID, state: JobState, detail: str = "") -> None:
        """Tell how far a taken job is.

        Raises:
            StoreUnavailableError: Redis is away.
        """
        result = JobResult(
            job=job, state=state, detail=detail, at=self._clock.utc_now()
        )
        with translated_redis_errors():
            self._client.set(
                _result_key(job), _RESULT.dump_json(result), ex=RESULT_KEEP_S
            )

    def attach(self, job: UUID, picture: bytes) -> None:
        """Keep the JPEG a job made for `PICTURE_KEEP_S`; before it is reported done.

        Raises:
            StoreUnavailableError: Redis is away.
        """
        with translated_redis_errors():
            self._client.set(_picture_key(job), picture, ex=PICTURE_KEEP_S)

    def _claim(self, job: UUID) -> bool:
        with translated_redis_errors():
            taken = self._client.set(
                _taken_key(job), self._worker, nx=True, ex=TAKEN_KEEP_S
            )
        return bool(taken)

    def _read(self, key: str) -> list[bytes]:
        after = self._after.get(key, "0-0")
        with translated_redis_errors():
            found: Any = self._client.xrange(key, min=f"({after}", count=KEPT)
        if found:
            self._after[key] = found[-1][0].decode()
        return [fields.get(b"message", b"") for _, fields in found]
