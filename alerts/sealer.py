"""Gives events their number and chains the audit trail: one sealer at a time.

Sequences of a database commit out of order: a reader that has seen 7 may never see 6.
So transactions write unnumbered, and the sealer, alone under a lock, numbers what is
committed without gaps. It runs when woken and looks by itself every quarter second.
"""

import threading

import structlog
from sqlalchemy import Delete, delete, exists, select, text
from sqlalchemy.orm import Session

from alerts.audit import GENESIS, Deed, entry_hash
from alerts.database import Database
from alerts.errors import StoreError
from alerts.repository import AUDIT, EVENTS
from alerts.tables import (
    AuditIntakeRow,
    AuditRow,
    ChainHeadRow,
    EventIntakeRow,
    EventRow,
)
from base.clock import Clock
from base.log import RepeatCounter

LOCK_KEY = 0x6E6F6E74
"""Advisory lock of the sealer: "nont"."""

BATCH = 1000
POLL_S = 0.25
"""Four batches fit into the second within which an event must have its number."""

_log = structlog.get_logger()


class Sealer:
    """One thread; several processes may run one, one of them seals.

    Args:
        database: Where the logs are.
        clock: For repeated log lines.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._repeats = RepeatCounter(clock)
        self._thread = threading.Thread(target=self._run, name="sealer", daemon=True)

    def start(self) -> None:
        """Begin to seal."""
        self._thread.start()

    def wake(self) -> None:
        """Something was committed in this process."""
        self._wake.set()

    def stop(self) -> None:
        """Seal what is committed and end."""
        self._stopping.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while True:
            is_last = self._stopping.is_set()
            self._wake.clear()
            try:
                while self.seal() == BATCH:
                    pass
            except StoreError as error:
                if self._repeats.admit("away") is not None:
                    _log.warning("sealer.waited", reason=str(error))
            if is_last:
                return
            self._wake.wait(POLL_S)

    def seal(self) -> int:
        """Seal at most a batch of each log; gives the longer of the two counts.

        Raises:
            StoreUnavailableError: The database is away.
        """
        with self._database.reading() as session:
            waiting = select(
                exists(select(EventIntakeRow.id)), exists(select(AuditIntakeRow.id))
            )
            if not any(session.execute(waiting).one()):
                return 0
        with self._database.transaction() as session:
            if self._database.is_postgres and not _try_lock(session):
                return 0
            return max(_seal_events(session), _seal_audit(session))


def _try_lock(session: Session) -> bool:
    query = text("SELECT pg_try_advisory_xact_lock(:key)")
    return bool(session.execute(query, {"key": LOCK_KEY}).scalar_one())


def _head(session: Session, name: str) -> ChainHeadRow:
    head = session.get(ChainHeadRow, name)
    if head is None:
        head = ChainHeadRow(name=name, seq=0, hash=GENESIS if name == AUDIT else "")
        session.add(head)
    return head


def _forget(session: Session, sealed: Delete) -> None:
    session.execute(sealed, execution_options={"synchronize_session": False})


def _seal_events(session: Session) -> int:
    query = select(EventIntakeRow).order_by(EventIntakeRow.id).limit(BATCH)
    rows = session.scalars(query).all()
    head = _head(session, EVENTS)
    for row in rows:
        head.seq += 1
        session.add(
            EventRow(
                seq=head.seq,
                kind=row.kind,
                alert_id=row.alert_id,
                camera=row.camera,
                detail=row.detail,
                at=row.at,
            )
        )
    sealed = [row.id for row in rows]
    _forget(session, delete(EventIntakeRow).where(EventIntakeRow.id.in_(sealed)))
    return len(rows)


def _seal_audit(session: Session) -> int:
    query = select(AuditIntakeRow).order_by(AuditIntakeRow.id).limit(BATCH)
    rows = session.scalars(query).all()
    head = _head(session, AUDIT)
    for row in rows:
        head.seq += 1
        deed = Deed(row.actor, row.action, row.subject, row.detail)
        previous = head.hash
        head.hash = entry_hash(head.seq, row.at, deed, previous)
        session.add(
            AuditRow(
                seq=head.seq,
                at=row.at,
                actor=row.actor,
                action=row.action,
                subject=row.subject,
                detail=row.detail,
                previous=previous,
                hash=head.hash,
            )
        )
    sealed = [row.id for row in rows]
    _forget(session, delete(AuditIntakeRow).where(AuditIntakeRow.id.in_(sealed)))
    return len(rows)
