"""Passwords: checked, throttled, locked out, changed; on both databases."""

import pytest

from alerts.database import Database
from alerts.tables import AuditIntakeRow
from base.clock import ManualClock
from identity.errors import (
    LockedOutError,
    PasswordPolicyError,
    RolesError,
    TakenNameError,
    UnknownCallerError,
    WrongLoginError,
)
from identity.identity import Identity
from identity.people import Change, Newcomer
from identity.person import Person
from identity.right import Role
from identity.throttle import LOCK_S, MOST_BY_NAME, MOST_BY_ORIGIN
from tests.identity.named import PASSWORD, add

HERE = "10.0.0.7"


def _actions(database: Database) -> list[str]:
    with database.reading() as session:
        return [row.action for row in session.query(AuditIntakeRow)]


def test_the_right_password_gives_the_person(
    identity: Identity, database: Database
) -> None:
    """Roles come with it, and the trail has it."""
    add(identity, "wang", Role.REVIEWER, certificate="33040200123")

    person = identity.logins.check("wang", PASSWORD, HERE)

    assert person.roles == {Role.REVIEWER}
    assert person.is_certified
    assert _actions(database) == ["person.added", "login.succeeded"]


@pytest.mark.parametrize("name", ["wang", "nobody", "", "x" * 100])
def test_wrong_name_and_wrong_password_sound_the_same(
    identity: Identity, name: str
) -> None:
    """Nobody learns which names exist."""
    add(identity, "wang", Role.REVIEWER)

    with pytest.raises(WrongLoginError, match=r"^name and password do not fit$"):
        identity.logins.check(name, "wrong", HERE)


def test_a_name_is_locked_after_wrong_tries_and_opens_with_time(
    identity: Identity, clock: ManualClock
) -> None:
    """Then even the right password waits; an hour later nothing is left of it."""
    add(identity, "wang", Role.REVIEWER)
    for n in range(MOST_BY_NAME):
        with pytest.raises(WrongLoginError):
            identity.logins.check("wang", "wrong", f"10.0.0.{n}")

    with pytest.raises(LockedOutError) as caught:
        identity.logins.check("wang", PASSWORD, HERE)

    assert 0 < caught.value.retry_after_s <= LOCK_S
    clock.advance(LOCK_S + 1)
    assert identity.logins.check("wang", PASSWORD, HERE).name == "wang"


def test_an_administrator_opens_the_lock(identity: Identity) -> None:
    """Whoever was locked out by mistake need not wait."""
    add(identity, "wang", Role.REVIEWER)
    for _ in range(MOST_BY_NAME):
        with pytest.raises(WrongLoginError):
            identity.logins.check("wang", "wrong", HERE)
    assert identity.people.everybody()[0].locked_until is not None

    user = identity.people.unlock("wang", "root")

    assert user.locked_until is None
    identity.logins.check("wang", PASSWORD, HERE)


def test_one_address_cannot_try_all_names(identity: Identity) -> None:
    """Guessing one password for many names is stopped by where it comes from."""
    for n in range(MOST_BY_ORIGIN):
        with pytest.raises(WrongLoginError):
            identity.logins.check(f"name{n}", "wrong", HERE)

    with pytest.raises(LockedOutError):
        identity.logins.check("another", "wrong", HERE)


def test_a_password_typed_as_a_name_stays_off_the_trail(
    identity: Identity, database: Database
) -> None:
    """An unknown name may be a password in the wrong box."""
    with pytest.raises(WrongLoginError):
        identity.logins.check("My-Secret-2026!", "x", HERE)

    with database.reading() as session:
        row = session.query(AuditIntakeRow).one()
        assert "Secret" not in f"{row.actor} {row.subject} {row.detail}"


@pytest.mark.parametrize(
    "weak",
    ["short", "wang-is-my-name", "password1234", "aaaaaaaaaaaaaaa", "x" * 201],
)
def test_weak_passwords_are_refused(identity: Identity, weak: str) -> None:
    """Short, well known, repeated or holding the name: refused with the reason."""
    person = Person("wang", "Wang", frozenset({Role.VIEWER}))

    with pytest.raises(PasswordPolicyError):
        identity.people.add(Newcomer(person, weak), "test")


@pytest.mark.parametrize("name", ["", "A", "x", "a b", "../etc", "local", "a\nb", "王"])
def test_names_that_cannot_stand_in_records_are_refused(
    identity: Identity, name: str
) -> None:
    """A name is an identifier, not a text, and never one of the system's."""
    with pytest.raises(TakenNameError):
        add(identity, name, Role.VIEWER)


def test_a_made_password_is_to_be_changed_and_ends_sessions(
    identity: Identity,
) -> None:
    """It is shown once; the first thing to do with it is to choose another."""
    add(identity, "wang", Role.VIEWER)
    old = identity.sessions.start(identity.people.person("wang"))

    made = identity.people.reset_password("wang", "root")

    with pytest.raises(UnknownCallerError):
        identity.sessions.find(old.secret)
    person = identity.logins.check("wang", made, HERE)
    assert identity.sessions.start(person).session.must_change
    identity.logins.change(person, made, PASSWORD, HERE)
    assert not identity.sessions.start(person).session.must_change


def test_guessing_the_old_password_in_a_session_is_a_wrong_login(
    identity: Identity, database: Database
) -> None:
    """A desk left open is no way to try passwords without end."""
    person = add(identity, "wang", Role.VIEWER)
    for n in range(MOST_BY_NAME):
        with pytest.raises(WrongLoginError):
            identity.logins.change(person, f"guess {n}", PASSWORD, HERE)

    with pytest.raises(LockedOutError):
        identity.logins.change(person, PASSWORD, "another good one", HERE)
    assert _actions(database).count("login.refused") == MOST_BY_NAME


def test_a_weak_new_password_is_no_wrong_login(identity: Identity) -> None:
    """Whoever looks for one that is taken is not locked out for it."""
    person = add(identity, "wang", Role.VIEWER)
    for _ in range(MOST_BY_NAME + 1):
        with pytest.raises(PasswordPolicyError):
            identity.logins.change(person, PASSWORD, "short", HERE)

    assert identity.logins.check("wang", PASSWORD, HERE).name == "wang"


def test_a_made_password_is_not_kept_by_choosing_it(identity: Identity) -> None:
    """Whoever handed it out knows it."""
    add(identity, "wang", Role.VIEWER)
    made = identity.people.reset_password("wang", "root")
    person = identity.logins.check("wang", made, HERE)

    with pytest.raises(PasswordPolicyError, match="the old one"):
        identity.logins.change(person, made, made, HERE)

    assert identity.sessions.start(person).session.must_change


@pytest.mark.parametrize("name", ["delivery", "consumer", "retention"])
def test_nobody_is_called_like_a_machine_of_the_trail(
    identity: Identity, name: str
) -> None:
    """What it did and what they did could not be told apart."""
    with pytest.raises(TakenNameError, match=f"not .*{name}"):
        add(identity, name, Role.VIEWER)


def test_nobody_changes_their_own_roles_and_scope(identity: Identity) -> None:
    """Who admits people does not admit themselves to more; a name is no right."""
    add(identity, "root", Role.SECURITY_ADMIN)
    for change in (
        Change(roles=frozenset({Role.SECURITY_ADMIN, Role.SENIOR})),
        Change(certificate="33040200123"),
        Change(is_active=False),
    ):
        with pytest.raises(RolesError, match="another administrator"):
            identity.people.change("root", change, "root")

    assert identity.people.change("root", Change(full_name="Root"), "root").is_active


def test_whoever_left_does_not_come_in(identity: Identity) -> None:
    """A person who is no longer active has no login, session or token."""
    add(identity, "wang", Role.VIEWER)
    held = identity.sessions.start(identity.people.person("wang"))

    identity.people.change("wang", Change(is_active=False), "root")

    with pytest.raises(UnknownCallerError):
        identity.sessions.find(held.secret)
    with pytest.raises(WrongLoginError):
        identity.logins.check("wang", PASSWORD, HERE)
