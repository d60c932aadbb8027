"""Takes out of old rows what points to a thing or person, a year after its dismissal.

What remains is for statistics: which rule, where, when, how long. Gone are the box in
the picture, the looks behind each clause, the stretches nobody watched and the plates
people read. The audit trail stays; digests in it prove what there was without showing
it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from alerts.alert import AlertId
from alerts.audit import Deed, record
from alerts.database import Database
from alerts.evidence_tables import PlateReadingRow
from alerts.legal_hold import MergedInto, is_held, merged_nowhere
from alerts.message import violation_from_json, violation_to_json
from alerts.retention import ACTOR
from alerts.tables import AlertRow, SourceRow
from base.clock import Clock
from base.json_value import JsonValue
from detector.box import Box

KEEP: Final = timedelta(days=365)
BATCH: Final = 500

DismissedAt = Callable[[Sequence[AlertId]], Mapping[AlertId, datetime]]
"""When each of the alerts was dismissed for good; those not dismissed are left out."""

ANYWHERE: Final = Box(0.0, 0.0, 1.0, 1.0)


class Deidentifier:
    """Runs the policy; one at a time, in the process that serves.

    Args:
        database: Rows of alerts.
        dismissed_at: What persons decided.
        clock: For today.
        keep: How long dismissed metadata stays as it was.
        merged_into: Which alerts stand for others: a hold covers both.
    """

    def __init__(
        self,
        database: Database,
        dismissed_at: DismissedAt,
        clock: Clock,
        keep: timedelta = KEEP,
        merged_into: MergedInto = merged_nowhere,
    ) -> None:
        self._database, self._dismissed_at = database, dismissed_at
        self._clock, self._keep = clock, keep
        self._merged_into = merged_into

    def run(self, *, is_dry: bool) -> tuple[AlertId, ...]:
        """De-identify what is due; dry: only say what would be.

        Raises:
            StoreError: The database is away; what was done stays done.
        """
        until = self._clock.utc_now() - self._keep
        done: list[AlertId] = []
        reached: AlertId | None = None
        while batch := self._candidates(until, reached):
            reached = batch[-1]
            told = self._due(batch, until)
            due = [alert for alert in batch if alert in told]
            done += [a for a in due if self._strip(a, until, is_dry=is_dry)]
        return tuple(done)

    def _candidates(self, until: datetime, after: AlertId | None) -> list[AlertId]:
        query = select(AlertRow.id).where(
            AlertRow.deidentified_at.is_(None), AlertRow.stored_at <= until
        )
        if after is not None:
            query = query.where(AlertRow.id > after)
        with self._database.reading() as session:
            found = session.scalars(query.order_by(AlertRow.id).limit(BATCH))
            return [AlertId(alert) for alert in found]

    def _due(self, alerts: Sequence[AlertId], until: datetime) -> frozenset[AlertId]:
        told = self._dismissed_at(alerts)
        return frozenset(alert for alert, at in told.items() if at <= until)

    def _strip(self, alert: AlertId, until: datetime, *, is_dry: bool) -> bool:
        """Whether it was done, or would be: it may be held, or decided otherwise."""
        with self._database.transaction() as session:
            is_kept = is_held(session, alert, self._merged_into)
            if is_kept or not self._due([alert], until):
                return False
            if not is_dry:
                _strip_rows(session, alert, self._clock.utc_now())
        return True


def _strip_rows(session: Session, alert: AlertId, now: datetime) -> None:
    row = session.get(AlertRow, alert)
    if row is None:
        return
    row.state = _bare(row.state)
    row.deidentified_at = now
    owners = [alert]
    sources = select(SourceRow).where(SourceRow.alert_id == alert)
    for source in session.scalars(sources):
        source.state = _bare(source.state)
        owners.append(AlertId(source.violation_id))
    # of the group itself, and of what joined it since it was read
    session.execute(delete(PlateReadingRow).where(PlateReadingRow.alert_id.in_(owners)))
    deed = Deed(ACTOR, "alert.deidentified", f"alert/{alert}", {"why": "dismissed"})
    record(session, now, deed)


def _bare(state: JsonValue) -> JsonValue:
    told = violation_from_json(state)
    clauses = tuple(replace(clause, looks=()) for clause in told.clauses)
    return violation_to_json(replace(told, box=ANYWHERE, gaps=(), clauses=clauses))
