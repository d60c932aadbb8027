"""Tokens for programs: named rights, an owner, an end; shown once, kept as a digest."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select

from alerts.audit import Deed, record
from alerts.database import Database
from alerts.errors import NotFoundError
from base.clock import Clock
from base.json_value import JsonValue
from identity.errors import RolesError, UnknownCallerError
from identity.people import person_of
from identity.person import Person
from identity.right import Right
from identity.sessions import SEEN_EVERY_S, digest_of
from identity.tables import PersonRow, TokenRow

LONGEST = timedelta(days=366)
MARK = "nst_"
"""Begins every secret, so that a scanner of repositories can find a lost one."""

FOR_PEOPLE = frozenset(
    {
        Right.WORK_REVIEWS,
        Right.TRIAGE,
        Right.CONFIRM,
        Right.SECOND,
        Right.SETTLE,
        Right.ACKNOWLEDGE,
        Right.SHIFT,
        Right.MANAGE_PEOPLE,
    }
)
"""What no program may do: a verdict is a person's, and so is answering an alarm,
signing a shift and admitting people."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token without its secret; times are wall times."""

    id: UUID
    title: str
    owner: str
    rights: frozenset[Right]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token to be made."""

    title: str
    owner: str
    rights: frozenset[Right]
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class MadeToken:
    """A token, and its secret for this once."""

    token: Token
    secret: str


class Tokens:
    """All tokens; safe to use from any thread.

    Args:
        database: Where they are kept.
        clock: Wall time.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def all(self) -> tuple[Token, ...]:
        """All, newest first."""
        query = select(TokenRow).order_by(TokenRow.created_at.desc(), TokenRow.id)
        with self._database.reading() as session:
            return tuple(_token_of(row) for row in session.scalars(query))

    def add(self, wanted: NewToken, by: str) -> MadeToken:
        """Make one.

        Raises:
            NotFoundError: The owner is nobody.
            RolesError: The owner lacks a right, a program may not have it, or it
                would hold too long.
        """
        now = self._clock.utc_now()
        for_people = wanted.rights & FOR_PEOPLE
        if for_people:
            named = ", ".join(sorted(for_people))
            raise RolesError(f"no program may have {named}")
        if not now < wanted.expires_at <= now + LONGEST:
            raise RolesError("a token ends within a year from now")
        secret = MARK + secrets.token_urlsafe(32)
        with self._database.transaction() as session:
            owner = session.get(PersonRow, wanted.owner)
            if owner is None or not owner.is_active:
                raise NotFoundError(f"nobody is called {wanted.owner!r}")
            lacking = wanted.rights - person_of(owner).rights
            if lacking:
                named = ", ".join(sorted(lacking))
                raise RolesError(f"{wanted.owner} lacks {named}")
            row = TokenRow(
                id=uuid4(),
                digest=digest_of(secret),
                title=wanted.title,
                owner=wanted.owner,
                rights=[right.value for right in sorted(wanted.rights)],
                made_by=by,
                created_at=now,
                expires_at=wanted.expires_at,
                last_used_at=None,
                revoked_at=None,
            )
            session.add(row)
            detail: JsonValue = {"owner": row.owner, "rights": row.rights}
            record(session, now, Deed(by, "token.made", f"token/{row.id}", detail))
            return MadeToken(_token_of(row), secret)

    def revoke(self, token: UUID, by: str) -> Token:
        """It is worth nothing from now on.

        Raises:
            NotFoundError: There is none.
        """
        now = self._clock.utc_now()
        with self._database.transaction() as session:
            row = session.get(TokenRow, token)
            if row is None:
                raise NotFoundError(f"no token {token}")
            if row.revoked_at is None:
                row.revoked_at = now
                record(session, now, Deed(by, "token.revoked", f"token/{token}", {}))
            return _token_of(row)

    def person(self, secret: str) -> Person:
        """In whose name a program asks, with the rights left to it.

        Raises:
            UnknownCallerError: No such token, revoked, or over.
        """
        now = self._clock.utc_now()
        query = select(TokenRow).where(TokenRow.digest == digest_of(secret))
        with self._database.reading() as session:
            row = session.scalars(query).first()
            owner = None if row is None else session.get(PersonRow, row.owner)
            if row is None or owner is None or not owner.is_active:
                raise UnknownCallerError("no such token")
            token = _token_of(row)
            person = replace(person_of(owner), only=token.rights)
        if token.revoked_at is not None or token.expires_at <= now:
            raise UnknownCallerError("the token is revoked or over")
        used = token.last_used_at
        if used is None or (now - used).total_seconds() >= SEEN_EVERY_S:
            with self._database.transaction() as session:
                found = session.get(TokenRow, token.id)
                if found is not None:
                    found.last_used_at = now
        return person


def _token_of(row: TokenRow) -> Token:
    rights = row.rights if isinstance(row.rights, list) else []
    return Token(
        id=row.id,
        title=row.title,
        owner=row.owner,
        rights=frozenset(Right(str(right)) for right in rights),
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
    )
