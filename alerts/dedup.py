"""Decides what becomes of a message: one Lua script decides and appends in one step.

Idempotent twice over: a spool entry sent again is dropped by its position, a message
told again by (lease epoch, seq) of its violation. Violations of one code at one place
key become one alert while any of them is there; a flood from one camera becomes one
group. Telling people is limited by a cooldown
in media time; recording never is, and every reason for silence travels on to SQL. What
Redis remembers here only speeds the decision up: the consumer holds the same promises
on SQL, should Redis have lost its memory.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources
from uuid import UUID

import redis

from alerts.message import ViolationMessage, shard_of
from alerts.redis_client import RedisClient, shard_key, translated_redis_errors
from alerts.sharding import agree_on_shards
from rules.place import Place
from sites.evidence_section import FLOOD_ALERTS

KEEP_S = 7 * 86400
"""How long a finished violation is remembered: longer than any cooldown (1 day) and
any gap after which rules reopen (hours); after it SQL still knows."""

FLOOD_LIMIT = FLOOD_ALERTS
"""New alerts of one camera within a minute of media time that are believed, where the
site file's `evidence: flood_alerts` says nothing else; what comes beyond is one group
(domain.md scenario 21). S1 is never counted and never grouped."""

FLOOD_S = 60.0
"""The minute; `FLOOD_MS` of the script."""


class Reason(StrEnum):
    """Why a message or a telling went no further."""

    DUPLICATE = "duplicate"
    OLDER_LEASE = "older_lease"
    MERGED = "merged"
    COOLDOWN = "cooldown"
    ILLEGAL_STEP = "illegal_step"
    FLOOD = "flood"


class Telling(StrEnum):
    """Which step of an alert is worth telling somebody."""

    OPENED = "opened"
    DUE = "due"
    PERSISTING = "persisting"
    REOPENED = "reopened"
    ESCALATED = "escalated"
    UNANSWERED = "unanswered"


class Verdict(StrEnum):
    """What became of one entry; also the kind of the stream entry."""

    RAISED = "raised"
    SUPPRESSED = "suppressed"
    PACK = "pack"
    RESENT = "resent"
    GAP = "gap"


@dataclass(frozen=True, slots=True)
class Submission:
    """One message on its way from a spool to the stream of its shard.

    Attributes:
        spool: Id of the worker's spool.
        position: Its place in that spool.
        message: The message.
        raw: The message as bytes.
        cooldown_ms: Shortest media time between two tellings of its place and code.
        again: Append whatever Redis remembers: the stream itself was lost.
        after: The position given to its shard before it, where SQL does not hold that
            one yet: a Redis that does not know it lost entries. 0 for none.
        flood_limit: New alerts of its camera a minute beyond which they are a flood.
    """

    spool: str
    position: int
    message: ViolationMessage
    raw: bytes
    cooldown_ms: int
    again: bool = False
    after: int = 0
    flood_limit: int = FLOOD_LIMIT


@dataclass(frozen=True, slots=True)
class PackSubmission:
    """One sealed pack on its way."""

    spool: str
    position: int
    pack: UUID
    raw: bytes
    again: bool = False
    after: int = 0


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of a submission.

    Attributes:
        verdict: Raised, suppressed, already sent, or not appended over a gap.
        alert: The alert it belongs to; None when already sent or over a gap.
        telling: The step worth telling; None for none.
        held: Why it is not told, or why the message was suppressed; None for neither.
    """

    verdict: Verdict
    alert: UUID | None
    telling: Telling | None
    held: Reason | None


def source_name(place: Place) -> str:
    """What names a source at its place: the slot of one camera's view."""
    return f"{place.camera}/{place.view}/{place.zone}/{place.slot}"


def stream_key(shard: int) -> str:
    """The stream of a shard."""
    return shard_key(shard, "violations")


def acked_key(shard: int) -> str:
    """Hash of spool id → position up to which SQL holds this shard's entries."""
    return shard_key(shard, "acked")


def forwarded_key(shard: int) -> str:
    """Hash of spool id → position up to which the stream was given entries."""
    return shard_key(shard, "forwarded")


def poison_key(shard: int) -> str:
    """Stream of the entries that could not be used, with the reason."""
    return shard_key(shard, "poison")


def _decision(answer: list[bytes]) -> Decision:
    verdict, alert, telling, held = (part.decode() for part in answer)
    return Decision(
        Verdict(verdict),
        UUID(alert) if alert else None,
        Telling(telling) if telling else None,
        Reason(held) if held else None,
    )


class Dedup:
    """Submits messages to the shards' streams.

    Args:
        client: The Redis or Valkey.
        shards: Number of shards; the same in every process of a site.
    """

    def __init__(self, client: RedisClient, shards: int) -> None:
        self._client = client
        self._shards = shards
        self._script = resources.files("alerts").joinpath("raise_alert.lua").read_text()
        self._digest: str | None = None

    def shard(self, submission: Submission | PackSubmission) -> int:
        """The shard of a submission: a pack's may differ from its alert's."""
        if isinstance(submission, PackSubmission):
            return submission.pack.int % self._shards
        return shard_of(submission.message.violation.place, self._shards)

    def submit(
        self, submissions: Sequence[Submission | PackSubmission]
    ) -> list[Decision]:
        """Decide and append all of them, in order, one round trip a shard.

        Raises:
            StoreUnavailableError: Redis is away; any part may have been done, submit
                the same again.
            StoreError: Redis refused, or is laid out for another number of shards.
        """
        with translated_redis_errors():
            try:
                return self._send(submissions)
            except redis.exceptions.NoScriptError:
                self._digest = None  # the server was restarted: it forgot the script
                return self._send(submissions)

    def _send(
        self, submissions: Sequence[Submission | PackSubmission]
    ) -> list[Decision]:
        if self._digest is None:
            # at the first round, and when the server was restarted or replaced
            agree_on_shards(self._client, self._shards)
            self._digest = str(self._client.script_load(self._script))
        decisions: dict[int, Decision] = {}
        by_shard: dict[int, list[int]] = {}
        for index, submission in enumerate(submissions):
            by_shard.setdefault(self.shard(submission), []).append(index)
        for indexes in by_shard.values():
            # as a transaction the server syncs to disk once, not every 16 KB
            pipe = self._client.pipeline(transaction=True)
            for index in indexes:
                keys, arguments = self._call(submissions[index])
                pipe.evalsha(self._digest, len(keys), *keys, *arguments)
            answers = pipe.execute(raise_on_error=False)
            for index, answer in zip(indexes, answers, strict=True):
                if isinstance(answer, redis.ReadOnlyError):
                    # the address may lead to the promoted server by now
                    self._client.connection_pool.disconnect(inuse_connections=False)
                if isinstance(answer, redis.RedisError):
                    raise answer  # as the server said it, without the message inside
                decisions[index] = _decision(answer)
        return [decisions[index] for index in range(len(submissions))]

    def _call(
        self, submission: Submission | PackSubmission
    ) -> tuple[list[str], list[str | bytes | int]]:
        shard = self.shard(submission)
        keys = [stream_key(shard), forwarded_key(shard)]
        head: list[str | bytes | int] = [
            submission.spool,
            submission.position,
            int(submission.again),
            submission.after,
        ]
        if isinstance(submission, PackSubmission):
            return keys, [*head, submission.raw, str(submission.pack)]
        violation = submission.message.violation
        place = violation.place
        keys += [
            shard_key(shard, f"violation:{violation.id}"),
            shard_key(shard, f"place:{place.key}|{violation.code}"),
            shard_key(shard, f"flood:{place.camera}"),
            shard_key(shard, f"group:{place.camera}"),
        ]
        return keys, [
            *head,
            submission.raw,
            str(violation.id),
            source_name(place),
            submission.message.lease_epoch,
            submission.message.seq,
            violation.life.value,
            violation.phase.value,
            violation.severity.value,
            round(violation.at.timestamp() * 1000),
            submission.cooldown_ms,
            KEEP_S,
            submission.flood_limit,
        ]
