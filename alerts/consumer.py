"""Takes entries of one shard's stream into SQL: one transaction, then the confirmation.

One consumer works on a shard at a time, held by a short lock; whoever takes it over
begins with what the one before had read and not confirmed. Confirming removes entries
from the stream and tells the workers' spools up to where SQL holds their entries.
Database away: it waits, nothing is confirmed. An entry that cannot be used is set
aside with the reason, so that those behind it go on.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import redis
import structlog
from redis.typing import EncodableT, FieldT

from alerts.alert_book import AlertBook
from alerts.alert_writer import AlertWriter
from alerts.consumer_metrics import ConsumerMetrics
from alerts.database import Database
from alerts.dedup import acked_key, poison_key, stream_key
from alerts.errors import StoreError, ValuesRefusedError
from alerts.evidence_writer import write_pack
from alerts.follower import AlertFollower, NoFollower
from alerts.outbox import DeskOnly, Recipients
from alerts.redis_client import RedisClient, translated_redis_errors
from alerts.shard_lock import LOCK_MS, Hold, ShardLock
from alerts.stream_entry import (
    RaisedEntry,
    StreamEntry,
    SuppressedEntry,
    origin,
    read_entry,
)
from alerts.suppression import Origin
from base.clock import Clock
from base.guard import Boundary, guard
from base.log import RepeatCounter

GROUP = "alerts"
NAME = "sql"
"""One name for whoever holds the lock: the pending entries pass on with it."""

BATCH = 256
BLOCK_MS = 500
LONGEST_PAUSE_S = 2.0
POISON_MAX = 10_000
TRIES = 3
"""Two writers may clash once over a new row; three times is the entry's own fault."""

CONFIRM = """
local was = tonumber(redis.call('HGET', KEYS[1], ARGV[1]) or '0')
if tonumber(ARGV[2]) > was then redis.call('HSET', KEYS[1], ARGV[1], ARGV[2]) end
"""

Fields = Mapping[bytes, bytes]

_log = structlog.get_logger()


def _nothing() -> None:
    return None


@dataclass(frozen=True, slots=True)
class ConsumerParts:
    """What consumers work with.

    Attributes:
        client: The Redis or Valkey.
        database: Where alerts are stored.
        clock: Wall time of the rows, and waits.
        metrics: Counters, shared by the shards of one process.
        recipients: Who is told; the desk unless somebody is named.
        follower: Who follows alerts in the transaction that stores them.
        on_stored: Called after each commit, to wake the sealer.
    """

    client: RedisClient
    database: Database
    clock: Clock
    metrics: ConsumerMetrics
    recipients: Recipients = field(default_factory=DeskOnly)
    follower: AlertFollower = field(default_factory=NoFollower)
    on_stored: Callable[[], None] = _nothing


class Consumer:
    """One thread over one shard.

    Args:
        shard: Its number.
        parts: What it works with.
    """

    def __init__(self, shard: int, parts: ConsumerParts) -> None:
        self._shard = shard
        self._parts = parts
        self._client = parts.client
        self._stream = stream_key(shard)
        self._lock = ShardLock(parts.client, shard)
        self._confirm = parts.client.register_script(CONFIRM)
        self._is_behind = True
        self._has_group = False
        self.is_away = False
        self._stopping = threading.Event()
        self._repeats = RepeatCounter(parts.clock)
        self._thread = threading.Thread(
            target=self._run, name=f"consumer-{shard}", daemon=True
        )

    def start(self) -> None:
        """Begin to consume."""
        self._thread.start()

    def ask_to_stop(self) -> None:
        """End after the batch under way, without waiting for it."""
        self._stopping.set()

    def stop(self) -> None:
        """End after the batch under way and let the shard go."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        pause_s = 0.1
        while not self._stopping.is_set():
            try:
                self.step()
            except StoreError as error:
                self._is_behind = True
                self.is_away = True
                if self._repeats.admit("away") is not None:
                    _log.warning(
                        "consumer.waited", shard=self._shard, reason=str(error)
                    )
                self._stopping.wait(pause_s)
                pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
            else:
                self.is_away = False
                pause_s = 0.1
        self._lock.let_go()

    def step(self) -> int:
        """One batch: read, store, confirm. Gives how many entries were confirmed.

        Raises:
            StoreUnavailableError: Redis or the database is away; nothing is lost.
        """
        hold = self._lock.hold()
        if hold is Hold.ANOTHERS:
            self._stopping.wait(LOCK_MS / 3000)
            return 0
        if hold is Hold.TAKEN:
            self._is_behind = True
        entries = self._read()
        if not entries:
            self._is_behind = False
            return 0
        aside = self._store_batch(entries)
        self._confirm_batch(entries, aside)
        self._parts.on_stored()
        return len(entries)

    def _read(self) -> list[tuple[str, Fields]]:
        try:
            with translated_redis_errors():
                if not self._has_group:
                    self._make_group()
                answer = self._client.xreadgroup(
                    GROUP,
                    NAME,
                    {self._stream: "0" if self._is_behind else ">"},
                    count=BATCH,
                    block=None if self._is_behind else BLOCK_MS,
                )
        except StoreError:
            self._has_group = False  # a flushed server has forgotten it
            raise
        return _entries(answer)

    def _make_group(self) -> None:
        try:
            self._client.xgroup_create(self._stream, GROUP, id="0", mkstream=True)
        except redis.ResponseError as error:
            if "BUSYGROUP" not in str(error):
                raise
        self._has_group = True

    def _store_batch(
        self, entries: Sequence[tuple[str, Fields]]
    ) -> dict[str, StoreError]:
        """Store what can be stored; gives what cannot, with the reason."""
        aside: dict[str, StoreError] = {}
        good: list[StreamEntry] = []
        for id_, fields in entries:
            try:
                good.append(read_entry(id_, fields))
            except StoreError as error:
                aside[id_] = error
        if good and self._attempt(good) is not None:
            for entry in good:
                reason = self._attempt_alone(entry)
                if reason is not None:
                    aside[entry.id] = reason
        return aside

    def _attempt_alone(self, entry: StreamEntry) -> StoreError | None:
        reason: StoreError | None = None
        for _ in range(TRIES):
            reason = self._attempt([entry])
            if not isinstance(reason, ValuesRefusedError):
                break
        return reason

    def _attempt(self, entries: Sequence[StreamEntry]) -> StoreError | None:
        """Store all in one transaction; gives the reason when an entry is at fault.

        Raises:
            StoreError: The database is.
        """

        def work() -> StoreError | None:
            try:
                self._store(entries)
            except ValuesRefusedError as error:
                return error
            except StoreError as error:
                faults.append(error)
            return None

        faults: list[StoreError] = []
        name = f"{self._shard}:{entries[0].id}"
        reason = guard(Boundary.STREAM_CONSUMER, name, work, _as_reason)
        if faults:
            raise faults[0]
        return reason

    def _store(self, entries: Sequence[StreamEntry]) -> None:
        database, now = self._parts.database, self._parts.clock.utc_now()
        raised = [e.content for e in entries if isinstance(e.content, RaisedEntry)]
        with database.transaction() as session, session.no_autoflush:
            book = AlertBook(session, row_locks=database.is_postgres)
            if raised:
                violations = [entry.message.violation for entry in raised]
                book.load(violations, [entry.alert for entry in raised])
            writer = AlertWriter(book, self._parts.recipients, self._parts.follower)
            for entry in entries:
                content = entry.content
                where = Origin(entry.spool, entry.position, now)
                if isinstance(content, RaisedEntry):
                    writer.raised(content, where)
                elif isinstance(content, SuppressedEntry):
                    writer.suppressed(content, where)
                else:
                    write_pack(session, content, now)
        stored = self._parts.clock.utc_now()
        for entry in entries:
            self._parts.metrics.note(entry.content, stored)

    def _confirm_batch(
        self, entries: Sequence[tuple[str, Fields]], aside: Mapping[str, StoreError]
    ) -> None:
        reached: dict[str, int] = {}
        for _, fields in entries:
            place = origin(fields)
            if place is not None:
                reached[place[0]] = max(place[1], reached.get(place[0], 0))
        ids = [id_ for id_, _ in entries]
        pipe = self._client.pipeline(transaction=True)
        for id_, fields in entries:
            if id_ in aside:
                reason = str(aside[id_])
                kept: dict[FieldT, EncodableT] = {"reason": reason, "entry": id_}
                kept |= dict(fields.items())
                pipe.xadd(poison_key(self._shard), kept, maxlen=POISON_MAX)
        pipe.xack(self._stream, GROUP, *ids)
        pipe.xdel(self._stream, *ids)
        for spool, position in reached.items():
            self._confirm(
                keys=[acked_key(self._shard)], args=[spool, position], client=pipe
            )
        with translated_redis_errors():
            pipe.execute()
        for id_, error in aside.items():
            self._parts.metrics.poisoned.inc()
            _log.error("entry.set_aside", shard=self._shard, id=id_, reason=str(error))


def _as_reason(error: Exception) -> StoreError:
    return StoreError(f"{type(error).__name__}: {error}")


def _entries(answer: Any) -> list[tuple[str, Fields]]:
    """The entries in redis-py's answer, whichever protocol it speaks."""
    found: list[tuple[str, Fields]] = []
    streams = answer.values() if isinstance(answer, dict) else answer or ()
    for stream in streams:
        pairs = stream[0] if isinstance(answer, dict) else stream[1]
        found += [(id_.decode(), fields or {}) for id_, fields in pairs]
    return found


def waiting(client: RedisClient, shards: int) -> dict[int, int]:
    """Entries of each shard's stream that SQL does not hold yet.

    Raises:
        StoreUnavailableError: Redis is away.
    """
    pipe = client.pipeline(transaction=False)
    for shard in range(shards):
        pipe.xlen(stream_key(shard))
    with translated_redis_errors():
        return dict(enumerate(pipe.execute()))
