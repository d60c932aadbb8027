"""One client's stream of server-sent events: from a number on, until it leaves.

The id of every event is its number in the sealed log, so a client that comes back with
`Last-Event-ID` misses nothing and sees nothing twice, whichever process serves it. When
the log cannot continue from where the client stood (a restored or pruned database), it
is told so with `feed.reset` and loads its lists anew.
"""

import math
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass

import anyio
import structlog
from fastapi.sse import format_sse_event
from starlette.responses import StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from alerts.alert import AlertEvent, EventKind
from alerts.errors import StoreError
from api.event_feed import EventFeed
from api.event_view import RESET, event_json, event_name

PING_S = 15.0
"""Comment line sent when nothing else is: proxies cut at 30 to 60 s of silence."""

RETRY_MS = 1_000
"""How long a browser waits before it comes back."""

SEND_TIMEOUT_S = 20.0
"""A client that takes nothing for so long is gone or stuck: its stream is closed, and
it resumes from where it stood."""


@dataclass(frozen=True, slots=True)
class Start:
    """Where a client stands.

    Attributes:
        seq: Number of the last event it has.
        is_reset: It named a number the log has not reached: another log was meant.
    """

    seq: int
    is_reset: bool = False


ADMITTED_EVERY_S = 5.0
"""How soon an open stream ends after a logout; a read of two rows."""

Admits = Callable[[], Awaitable[bool]]
"""Whether the client of an open stream would still be let in."""


async def _always() -> bool:
    return True


Seen = Callable[[Sequence[AlertEvent]], Awaitable[Sequence[AlertEvent]]]
"""Those of some events that a client may be told of, in order.

Raises:
    StoreError: It cannot be known.
"""


async def _everything(batch: Sequence[AlertEvent]) -> Sequence[AlertEvent]:
    return batch


async def frames(
    feed: EventFeed,
    start: Start,
    seen: Seen = _everything,
    ping_s: float = PING_S,
    admits: Admits = _always,
) -> AsyncIterator[bytes]:
    """The bytes of one stream; it ends when the service stops or the log is away.

    It also ends when its client is not admitted any more: logged out, run out, put out.

    Args:
        feed: The log.
        start: Where the client stands.
        seen: What it may be told of; of the rest it sees not even the number.
        ping_s: Longest silence.
        admits: Asked every `ADMITTED_EVERY_S`, and before anything is told that came
            after a new site.
    """
    with feed.listener():
        yield format_sse_event(retry=RETRY_MS, comment="nonsite")
        seq = start.seq
        if start.is_reset:
            yield _reset(seq)
        asked = told = anyio.current_time()
        while not feed.is_ending:
            if anyio.current_time() - asked >= ADMITTED_EVERY_S:
                asked = anyio.current_time()
                if not await admits():
                    return
            try:
                batch = _until_revision(await feed.after(seq))
                told_of = await seen(batch)
            except StoreError as error:
                structlog.get_logger().warning("event_stream.cut", reason=str(error))
                return
            if batch:
                if batch[0].seq != seq + 1:
                    yield _reset(batch[0].seq - 1)
                yield _told(told_of)
                seq = batch[-1].seq
                told = anyio.current_time()
                if batch[-1].kind is EventKind.REVISION_APPLIED:
                    asked = -math.inf
                continue
            await feed.wait_beyond(seq, min(ping_s, ADMITTED_EVERY_S))
            if anyio.current_time() - told >= ping_s:
                yield format_sse_event(comment="ping")
                told = anyio.current_time()


def _until_revision(batch: Sequence[AlertEvent]) -> Sequence[AlertEvent]:
    """Up to the first new site and with it: who sees what may differ beyond."""
    for n, event in enumerate(batch):
        if event.kind is EventKind.REVISION_APPLIED:
            return batch[: n + 1]
    return batch


def _told(batch: Sequence[AlertEvent]) -> bytes:
    return b"".join(
        format_sse_event(
            event=event_name(event), data_str=event_json(event), id=str(event.seq)
        )
        for event in batch
    )


def _reset(seq: int) -> bytes:
    return format_sse_event(event=RESET, data_str="{}", id=str(seq))


async def start_of(feed: EventFeed, after: int | None) -> Start:
    """Where a stream begins.

    Args:
        feed: The log.
        after: Number of the last event the client has; None: begin with what is new.

    Raises:
        StoreUnavailableError: The log is away, or too many listen already.
    """
    feed.check_room()
    newest = await feed.newest()
    if after is None:
        return Start(newest)
    return Start(newest, is_reset=True) if after > newest else Start(after)


class EventStreamResponse(StreamingResponse):
    """`text/event-stream`; gives up on a client that does not take what is sent."""

    media_type = "text/event-stream"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve until the client leaves, is stuck, or the service stops."""

        async def timely_send(message: Message) -> None:
            with anyio.fail_after(SEND_TIMEOUT_S):
                await send(message)

        try:
            await super().__call__(scope, receive, timely_send)
        except TimeoutError:
            structlog.get_logger().warning(
                "event_stream.stalled", after_s=SEND_TIMEOUT_S
            )
