"""When the daily work ran: a clock that jumps ahead is noticed before it deletes.

Terms are counted by the machine's clock. One far ahead (a clock without battery, a
wrong year typed in) would erase what has weeks to go. So each day's run is put on
record, and after a longer pause somebody has to say that the clock is right.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.audit import Deed, record
from alerts.database import Database
from alerts.tables import AuditIntakeRow, AuditRow
from base.clock import Clock, beijing_day

PAUSE: Final = timedelta(days=2)
"""A longer one is an outage or a wrong clock; nobody but a person can tell."""

RAN: Final = "daily.ran"


class DailyRuns:
    """The runs of one database; safe to use from several processes."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    def go_on(self) -> bool:
        """Whether today follows the last run; the first time on a day it is noted.

        Raises:
            StoreError: The database is away.
        """
        now = self._clock.utc_now()
        with self._database.transaction() as session:
            last = _last(session)
            if last is not None and now - last > PAUSE:
                return False
            if last is None or beijing_day(last) != beijing_day(now):
                _note(session, now)
        return True

    def resume(self) -> None:
        """A person says that the clock is right: work goes on from today.

        Raises:
            StoreError: The database is away.
        """
        with self._database.transaction() as session:
            _note(session, self._clock.utc_now())


def _note(session: Session, now: datetime) -> None:
    record(session, now, Deed("daily", RAN, f"day/{beijing_day(now)}", {}))


def _last(session: Session) -> datetime | None:
    """Of the run noted last, sealed or not, whatever its date."""
    waiting = select(AuditIntakeRow.at).where(AuditIntakeRow.action == RAN)
    sealed = select(AuditRow.at).where(AuditRow.action == RAN)
    newest = waiting.order_by(AuditIntakeRow.id.desc()).limit(1)
    found = session.scalars(newest).first()
    if found is not None:
        return found
    return session.scalars(sealed.order_by(AuditRow.seq.desc()).limit(1)).first()
