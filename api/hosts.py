"""Who may reach the service until people have identities: this machine alone.

Binding to loopback keeps other machines out; checking the `Host` header keeps out web
pages of other origins that point a name of theirs at 127.0.0.1 (DNS rebinding).
"""

from ipaddress import ip_address

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from api.errors import WRONG_HOST, problem
from base.errors import ConfigError

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
"""Values of `Host`, port taken off, that mean this machine."""


def require_loopback(host: str) -> None:
    """Refuse to listen anywhere but on this machine.

    Args:
        host: Address or name given to `--host`.

    Raises:
        ConfigError: It is no loopback address; says why.
    """
    if host == "localhost":
        return
    try:
        if ip_address(host.removeprefix("[").removesuffix("]")).is_loopback:
            return
    except ValueError:
        pass
    reason = (
        f"host: {host[:100]!r} is not this machine: alerts may be read by named people "
        "only, and no identity is configured yet; use 127.0.0.1 and reach it through "
        "an SSH tunnel"
    )
    raise ConfigError((reason,))


class HostCheck:
    """ASGI middleware that answers 421 when `Host` names something else."""

    def __init__(self, app: ASGIApp, names: frozenset[str] = LOOPBACK_NAMES) -> None:
        self._app = app
        self._names = names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http" and not self._is_ours(Headers(scope=scope)):
            instance = str(scope.get("nonsite.request_id", ""))
            detail = "this service answers to localhost, 127.0.0.1 and [::1] only"
            await problem(WRONG_HOST, detail, instance)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _is_ours(self, headers: Headers) -> bool:
        given = headers.getlist("host")
        return len(given) == 1 and _without_port(given[0]) in self._names


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    if colon and not host.endswith("]") and port.isascii() and port.isdigit():
        return name.lower()
    return host.lower()
