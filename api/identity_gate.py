"""The gate once people have names: a session's cookie, or a program's token."""

import structlog
from fastapi import Request

from api.errors import RefusedError
from api.session_cookie import session_of
from identity.errors import ForgedRequestError, UnknownCallerError
from identity.identity import Identity
from identity.person import LOCAL, Person
from identity.right import Right
from identity.sessions import check_csrf

SAFE = frozenset({"GET", "HEAD"})
"""Methods that change nothing."""

PASSWORD_PATHS = ("/me", "/me/password", "/logout")
"""Open to somebody whose password was made for them and not yet changed."""

_log = structlog.get_logger()


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
        try:
            person = self._caller(request)
        except ForgedRequestError:
            _log.warning("request.forged", path=request.url.path[:200])
            raise
        if not person.may(right):
            _log.warning("right.refused", person=person.name, right=right.value)
            raise RefusedError(_why(person, right))
        return person

    def still_admits(self, request: Request, right: Right) -> bool:
        """Whether the caller of an answer under way would be admitted again."""
        try:
            return self._known(request).may(right)
        except UnknownCallerError:
            return False

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
        session = self._identity.sessions.find(session_of(request))
        if request.method not in SAFE:
            check_csrf(session, request.headers.get("x-csrf-token", ""))
        if session.must_change and not request.url.path.endswith(PASSWORD_PATHS):
            raise RefusedError("change the password that was made for you first")
        return session.person


def _why(person: Person, right: Right) -> str:
    if person.is_local:
        return (
            f"{right} is for named people: nobody has a name here yet, "
            "run `nonsite users add`"
        )
    return f"you lack the right {right}"
