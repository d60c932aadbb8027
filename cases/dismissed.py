"""What became of alerts for good: what retention asks of the verdicts.

Left: left within the grace, so that nobody was asked. Rejected: by a person, or merged
into an alert that was itself rejected. Confirmed: as a clue or as evidence, or merged
into such a one. Everything else is not decided.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import aliased

from alerts.alert import AlertId
from alerts.database import Database
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
        other = aliased(ReviewRow)
        query = (
            select(ReviewRow, other)
            .outerjoin(other, other.alert_id == ReviewRow.merged_into)
            .where(ReviewRow.alert_id.in_(list(alerts)))
        )
        found: dict[AlertId, Decision] = {}
        with database.reading() as session:
            for review, into in session.execute(query):
                is_merged = review.state == ReviewState.MERGED.value
                decision = _decision(into if is_merged and into is not None else review)
                if decision is not None:
                    found[AlertId(review.alert_id)] = decision
        return found

    return told


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
