"""`/login`, `/logout`, `/me`: how one gets a name here, and who one is."""

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from api import identity_examples as examples
from api.access import AnyCaller
from api.address import LOGIN, LOGOUT, ME, OIDC
from api.errors import RefusedError
from api.identity_shown import me_of
from api.identity_view import Done, LoginOptions, Me, TakenLogin, TakenPassword
from api.openapi import answers
from api.services import StateDep
from api.session_cookie import clear_cookie, origin_of, session_of, set_cookie
from identity.errors import UnknownCallerError
from identity.sessions import Sessions

router = APIRouter(tags=["identity"])


@router.get(LOGIN, responses=answers(examples.OPTIONS, 503))
def login_options(request: Request, state: StateDep) -> LoginOptions:
    """How one can log in here, and whether the caller is in already."""
    identity = state.services.identity
    oidc = identity.oidc
    is_configured = identity.people.is_configured()
    return LoginOptions(
        is_configured=is_configured,
        password=True,
        oidc_title=None if oidc is None else oidc.title,
        oidc_url=None if oidc is None else f"{OIDC}/start",
        is_known=not is_configured or _has_session(request, identity.sessions),
    )


def _has_session(request: Request, sessions: Sessions) -> bool:
    try:
        sessions.peek(session_of(request))
    except UnknownCallerError:
        return False
    return True


@router.post(LOGIN, responses=answers(examples.ME, 401, 413, 422, 429, 503))
def login(
    body: TakenLogin, request: Request, response: Response, state: StateDep
) -> Me:
    """Name and password in, session cookie out; a session one had is ended."""
    identity = state.services.identity
    origin = origin_of(request)
    person = identity.logins.check(body.name, body.password.get_secret_value(), origin)
    identity.sessions.end(session_of(request))
    started = identity.sessions.start(person)
    set_cookie(response, request, started.secret)
    return me_of(started.session.person, started.session)


@router.get(f"{OIDC}/start", include_in_schema=False)
def oidc_start(request: Request, state: StateDep) -> Response:
    """To the bureau's own login page."""
    oidc = state.services.identity.require_oidc()
    begun = oidc.begin()
    response = RedirectResponse(begun.url, status_code=303)
    set_cookie(response, request, begun.secret, oidc.cookie)
    return response


@router.get(f"{OIDC}/callback", include_in_schema=False)
def oidc_callback(request: Request, state: StateDep) -> Response:
    """Back from there: a session for whom it names, when we know them."""
    identity = state.services.identity
    oidc = identity.require_oidc()
    person = oidc.finish(str(request.url.query), request.cookies.get(oidc.cookie, ""))
    identity.sessions.end(session_of(request))
    started = identity.sessions.start(person)
    response = RedirectResponse("/", status_code=303)
    clear_cookie(response, request, oidc.cookie)
    set_cookie(response, request, started.secret)
    return response


@router.post(LOGOUT, responses=answers(examples.DONE, 401, 403, 503))
def logout(
    request: Request, response: Response, caller: AnyCaller, state: StateDep
) -> Done:
    """End the session, wherever its cookie was copied to."""
    del caller
    state.services.identity.sessions.end(session_of(request))
    clear_cookie(response, request)
    return Done()


@router.get(ME, responses=answers(examples.ME, 401, 403, 503))
def me(request: Request, caller: AnyCaller, state: StateDep) -> Me:
    """Who the caller is and what they may do."""
    secret = session_of(request)
    sessions = state.services.identity.sessions
    is_person = secret and "authorization" not in request.headers
    return me_of(caller, sessions.peek(secret) if is_person else None)


@router.post(
    f"{ME}/password", responses=answers(examples.DONE, 401, 403, 413, 422, 429, 503)
)
def change_password(
    body: TakenPassword, request: Request, caller: AnyCaller, state: StateDep
) -> Done:
    """One's own, by whoever logged in; every session of one's ends."""
    if caller.only is not None:
        raise RefusedError("log in with name and password to change the password")
    state.services.identity.logins.change(
        caller,
        body.old.get_secret_value(),
        body.new.get_secret_value(),
        origin_of(request),
    )
    return Done()
