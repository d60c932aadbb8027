"""Sessions of people, kept at the service: a cookie holds a secret, nothing else.

A session ends by logging out, by standing idle, after a working day, and whenever
something about the person changes.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from alerts.audit import Deed, record
from alerts.database import Database
from base.clock import Clock
from identity.errors import ForgedRequestError, UnknownCallerError
from identity.people import person_of
from identity.person import Person
from identity.right import Right
from identity.tables import PersonRow, SessionRow

IDLE_S = 3600
LONGEST_S = 12 * 3600
"""A shift with its hand-over."""

SEEN_EVERY_S = 60
"""How exactly it is known when a session was last used: a write a minute, not each."""

LINK_RIGHTS = frozenset({Right.SELF, Right.WORK_TASKS})


@dataclass(frozen=True, slots=True)
class LiveSession:
    """A session that holds.

    Attributes:
        person: Whose, with the rights left to it.
        csrf: What a changing request must repeat.
        expires_at: Wall time it is over at the latest.
        must_change: The password is to be changed before anything else.
    """

    person: Person
    csrf: str
    expires_at: datetime
    must_change: bool


@dataclass(frozen=True, slots=True)
class Started:
    """A new session and the secret for its cookie."""

    session: LiveSession
    secret: str


def digest_of(secret: str) -> str:
    """SHA-256, hex: what is stored of a secret with 256 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()


class Sessions:
    """All sessions; safe to use from any thread.

    Args:
        database: Where they are kept.
        clock: Wall time.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def start(self, person: Person) -> Started:
        """A new session of `person`, always under a new secret."""
        return self._start(person, LONGEST_S, None)

    def start_limited(self, person: Person, until: datetime) -> Started:
        """A session that may only work on tasks, until `until` at the latest."""
        left_s = (until - self._clock.utc_now()).total_seconds()
        return self._start(person, min(left_s, LONGEST_S), LINK_RIGHTS)

    def _start(
        self, person: Person, longest_s: float, only: frozenset[Right] | None
    ) -> Started:
        now = self._clock.utc_now()
        secret, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        with self._database.transaction() as session:
            session.execute(delete(SessionRow).where(SessionRow.expires_at <= now))
            row = SessionRow(
                digest=digest_of(secret),
                person=person.name,
                csrf=csrf,
                only=None if only is None else [right.value for right in sorted(only)],
                created_at=now,
                seen_at=now,
                expires_at=now + timedelta(seconds=longest_s),
            )
            session.add(row)
            owner = session.get(PersonRow, person.name)
            assert owner is not None
            return Started(_live(row, owner), secret)

    def find(self, secret: str) -> LiveSession:
        """The session behind a cookie.

        Raises:
            UnknownCallerError: There is none, or it is over.
        """
        now = self._clock.utc_now()
        live, seen_at = self._look(secret, now)
        if (now - seen_at).total_seconds() >= SEEN_EVERY_S:
            self._touch(secret, now)
        return live

    def peek(self, secret: str) -> LiveSession:
        """The session behind a cookie, without counting as its use.

        Raises:
            UnknownCallerError: There is none, or it is over.
        """
        return self._look(secret, self._clock.utc_now())[0]

    def _look(self, secret: str, now: datetime) -> tuple[LiveSession, datetime]:
        with self._database.reading() as session:
            found = _held(session, secret, now)
            if found is None:
                raise UnknownCallerError("log in: there is no session, or it is over")
            row, owner = found
            return _live(row, owner), row.seen_at

    def end(self, secret: str) -> None:
        """It is over, wherever its cookie was copied to; silent when it was."""
        if not secret:
            return
        now = self._clock.utc_now()
        with self._database.transaction() as session:
            row = session.get(SessionRow, digest_of(secret))
            if row is None:
                return
            deed = Deed(row.person, "session.ended", f"person/{row.person}", {})
            record(session, now, deed)
            session.delete(row)

    def _touch(self, secret: str, now: datetime) -> None:
        with self._database.transaction() as session:
            row = session.get(SessionRow, digest_of(secret))
            if row is not None:
                row.seen_at = now


def check_csrf(session: LiveSession, given: str) -> None:
    """Refuse a changing request that does not repeat the session's token.

    Raises:
        ForgedRequestError: It does not.
    """
    if not hmac.compare_digest(session.csrf.encode(), given.encode()):
        msg = "the request lacks the session's X-CSRF-Token: load the page anew"
        raise ForgedRequestError(msg)


def _held(
    session: Session, secret: str, now: datetime
) -> tuple[SessionRow, PersonRow] | None:
    row = session.get(SessionRow, digest_of(secret)) if secret else None
    if row is None or row.expires_at <= now:
        return None
    if row.seen_at <= now - timedelta(seconds=IDLE_S):
        return None
    owner = session.get(PersonRow, row.person)
    return (row, owner) if owner is not None and owner.is_active else None


def _live(row: SessionRow, owner: PersonRow) -> LiveSession:
    person = person_of(owner)
    if isinstance(row.only, list):
        person = replace(person, only=frozenset(Right(str(one)) for one in row.only))
    return LiveSession(
        person=person,
        csrf=row.csrf,
        expires_at=row.expires_at,
        must_change=owner.must_change and row.only is None,
    )
