"""Filters of the list of alerts that people keep under a name, each their own."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from alerts.database import Database
from alerts.errors import NotFoundError
from base.clock import Clock
from cases.errors import CaseError
from cases.tables import SavedViewRow
from identity.person import Person
from identity.tables import PersonRow

MOST_VIEWS = 30
"""A person's: more than fit into a menu."""


@dataclass(frozen=True, slots=True)
class SavedView:
    """One of them: its name, the page's query string, wall time of the last change."""

    name: str
    query: str
    changed_at: datetime


class SavedViews:
    """Everybody's; safe to use from any thread."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def of(self, person: Person) -> tuple[SavedView, ...]:
        """Those of `person`, newest first.

        Raises:
            StoreUnavailableError: The database is away.
        """
        query = (
            select(SavedViewRow)
            .where(SavedViewRow.person == person.name)
            .order_by(SavedViewRow.changed_at.desc(), SavedViewRow.name)
        )
        with self._database.reading() as session:
            return tuple(
                SavedView(row.name, row.query, row.changed_at)
                for row in session.scalars(query)
            )

    def keep(self, person: Person, name: str, query: str) -> None:
        """Keep one; the same name again replaces it.

        Raises:
            CaseError: There are `MOST_VIEWS` already.
            StoreUnavailableError: The database is away.
        """
        held = select(func.count()).where(SavedViewRow.person == person.name)
        with self._database.transaction() as session:
            # two pages of one person wait for each other here
            session.get(PersonRow, person.name, with_for_update=True)
            row = session.get(SavedViewRow, (person.name, name))
            if row is None:
                if session.scalars(held).one() >= MOST_VIEWS:
                    msg = f"a person keeps at most {MOST_VIEWS} views: drop one first"
                    raise CaseError(msg)
                row = SavedViewRow(person=person.name, name=name)
                session.add(row)
            row.query, row.changed_at = query, self._clock.utc_now()

    def drop(self, person: Person, name: str) -> None:
        """Forget one.

        Raises:
            NotFoundError: The person has none of that name.
            StoreUnavailableError: The database is away.
        """
        with self._database.transaction() as session:
            row = session.get(SavedViewRow, (person.name, name))
            if row is None:
                raise NotFoundError(f"no saved view {name!r}")
            session.delete(row)
