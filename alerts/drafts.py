"""Configurations drawn on a page: kept by hash, put in force by a named person.

A draft is a revision that was never applied. Putting one in force names what it was
drawn from: when something else is in force meanwhile, nothing happens, so that nobody
overwrites what they have not seen. Going back is putting an older one in force.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select

from alerts.audit import Deed, record
from alerts.database import Database
from alerts.errors import NotFoundError, OvertakenError
from alerts.revisions import (
    Why,
    current_row,
    keep,
    lock_revisions,
    put_in_force,
    revision_from,
)
from alerts.tables import AppliedRevisionRow, RevisionRow
from base.clock import Clock
from sites.revision import Revision, RevisionId


@dataclass(frozen=True, slots=True)
class Applied:
    """A configuration that was put in force.

    Attributes:
        number: Grows with each.
        revision: Which.
        at: Wall time.
        author: Who put it in force.
        reason: Why.
    """

    number: int
    revision: RevisionId
    at: datetime
    author: str
    reason: str


class Drafts:
    """Drafts and what became of them; safe to use from any thread.

    Args:
        database: Where they are kept.
        clock: Wall time.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def get(self, revision: RevisionId) -> Revision:
        """One configuration, applied or not.

        Raises:
            NotFoundError: There is none of this id.
            StoreUnavailableError: The database is away.
        """
        with self._database.reading() as session:
            row = session.get(RevisionRow, revision)
            if row is None:
                raise NotFoundError(f"no revision {revision}")
            return revision_from(row)

    def note(self, deed: Deed) -> None:
        """Put on record what somebody does beside drawing: a probe, a live look.

        Raises:
            StoreUnavailableError: The database is away.
        """
        with self._database.transaction() as session:
            record(session, self._clock.utc_now().astimezone(UTC), deed)

    def keep(self, draft: Revision) -> Revision:
        """Keep a draft; the same content kept before stays as it was.

        Raises:
            StoreUnavailableError: The database is away.
        """
        now = self._clock.utc_now().astimezone(UTC)
        with self._database.transaction() as session:
            lock_revisions(self._database, session)
            known = session.get(RevisionRow, draft.id)
            if known is not None:
                return revision_from(known)
            keep(session, draft)
            subject = f"revision/{draft.id}"
            deed = Deed(draft.author, "draft.kept", subject, {"note": draft.note})
            record(session, now, deed)
            return draft

    def apply(self, revision: RevisionId, base: RevisionId | None, why: Why) -> bool:
        """Put a kept configuration in force; false when it is already.

        Args:
            revision: Which.
            base: What the caller saw in force; None: nothing yet.
            why: Who and for which reason.

        Raises:
            NotFoundError: There is none of this id.
            OvertakenError: Something else than `base` is in force.
            StoreUnavailableError: The database is away.
        """
        now = self._clock.utc_now().astimezone(UTC)
        with self._database.transaction() as session:
            lock_revisions(self._database, session)
            if session.get(RevisionRow, revision) is None:
                raise NotFoundError(f"no revision {revision}")
            current = current_row(session)
            found = None if current is None else current.id
            if found == revision:
                return False
            if found != base:
                raise OvertakenError(
                    f"{found or 'nothing'} is in force now: compare with it first"
                )
            put_in_force(session, revision, why, now)
            return True

    def applied(self, limit: int) -> tuple[Applied, ...]:
        """What was put in force, newest first.

        Raises:
            StoreUnavailableError: The database is away.
        """
        query = (
            select(AppliedRevisionRow, RevisionRow.author, RevisionRow.note)
            .join(RevisionRow, AppliedRevisionRow.revision_id == RevisionRow.id)
            .order_by(AppliedRevisionRow.number.desc())
            .limit(limit)
        )
        with self._database.reading() as session:
            return tuple(
                Applied(
                    number=row.number,
                    revision=RevisionId(row.revision_id),
                    at=row.applied_at,
                    author=author if row.author is None else row.author,
                    reason=note if row.reason is None else row.reason,
                )
                for row, author, note in session.execute(query)
            )

    def unapplied(self, limit: int) -> tuple[Revision, ...]:
        """Drafts nobody put in force yet, newest first.

        Raises:
            StoreUnavailableError: The database is away.
        """
        ever = select(AppliedRevisionRow.revision_id)
        query = (
            select(RevisionRow)
            .where(RevisionRow.id.not_in(ever))
            .order_by(RevisionRow.created_at.desc(), RevisionRow.id)
            .limit(limit)
        )
        with self._database.reading() as session:
            return tuple(revision_from(row) for row in session.scalars(query))
