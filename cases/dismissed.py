"""What became of alerts for good: what retention asks of the verdicts.

Left: left within the grace, so that nobody was asked. Rejected: by a person, or merged
into an alert that was itself rejected. Confirmed: as a clue or as evidence, or merged
into such a one. Everything else is not decided.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.alert import AlertId
from alerts.database import Database
from alerts.legal_hold import MergedInto
from alerts.retention import DISMISSED, DecidedAs, Decision, Fate
from cases.life import ReviewState
from cases.tables import ReviewRow

_FATES = {
    ReviewState.VOID: Fate.LEFT,
    ReviewState.REJECTED: Fate.REJECTED,
    ReviewState.CONFIRMED: Fate.CONFIRMED,
    ReviewState.EVIDENCE: Fate.CONFIRMED,
}


def decided_as(database: Database) -> DecidedAs:
    """For those of the alerts that were decided for good: as what, and when."""

    def told(alerts: Sequence[AlertId]) -> Mapping[AlertId, Decision]:
        with database.reading() as session:
            known = _known(session, alerts)
            made = {
                alert: _decision(_end(known[alert], known))
                for alert in alerts
                if alert in known
            }
        return {alert: one for alert, one in made.items() if one is not None}

    return told


def _known(session: Session, alerts: Sequence[AlertId]) -> dict[UUID, ReviewRow]:
    """The reviews of `alerts` and of those they were merged into, to the last."""
    known: dict[UUID, ReviewRow] = {}
    asked: set[UUID] = set()
    wanted: set[UUID] = set(alerts)
    while wanted:
        asked |= wanted
        query = select(ReviewRow).where(ReviewRow.alert_id.in_(sorted(wanted)))
        known |= {row.alert_id: row for row in session.scalars(query)}
        into = {row.merged_into for row in known.values() if row.merged_into}
        wanted = into - asked
    return known


def _end(row: ReviewRow, known: Mapping[UUID, ReviewRow]) -> ReviewRow:
    """The review that stands for `row`: where it was merged, and where that went."""
    passed: set[UUID] = set()
    while row.merged_into is not None and row.alert_id not in passed:
        passed.add(row.alert_id)
        row = known.get(row.merged_into, row)
    return row


def merged_into(database: Database) -> MergedInto:
    """For those of the alerts that were merged: into which, to the last."""

    def told(alerts: Sequence[AlertId]) -> Mapping[AlertId, tuple[AlertId, ...]]:
        with database.reading() as session:
            known = _known(session, alerts)
            ways = {
                alert: tuple(_way(known[alert], known))
                for alert in alerts
                if alert in known
            }
        return {alert: way for alert, way in ways.items() if way}

    return told


def _way(row: ReviewRow, known: Mapping[UUID, ReviewRow]) -> Iterator[AlertId]:
    """The alerts a review was merged into, one after the other."""
    passed: set[UUID] = set()
    while row.merged_into is not None and row.alert_id not in passed:
        passed.add(row.alert_id)
        yield AlertId(row.merged_into)
        row = known.get(row.merged_into, row)


def dismissed_at(
    database: Database,
) -> Callable[[Sequence[AlertId]], Mapping[AlertId, datetime]]:
    """For those of the alerts that were dismissed, left or rejected: when."""
    decided = decided_as(database)

    def told(alerts: Sequence[AlertId]) -> Mapping[AlertId, datetime]:
        return {
            alert: decision.at
            for alert, decision in decided(alerts).items()
            if decision.fate in DISMISSED
        }

    return told


def _decision(row: ReviewRow) -> Decision | None:
    fate = _FATES.get(ReviewState(row.state))
    at = row.changed_at if fate is Fate.LEFT else row.decided_at
    return None if fate is None or at is None else Decision(fate, at)
