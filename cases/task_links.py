"""Addresses that open an officer's tasks on a phone: personal, for a day."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from alerts.audit import Deed, record
from alerts.database import Database
from alerts.errors import NotFoundError
from base.clock import Clock
from cases.deeds import deed_of
from cases.errors import GateError
from cases.tables import TaskLinkRow, TaskRow
from cases.task import TaskState
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

    def open(self, secret: str, origin: str) -> LinkedOfficer:
        """Whom a link was made for; that it was opened, and from where, is on record.

        Args:
            secret: What stands in the link.
            origin: Address it was opened from.

        Raises:
            NotFoundError: No such link, or it is over, or its task is called off or
                another officer's by now.
        """
        now = self._clock.utc_now()
        with self._database.transaction() as session:
            row = session.get(TaskLinkRow, digest_of(secret))
            task = None if row is None else session.get(TaskRow, row.task_id)
            if row is None or task is None or not _opens(row, task, now):
                raise NotFoundError("this link is not known, or it is over")
            deed = Deed(
                row.officer, "link.opened", f"task/{row.task_id}", {"from": origin}
            )
            record(session, now, deed)
            return LinkedOfficer(row.officer, row.expires_at)


def _opens(link: TaskLinkRow, task: TaskRow, now: datetime) -> bool:
    is_theirs = task.officer == link.officer
    return link.expires_at > now and is_theirs and task.state != TaskState.CANCELLED
