"""The book of people: added, changed, never deleted; each change is audited."""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from alerts.audit import Deed, record
from alerts.database import Database
from alerts.errors import NotFoundError
from base.clock import Clock
from base.ids import CameraId
from base.json_value import JsonValue
from identity.errors import RolesError, TakenNameError
from identity.passwords import check_policy, hash_of, made_password
from identity.person import Person, Scope
from identity.right import CONFLICTS, Role
from identity.tables import LoginTryRow, PersonRow, SessionRow
from identity.throttle import LOCK_S, locked_until

T = TypeVar("T")


LOGIN_NAME = r"[a-z][a-z0-9._-]{1,63}"
RESERVED = frozenset(
    {"local", "consumer", "delivery", "unknown", "system", "retention"}
)
"""Actors of the audit trail that are nobody."""


@dataclass(frozen=True, slots=True)
class User:
    """A person as administrators see them.

    Attributes:
        person: Who.
        is_active: May log in.
        locked_until: Too many wrong tries; None: free.
        last_login_at: Wall time.
        created_at: Wall time.
    """

    person: Person
    is_active: bool
    locked_until: datetime | None
    last_login_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody to be added; without a password one is made."""

    person: Person
    password: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What changes of a person; None stays."""

    full_name: str | None = None
    roles: frozenset[Role] | None = None
    certificate: str | None = None
    scope: Scope | None = None
    is_active: bool | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """Somebody added, and the password where one was made."""

    user: User
    password: str | None


def _names(value: JsonValue) -> list[str]:
    return [str(name) for name in value] if isinstance(value, list) else []


def person_of(row: PersonRow) -> Person:
    """The person of a row."""
    return Person(
        name=row.name,
        full_name=row.full_name,
        roles=frozenset(Role(role) for role in _names(row.roles)),
        certificate=row.certificate,
        scope=Scope(
            frozenset(CameraId(name) for name in _names(row.cameras)),
            frozenset(_names(row.areas)),
        ),
    )


def check_name(name: str) -> None:
    """Refuse a login name that cannot stand in records and addresses.

    Raises:
        TakenNameError: Says what a name looks like.
    """
    if re.fullmatch(LOGIN_NAME, name) is None or name in RESERVED:
        msg = (
            f"no login name: {name[:80]!r}; small letters, digits, dots, dashes, "
            f"beginning with a letter, 2 to 64 signs; not {', '.join(sorted(RESERVED))}"
        )
        raise TakenNameError(msg)


def check_roles(roles: frozenset[Role]) -> None:
    """Refuse roles one person may not hold together.

    Raises:
        RolesError: Names the two.
    """
    for pair in CONFLICTS:
        if pair <= roles:
            both = " and ".join(sorted(pair))
            raise RolesError(f"one person is not both {both}")


class People:
    """Everybody; safe to use from any thread.

    Args:
        database: Where they are kept.
        clock: Wall time of the rows.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._is_configured = False

    def is_configured(self) -> bool:
        """Whether anybody has a name here; once true it stays true.

        Raises:
            StoreUnavailableError: The database is away.
        """
        if not self._is_configured:
            with self._database.reading() as session:
                first = session.scalars(select(PersonRow.name).limit(1)).first()
            self._is_configured = first is not None
        return self._is_configured

    def everybody(self) -> tuple[User, ...]:
        """All, by name.

        Raises:
            StoreUnavailableError: The database is away.
        """
        with self._database.reading() as session:
            rows = session.scalars(select(PersonRow).order_by(PersonRow.name))
            return tuple(self._user(session, row) for row in rows)

    def person(self, name: str) -> Person:
        """One who may log in.

        Raises:
            NotFoundError: Nobody, or no longer active.
        """
        with self._database.reading() as session:
            row = session.get(PersonRow, name)
            if row is None or not row.is_active:
                raise NotFoundError(f"nobody is called {name!r}")
            return person_of(row)

    def by_subject(self, subject: str) -> Person | None:
        """Whom the bureau's login service calls `subject`."""
        with self._database.reading() as session:
            row = session.scalars(
                select(PersonRow).where(PersonRow.subject == subject)
            ).first()
            return person_of(row) if row is not None and row.is_active else None

    def add(self, newcomer: Newcomer, by: str) -> Made:
        """Add somebody.

        Raises:
            TakenNameError: Somebody has that name.
            RolesError: The roles exclude each other.
            PasswordPolicyError: The password is too weak.
        """
        person = newcomer.person
        check_name(person.name)
        check_roles(person.roles)
        password = newcomer.password or made_password()
        check_policy(password, person.name)
        now, hashed = self._clock.utc_now(), hash_of(password)
        with self._database.transaction() as session:
            if session.get(PersonRow, person.name) is not None:
                raise TakenNameError(f"somebody is called {person.name!r} already")
            row = PersonRow(
                name=person.name,
                password=hashed,
                must_change=newcomer.password is None,
                is_active=True,
                subject=None,
                last_login_at=None,
                created_at=now,
            )
            session.add(row)
            _write(row, person, now)
            deed = Deed(by, "person.added", f"person/{person.name}", _told(row))
            record(session, now, deed)
            user = self._user(session, row)
        self._is_configured = True
        return Made(user, password if newcomer.password is None else None)

    def change(self, name: str, change: Change, by: str) -> User:
        """Change somebody; their sessions end, so that nothing old is left.

        Raises:
            NotFoundError: Nobody has that name.
            RolesError: The roles exclude each other, or are one's own: nobody admits
                themselves to more, nor closes the door behind them.
        """
        now = self._clock.utc_now()
        if name == by and replace(change, full_name=None) != Change():
            raise RolesError("another administrator changes your own roles and scope")
        with self._database.transaction() as session:
            row = _row(session, name)
            was = person_of(row)
            person = Person(
                name=name,
                full_name=_or(change.full_name, was.full_name),
                roles=_or(change.roles, was.roles),
                certificate=_or(change.certificate, was.certificate),
                scope=_or(change.scope, was.scope),
            )
            check_roles(person.roles)
            _write(row, person, now)
            row.is_active = _or(change.is_active, row.is_active)
            session.execute(delete(SessionRow).where(SessionRow.person == name))
            record(
                session, now, Deed(by, "person.changed", f"person/{name}", _told(row))
            )
            return self._user(session, row)

    def link(self, name: str, subject: str) -> Person:
        """Let `name` come in as `subject` of the bureau's login service, for good.

        Raises:
            NotFoundError: Nobody active has that name, or is linked to another.
        """
        now = self._clock.utc_now()
        with self._database.transaction() as session:
            row = _row(session, name)
            if not row.is_active or row.subject not in {None, subject}:
                raise NotFoundError(f"nobody is called {name!r}")
            row.subject = subject
            record(session, now, Deed(name, "person.linked", f"person/{name}", {}))
            return person_of(row)

    def reset_password(self, name: str, by: str) -> str:
        """A new password, to be changed at the first login; sessions end.

        Raises:
            NotFoundError: Nobody has that name.
        """
        password = made_password()
        self.set_password(name, password, by, must_change=True)
        return password

    def set_password(
        self, name: str, password: str, by: str, *, must_change: bool = False
    ) -> None:
        """Another password; sessions end.

        Raises:
            NotFoundError: Nobody has that name.
            PasswordPolicyError: It is too weak.
        """
        check_policy(password, name)
        now, hashed = self._clock.utc_now(), hash_of(password)
        with self._database.transaction() as session:
            row = _row(session, name)
            row.password, row.must_change, row.changed_at = hashed, must_change, now
            session.execute(delete(SessionRow).where(SessionRow.person == name))
            session.execute(delete(LoginTryRow).where(LoginTryRow.name == name))
            record(session, now, Deed(by, "password.changed", f"person/{name}", {}))

    def unlock(self, name: str, by: str) -> User:
        """Forget the wrong tries of somebody.

        Raises:
            NotFoundError: Nobody has that name.
        """
        now = self._clock.utc_now()
        with self._database.transaction() as session:
            row = _row(session, name)
            session.execute(delete(LoginTryRow).where(LoginTryRow.name == name))
            record(session, now, Deed(by, "person.unlocked", f"person/{name}", {}))
            return self._user(session, row)

    def _user(self, session: Session, row: PersonRow) -> User:
        now = self._clock.utc_now()
        tries = session.scalars(
            select(LoginTryRow.at).where(
                LoginTryRow.name == row.name,
                LoginTryRow.at > now - timedelta(seconds=LOCK_S),
            )
        ).all()
        return User(
            person=person_of(row),
            is_active=row.is_active,
            locked_until=locked_until(tries),
            last_login_at=row.last_login_at,
            created_at=row.created_at,
        )


def _or(new: T | None, old: T) -> T:
    return old if new is None else new


def _row(session: Session, name: str) -> PersonRow:
    row = session.get(PersonRow, name)
    if row is None:
        raise NotFoundError(f"nobody is called {name!r}")
    return row


def _write(row: PersonRow, person: Person, now: datetime) -> None:
    row.full_name = person.full_name
    row.roles = [role.value for role in sorted(person.roles)]
    row.certificate = person.certificate
    row.cameras = [str(camera) for camera in sorted(person.scope.cameras)]
    row.areas = sorted(person.scope.areas)  # type: ignore[assignment]
    row.changed_at = now


def _told(row: PersonRow) -> JsonValue:
    return {
        "roles": row.roles,
        "certificate": row.certificate,
        "cameras": row.cameras,
        "areas": row.areas,
        "is_active": row.is_active,
    }
