"""The site's configurations in SQL: immutable by digest, the last applied in force."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from alerts.alert import EventKind
from alerts.audit import Deed, record
from alerts.database import Database
from alerts.tables import AppliedRevisionRow, EventIntakeRow, RevisionRow
from base.clock import Clock
from sites.revision import Revision, RevisionId

LOCK_KEY = 0x6E6F6E75
"""Advisory lock of applying: "nonu"."""


def revision_from(row: RevisionRow) -> Revision:
    """A stored configuration as the house knows it."""
    return Revision(
        id=RevisionId(row.id),
        content=row.content,
        created_at=row.created_at,
        author=row.author,
        note=row.note,
    )


def current_row(session: Session) -> RevisionRow | None:
    """The row in force; None before the first import."""
    return session.scalars(
        select(RevisionRow)
        .join(AppliedRevisionRow, AppliedRevisionRow.revision_id == RevisionRow.id)
        .order_by(AppliedRevisionRow.number.desc())
        .limit(1)
    ).first()


@dataclass(frozen=True, slots=True)
class Why:
    """Who puts a configuration in force, and for which reason."""

    author: str
    reason: str


def lock_revisions(database: Database, session: Session) -> None:
    """Wait for others who apply; SQLite has one writer anyway."""
    if database.is_postgres:
        lock = text("SELECT pg_advisory_xact_lock(:key)")
        session.execute(lock, {"key": LOCK_KEY})


def keep(session: Session, revision: Revision) -> None:
    """Store a configuration, unless it is; it is not in force by that."""
    if session.get(RevisionRow, revision.id) is None:
        session.add(
            RevisionRow(
                id=revision.id,
                content=revision.content,
                created_at=revision.created_at,
                author=revision.author,
                note=revision.note,
            )
        )


def put_in_force(session: Session, revision: str, why: Why, now: datetime) -> None:
    """Put a stored configuration in force, tell clients, put it on record."""
    session.add(
        AppliedRevisionRow(
            revision_id=revision, applied_at=now, author=why.author, reason=why.reason
        )
    )
    kind = EventKind.REVISION_APPLIED.value
    session.add(
        EventIntakeRow(
            kind=kind,
            alert_id=None,
            camera=None,
            detail={"revision": revision},
            at=now,
        )
    )
    deed = Deed(why.author, kind, f"revision/{revision}", {"note": why.reason})
    record(session, now, deed)


class SqlRevisionStore:
    """`sites.revision.RevisionStore` over SQL; safe to use from any thread.

    Args:
        database: Where they are kept.
        clock: For the moment one is applied.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def current(self) -> Revision | None:
        """The revision in force, None before the first import.

        Raises:
            StoreUnavailableError: The database is away.
        """
        with self._database.reading() as session:
            row = current_row(session)
            return None if row is None else revision_from(row)

    def apply(self, revision: Revision) -> bool:
        """Put `revision` in force, an older one too; false when it already was.

        Raises:
            StoreUnavailableError: The database is away.
        """
        now = self._clock.utc_now().astimezone(UTC)
        with self._database.transaction() as session:
            lock_revisions(self._database, session)
            current = current_row(session)
            if current is not None and current.id == revision.id:
                return False
            keep(session, revision)
            why = Why(revision.author, revision.note)
            put_in_force(session, revision.id, why, now)
            return True

    def get(self, revision: RevisionId) -> Revision | None:
        """One revision by its id.

        Raises:
            StoreUnavailableError: The database is away.
        """
        with self._database.reading() as session:
            row = session.get(RevisionRow, revision)
            return None if row is None else revision_from(row)

    def in_force_since(self, since: datetime) -> tuple[Revision, ...]:
        """Every revision that was in force at some moment since then, newest first.

        Raises:
            StoreUnavailableError: The database is away.
        """
        applied = AppliedRevisionRow
        before = select(func.max(applied.number)).where(applied.applied_at <= since)
        first = func.coalesce(before.scalar_subquery(), 0)
        query = (
            select(RevisionRow)
            .where(
                RevisionRow.id.in_(
                    select(applied.revision_id).where(applied.number >= first)
                )
            )
            .order_by(RevisionRow.created_at.desc(), RevisionRow.id)
        )
        with self._database.reading() as session:
            return tuple(revision_from(row) for row in session.scalars(query))

    def history(self, limit: int) -> tuple[Revision, ...]:
        """The newest applied revisions, newest first; one applied twice is there twice.

        Raises:
            StoreUnavailableError: The database is away.
        """
        query = (
            select(RevisionRow)
            .join(AppliedRevisionRow, AppliedRevisionRow.revision_id == RevisionRow.id)
            .order_by(AppliedRevisionRow.number.desc())
            .limit(limit)
        )
        with self._database.reading() as session:
            return tuple(revision_from(row) for row in session.scalars(query))
