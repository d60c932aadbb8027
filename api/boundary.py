"""The outermost layer: names each request and catches what nobody expected.

In: any ASGI application. Out: the same, with a request id in the scope, its duration
told to a listener, and an unexpected exception turned into a problem document that
shows nothing but the id under which the log has the traceback.
"""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid4

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import UNEXPECTED, problem
from base.clock import Clock
from base.guard import Boundary, guard_async


@dataclass(frozen=True, slots=True)
class Served:
    """One request that was answered.

    Attributes:
        method: HTTP method.
        route: Path of the route with its parameters' names, never their values; empty
            where no route matched.
        status: HTTP status, 500 when the answer broke off.
        seconds: From the first byte seen to the last byte handed over.
    """

    method: str
    route: str
    status: int
    seconds: float


class RequestBoundary:
    """ASGI middleware: request id, timing, and the broad catch of the service."""

    def __init__(
        self, app: ASGIApp, clock: Clock, served: Callable[[Served], None]
    ) -> None:
        self._app = app
        self._clock = clock
        self._served = served

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began_s = self._clock.monotonic_s()
        instance = f"urn:uuid:{uuid4()}"
        scope["nonsite.request_id"] = instance
        status = 0

        async def watched_send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        async def work() -> None:
            await self._app(scope, receive, watched_send)

        async def on_error(_error: Exception) -> None:
            nonlocal status
            if status:
                # The head is out: ending without a last chunk makes the server cut
                # the connection, so that half a file is never taken for a whole one.
                status = UNEXPECTED.status
                return
            detail = "see the log of the service"
            response = problem(UNEXPECTED, detail, instance)
            await response(scope, receive, watched_send)

        await guard_async(Boundary.API_HANDLER, instance, work, on_error)
        seconds = self._clock.monotonic_s() - began_s
        route = _route_of(Request(scope))
        self._served(Served(scope["method"], route, status, seconds))


def _route_of(request: Request) -> str:
    route = request.scope.get("route")
    return str(getattr(route, "path", ""))
