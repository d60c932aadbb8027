"""What workers and web share through Redis: clocks, leases, live looks, commands."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from alerts.command import (
    COMMANDS_KEY,
    JOBS_KEY,
    ApplyRevision,
    CaptureNow,
    JobState,
)
from alerts.commands import CommandReceiver, CommandSender
from alerts.errors import NotFoundError, StoreError, StoreUnavailableError
from alerts.lease import Leases
from alerts.live import LiveReader, LiveWriter
from alerts.redis_client import RedisClient, open_redis
from alerts.redis_clock_store import RedisClockStore
from base.clock import ManualClock, SystemClock
from base.ids import CameraId, ViewName
from detector.box import Box
from detector.look import Look, Region, Track
from detector.signature import Signature
from rules.clock_store import ClockStore, MemoryClockStore
from streams.faults import FeedFault
from streams.feed_status import FeedState, FeedStatus

T0 = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
DOCK = CameraId("dock_2")


@pytest.fixture(params=["memory", "redis"])
def clocks(request: pytest.FixtureRequest) -> Iterator[ClockStore]:
    """Each form of the store."""
    if request.param == "memory":
        yield MemoryClockStore()
        return
    client = open_redis(request.getfixturevalue("valkey").url)
    yield RedisClockStore(client)
    client.close()


def test_clock_store_keeps_bytes_and_fences_older_leases(clocks: ClockStore) -> None:
    """The port's promise, held by every form of it."""
    state = bytes(range(256))

    assert clocks.load(DOCK) is None
    assert clocks.save(DOCK, 2, state)
    assert clocks.save(DOCK, 2, state)
    assert not clocks.save(DOCK, 1, b"old")
    assert clocks.load(DOCK) == state
    assert clocks.save(DOCK, 3, b"new")
    assert clocks.load(DOCK) == b"new"
    assert clocks.load(CameraId("other")) is None


def test_lease_grows_with_each_taking(client: RedisClient) -> None:
    """A worker sees that its camera was taken by another."""
    leases = Leases(client)

    assert leases.current(DOCK) == 0
    taken = [leases.take(DOCK) for _ in range(20)]
    assert taken == sorted(set(taken))
    assert leases.take(CameraId("other")) > 0
    assert leases.current(DOCK) == taken[-1]


def test_lease_grows_over_a_redis_that_lost_its_memory(client: RedisClient) -> None:
    """A worker that starts after the loss is heard: its clocks are kept."""
    leases, clocks = Leases(client), RedisClockStore(client)
    before = leases.take(DOCK)
    client.flushall()
    assert clocks.save(DOCK, before, b"by the worker that lives on")

    after = leases.take(DOCK)
    assert after > before
    assert clocks.save(DOCK, after, b"by the one that follows it")


def _look() -> Look:
    signature = Signature(bytes(192))
    return Look(
        DOCK,
        ViewName("home"),
        T0,
        (1920, 1080),
        tracks=(Track(Box(0, 0, 0.5, 0.5), "car", 0.9, 400.0, signature=signature),),
        regions=(Region(Box(0, 0, 0.1, 0.1), 0.01, 3.0, T0, signature=signature),),
        classes=frozenset({"car", "person"}),
        faults=frozenset({FeedFault.LONG_GOP}),
        model="net@1",
    )


def test_live_look_is_read_without_signatures(client: RedisClient) -> None:
    """All of a look but how standing things look; nothing of them is even stored."""
    writer, reader = LiveWriter(client, SystemClock()), LiveReader(client)
    status = FeedStatus(FeedState.LIVE, T0, faults=frozenset({FeedFault.BLACK}))
    writer.tell_look(_look(), b"jpeg")
    writer.tell_status(DOCK, status)

    found = reader.camera(DOCK)
    assert found.status == status
    assert found.look is not None
    assert found.look.tracks[0].box == _look().tracks[0].box
    assert found.look.tracks[0].signature is None
    assert found.look.regions[0].signature is None
    assert reader.picture(DOCK) == b"jpeg"
    stored = client.get("nonsite:live:{dock_2}:look")
    assert isinstance(stored, bytes)
    assert b'"pixels"' not in stored


def test_camera_nobody_tells_of_is_empty(client: RedisClient) -> None:
    """What is not renewed is not live."""
    LiveWriter(client, SystemClock()).tell_look(_look(), b"jpeg")
    reader = LiveReader(client)

    other = reader.camera(CameraId("other"))
    assert (other.look, other.status) == (None, None)
    assert reader.picture(CameraId("other")) is None
    assert all(client.ttl(key) > 0 for key in client.keys("nonsite:live:*"))
    assert reader.cameras([]) == {}


def test_picture_is_wanted_every_two_seconds(client: RedisClient) -> None:
    """Pictures are sent no more often than people look."""
    clock = ManualClock(T0)
    writer = LiveWriter(client, clock)
    assert writer.wants_picture(DOCK)
    writer.tell_look(_look(), b"jpeg")
    assert not writer.wants_picture(DOCK)
    clock.advance(2)

    assert writer.wants_picture(DOCK)


def test_junk_in_place_of_a_look_is_a_named_error(client: RedisClient) -> None:
    """Another version's look is no crash."""
    client.set("nonsite:live:{dock_2}:look", b'{"camera":1}')

    with pytest.raises(StoreError, match="cannot be read"):
        LiveReader(client).camera(DOCK)


def test_every_worker_hears_a_command_once(client: RedisClient) -> None:
    """Commands told before a worker began are not its concern."""
    sender = CommandSender(client, SystemClock())
    sender.tell(ApplyRevision(revision="old"))
    workers = [CommandReceiver(client, name, SystemClock()) for name in "ab"]
    for worker in workers:
        worker.begin()
    sender.tell(ApplyRevision(revision="new"))

    for worker in workers:
        assert worker.receive() == (ApplyRevision(revision="new"),)
        assert worker.receive() == ()


def test_job_is_taken_by_one_worker_that_accepts_it(client: RedisClient) -> None:
    """Its state is found under its id from the posting on."""
    sender = CommandSender(client, SystemClock())
    workers = [CommandReceiver(client, name, SystemClock()) for name in "abc"]
    job = CaptureNow(job=uuid4(), camera="dock_2", reason="看一下")
    sender.post(job)
    for worker in workers:
        worker.begin()
    assert sender.result(job.job).state is JobState.QUEUED

    assert workers[0].take(lambda _: False) == ()
    assert workers[1].take(lambda _: True) == (job,)
    assert workers[2].take(lambda _: True) == ()
    assert sender.result(job.job).state is JobState.RUNNING
    workers[1].report(job.job, JobState.DONE, "still.jpg")
    result = sender.result(job.job)
    assert (result.state, result.detail) == (JobState.DONE, "still.jpg")


def test_job_of_long_ago_is_not_begun(client: RedisClient) -> None:
    """A worker that starts an hour later leaves it."""
    CommandSender(client, SystemClock()).post(
        CaptureNow(job=uuid4(), camera="dock_2", reason="")
    )
    clock = ManualClock(datetime.now(UTC) + timedelta(hours=1))
    worker = CommandReceiver(client, "a", clock)
    worker.begin()

    assert worker.take(lambda _: True) == ()


def test_junk_among_commands_and_jobs_is_left_out(client: RedisClient) -> None:
    """What cannot be read does not hide what can."""
    sender = CommandSender(client, SystemClock())
    worker = CommandReceiver(client, "a", SystemClock())
    worker.begin()
    for key in (COMMANDS_KEY, JOBS_KEY):
        client.xadd(key, {"message": b"\xff"})
        client.xadd(key, {"other": "field"})
    sender.tell(ApplyRevision(revision="new"))

    assert worker.receive() == (ApplyRevision(revision="new"),)
    assert worker.take(lambda _: True) == ()


def test_unknown_job_is_not_found(client: RedisClient) -> None:
    """The error names it."""
    with pytest.raises(NotFoundError):
        CommandSender(client, SystemClock()).result(uuid4())


def test_absent_server_is_unavailable_and_its_password_unseen() -> None:
    """Redis away is a wait, not a crash."""
    client = open_redis("redis://u:s3cret@127.0.0.1:9/0")
    with pytest.raises(StoreUnavailableError) as caught:
        Leases(client).take(DOCK)

    assert "s3cret" not in str(caught.value)
    client.close()
