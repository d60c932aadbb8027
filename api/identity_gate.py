"""The gate once people have names: a session's cookie, or a program's token."""

from fastapi import Request

from api.address import DUTY, LOGOUT, ME
from api.errors import RefusedError
from api.session_cookie import session_of
from identity.errors import ForgedRequestError, UnknownCallerError
from identity.identity import Identity
from identity.person import LOCAL, Person
from identity.right import Right
from identity.sessions import LiveSession, check_csrf

SAFE = frozenset({"GET", "HEAD"})
"""Methods that change nothing."""

INPUT = "x-nonsite-input"
"""Sent by the desk with the first request after somebody touched a key or the screen:
what a page asks by itself, every few seconds, keeps no session."""

WATCHED_PATHS = frozenset({f"{DUTY}/alarms"})
"""Asked by a phone that lies beside who is on duty: untouched, and relied on."""

PASSWORD_PATHS = frozenset({ME, f"{ME}/password", LOGOUT})
"""Open to somebody whose password was made for them and not yet changed."""


class IdentityGate:
    """Admits named people; before the first one exists, whoever sits here.

    Args:
        identity: Who there is.
    """

    def __init__(self, identity: Identity) -> None:
        self._identity = identity

    def admit(self, request: Request, right: Right) -> Person:
        """The caller, who has `right`.

        Raises:
            UnknownCallerError: Nobody known.
            ForgedRequestError: A changing request without the session's token.
            RefusedError: The caller lacks `right`.
        """
        person = self._caller(request)
        if not person.may(right):
            path = request.url.path
            refusals = self._identity.refusals
            refusals.note(person.name, "right.refused", path, right.value)
            raise RefusedError(_why(person, right))
        return person

    def still_admits(self, request: Request, caller: Person, right: Right) -> bool:
        """Whether `caller` would be admitted again, and see the same cameras."""
        try:
            person = self._known(request)
        except UnknownCallerError:
            return False
        return person.may(right) and person.scope == caller.scope

    def _known(self, request: Request) -> Person:
        if not self._identity.people.is_configured():
            return LOCAL
        scheme, _, secret = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return self._identity.tokens.person(secret.strip())
        return self._identity.sessions.peek(session_of(request)).person

    def _caller(self, request: Request) -> Person:
        if not self._identity.people.is_configured():
            return LOCAL
        scheme, _, secret = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return self._identity.tokens.person(secret.strip())
        if scheme:
            raise UnknownCallerError("send a session's cookie or Bearer and a token")
        sessions, secret = self._identity.sessions, session_of(request)
        session = sessions.find(secret) if _is_use(request) else sessions.peek(secret)
        if request.method not in SAFE:
            self._check_csrf(session, request)
        if session.must_change and request.url.path not in PASSWORD_PATHS:
            raise RefusedError("change the password that was made for you first")
        return session.person

    def _check_csrf(self, session: LiveSession, request: Request) -> None:
        try:
            check_csrf(session, request.headers.get("x-csrf-token", ""))
        except ForgedRequestError:
            name, path = session.person.name, request.url.path
            why = "no X-CSRF-Token of the session"
            self._identity.refusals.note(name, "request.forged", path, why)
            raise


def _is_use(request: Request) -> bool:
    """Whether a person is behind it, and not a page that asks by itself."""
    is_changing = request.method not in SAFE
    return is_changing or INPUT in request.headers or request.url.path in WATCHED_PATHS


def _why(person: Person, right: Right) -> str:
    if person.is_local:
        return (
            f"{right} is for named people: nobody has a name here yet, "
            "run `nonsite users add`"
        )
    return f"you lack the right {right}"
