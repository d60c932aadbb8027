"""The cookies of the service: a session's secret, and a login on its way.

HttpOnly keeps it from scripts, SameSite=Strict from other sites' requests, Secure from
plain HTTP wherever the service is reached over TLS. A login on its way is Lax: its
browser comes back from another site.
"""

from ipaddress import ip_address

from fastapi import Request
from starlette.responses import Response

COOKIE = "nonsite_session"
LOOPBACK = frozenset({"127.0.0.1", "::1"})


def session_of(request: Request) -> str:
    """The secret the caller's cookie holds; empty: none."""
    return request.cookies.get(COOKIE, "")


def origin_of(request: Request) -> str:
    """The address a request came from, for counting wrong tries.

    A gateway on this machine, which ends TLS, is believed: the last address of
    `X-Forwarded-For` is the one it saw itself. Without that a whole bureau would come
    from one address, and be locked out together.
    """
    peer = (request.client.host if request.client is not None else "unknown")[:64]
    if not _is_secure(request) or peer not in LOOPBACK:
        return peer
    told = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    try:
        return str(ip_address(told))
    except ValueError:
        return peer


def set_cookie(
    response: Response, request: Request, secret: str, name: str = COOKIE
) -> None:
    """Hand `secret` to the caller's browser, for as long as it stays open."""
    response.set_cookie(
        name,
        secret,
        path="/",
        httponly=True,
        secure=_is_secure(request),
        samesite="strict" if name == COOKIE else "lax",
    )


def clear_cookie(response: Response, request: Request, name: str = COOKIE) -> None:
    """Let the caller's browser forget it."""
    response.delete_cookie(
        name, path="/", httponly=True, secure=_is_secure(request), samesite="strict"
    )


def _is_secure(request: Request) -> bool:
    return bool(request.app.state.nonsite.services.is_behind_tls)
