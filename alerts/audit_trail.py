"""Reads the sealed audit trail and finds where it was tampered with."""

from collections.abc import Iterator

from sqlalchemy import select

from alerts.audit import GENESIS, AuditEntry, first_break
from alerts.database import Database
from alerts.repository import AUDIT
from alerts.tables import AuditRow, ChainHeadRow

BATCH = 1000


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

    def first_break(self) -> int | None:
        """Number of the first entry that does not hold; None when all do.

        Entries missing at the end are a break too: the head knows the last number.

        Raises:
            StoreUnavailableError: The database is away.
        """
        with self._database.reading() as session:
            head = session.get(ChainHeadRow, AUDIT)
            last, last_hash = (0, GENESIS) if head is None else (head.seq, head.hash)
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
