"""Who may reach the service: this machine alone, until people have identities.

Binding to loopback keeps other machines out; checking the `Host` header keeps out web
pages of other origins that point a name of theirs at an address of ours (DNS
rebinding). Once people have names, the service also answers to its public address.
"""

from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from api.errors import WRONG_HOST, problem
from base.errors import ConfigError

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
"""Values of `Host`, port taken off, that mean this machine."""


def is_loopback(host: str) -> bool:
    """Whether an address or name means this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.removeprefix("[").removesuffix("]")).is_loopback
    except ValueError:
        return False


def require_loopback(host: str, *, is_configured: bool, public_url: str) -> None:
    """Refuse to listen beyond this machine before people have names and TLS.

    Args:
        host: Address or name given to `--host`.
        is_configured: Somebody has a name here.
        public_url: Address under which browsers reach the service; empty: none.

    Raises:
        ConfigError: It is no loopback address and something is missing; says what.
    """
    if is_loopback(host):
        return
    if not is_configured:
        reason = (
            f"host: {host[:100]!r} is not this machine: alerts may be read by named "
            "people only, and no identity is configured yet; add the first "
            "administrator with `nonsite users add`, or use 127.0.0.1 and reach it "
            "through an SSH tunnel"
        )
        raise ConfigError((reason,))
    if not public_url.startswith("https://"):
        reason = (
            f"host: {host[:100]!r} is reached over the network: passwords need TLS; "
            "put a TLS gateway in front and name its address in NONSITE_PUBLIC_URL "
            "(https://…)"
        )
        raise ConfigError((reason,))


def names_of(public_url: str) -> frozenset[str]:
    """Values of `Host` that are answered, with the public address when there is one."""
    name = urlsplit(public_url).hostname if public_url else None
    return LOOPBACK_NAMES if name is None else LOOPBACK_NAMES | {name}


class HostCheck:
    """ASGI middleware that answers 421 when `Host` names something else."""

    def __init__(self, app: ASGIApp, names: frozenset[str] = LOOPBACK_NAMES) -> None:
        self._app = app
        self._names = names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http" and not self._is_ours(Headers(scope=scope)):
            instance = str(scope.get("nonsite.request_id", ""))
            known = ", ".join(sorted(self._names))
            detail = f"this service answers to {known} only"
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
