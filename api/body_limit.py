"""A ceiling on request bodies, held while they arrive, whatever their header says."""

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import TOO_LARGE, problem

MAX_BODY_BYTES = 64 * 1024
"""No route takes a body yet; the largest JSON a route may come to take fits well."""


class BodyLimit:
    """ASGI middleware that answers 413 to bodies of more than `limit` bytes."""

    def __init__(self, app: ASGIApp, limit: int = MAX_BODY_BYTES) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        detail = f"at most {self._limit} bytes are taken"
        declared = Headers(scope=scope).get("content-length", "0")
        if not (declared.isascii() and declared.isdigit()) or len(declared) > 18:
            declared = str(self._limit + 1)
        if int(declared) > self._limit:
            instance = str(scope.get("nonsite.request_id", ""))
            await problem(TOO_LARGE, detail, instance)(scope, receive, send)
            return
        taken = 0

        async def limited_receive() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self._limit:
                raise HTTPException(TOO_LARGE.status, detail)
            return message

        await self._app(scope, limited_receive, send)
