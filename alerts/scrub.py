"""Goes over stored packs, so much a day: what does not hold any more is locked.

A changed byte would else be found only when somebody takes the pack out. The store may
be more than a day can read. So each day begins at a place in the order of ids that has
moved on by the golden ratio: whatever the bound and the size, every pack has its turn
after the fewest days, and nothing has to be remembered.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import select

from alerts.database import Database
from alerts.errors import EvidenceBrokenError, NotFoundError, StoreError
from alerts.evidence_acts import EvidenceActs
from alerts.evidence_store import EvidenceStore, ObjectKey
from alerts.pack import PackId, PackState
from alerts.pack_record import manifest_digest, recorded_manifest
from alerts.stored_bytes import bytes_problem, put_back
from alerts.tables import EvidenceFileRow, PackRow
from base.clock import Clock, beijing_day

TURN_BYTES: Final = 1 << 28
"""Of one call: a second or two, then others have their turn."""
_GOLDEN: Final = 0x9E3779B97F4A7C15F39CC0605CEDC834
"""2¹²⁸ divided by the golden ratio: ids are spread over 2¹²⁸."""


@dataclass
class _Day:
    """How far a day's round is.

    Attributes:
        day: Which.
        start: Where it began.
        at: The last pack that was looked at.
        left: Bytes that may still be read.
        has_wrapped: It goes on from the lowest id.
        is_over: Everything was looked at.
    """

    day: date
    start: UUID
    at: UUID
    left: int
    has_wrapped: bool = False
    is_over: bool = False


class Scrub:
    """One round a day; used by one thread.

    Args:
        database: What is on record.
        store: Where the bytes lie.
        clock: For today.
        day_bytes: How much is read a day at most.
    """

    def __init__(
        self, database: Database, store: EvidenceStore, clock: Clock, day_bytes: int
    ) -> None:
        self._database, self._store, self._clock = database, store, clock
        self._acts = EvidenceActs(database, clock)
        self._day_bytes = day_bytes
        self._round: _Day | None = None

    def turn(self) -> dict[PackId, str]:
        """Look at some packs; those that do not hold, with what, are locked now.

        A pack that cannot be read now is passed over until another day.

        Raises:
            StoreError: Store or database are away.
        """
        today = beijing_day(self._clock.utc_now())
        now = self._round
        if now is None or now.day != today:
            start = UUID(int=today.toordinal() * _GOLDEN % 2**128)
            now = self._round = _Day(today, start, start, self._day_bytes)
        broken: dict[PackId, str] = {}
        spare = TURN_BYTES
        while min(spare, now.left) > 0 and (pack := self._next(now)) is not None:
            problem, read = self._look_at(pack)
            spare, now.left = spare - read, now.left - read
            if problem is not None:
                broken[pack] = problem
                with suppress(NotFoundError):
                    self._acts.broke(pack, problem)
        return broken

    def _next(self, now: _Day) -> PackId | None:
        """The pack after the last one, round to where the day began."""
        if now.is_over:
            return None
        query = select(PackRow.id).where(
            PackRow.state != PackState.PENDING.value,
            PackRow.erased_at.is_(None),
            PackRow.broken.is_(None),
            PackRow.id > now.at,
        )
        if now.has_wrapped:
            query = query.where(PackRow.id <= now.start)
        with self._database.reading() as session:
            found = session.scalars(query.order_by(PackRow.id).limit(1)).first()
        if found is not None:
            now.at = found
            return PackId(found)
        if now.has_wrapped:
            now.is_over = True
            return None
        now.has_wrapped, now.at = True, UUID(int=0)
        return self._next(now)

    def _look_at(self, pack: PackId) -> tuple[str | None, int]:
        """The first thing of a pack that does not hold, and how much was read."""
        query = select(
            EvidenceFileRow.name,
            EvidenceFileRow.sha256,
            EvidenceFileRow.sm3,
            EvidenceFileRow.size,
        ).where(EvidenceFileRow.pack_id == pack)
        with self._database.reading() as session:
            files = session.execute(query.order_by(EvidenceFileRow.ordinal)).all()
            recorded = manifest_digest(session, pack)
        if recorded is None:
            return None, 0  # erased meanwhile
        try:
            keys = [ObjectKey(key) for _, key, _, _ in files]
            recorded_manifest(self._manifest(pack, recorded, keys), pack, recorded)
        except EvidenceBrokenError as error:
            return str(error), 0
        read = 0
        for name, key, sm3, size in files:
            read += size
            problem = bytes_problem(self._store, ObjectKey(key), sm3)
            if problem is not None:
                return f"{name}: {problem}", read
        return None, read

    def _manifest(
        self, pack: PackId, recorded: str, files: Sequence[ObjectKey]
    ) -> bytes:
        """The pack's manifest, put back in its place where it was gone.

        Raises:
            EvidenceBrokenError: It is nowhere, while others of its `files` are there.
            StoreError: It is nowhere. A disk that is not mounted has nothing: that is
                no reason to lock everything.
        """
        try:
            return self._store.manifest(pack)
        except NotFoundError:
            put_back(self._store, pack, recorded)
        try:
            return self._store.manifest(pack)
        except NotFoundError as error:
            if any(self._has(key) for key in files):
                raise EvidenceBrokenError("manifest.json: is missing") from error
            told = f"nothing of pack {pack} is there: is the evidence store mounted?"
            raise StoreError(told) from error

    def _has(self, key: ObjectKey) -> bool:
        try:
            self._store.size(key)
        except NotFoundError:
            return False
        return True
