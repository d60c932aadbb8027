"""Alarms and who has heard them: an S1 sounds until somebody acknowledges it.

An alarm begins when an alert becomes a danger to life, and begins again when one that
was heard reopens or becomes it again. That the danger went away by itself ends none:
nobody has looked yet. The first acknowledgement of an alarm counts; it silences the
sirens and stops the escalation, and is no verdict. It stands here, because both who
sends and who reviews ask for it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.alarm_tables import AlarmRow
from alerts.alert import LIVE, AlertId, EventKind
from alerts.audit import Deed, record
from alerts.database import Database
from alerts.errors import NoAlarmError, NotFoundError
from alerts.tables import AlertRow, EventIntakeRow
from rules.violation import Life, Severity

ACTOR = "consumer"


@dataclass(frozen=True, slots=True)
class Sounding:
    """An alarm that nobody has acknowledged.

    Attributes:
        alert: Which alert.
        number: Which alarm of it, from 1.
        since: Wall time it became one.
    """

    alert: AlertId
    number: int
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
        """Alarms nobody has acknowledged, oldest first, also of what has cleared.

        Raises:
            StoreUnavailableError: The database is away.
        """
        query = (
            select(AlarmRow.alert_id, AlarmRow.number, AlarmRow.since)
            .where(AlarmRow.heard_at.is_(None))
            .order_by(AlarmRow.since, AlarmRow.alert_id)
        )
        with self._database.reading() as session:
            rows = session.execute(query)
            return tuple(
                Sounding(AlertId(id_), number, since) for id_, number, since in rows
            )

    def of(self, alert: AlertId) -> Acknowledgement | None:
        """Who has heard the newest alarm of `alert`; None: nobody, or it is none.

        Raises:
            StoreUnavailableError: The database is away.
        """
        return self.of_all([alert]).get(alert)

    def of_all(self, alerts: Collection[AlertId]) -> dict[AlertId, Acknowledgement]:
        """Who has heard the newest alarm of each of `alerts`; not in it: nobody.

        Raises:
            StoreUnavailableError: The database is away.
        """
        query = (
            select(AlarmRow)
            .where(AlarmRow.alert_id.in_(alerts))
            .order_by(AlarmRow.number)
        )
        with self._database.reading() as session:
            rows = session.scalars(query)
            heard = {AlertId(row.alert_id): _heard(row) for row in rows}
        return {alert: one for alert, one in heard.items() if one is not None}

    def acknowledge(self, alert: AlertId, deed: Deed, now: datetime) -> Acknowledgement:
        """Somebody has heard the newest alarm of `alert`; the first one stays.

        Args:
            alert: Which.
            deed: Whose deed it is, for the trail.
            now: Wall time.

        Raises:
            NotFoundError: There is no such alert.
            NoAlarmError: It never was a danger to life.
            StoreUnavailableError: The database is away.
        """
        with self._database.transaction() as session:
            found = session.get(AlertRow, alert, with_for_update=True)
            if found is None:
                raise NotFoundError(f"no alert {alert}")
            row = newest_alarm(session, alert)
            if row is None:
                raise NoAlarmError(f"alert {alert} is no danger to life")
            heard = _heard(row)
            if heard is None:
                row.heard_by, row.heard_at = deed.actor, now
                record(session, now, deed)
                tell_alarm(session, found, now, acknowledged_by=deed.actor)
                heard = Acknowledgement(deed.actor, now)
            return heard


def is_alarming(alert: AlertRow) -> bool:
    """Whether an alert, as stored, is a danger to life that is there now."""
    is_grave = alert.severity == Severity.S1.value
    return alert.revision > 0 and is_grave and Life(alert.life) in LIVE


def begin_alarm(session: Session, alert: AlertRow, now: datetime) -> bool:
    """It is a danger to life from now on; false: it sounds still from before.

    Args:
        session: The open transaction; what it holds is written out.
        alert: Which alert.
        now: Wall time.
    """
    number = 1
    if alert.revision > 1:
        # the alert's row is locked by that: an acknowledgement under way comes first
        session.flush()
        last = newest_alarm(session, alert.id)
        if last is not None and last.heard_at is None:
            return False
        number = 1 if last is None else last.number + 1
    session.add(AlarmRow(alert_id=alert.id, number=number, since=now))
    deed = Deed(ACTOR, "alarm.begun", f"alert/{alert.id}", {"number": number})
    record(session, now, deed)
    tell_alarm(session, alert, now)
    return True


def newest_alarm(session: Session, alert: UUID) -> AlarmRow | None:
    """The newest alarm of an alert; None: it never was one."""
    query = (
        select(AlarmRow)
        .where(AlarmRow.alert_id == alert)
        .order_by(AlarmRow.number.desc())
        .limit(1)
    )
    return session.scalars(query).first()


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


def _heard(row: AlarmRow) -> Acknowledgement | None:
    if row.heard_by is None or row.heard_at is None:
        return None
    return Acknowledgement(row.heard_by, row.heard_at)
