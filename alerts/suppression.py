"""Keeps why a message or a telling went no further; once however often it is read.

`INSERT … ON CONFLICT DO NOTHING`, since an entry may be read again after a crash.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from alerts.dedup import Reason
from alerts.tables import SuppressionRow
from rules.violation import Violation


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an entry came from: spool, place in it, and wall time of the writing."""

    spool: str
    position: int
    now: datetime


@dataclass(frozen=True, slots=True)
class Suppression:
    """What was held back: of which violation and alert, why, and particulars."""

    violation: Violation
    alert: UUID | None
    reason: Reason
    detail: str


def note_suppression(
    session: Session, suppression: Suppression, origin: Origin
) -> None:
    """Keep `suppression` in the open transaction."""
    violation = suppression.violation
    values = {
        "alert_id": suppression.alert,
        "violation_id": violation.id,
        "camera": violation.place.camera,
        "code": violation.code,
        "reason": suppression.reason.value,
        "detail": suppression.detail,
        "at": violation.at,
        "spool": origin.spool,
        "position": origin.position,
        "stored_at": origin.now,
    }
    if session.get_bind().dialect.name == "postgresql":
        on_postgres = postgresql.insert(SuppressionRow).values(values)
        session.execute(on_postgres.on_conflict_do_nothing())
    else:
        on_sqlite = sqlite.insert(SuppressionRow).values(values)
        session.execute(on_sqlite.on_conflict_do_nothing())
