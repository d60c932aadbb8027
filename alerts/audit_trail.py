"""Reads the sealed audit trail and finds where it was tampered with."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from alerts.audit import GENESIS, AuditEntry, first_break
from alerts.database import Database
from alerts.repository import AUDIT
from alerts.tables import AuditRow, ChainHeadRow

BATCH = 1000


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries; left out: all.

    Attributes:
        actor: Exactly this name.
        action: This action, or all of a noun: `verdict.given`, `verdict`.
        subject: Exactly this, `alert/<id>`.
        since: At or after, wall time.
        until: Before, wall time.
    """

    actor: str = ""
    action: str = ""
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class ChainPart:
    """A stretch of the chain that was checked.

    Attributes:
        after: Number before the first entry checked.
        reached: Number of the last entry checked; `after` where there was none.
        first_break: Number of the first that does not hold; None when all do.
        head: Number of the last entry there should be.
        head_hash: Its hash.
    """

    after: int
    reached: int
    first_break: int | None
    head: int
    head_hash: str

    @property
    def is_end(self) -> bool:
        """Whether nothing is left to check."""
        return self.first_break is not None or self.reached >= self.head


class AuditTrail:
    """The trail of one database; safe to use from any thread."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def after(self, seq: int, limit: int = 200) -> tuple[AuditEntry, ...]:
        """Entries with a number above `seq`, in order.

        Raises:
            StoreUnavailableError: The database is away.
        """
        query = select(AuditRow).where(AuditRow.seq > seq)
        with self._database.reading() as session:
            rows = session.scalars(query.order_by(AuditRow.seq).limit(limit))
            return tuple(_entry_of(row) for row in rows)

    def newest(
        self, asked: AuditFilter, before: int | None, limit: int
    ) -> tuple[AuditEntry, ...]:
        """Entries with a number below `before`, newest first; None: from the end.

        Raises:
            StoreUnavailableError: The database is away.
        """
        query = select(AuditRow).where(*_wanted(asked))
        if before is not None:
            query = query.where(AuditRow.seq < before)
        query = query.order_by(AuditRow.seq.desc()).limit(limit)
        with self._database.reading() as session:
            if not asked.action:
                return tuple(_entry_of(row) for row in session.scalars(query))
            # one index stretch an action: a whole noun at once would be sorted whole
            found = [
                _entry_of(row)
                for action in _actions_of(session, asked.action)
                for row in session.scalars(query.where(AuditRow.action == action))
            ]
        found.sort(key=lambda entry: entry.seq, reverse=True)
        return tuple(found[:limit])

    def check(self, after: int, limit: int) -> ChainPart:
        """Check at most `limit` entries above number `after`.

        Whoever asks goes on from `reached`: a chain of millions is checked in pieces,
        each against the hash stored before it.

        Raises:
            StoreUnavailableError: The database is away.
        """
        head, head_hash = self._head()
        start = min(after, head)
        previous = GENESIS if start == 0 else self._hash_of(start)
        entries = self.after(start, limit)
        reached = entries[-1].seq if entries else start
        broken = None if previous else start
        if broken is None and entries:
            is_next = entries[0].seq == start + 1
            broken = first_break(entries, previous) if is_next else start + 1
        if broken is None and len(entries) < limit and reached < head:
            broken = reached + 1
        if broken is None and entries and reached == head:
            broken = None if entries[-1].hash == head_hash else head
        return ChainPart(after, reached, broken, head, head_hash)

    def _head(self) -> tuple[int, str]:
        with self._database.reading() as session:
            head = session.get(ChainHeadRow, AUDIT)
            return (0, GENESIS) if head is None else (head.seq, head.hash)

    def _hash_of(self, seq: int) -> str:
        """The stored hash of an entry; empty where it is missing."""
        with self._database.reading() as session:
            row = session.get(AuditRow, seq)
            return "" if row is None else row.hash

    def first_break(self) -> int | None:
        """Number of the first entry that does not hold; None when all do.

        Entries missing at the end are a break too: the head knows the last number.

        Raises:
            StoreUnavailableError: The database is away.
        """
        last, last_hash = self._head()
        reached, previous = 0, GENESIS
        for batch in self._batches(last):
            if batch[0].seq != reached + 1:
                return reached + 1
            broken = first_break(batch, previous)
            if broken is not None:
                return broken
            reached, previous = batch[-1].seq, batch[-1].hash
        return None if (reached, previous) == (last, last_hash) else reached + 1

    def _batches(self, last: int) -> Iterator[tuple[AuditEntry, ...]]:
        seq = 0
        while seq < last:
            batch = self.after(seq, min(BATCH, last - seq))
            if not batch:
                return
            yield batch
            seq = batch[-1].seq


def _actions_of(session: Session, asked: str) -> list[str]:
    """Actions there are that `asked` means: itself, or all of a noun.

    Each distinct action costs one step along the index, however many entries it has.
    """
    first = select(func.min(AuditRow.action).label("action")).cte(recursive=True)
    beyond = select(func.min(AuditRow.action)).where(AuditRow.action > first.c.action)
    steps = select(beyond.scalar_subquery()).where(first.c.action.is_not(None))
    known = session.scalars(select(first.union_all(steps).c.action))
    return [one for one in known if one and asked in {one, one.partition(".")[0]}]


def _wanted(asked: AuditFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if asked.actor:
        found.append(AuditRow.actor == asked.actor)
    if asked.subject:
        found.append(AuditRow.subject == asked.subject)
    if asked.since is not None:
        found.append(AuditRow.at >= asked.since)
    if asked.until is not None:
        found.append(AuditRow.at < asked.until)
    return found


def _entry_of(row: AuditRow) -> AuditEntry:
    return AuditEntry(
        seq=row.seq,
        at=row.at,
        actor=row.actor,
        action=row.action,
        subject=row.subject,
        detail=row.detail,
        previous=row.previous,
        hash=row.hash,
    )
