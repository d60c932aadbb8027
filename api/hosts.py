"""Who may reach the service: this machine alone, until people have identities.

Binding to loopback keeps other machines out; checking the `Host` header keeps out web
pages of other origins that point a name of theirs at an address of ours (DNS
rebinding). Once people have names, the service also answers to its public address.
"""

from collections.abc import Callable
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from alerts.errors import StoreUnavailableError
from api.errors import WRONG_HOST, problem
from base.errors import ConfigError

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
"""Values of `Host`, port taken off, that mean this machine."""
FORWARDED = frozenset({"forwarded", "x-forwarded-for", "x-real-ip"})
"""Headers of a gateway: who asks is somebody else than who connects."""


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
    """ASGI middleware that answers 421 when `Host` names something else.

    Args:
        app: What answers else.
        names: Values that are answered once people have names.
        is_configured: Asks whether somebody has a name here. Until then whoever asks is
            this machine's user: what comes by a gateway is not answered either.
    """

    def __init__(
        self, app: ASGIApp, names: frozenset[str], is_configured: Callable[[], bool]
    ) -> None:
        self._app = app
        self._names = names
        self._is_configured = is_configured

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http":
            why = await self._why_not(Headers(scope=scope))
            if why:
                instance = str(scope.get("nonsite.request_id", ""))
                await problem(WRONG_HOST, why, instance)(scope, receive, send)
                return
        await self._app(scope, receive, send)

    async def _why_not(self, headers: Headers) -> str:
        """Why a request is not answered; empty where it is."""
        given = headers.getlist("host")
        name = _without_port(given[0]) if len(given) == 1 else ""
        if name not in self._names:
            known = ", ".join(sorted(self._names))
            return f"this service answers to {known} only"
        is_here = name in LOOPBACK_NAMES and not FORWARDED & set(headers.keys())
        try:
            if is_here or await run_in_threadpool(self._is_configured):
                return ""
        except StoreUnavailableError:
            return ""  # nobody is admitted while it is away; `/healthz` answers
        return (
            "nobody has a name here yet, so that only this machine is answered, and "
            "through no gateway: run `nonsite users add`"
        )


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    if colon and not host.endswith("]") and port.isascii() and port.isdigit():
        return name.lower()
    return host.lower()
