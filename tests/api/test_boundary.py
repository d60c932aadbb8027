"""The outermost layers against applications that misbehave."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest
from starlette.types import Message, Receive, Scope, Send

from api.body_limit import BodyLimit
from api.boundary import RequestBoundary, Served
from base.clock import ManualClock

pytestmark = pytest.mark.anyio
App = Callable[[Scope, Receive, Send], Awaitable[None]]
SCOPE = {"type": "http", "method": "GET", "path": "/", "headers": []}


async def _run(app: App, bodies: tuple[bytes, ...] = ()) -> list[Message]:
    waiting = [
        {"type": "http.request", "body": body, "more_body": n + 1 < len(bodies)}
        for n, body in enumerate(bodies)
    ]
    sent: list[Message] = []

    async def receive() -> Message:
        return waiting.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    await app(dict(SCOPE), receive, send)
    return sent


def _bounded(app: App) -> tuple[RequestBoundary, list[Served]]:
    served: list[Served] = []
    clock = ManualClock(datetime(2026, 11, 23, tzinfo=UTC))
    return RequestBoundary(app, clock, served.append), served


async def test_failure_before_the_answer_is_a_problem() -> None:
    """Nothing was sent: the client gets a whole problem document."""

    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        raise ZeroDivisionError

    bounded, served = _bounded(broken)
    head, body = await _run(bounded)

    assert head["status"] == 500
    assert b"urn:nonsite:problem:unexpected" in body["body"]
    assert [one.status for one in served] == [500]


async def test_failure_in_mid_answer_leaves_it_unfinished() -> None:
    """Half a file is never ended as if it were whole: the connection is cut."""

    async def breaking(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"ha", "more_body": True})
        raise ZeroDivisionError

    bounded, served = _bounded(breaking)
    sent = await _run(bounded)

    assert [message["type"] for message in sent][-1] == "http.response.body"
    assert sent[-1]["more_body"] is True
    assert [one.status for one in served] == [500]


async def test_a_cancelled_request_is_no_failure() -> None:
    """A client that leaves cancels its request; that passes through."""

    async def cancelled(scope: Scope, receive: Receive, send: Send) -> None:
        raise asyncio.CancelledError

    bounded, _ = _bounded(cancelled)
    with pytest.raises(asyncio.CancelledError):
        await _run(bounded)


async def test_body_without_a_length_is_counted_as_it_comes() -> None:
    """A chunked body cannot grow beyond the ceiling by not saying how long it is."""
    taken = []

    async def reading(scope: Scope, receive: Receive, send: Send) -> None:
        while True:
            taken.append((await receive())["body"])

    with pytest.raises(Exception, match="at most 10 bytes"):
        await _run(BodyLimit(reading, 10), (b"12345", b"67890", b"1"))

    assert taken == [b"12345", b"67890"]
