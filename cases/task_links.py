"""Addresses that open an officer's tasks on a phone: personal, for a day."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from alerts.audit import record
from alerts.database import Database
from alerts.errors import NotFoundError
from base.clock import Clock
from cases.deeds import deed_of
from cases.errors import GateError
from cases.tables import TaskLinkRow, TaskRow
from identity.person import Person
from identity.sessions import digest_of

LINK_LASTS = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class MadeLink:
    """An address for a phone: shown once."""

    secret: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class LinkedOfficer:
    """Whom a link was made for."""

    name: str
    expires_at: datetime


class TaskLinks:
    """All links; safe to use from any thread."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def make_link(self, task: UUID, person: Person) -> MadeLink:
        """An address that opens the assigned officer's tasks on a phone.

        Raises:
            GateError: Nobody is assigned.
        """
        secret = secrets.token_urlsafe(32)
        with self._database.transaction() as session:
            now = self._clock.utc_now()
            row = session.get(TaskRow, task)
            if row is None:
                raise NotFoundError(f"no task {task}")
            if not row.officer:
                raise GateError("officer", "assign somebody first: a link is personal")
            link = TaskLinkRow(
                digest=digest_of(secret),
                task_id=row.id,
                officer=row.officer,
                expires_at=now + LINK_LASTS,
            )
            session.add(link)
            subject = f"task/{row.id}"
            deed = deed_of(person, "link.made", subject, officer=row.officer)
            record(session, now, deed)
            return MadeLink(secret, link.expires_at)

    def officer_of(self, secret: str) -> LinkedOfficer:
        """Whom a link was made for.

        Raises:
            NotFoundError: No such link, or it is over.
        """
        now = self._clock.utc_now()
        with self._database.reading() as session:
            row = session.get(TaskLinkRow, digest_of(secret))
            if row is None or row.expires_at <= now:
                raise NotFoundError("this link is not known, or it is over")
            return LinkedOfficer(row.officer, row.expires_at)
