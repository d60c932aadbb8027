"""When alerts were dismissed for good: what retention asks of the verdicts.

Rejected by a person; or left within the grace, so that nobody was asked; or merged into
an alert that was itself dismissed. Everything else, and what is not decided, is not.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import aliased

from alerts.alert import AlertId
from alerts.database import Database
from cases.life import ReviewState
from cases.tables import ReviewRow


def dismissed_at(
    database: Database,
) -> Callable[[Sequence[AlertId]], Mapping[AlertId, datetime]]:
    """For those of the alerts that were dismissed: when, wall time."""

    def told(alerts: Sequence[AlertId]) -> Mapping[AlertId, datetime]:
        other = aliased(ReviewRow)
        query = (
            select(ReviewRow, other)
            .outerjoin(other, other.alert_id == ReviewRow.merged_into)
            .where(ReviewRow.alert_id.in_(list(alerts)))
        )
        found: dict[AlertId, datetime] = {}
        with database.reading() as session:
            for review, into in session.execute(query):
                is_merged = review.state == ReviewState.MERGED.value
                at = _dismissed(into if is_merged and into is not None else review)
                if at is not None:
                    found[AlertId(review.alert_id)] = at
        return found

    return told


def _dismissed(row: ReviewRow) -> datetime | None:
    if row.state == ReviewState.REJECTED.value:
        return row.decided_at
    if row.state == ReviewState.VOID.value:
        return row.changed_at
    return None
