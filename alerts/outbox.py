"""The outbox: tellings owed, written in the transaction that owes them.

Who is told is resolved when the row is written, so that a later change of the rota does
not change what was owed. Sending is the business of delivery.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from sqlalchemy import Select, Update, func, select, update
from sqlalchemy.orm import Session

from alerts.alert import AlertId
from alerts.audit import Deed, record
from alerts.database import Database
from alerts.dedup import Telling
from alerts.errors import NotFoundError
from alerts.tables import AlertRow, OutboxRow
from base.ids import CameraId
from base.redact import redact
from rules.place import Place
from rules.violation import Severity

DESK = "desk"
"""The monitoring centre's desk: told of everything while no one else is named."""


class OutboxState(StrEnum):
    """Where a telling stands."""

    OWED = "owed"
    SENT = "sent"
    FAILED = "failed"
    MOOT = "moot"


class Recipients(Protocol):
    """Port: who is told of what; the rota of cases and delivery is one."""

    def of(self, place: Place, code: str, severity: Severity) -> tuple[str, ...]:
        """Names of those told of `code` at `place`; empty leaves it to the desk."""
        ...


class DeskOnly:
    """Nobody is named: everything goes to the desk."""

    def of(self, place: Place, code: str, severity: Severity) -> tuple[str, ...]:
        """Nobody."""
        del place, code, severity
        return ()


@dataclass(frozen=True, slots=True)
class OwedTelling:
    """One telling as delivery takes it up.

    Attributes:
        id: Of the row.
        alert: Which alert.
        alert_revision: At which of its revisions it was owed.
        telling: Which step.
        recipient: Who is told.
        severity: How grave.
        attempts: How often it was tried.
        created_at: Wall time it was owed.
    """

    id: int
    alert: AlertId
    alert_revision: int
    telling: Telling
    recipient: str
    severity: Severity
    attempts: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A telling that was given up: what, and why."""

    telling: OwedTelling
    fault: str


@dataclass(frozen=True, slots=True)
class NewTelling:
    """What is to be told.

    Attributes:
        telling: Which step of the alert.
        recipients: To whom; empty leaves it to the desk.
        step: Of the ladder, from 1; 0: the alert's own.
    """

    telling: Telling
    recipients: tuple[str, ...]
    step: int = 0


def enqueue(
    session: Session, alert: AlertRow, wanted: NewTelling, now: datetime
) -> None:
    """Owe a telling of `alert` to each of its recipients, in the open transaction."""
    for recipient in wanted.recipients or (DESK,):
        session.add(
            OutboxRow(
                alert_id=alert.id,
                alert_revision=alert.revision,
                telling=wanted.telling.value,
                recipient=recipient,
                step=wanted.step,
                severity=alert.severity,
                state=OutboxState.OWED.value,
                attempts=0,
                fault="",
                created_at=now,
                next_at=now,
                sent_at=None,
            )
        )


class Outbox:
    """What delivery reads and writes; safe to use from any thread."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def owed(self, now: datetime, limit: int = 100) -> tuple[OwedTelling, ...]:
        """Tellings to send now, gravest first, then oldest.

        Raises:
            StoreUnavailableError: The database is away.
        """
        with self._database.reading() as session:
            rows = session.scalars(_due(now).limit(limit))
            return tuple(_owed(row) for row in rows)

    def take(
        self, now: datetime, until: datetime, limit: int = 100
    ) -> tuple[OwedTelling, ...]:
        """Tellings to send now; nobody else is given them before `until`.

        What is owed to the desk is none: it reaches the desk by itself (`settle`).

        Raises:
            StoreUnavailableError: The database is away.
        """
        query = _due(now).where(OutboxRow.recipient != DESK).limit(limit)
        with self._database.reading() as session:
            owed = [_owed(row) for row in session.scalars(query)]
        if not owed:
            return ()
        with self._database.transaction() as session:
            return tuple(
                one
                for one in owed
                if updated(
                    session,
                    update(OutboxRow)
                    .where(
                        OutboxRow.id == one.id,
                        OutboxRow.state == OutboxState.OWED.value,
                        OutboxRow.next_at <= now,
                    )
                    .values(next_at=until),
                )
            )

    def give_back(self, tellings: Iterable[int], now: datetime) -> None:
        """What was taken and not tried is owed again, at once.

        Raises:
            StoreUnavailableError: The database is away; it is owed later anyway.
        """
        ids = list(tellings)
        change = update(OutboxRow).where(OutboxRow.id.in_(ids))
        if ids:
            with self._database.transaction() as session:
                session.execute(change.values(next_at=now))

    def settle(self, recipient: str, now: datetime) -> int:
        """Everything owed to `recipient` has reached them by itself; how many.

        Raises:
            StoreUnavailableError: The database is away.
        """
        owed = (
            OutboxRow.state == OutboxState.OWED.value,
            OutboxRow.next_at <= now,
            OutboxRow.recipient == recipient,
        )
        with self._database.reading() as session:
            if (
                session.scalars(select(OutboxRow.id).where(*owed).limit(1)).first()
                is None
            ):
                return 0
        change = update(OutboxRow).where(*owed)
        sent = {"state": OutboxState.SENT.value, "sent_at": now}
        with self._database.transaction() as session:
            return updated(session, change.values(**sent))

    def owed_to(self, recipients: Iterable[str]) -> tuple[OwedTelling, ...]:
        """Everything owed to any of `recipients`, whenever; oldest first.

        Raises:
            StoreUnavailableError: The database is away.
        """
        query = (
            select(OutboxRow)
            .where(OutboxRow.state == OutboxState.OWED.value)
            .where(OutboxRow.recipient.in_(list(recipients)))
            .order_by(OutboxRow.id)
        )
        with self._database.reading() as session:
            return tuple(_owed(row) for row in session.scalars(query))

    def told_about(self, recipients: Iterable[str]) -> frozenset[AlertId]:
        """Alerts any of `recipients` was ever owed a telling about.

        Raises:
            StoreUnavailableError: The database is away.
        """
        names = OutboxRow.recipient.in_(list(recipients))
        query = select(OutboxRow.alert_id).where(names).distinct()
        with self._database.reading() as session:
            return frozenset(AlertId(UUID(str(id_))) for id_ in session.scalars(query))

    def dead_letters(self, limit: int = 200) -> tuple[DeadLetter, ...]:
        """What was given up, newest first.

        Raises:
            StoreUnavailableError: The database is away.
        """
        query = (
            select(OutboxRow)
            .where(OutboxRow.state == OutboxState.FAILED.value)
            .order_by(OutboxRow.id.desc())
            .limit(limit)
        )
        with self._database.reading() as session:
            rows = session.scalars(query)
            return tuple(DeadLetter(_owed(row), row.fault) for row in rows)

    def dead_count(self, cameras: frozenset[CameraId] | None = None) -> int:
        """How many were given up.

        Args:
            cameras: Of alerts first seen by these; None: of all.

        Raises:
            StoreUnavailableError: The database is away.
        """
        query = select(func.count(OutboxRow.id)).where(
            OutboxRow.state == OutboxState.FAILED.value
        )
        if cameras is not None:
            query = query.join(AlertRow, AlertRow.id == OutboxRow.alert_id).where(
                AlertRow.camera.in_(sorted(cameras))
            )
        with self._database.reading() as session:
            return session.scalar(query) or 0

    def revive(self, telling: int, deed: Deed, now: datetime) -> OwedTelling:
        """A dead letter is owed again, on somebody's word.

        Raises:
            NotFoundError: There is no such dead letter.
            StoreUnavailableError: The database is away.
        """
        with self._database.transaction() as session:
            row = session.get(OutboxRow, telling, with_for_update=True)
            if row is None or row.state != OutboxState.FAILED.value:
                raise NotFoundError(f"no dead letter {telling}")
            row.state, row.next_at, row.created_at = OutboxState.OWED.value, now, now
            record(session, now, deed)
            return _owed(row)

    def mark_moot(self, telling: int, why: str) -> None:
        """Nobody needs to be told any more.

        Raises:
            StoreUnavailableError: The database is away.
        """
        self._change(telling, {"state": OutboxState.MOOT.value, "fault": why})

    def mark_sent(self, telling: int, now: datetime) -> None:
        """It was sent.

        Raises:
            StoreUnavailableError: The database is away.
        """
        self._change(
            telling, {"state": OutboxState.SENT.value, "sent_at": now, "fault": ""}
        )

    def put_off(self, telling: int, until: datetime, fault: str) -> None:
        """It could not be sent now: try again at `until`.

        Raises:
            StoreUnavailableError: The database is away.
        """
        self._change(telling, {"next_at": until, "fault": redact(fault)})

    def give_up(self, telling: int, fault: str) -> None:
        """It will not be tried again.

        Raises:
            StoreUnavailableError: The database is away.
        """
        self._change(
            telling, {"state": OutboxState.FAILED.value, "fault": redact(fault)}
        )

    def _change(self, telling: int, values: dict[str, str | datetime]) -> None:
        change = update(OutboxRow).where(OutboxRow.id == telling)
        with self._database.transaction() as session:
            session.execute(change.values(attempts=OutboxRow.attempts + 1, **values))


def _due(now: datetime) -> Select[OutboxRow]:
    """What is owed now, gravest first, then oldest."""
    return (
        select(OutboxRow)
        .where(OutboxRow.state == OutboxState.OWED.value, OutboxRow.next_at <= now)
        .order_by(OutboxRow.severity, OutboxRow.id)
    )


def updated(session: Session, change: Update) -> int:
    """Make a change; how many rows it met."""
    found = session.connection().execute(change)
    return found.rowcount


def _owed(row: OutboxRow) -> OwedTelling:
    return OwedTelling(
        id=row.id,
        alert=AlertId(UUID(str(row.alert_id))),
        alert_revision=row.alert_revision,
        telling=Telling(row.telling),
        recipient=row.recipient,
        severity=Severity(row.severity),
        attempts=row.attempts,
        created_at=row.created_at,
    )
