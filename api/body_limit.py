"""A ceiling on request bodies, held while they arrive, whatever their header says."""

import re

import structlog
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.address import TASKS
from api.errors import TOO_LARGE, problem

MAX_BODY_BYTES = 2 * 1024 * 1024
"""A draft of five hundred cameras with their zones."""

MAX_PHOTO_BYTES = 8 * 1024 * 1024
_log = structlog.get_logger()
PHOTOS = re.compile(re.escape(TASKS) + r"/[^/]+/photos")
"""What a phone's camera makes of one picture."""


class BodyLimit:
    """ASGI middleware that answers 413 to bodies larger than their route takes."""

    def __init__(self, app: ASGIApp, most: int = MAX_BODY_BYTES) -> None:
        self._app = app
        self._most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_photo = PHOTOS.fullmatch(str(scope.get("path", ""))) is not None
        limit = MAX_PHOTO_BYTES if is_photo else self._most
        detail = f"at most {limit} bytes are taken"
        declared = Headers(scope=scope).get("content-length", "0")
        if not (declared.isascii() and declared.isdigit()) or len(declared) > 18:
            declared = str(limit + 1)
        if int(declared) > limit:
            _log.warning("body.refused", path=str(scope.get("path", ""))[:200])
            instance = str(scope.get("nonsite.request_id", ""))
            await problem(TOO_LARGE, detail, instance)(scope, receive, send)
            return
        taken = 0

        async def limited_receive() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > limit:
                _log.warning("body.refused", path=str(scope.get("path", ""))[:200])
                raise HTTPException(TOO_LARGE.status, detail)
            return message

        await self._app(scope, limited_receive, send)
