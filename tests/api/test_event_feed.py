"""The log followed once for all: places, resets, a log that is away."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from alerts.alert import AlertEvent, EventKind
from alerts.errors import StoreUnavailableError
from api import event_feed
from api.event_feed import EventFeed
from api.event_stream import Start, frames, start_of
from base.shutdown import StopSignal

pytestmark = pytest.mark.anyio


class Log:
    """A sealed log in memory that can be away."""

    def __init__(self) -> None:
        self.events: list[AlertEvent] = []
        self.is_away = False
        self.reads = 0

    def grow(self, count: int) -> None:
        for _ in range(count):
            seq = self.events[-1].seq + 1 if self.events else 1
            at = datetime(2026, 11, 23, tzinfo=UTC)
            kind = EventKind.ALERT_CHANGED
            self.events.append(AlertEvent(seq, kind, None, None, {}, at))

    def after(self, seq: int, limit: int) -> list[AlertEvent]:
        self.reads += 1
        if self.is_away:
            raise StoreUnavailableError("away")
        return [event for event in self.events if event.seq > seq][:limit]

    def last(self) -> int:
        if self.is_away:
            raise StoreUnavailableError("away")
        return self.events[-1].seq if self.events else 0


@pytest.fixture
async def log() -> Log:
    """An empty log."""
    return Log()


@pytest.fixture
async def feed(log: Log) -> AsyncIterator[EventFeed]:
    """A feed that follows it."""
    stop = StopSignal()
    found = EventFeed(log.after, log.last, stop)
    following = asyncio.create_task(found.follow())
    yield found
    stop.set()
    await asyncio.wait_for(following, 5)


async def _next_event(stream: AsyncIterator[bytes]) -> str:
    while True:
        text = (await asyncio.wait_for(anext(stream), 10)).decode()
        if "event:" in text:
            return text


async def test_nobody_listens_nobody_asks(log: Log, feed: EventFeed) -> None:
    """Without listeners the database is left alone."""
    await asyncio.sleep(3 * event_feed.POLL_S)

    assert log.reads == 0


async def test_one_question_serves_all_listeners(log: Log, feed: EventFeed) -> None:
    """Twenty listeners that are up to date cost no more questions than one."""
    streams = [frames(feed, Start(0)) for _ in range(20)]
    told = [asyncio.create_task(_next_event(stream)) for stream in streams]
    await asyncio.sleep(5 * event_feed.POLL_S)
    before = log.reads
    await asyncio.sleep(5 * event_feed.POLL_S)
    asked = log.reads - before
    log.grow(1)
    texts = await asyncio.gather(*told)

    assert asked <= 7
    assert all("id: 1\n" in text for text in texts)
    for stream in streams:
        await stream.aclose()  # type: ignore[attr-defined]
    assert feed.listeners == 0


async def test_silence_is_broken_by_pings(feed: EventFeed) -> None:
    """A comment keeps the connection alive while nothing happens."""
    stream = frames(feed, Start(0), ping_s=0.05)
    sent = [await asyncio.wait_for(anext(stream), 5) for _ in range(3)]

    assert sent[0].startswith(b": nonsite")
    assert sent[1:] == [b": ping\n\n"] * 2
    await stream.aclose()  # type: ignore[attr-defined]


async def test_stream_ends_when_the_log_goes_away(log: Log, feed: EventFeed) -> None:
    """The client comes back by itself and resumes; nothing is skipped meanwhile."""
    log.grow(5000)
    stream = frames(feed, Start(0))
    await _next_event(stream)
    log.is_away = True

    with pytest.raises(StopAsyncIteration):
        await asyncio.wait_for(_drain(stream), 5)


async def _drain(stream: AsyncIterator[bytes]) -> None:
    while True:
        await anext(stream)


async def test_log_away_for_a_while_delays_listeners_only(
    log: Log, feed: EventFeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A waiting listener stays and hears what came when the log is back."""
    monkeypatch.setattr(event_feed, "RETRY_S", 0.05)
    stream = frames(feed, Start(0))
    told = asyncio.create_task(_next_event(stream))
    await asyncio.sleep(2 * event_feed.POLL_S)
    log.is_away = True
    await asyncio.sleep(2 * event_feed.POLL_S)
    log.is_away = False
    log.grow(1)

    assert "id: 1\n" in await told
    await stream.aclose()  # type: ignore[attr-defined]


async def test_no_more_listeners_than_there_is_room(
    feed: EventFeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond the ceiling a stream is refused before it begins."""
    monkeypatch.setattr(event_feed, "MOST_LISTENERS", 1)
    with feed.listener(), pytest.raises(StoreUnavailableError, match="too many"):
        await start_of(feed, None)
