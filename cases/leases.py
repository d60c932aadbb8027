"""Leases that run out and reviews that wake: what time does to the queue."""

from sqlalchemy import select

from alerts.database import Database
from base.clock import Clock
from cases.deeds import person_named
from cases.life import Act, ReviewState
from cases.review_rows import Moment, put_back, put_on_record, tell
from cases.tables import ReviewRow

RAN_OUT = "the lease ran out"
"""Why an item was skipped, as the trail says it."""


def run_out(database: Database, clock: Clock) -> int:
    """Leases that ran out become skips, deferred reviews wake; how many.

    Raises:
        StoreUnavailableError: The database is away.
    """
    now = clock.utc_now()
    query = select(ReviewRow.alert_id).where(
        (ReviewRow.claimed_until <= now) | (ReviewRow.wake_at <= now)
    )
    with database.reading() as session:
        ids = session.scalars(query.limit(500)).all()
    if not ids:
        return 0
    with database.transaction() as session:
        moment = Moment(session, now)
        for id_ in sorted(ids):
            row = session.get(ReviewRow, id_, with_for_update=True)
            if row is None:
                continue
            if row.claimed_until is not None and row.claimed_until <= now:
                skip(moment, row)
                tell(moment, row)
            is_asleep = row.state == ReviewState.DEFERRED.value
            if row.wake_at is not None and row.wake_at <= now:
                row.wake_at = None
                if is_asleep:
                    put_back(moment, row, Act.WAKE)
    return len(ids)


def skip(moment: Moment, row: ReviewRow) -> None:
    """A lease that ran out unanswered is a skip, on record with its holder."""
    if row.claimed_by is None:
        return
    holder = person_named(moment.session, row.claimed_by)
    row.skips += 1
    row.claimed_by = row.claimed_since = row.claimed_until = None
    row.changed_at = moment.now
    put_on_record(moment, holder, row, "review.skipped", why=RAN_OUT)
