"""What pages ask of a worker: a live look from its ring, what an address sends."""

import io
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import av
import pytest

from alerts.command import JobState, LookLive, ProbeFeed
from alerts.commands import CommandReceiver, CommandSender
from alerts.live_cast import END, CastReader
from alerts.redis_client import RedisClient
from base.clock import SystemClock
from base.ids import CameraId
from base.shutdown import StopSignal
from nonsite.feed_jobs import FeedJobs
from streams.feed import Feed, FeedContext, FeedOptions
from streams.look_plan import LookRequest
from streams.mailbox import Mailbox
from streams.resolver import FileResolver
from streams.settings import FileFeed
from tests.alerts.path_rig import until
from tests.streams.servers import RtspServer

DOCK = CameraId("dock")


@dataclass(frozen=True, slots=True)
class Rig:
    """A feed that plays, and a worker's runner that holds it."""

    sender: CommandSender
    feed: Feed


@pytest.fixture
def rig(client: RedisClient, sample: Path) -> Iterator[Rig]:
    """The sample, at its own speed."""
    clock, stop = SystemClock(), StopSignal()
    resolver = FileResolver(FileFeed(path=sample, loop=True), Path())
    options = FeedOptions(resting=LookRequest(3600.0), ring_s=20.0)
    feed = Feed(DOCK, resolver, options, Mailbox(), FeedContext(clock, stop, 1))
    receiver = CommandReceiver(client, "worker_0", clock)
    ring_of = {DOCK: feed.ring}.get
    runner = FeedJobs(receiver, client, ring_of, clock, stop)
    feed.start()
    runner.start()
    until(lambda: feed.ring.seconds > 2.0)
    yield Rig(CommandSender(client, clock), feed)
    stop.set()
    feed.stop()


def _cast(rig: Rig, back_s: float, for_s: float) -> tuple[CastReader, float]:
    job = LookLive(job=uuid4(), camera=DOCK, back_s=back_s, for_s=for_s)
    began = time.monotonic()
    reader = rig.sender.listen(job.job)
    rig.sender.post(job)
    return reader, began


def test_a_click_shows_the_cameras_own_packets_within_2_s(rig: Rig) -> None:
    """Head and the first fragment; what is held plays at once, for scrubbing."""
    reader, began = _cast(rig, 10, 60)
    with reader:
        head = reader.head(2.0)
        assert head is not None
        held = b""
        while held.count(b"moof") < 2:
            held += reader.next(2.0) or b""
        took_s = time.monotonic() - began
        more = reader.next(2.0)

    assert head.codec.startswith("avc1.")
    assert more
    with av.open(io.BytesIO(held), "r") as played:
        assert len(list(played.decode(video=0))) >= 10
    assert took_s <= 2.0


def test_the_past_only_ends_by_itself(rig: Rig) -> None:
    """`for_s` 0 is what the ring holds, whole, and then the end."""
    reader, _ = _cast(rig, 20, 0)
    held = b""
    with reader:
        assert reader.head(2.0) is not None
        while (chunk := reader.next(5.0)) != END:
            assert chunk is not None
            held += chunk

    with av.open(io.BytesIO(held), "r") as played:
        pictures = list(played.decode(video=0))
    assert len(pictures) >= 20


def test_when_nobody_listens_the_worker_lets_go(rig: Rig) -> None:
    """A closed page costs the worker nothing more."""
    reader, _ = _cast(rig, 0, 600)
    assert reader.head(2.0) is not None
    assert rig.feed.ring._recordings
    reader.close()

    until(lambda: not [t for t in rig.feed.ring._recordings if not t.is_complete])


def test_a_camera_nobody_holds_is_answered_by_nobody(rig: Rig) -> None:
    """The page says so instead of waiting for ever."""
    job = LookLive(job=uuid4(), camera="yard", back_s=0, for_s=10)
    with rig.sender.listen(job.job) as reader:
        rig.sender.post(job)
        assert reader.head(1.0) is None
    assert rig.sender.result(job.job).state is JobState.QUEUED


def _probed(rig: Rig, url: str, timeout_s: float = 5.0) -> tuple[JobState, dict]:  # type: ignore[type-arg]
    feed = json.dumps({"kind": "url", "looks": url})
    job = ProbeFeed(job=uuid4(), feed=feed, timeout_s=timeout_s)
    rig.sender.post(job)
    over = {JobState.DONE, JobState.FAILED}
    until(lambda: rig.sender.result(job.job).state in over, 40)
    found = rig.sender.result(job.job)
    told = json.loads(found.detail)
    told["picture"] = rig.sender.picture(job.job)
    return found.state, told


@pytest.mark.rtsp
def test_a_probe_tells_codec_pace_and_shows_a_picture(
    rig: Rig, sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A real RTSP server, once its network is permitted."""
    monkeypatch.setenv("NONSITE_FEED_NETWORKS", "127.0.0.0/8")
    server = RtspServer(sample)
    server.start()
    try:
        state, told = _probed(rig, server.url)
    finally:
        server.kill()

    assert state is JobState.DONE
    assert told["looks"]["codec"] == "h264"
    assert told["looks"]["fps"] == pytest.approx(10, rel=0.3)
    assert told["picture"].startswith(b"\xff\xd8")


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        pytest.param("rtsp://127.0.0.1:1/x", "refused", id="forbidden"),
        pytest.param("rtsp://localhost:1/x", "refused", id="forbidden by name"),
        pytest.param("http://169.254.169.254/latest", "refused", id="metadata"),
        pytest.param("rtsp://no-such-host.invalid/x", "unreachable", id="no name"),
    ],
)
def test_a_probe_of_a_forbidden_or_dead_address_is_told_by_its_fault(
    rig: Rig, url: str, fault: str
) -> None:
    """The service's own ports are no camera; each fault comes with its remedy."""
    state, told = _probed(rig, url)

    assert state is JobState.FAILED
    assert told["fault"] == fault
    assert told["remedy"]
    assert told["picture"] is None
