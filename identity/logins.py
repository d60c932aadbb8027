"""Login by name and password: throttled, locked out, on the audit trail."""

from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from alerts.audit import Deed, record
from alerts.database import Database
from base.clock import Clock
from identity.errors import LockedOutError, PasswordPolicyError, WrongLoginError
from identity.passwords import check_policy, fits
from identity.people import People, person_of
from identity.person import Person
from identity.tables import LoginTryRow, PersonRow
from identity.throttle import LOCK_S, MOST_BY_NAME, MOST_BY_ORIGIN, locked_until

_log = structlog.get_logger()


class Logins:
    """Checks passwords; safe to use from any thread.

    Args:
        database: Where people and tries are kept.
        people: For changes of passwords.
        clock: Wall time of the tries.
    """

    def __init__(self, database: Database, people: People, clock: Clock) -> None:
        self._database = database
        self._people = people
        self._clock = clock

    def check(self, name: str, password: str, origin: str) -> Person:
        """Who it is.

        Raises:
            WrongLoginError: Name and password do not fit, or the person left.
            LockedOutError: Too many wrong tries of this name or from this address.
        """
        now = self._clock.utc_now()
        hashed = self._begin_try(name, origin, now)
        if not fits(password, hashed):
            self._put_on_record(name, origin, now)
            raise WrongLoginError("name and password do not fit")
        with self._database.transaction() as session:
            row = session.get(PersonRow, name)
            assert row is not None
            row.last_login_at = now
            session.execute(delete(LoginTryRow).where(LoginTryRow.name == name))
            deed = Deed(name, "login.succeeded", f"person/{name}", {"from": origin})
            record(session, now, deed)
            return person_of(row)

    def change(self, person: Person, old: str, new: str, origin: str) -> None:
        """One's own password; a wrong old one counts like a wrong login.

        Raises:
            WrongLoginError: The old one is wrong.
            LockedOutError: Too many wrong tries of this name or from this address.
            PasswordPolicyError: The new one is too weak, or the old one.
        """
        check_policy(new, person.name)  # no wrong login: nothing was tried yet
        if new == old:
            raise PasswordPolicyError("the new password is the old one")
        now = self._clock.utc_now()
        hashed = self._begin_try(person.name, origin, now)
        if not fits(old, hashed):
            self._put_on_record(person.name, origin, now)
            raise WrongLoginError("the old password is wrong")
        self._people.set_password(person.name, new, person.name)

    def _begin_try(self, name: str, origin: str, now: datetime) -> str | None:
        """Count the try; the hash of the person, None for nobody.

        Raises:
            LockedOutError: Too many before.
        """
        with self._database.transaction() as session:
            session.execute(
                delete(LoginTryRow).where(
                    LoginTryRow.at <= now - timedelta(seconds=LOCK_S)
                )
            )
            by_name = locked_until(
                _tries(session, LoginTryRow.name == name), MOST_BY_NAME
            )
            by_origin = locked_until(
                _tries(session, LoginTryRow.origin == origin), MOST_BY_ORIGIN
            )
            until = max(filter(None, (by_name, by_origin)), default=None)
            if until is None:
                session.add(LoginTryRow(name=name, origin=origin, at=now))
            row = session.get(PersonRow, name)
        if until is not None:
            _log.warning("login.locked_out", origin=origin)
            seconds = max(1, round((until - now).total_seconds()))
            raise LockedOutError("too many wrong tries", seconds)
        return row.password if row is not None and row.is_active else None

    def _put_on_record(self, name: str, origin: str, now: datetime) -> None:
        _log.warning("login.refused", origin=origin)
        with self._database.transaction() as session:
            known = session.get(PersonRow, name) is not None
            # what was typed for an unknown name may be a password
            actor = name if known else "unknown"
            deed = Deed(actor, "login.refused", f"person/{actor}", {"from": origin})
            record(session, now, deed)


def _tries(session: Session, which: ColumnElement[bool]) -> list[datetime]:
    return list(session.scalars(select(LoginTryRow.at).where(which)))
