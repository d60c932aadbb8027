"""Sessions and tokens: begun, renewed by use, ended; nothing secret is stored."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from alerts.database import Database
from base.clock import ManualClock
from identity.errors import ForgedRequestError, RolesError, UnknownCallerError
from identity.identity import Identity
from identity.people import Change
from identity.right import Right, Role
from identity.sessions import IDLE_S, LONGEST_S, check_csrf
from identity.tokens import NewToken
from tests.identity.named import add


def test_a_session_is_its_secret_and_the_store_does_not_hold_it(
    identity: Identity, database: Database
) -> None:
    """A copy of the database opens nothing."""
    started = identity.sessions.start(add(identity, "wang", Role.VIEWER))

    assert identity.sessions.find(started.secret).person.name == "wang"
    with database.reading() as session:
        row = str(session.execute(text("SELECT * FROM sessions")).all())
    assert started.secret not in row


def test_every_login_gets_a_new_secret(identity: Identity) -> None:
    """A secret planted before the login is worth nothing after it."""
    person = add(identity, "wang", Role.VIEWER)

    first, second = (identity.sessions.start(person) for _ in range(2))

    assert first.secret != second.secret
    with pytest.raises(UnknownCallerError):
        identity.sessions.find("planted-by-somebody-else")


def test_a_session_ends_when_idle_and_lives_while_used(
    identity: Identity, clock: ManualClock
) -> None:
    """Used every half hour it lasts a shift, and not a second longer."""
    held = identity.sessions.start(add(identity, "wang", Role.VIEWER))
    for _ in range(LONGEST_S // (IDLE_S // 2) - 1):
        clock.advance(IDLE_S / 2)
        identity.sessions.find(held.secret)

    clock.advance(IDLE_S / 2)

    with pytest.raises(UnknownCallerError):
        identity.sessions.find(held.secret)


def test_an_idle_session_is_over(identity: Identity, clock: ManualClock) -> None:
    """An hour untouched: somebody has gone home."""
    held = identity.sessions.start(add(identity, "wang", Role.VIEWER))

    clock.advance(IDLE_S + 61)

    with pytest.raises(UnknownCallerError):
        identity.sessions.find(held.secret)


def test_logging_out_ends_every_copy(identity: Identity) -> None:
    """The secret is worth nothing afterwards."""
    held = identity.sessions.start(add(identity, "wang", Role.VIEWER))

    identity.sessions.end(held.secret)

    with pytest.raises(UnknownCallerError):
        identity.sessions.find(held.secret)


def test_a_change_of_the_person_ends_sessions(identity: Identity) -> None:
    """Nobody goes on with rights they no longer have."""
    held = identity.sessions.start(add(identity, "wang", Role.SENIOR))

    identity.people.change("wang", Change(roles=frozenset({Role.VIEWER})), "root")

    with pytest.raises(UnknownCallerError):
        identity.sessions.find(held.secret)


def test_a_changing_request_repeats_the_sessions_own_token(identity: Identity) -> None:
    """Another session's token, none, or a similar one is refused."""
    person = add(identity, "wang", Role.VIEWER)
    one, other = (identity.sessions.start(person).session for _ in range(2))

    check_csrf(one, one.csrf)

    for wrong in ("", other.csrf, one.csrf[:-1], one.csrf + "é"):
        with pytest.raises(ForgedRequestError):
            check_csrf(one, wrong)


def test_a_limited_session_works_on_tasks_only(
    identity: Identity, clock: ManualClock
) -> None:
    """Whatever the person is, a link opens tasks and ends with the link."""
    person = add(identity, "li", Role.OFFICER, Role.REVIEWER)
    until = clock.utc_now() + timedelta(minutes=10)

    held = identity.sessions.start_limited(person, until)

    assert held.session.person.rights == {Right.SELF, Right.WORK_TASKS}
    assert identity.sessions.find(held.secret).person.rights == {
        Right.SELF,
        Right.WORK_TASKS,
    }
    clock.advance(601)
    with pytest.raises(UnknownCallerError):
        identity.sessions.find(held.secret)


def _token(clock: ManualClock, *rights: Right, owner: str = "wang") -> NewToken:
    end = clock.utc_now() + timedelta(days=30)
    return NewToken("platform", owner, frozenset(rights), end)


def test_a_token_may_what_it_names_and_never_more_than_its_owner(
    identity: Identity, clock: ManualClock
) -> None:
    """Its rights shrink with the owner's."""
    add(identity, "wang", Role.REVIEWER)
    made = identity.tokens.add(
        _token(clock, Right.READ_ALERTS, Right.READ_REPORTS), "root"
    )

    both = {Right.READ_ALERTS, Right.READ_REPORTS}
    assert identity.tokens.person(made.secret).rights == both
    identity.people.change("wang", Change(roles=frozenset({Role.ENGINEER})), "root")
    assert identity.tokens.person(made.secret).rights == {Right.READ_REPORTS}


def test_no_program_gives_a_verdict(identity: Identity, clock: ManualClock) -> None:
    """Verdicts, answers to alarms, signatures and admitting people are for people."""
    add(identity, "wang", Role.SENIOR, Role.SECURITY_ADMIN)
    for right in (
        Right.WORK_REVIEWS,
        Right.CONFIRM,
        Right.SECOND,
        Right.SETTLE,
        Right.ACKNOWLEDGE,
        Right.SHIFT,
        Right.MANAGE_PEOPLE,
    ):
        with pytest.raises(RolesError, match="no program"):
            identity.tokens.add(_token(clock, right), "root")


def test_a_token_beyond_its_owner_or_its_year_is_refused(
    identity: Identity, clock: ManualClock
) -> None:
    """Refused when it is made, not when it is used."""
    add(identity, "wang", Role.VIEWER)
    long = NewToken(
        "x", "wang", frozenset({Right.SELF}), clock.utc_now() + timedelta(days=400)
    )
    with pytest.raises(RolesError, match="lacks"):
        identity.tokens.add(_token(clock, Right.EDIT_SITE), "root")
    with pytest.raises(RolesError, match="within a year"):
        identity.tokens.add(long, "root")


@pytest.mark.parametrize("how", ["revoked", "over", "unknown"])
def test_a_dead_token_opens_nothing(
    identity: Identity, clock: ManualClock, how: str
) -> None:
    """Revoked, past its end, or never made: the same answer."""
    add(identity, "wang", Role.VIEWER)
    made = identity.tokens.add(_token(clock, Right.READ_ALERTS), "root")
    if how == "revoked":
        identity.tokens.revoke(made.token.id, "root")
    if how == "over":
        clock.advance(31 * 86400)
    secret = "nst_x" if how == "unknown" else made.secret

    with pytest.raises(UnknownCallerError):
        identity.tokens.person(secret)
