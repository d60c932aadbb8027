"""What contacts have seen: they may send, and read nothing."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select

from alerts.audit import record
from alerts.database import Database
from base.clock import Clock
from cases.deeds import deed_of
from cases.tables import LeadRow
from identity.person import Person

SHOWN = 200


@dataclass(frozen=True, slots=True)
class Lead:
    """One of them: who saw what where; `at` is wall time."""

    id: UUID
    by: str
    place: str
    text: str
    at: datetime


class Leads:
    """All of them; safe to use from any thread."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def add(self, person: Person, place: str, text: str) -> Lead:
        """Take one down.

        Raises:
            StoreUnavailableError: The database is away.
        """
        now = self._clock.utc_now()
        with self._database.transaction() as session:
            row = LeadRow(
                id=uuid4(), made_by=person.name, place=place, text=text, at=now
            )
            session.add(row)
            record(session, now, deed_of(person, "lead.sent", f"lead/{row.id}"))
            return _lead(row)

    def newest(self) -> tuple[Lead, ...]:
        """The newest, at most `SHOWN`.

        Raises:
            StoreUnavailableError: The database is away.
        """
        query = select(LeadRow).order_by(LeadRow.at.desc(), LeadRow.id).limit(SHOWN)
        with self._database.reading() as session:
            return tuple(_lead(row) for row in session.scalars(query))


def _lead(row: LeadRow) -> Lead:
    return Lead(row.id, row.made_by, row.place, row.text, row.at)
