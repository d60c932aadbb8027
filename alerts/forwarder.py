"""Drains a spool into the shards' streams, in order, and frees what SQL has stored.

Redis away: it waits and begins again behind the last stored entry; what had arrived
already is recognised there. The newest entries lost (a replica promoted before it had
them): Redis knows less than it was given, and it begins again too. The stream lost (its
key gone): nothing is confirmed although nothing is left to confirm; then everything is
appended once more, and SQL drops what it has.
"""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import replace

import structlog

from alerts.dedup import (
    Dedup,
    PackSubmission,
    Submission,
    Verdict,
    acked_key,
    forwarded_key,
    poison_key,
    stream_key,
)
from alerts.errors import StoreError, StoreUnavailableError
from alerts.redis_client import RedisClient, translated_redis_errors
from alerts.spool import Spool
from alerts.spool_format import SpoolEntry
from alerts.spooled import decode_spooled
from base.clock import Clock
from base.log import RepeatCounter

BATCH = 128
"""Entries a round trip: 1 MB at most, and a second's worth of a flood."""

POLL_S = 0.05
"""How often confirmations are asked for while some are owed."""

IDLE_S = 0.5
LONGEST_PAUSE_S = 2.0
STALL_S = 30.0
"""Without a confirmation this long, and with an empty stream, the stream was lost."""

POISON_MAX = 10_000

_log = structlog.get_logger()


def _nothing() -> None:
    return None


class Forwarder:
    """One thread over one spool.

    Attributes:
        settled: Position up to which SQL holds everything.
        is_away: Whether the last round failed.
        before_round: Called by the thread before each round; must not raise.

    Args:
        spool: What is drained.
        dedup: Decides and appends.
        client: For confirmations.
        shards: Number of shards of the site.
        clock: For waits.
    """

    def __init__(
        self,
        spool: Spool,
        dedup: Dedup,
        client: RedisClient,
        shards: int,
        clock: Clock,
    ) -> None:
        self._spool = spool
        self._dedup = dedup
        self._client = client
        self._shards = shards
        self._clock = clock
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._in_flight: deque[tuple[int, int]] = deque()
        self._cursor = 0
        self._given: dict[int, int] = {}
        self._acked: dict[int, int] = {}
        self._again: set[int] = set()
        self._moved_at = clock.monotonic_s()
        self._repeats = RepeatCounter(clock)
        self._thread = threading.Thread(target=self._run, name="forwarder", daemon=True)
        self.settled = 0
        self.is_away = False
        self.before_round: Callable[[], object] = _nothing

    def start(self) -> None:
        """Begin to drain."""
        self._thread.start()

    def wake(self) -> None:
        """Something was appended."""
        self._wake.set()

    def stop(self) -> None:
        """End after the round under way; what is left stays in the spool."""
        self._stopping.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        pause_s = 0.1
        while not self._stopping.is_set():
            try:
                self.before_round()
                busy = self.step()
            except StoreError as error:
                self.is_away = True
                self._begin_again()
                if self._repeats.admit("away") is not None:
                    _log.warning("forwarder.waited", reason=str(error))
                self._stopping.wait(pause_s)
                pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
                continue
            self.is_away = False
            pause_s = 0.1
            if not busy:
                self._wake.wait(POLL_S if self._in_flight else IDLE_S)

    def step(self) -> bool:
        """One round: append a batch, ask for confirmations; false when nothing moved.

        Raises:
            StoreUnavailableError: Redis is away; call again later.
            StoreError: The spool's disk failed, or Redis refused.
        """
        self._wake.clear()
        entries = self._spool.after(self._cursor, BATCH)
        if entries:
            self._forward(entries)
        moved = self._settle() if self._in_flight else False
        return bool(entries) or moved

    def _begin_again(self) -> None:
        self._in_flight.clear()
        self._given.clear()
        self._cursor = self.settled

    def _forward(self, entries: list[SpoolEntry]) -> None:
        batch: list[Submission | PackSubmission] = []
        for entry in entries:
            try:
                submission = decode_spooled(self._spool.id, entry)
            except StoreError as error:
                self._set_aside(entry, error)
                continue
            shard = self._dedup.shard(submission)
            if entry.position > self._acked.get(shard, 0):
                batch.append(self._marked(submission, shard))
        if batch:
            decisions = self._dedup.submit(batch)
            for submission, decision in zip(batch, decisions, strict=True):
                if decision.verdict is Verdict.GAP:
                    self._note_gap(self._dedup.shard(submission))
        for submission in batch:
            self._in_flight.append((submission.position, self._dedup.shard(submission)))
        self._cursor = entries[-1].position
        if not self._in_flight:
            self._free(self._cursor)

    def _marked(
        self, submission: Submission | PackSubmission, shard: int
    ) -> Submission | PackSubmission:
        after = self._owed(shard)
        self._given[shard] = submission.position
        return replace(submission, again=shard in self._again, after=after)

    def _owed(self, shard: int) -> int:
        """The last position given to a shard, where SQL does not hold it; else 0."""
        given = self._given.get(shard, 0)
        return given if given > self._acked.get(shard, 0) else 0

    def _note_gap(self, shard: int) -> None:
        _log.error("stream.gap", shard=shard, owed=len(self._in_flight))
        raise StoreUnavailableError("Redis lost its newest entries: appending again")

    def _set_aside(self, entry: SpoolEntry, error: StoreError) -> None:
        """A damaged entry must not stop those behind it."""
        _log.error("spool.entry_set_aside", position=entry.position, reason=str(error))
        with translated_redis_errors():
            self._client.xadd(
                poison_key(0),
                {
                    "reason": str(error),
                    "spool": self._spool.id,
                    "position": entry.position,
                    "message": entry.payload,
                },
                maxlen=POISON_MAX,
            )

    def _settle(self) -> bool:
        pipe = self._client.pipeline(transaction=False)
        for shard in range(self._shards):
            pipe.hget(acked_key(shard), self._spool.id)
            pipe.hget(forwarded_key(shard), self._spool.id)
        with translated_redis_errors():
            answers: list[bytes | None] = pipe.execute()
        self._acked = {n: int(found or 0) for n, found in enumerate(answers[::2])}
        for shard, sent in enumerate(answers[1::2]):
            if int(sent or 0) < self._owed(shard):
                self._note_gap(shard)
        settled = self.settled
        while self._in_flight:
            position, shard = self._in_flight[0]
            if position > self._acked[shard]:
                break
            self._in_flight.popleft()
            settled = position
        if not self._in_flight:
            settled = self._cursor
            self._again.clear()
        if settled != self.settled:
            self._free(settled)
            return True
        self._watch_for_loss()
        return False

    def _free(self, position: int) -> None:
        self.settled = position
        self._moved_at = self._clock.monotonic_s()
        self._spool.release(position)

    def _watch_for_loss(self) -> None:
        if self._clock.monotonic_s() - self._moved_at < STALL_S:
            return
        self._moved_at = self._clock.monotonic_s()
        shard = self._in_flight[0][1]
        with translated_redis_errors():
            left = int(self._client.xlen(stream_key(shard)))
        if left == 0:
            _log.error("stream.lost", shard=shard, owed=len(self._in_flight))
            self._again.add(shard)
            raise StoreUnavailableError("the stream lost entries: appending again")
