"""The book of attempts: written once, never changed, read by alert and by channel.

Beside it, what the escalator did: which alarms climbed.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from alerts.acknowledgement import Sounding
from alerts.alert import AlertId
from alerts.audit import Deed, record
from alerts.database import Database
from base.json_value import JsonValue
from base.redact import redact
from delivery.attempt import Attempt, Outcome
from delivery.tables import AttemptRow, EscalationRow

ACTOR = "delivery"
SHOWN = 500
ON_RECORD = frozenset({Outcome.SENT, Outcome.SEEN, Outcome.GIVEN_UP})
"""What became of a telling in the end; a failed try in between is in the book only."""


@dataclass(frozen=True, slots=True)
class AttemptFilter:
    """Which attempts; left out: all. Times are wall times of their end."""

    channel: str = ""
    outcomes: frozenset[Outcome] = frozenset()
    since: datetime | None = None
    until: datetime | None = None


class DeliveryBook:
    """Safe to use from any thread."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, attempt: Attempt) -> None:
        """Write one down; how a telling ended also goes on the audit trail.

        Raises:
            StoreUnavailableError: The database is away.
        """
        row = AttemptRow(
            outbox_id=attempt.outbox,
            alert_id=attempt.alert,
            channel=attempt.channel,
            recipient=attempt.recipient,
            telling=attempt.telling,
            attempt=attempt.attempt,
            outcome=attempt.outcome.value,
            status=attempt.status,
            fault=redact(attempt.fault),
            message_sha256=attempt.message_sha256,
            receipt=attempt.receipt[:200],
            began_at=attempt.began_at,
            ended_at=attempt.ended_at,
        )
        with self._database.transaction() as session:
            session.add(row)
            if attempt.outcome in ON_RECORD and attempt.alert is not None:
                record(session, attempt.ended_at, _deed(attempt))

    def of_alert(self, alert: AlertId) -> tuple[Attempt, ...]:
        """Attempts about one alert, oldest first.

        Raises:
            StoreUnavailableError: The database is away.
        """
        query = (
            select(AttemptRow)
            .where(AttemptRow.alert_id == alert)
            .order_by(AttemptRow.id)
            .limit(SHOWN)
        )
        with self._database.reading() as session:
            return tuple(_attempt(row) for row in session.scalars(query))

    def newest(
        self, asked: AttemptFilter, before: int | None, limit: int
    ) -> tuple[tuple[int, Attempt], ...]:
        """Attempts with a number below `before`, newest first, each with its number.

        Raises:
            StoreUnavailableError: The database is away.
        """
        query = select(AttemptRow)
        if asked.channel:
            query = query.where(AttemptRow.channel == asked.channel)
        if asked.outcomes:
            query = query.where(AttemptRow.outcome.in_(sorted(asked.outcomes)))
        if asked.since is not None:
            query = query.where(AttemptRow.ended_at >= asked.since)
        if asked.until is not None:
            query = query.where(AttemptRow.ended_at < asked.until)
        if before is not None:
            query = query.where(AttemptRow.id < before)
        with self._database.reading() as session:
            rows = session.scalars(query.order_by(AttemptRow.id.desc()).limit(limit))
            return tuple((row.id, _attempt(row)) for row in rows)

    def climbed(self, sounding: Collection[Sounding]) -> frozenset[Sounding]:
        """Those alarms of `sounding` for which a step of the ladder was taken.

        Raises:
            StoreUnavailableError: The database is away.
        """
        query = select(EscalationRow.alert_id, EscalationRow.alarm).where(
            EscalationRow.alert_id.in_([one.alert for one in sounding])
        )
        with self._database.reading() as session:
            taken = {(alert, alarm) for alert, alarm in session.execute(query)}
        return frozenset(one for one in sounding if (one.alert, one.number) in taken)

    def last_of_each_channel(self) -> dict[str, Attempt]:
        """The newest attempt over each channel.

        Raises:
            StoreUnavailableError: The database is away.
        """
        newest = select(func.max(AttemptRow.id)).group_by(AttemptRow.channel)
        query = select(AttemptRow).where(AttemptRow.id.in_(newest))
        with self._database.reading() as session:
            return {row.channel: _attempt(row) for row in session.scalars(query)}


def _deed(attempt: Attempt) -> Deed:
    detail: dict[str, JsonValue] = {
        "recipient": attempt.recipient,
        "telling": attempt.telling,
        "attempt": attempt.attempt,
        "status": attempt.status,
        "message_sha256": attempt.message_sha256,
        "fault": redact(attempt.fault),
    }
    action = f"delivery.{attempt.outcome.value}"
    return Deed(ACTOR, action, f"alert/{attempt.alert}", detail)


def _attempt(row: AttemptRow) -> Attempt:
    return Attempt(
        outbox=row.outbox_id,
        alert=None if row.alert_id is None else AlertId(UUID(str(row.alert_id))),
        channel=row.channel,
        recipient=row.recipient,
        telling=row.telling,
        attempt=row.attempt,
        outcome=Outcome(row.outcome),
        status=row.status,
        fault=row.fault,
        message_sha256=row.message_sha256,
        receipt=row.receipt,
        began_at=row.began_at,
        ended_at=row.ended_at,
    )
