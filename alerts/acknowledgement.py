"""Who has heard an alarm: at most one acknowledgement an alert, the first one counts.

It silences the sirens and stops the escalation, and is no verdict. It stands here,
because both who sends and who reviews ask for it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.alert import LIVE, AlertId, EventKind
from alerts.audit import Deed, record
from alerts.database import Database
from alerts.errors import NotFoundError
from alerts.tables import AcknowledgementRow, AlertRow, EventIntakeRow
from rules.violation import Severity


@dataclass(frozen=True, slots=True)
class Sounding:
    """An S1 that nobody has acknowledged.

    Attributes:
        alert: Which.
        since: Wall time it became readable.
    """

    alert: AlertId
    since: datetime


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """Somebody has heard it: who, and when (wall time)."""

    by: str
    at: datetime


class Alarms:
    """S1 alerts and who has heard them; safe to use from any thread."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def sounding(self) -> tuple[Sounding, ...]:
        """S1 alerts that last and that nobody has acknowledged, oldest first.

        Raises:
            StoreUnavailableError: The database is away.
        """
        query = (
            select(AlertRow.id, AlertRow.stored_at)
            .outerjoin(AcknowledgementRow, AcknowledgementRow.alert_id == AlertRow.id)
            .where(
                AlertRow.life.in_(sorted(LIVE)),
                AlertRow.severity == Severity.S1.value,
                AcknowledgementRow.alert_id.is_(None),
            )
            .order_by(AlertRow.stored_at, AlertRow.id)
        )
        with self._database.reading() as session:
            rows = session.execute(query)
            return tuple(Sounding(AlertId(id_), since) for id_, since in rows)

    def of(self, alert: AlertId) -> Acknowledgement | None:
        """Who has heard `alert`; None: nobody.

        Raises:
            StoreUnavailableError: The database is away.
        """
        return self.of_all([alert]).get(alert)

    def of_all(self, alerts: Collection[AlertId]) -> dict[AlertId, Acknowledgement]:
        """Who has heard each of `alerts`; not in it: nobody.

        Raises:
            StoreUnavailableError: The database is away.
        """
        query = select(AcknowledgementRow).where(
            AcknowledgementRow.alert_id.in_(alerts)
        )
        with self._database.reading() as session:
            return {
                AlertId(row.alert_id): Acknowledgement(row.by, row.at)
                for row in session.scalars(query)
            }

    def acknowledge(self, alert: AlertId, deed: Deed, now: datetime) -> Acknowledgement:
        """Somebody has heard it; the first one stays.

        Args:
            alert: Which.
            deed: Whose deed it is, for the trail.
            now: Wall time.

        Raises:
            NotFoundError: There is no such alert.
            StoreUnavailableError: The database is away.
        """
        with self._database.transaction() as session:
            found = session.get(AlertRow, alert, with_for_update=True)
            if found is None:
                raise NotFoundError(f"no alert {alert}")
            row = session.get(AcknowledgementRow, alert)
            if row is None:
                row = AcknowledgementRow(alert_id=alert, by=deed.actor, at=now)
                session.add(row)
                record(session, now, deed)
                tell_alarm(session, found, now, acknowledged_by=deed.actor)
            return Acknowledgement(row.by, row.at)


def tell_alarm(
    session: Session,
    alert: AlertRow,
    now: datetime,
    *,
    acknowledged_by: str | None = None,
    is_escalated: bool = False,
) -> None:
    """Let clients know how an alarm stands, in the open transaction."""
    session.add(
        EventIntakeRow(
            kind=EventKind.ALARM_CHANGED.value,
            alert_id=alert.id,
            camera=alert.camera,
            detail={
                "severity": alert.severity,
                "acknowledged_by": acknowledged_by,
                "is_escalated": is_escalated,
            },
            at=now,
        )
    )
