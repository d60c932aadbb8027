"""Feeds as threads: recordings at their pace, faults by name, retries, a quick stop."""

import gc
import shutil
import subprocess
import sys
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from base.ids import CameraId
from streams.errors import FeedError
from streams.faults import FeedFault
from streams.feed import FeedOptions, stop_all
from streams.feed_status import FeedState
from streams.frame import Frame
from streams.intake import IntakeOptions
from streams.look_plan import LookPlan, LookRequest
from streams.playback import play
from streams.resolver import FeedAddress
from streams.retry import RetryTimes
from streams.settings import Profile
from tests.streams.conftest import (
    CAMERA,
    START,
    Bench,
    ClipOf,
    FixedResolver,
    file_address,
    live_address,
)
from tests.streams.footage import Recipe, number_of
from tests.streams.servers import free_port, rude_port, silent_port

SHORT = Recipe(seconds=2, gop=10, b_frames=2)
QUICK = FeedOptions(
    LookRequest(1.0), timeout_s=2.0, retry=RetryTimes(first_s=0.2, cap_s=0.4)
)


def frames_until(bench: Bench, count: int, within_s: float = 20.0) -> list[Frame]:
    frames: list[Frame] = []
    deadline = bench.clock.monotonic_s() + within_s
    for frame in bench.mailbox.newest(bench.stop):
        frames.append(frame)
        if len(frames) == count or bench.clock.monotonic_s() > deadline:
            break
    return frames


def test_a_recording_plays_at_its_own_speed(clip_of: ClipOf, bench: Bench) -> None:
    """Looks of a file come when their time has come, and then the feed has ended."""
    feed = bench.feed(file_address(clip_of(SHORT)))
    began_s = bench.clock.monotonic_s()
    feed.start()

    frames = frames_until(bench, 2)
    passed_s = bench.clock.monotonic_s() - began_s
    bench.wait_for(lambda: feed.status().state is FeedState.ENDED, 5)

    assert [number_of(frame.image) for frame in frames] == [0, 10]
    assert 0.9 <= passed_s <= 2.0
    assert feed.status().fault is FeedFault.ENDED
    assert feed.status().looks_missed == 0


def test_a_looping_recording_runs_on_across_its_seam(
    clip_of: ClipOf, bench: Bench
) -> None:
    """Media time of a loop goes on evenly; each lap is an epoch of its own."""
    feed = bench.feed(file_address(clip_of(SHORT), loops=True))
    feed.start()

    frames = frames_until(bench, 5)

    assert [number_of(frame.image) for frame in frames] == [0, 10, 0, 10, 0]
    assert [frame.epoch for frame in frames] == [0, 0, 1, 1, 2]
    steps = [(b.at - a.at).total_seconds() for a, b in pairwise(frames)]
    assert steps == pytest.approx([1.0] * 4, abs=0.3)
    assert feed.status().reconnects == 0
    assert feed.status().state is FeedState.LIVE


def test_a_paced_feed_sees_what_a_replay_sees(clip_of: ClipOf, bench: Bench) -> None:
    """At 1x and as fast as possible, the looks are at the same pictures."""
    recipe = Recipe(seconds=4, gop=10, b_frames=2)
    feed = bench.feed(file_address(clip_of(recipe)), FeedOptions(LookRequest(0.3)))
    feed.start()
    plan = LookPlan(LookRequest(0.3))
    replayed = list(
        play(
            file_address(clip_of(recipe)),
            CAMERA,
            START,
            plan,
            IntakeOptions(plan.request),
        )
    )

    paced = frames_until(bench, len(replayed))

    assert [number_of(f.image) for f in paced] == [number_of(f.image) for f in replayed]
    begin = paced[0].at
    assert [f.at - begin for f in paced] == [f.at - START for f in replayed]


def test_a_request_changes_the_looks(clip_of: ClipOf, bench: Bench) -> None:
    """Asked for more at a look, a feed looks more often after it."""
    recipe = Recipe(seconds=6, gop=20)
    feed = bench.feed(file_address(clip_of(recipe)), FeedOptions(LookRequest(2.0)))
    feed.start()
    first = frames_until(bench, 1)[0]

    feed.ask(LookRequest(0.2), first.at)
    frames = frames_until(bench, 6)

    steps = [(b.at - a.at).total_seconds() for a, b in pairwise(frames)]
    assert max(steps) < 0.25
    assert frames[0].at - first.at < timedelta(seconds=0.5)
    assert feed.status().is_full_decode


def test_the_status_tells_what_is_known(clip_of: ClipOf, bench: Bench) -> None:
    """Codec, size, key interval, ring and counts are in the status."""
    feed = bench.feed(file_address(clip_of(SHORT), loops=True))
    assert feed.status().state is FeedState.CONNECTING
    feed.start()
    frames = frames_until(bench, 3)

    status = feed.status()

    assert (status.codec, status.size_px) == ("h264", (256, 144))
    assert status.key_interval_s == pytest.approx(1.0)
    assert status.decoded >= 3
    assert status.last_frame_at == frames[-1].at
    assert status.ring_bytes == feed.ring.size_bytes > 0
    assert status.faults == frozenset()


@pytest.mark.parametrize("scheme", ["rtsp", "rtmp", "http"])
def test_a_port_that_says_nothing_is_a_timeout(bench: Bench, scheme: str) -> None:
    """A port that accepts and stays silent is `TIMEOUT`, within the timeout."""
    with silent_port() as port:
        feed = bench.feed(live_address(f"{scheme}://127.0.0.1:{port}/x"), QUICK)
        feed.start()
        took_s = bench.wait_for(lambda: feed.status().fault is not None, 6)

    assert feed.status().fault is FeedFault.TIMEOUT
    assert 1.5 <= took_s <= 3.5


@pytest.mark.parametrize("scheme", ["rtsp", "rtmp", "http", "rtsps"])
def test_a_port_that_hangs_up_is_refused(bench: Bench, scheme: str) -> None:
    """A server that accepts and hangs up, as one that starts, is `REFUSED`."""
    with rude_port() as port:
        feed = bench.feed(live_address(f"{scheme}://127.0.0.1:{port}/x"), QUICK)
        feed.start()
        bench.wait_for(lambda: feed.status().fault is not None, 5)
        feed.stop()

    assert feed.status().fault is FeedFault.REFUSED


def test_a_web_server_is_no_camera(bench: Bench) -> None:
    """A port that answers RTSP with a web page is `REFUSED`, not a bad picture."""
    with rude_port(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello") as port:
        feed = bench.feed(live_address(f"rtsp://127.0.0.1:{port}/x"), QUICK)
        feed.start()
        bench.wait_for(lambda: feed.status().fault is not None, 5)
        feed.stop()

    assert feed.status().fault is FeedFault.REFUSED


def test_a_silent_camera_does_not_hold_up_a_stop(bench: Bench) -> None:
    """Twenty feeds inside libav on silent ports are stopped within 2 s together."""
    with silent_port() as port:
        address = live_address(f"rtsp://127.0.0.1:{port}/x")
        options = FeedOptions(LookRequest(1.0), timeout_s=6.0)
        feeds = [bench.feed(address, options, CameraId(f"c{n}")) for n in range(20)]
        for feed in feeds:
            feed.start()
        bench.stop.wait(0.5)
        began_s = bench.clock.monotonic_s()

        stop_all(feeds, bench.clock)

        assert bench.clock.monotonic_s() - began_s < 2.5
        assert all(feed.status().state is FeedState.ENDED for feed in feeds)


def test_a_process_ends_while_libav_waits() -> None:
    """A process whose feed waits for a silent camera ends at once and in order."""
    program = """
from base.clock import SystemClock
from base.ids import CameraId
from base.shutdown import StopSignal
from pydantic import SecretStr
from streams.feed import Feed, FeedContext, FeedOptions
from streams.look_plan import LookRequest
from streams.mailbox import Mailbox
from streams.resolver import FeedAddress
import sys

class Here:
    def resolve(self, profile):
        return FeedAddress(SecretStr(sys.argv[1]), is_live=True)

stop = StopSignal()
feed = Feed(CameraId("c"), Here(), FeedOptions(LookRequest(1.0), timeout_s=30.0),
            Mailbox(), FeedContext(SystemClock(), stop, 1))
feed.start()
stop.wait(1.0)
feed.stop(0.2)
"""
    with silent_port() as port:
        url = f"rtsp://127.0.0.1:{port}/x"
        done = subprocess.run(
            [sys.executable, "-c", program, url],
            timeout=15,
            capture_output=True,
            text=True,
            check=False,
            cwd=Path(__file__).parents[2],
        )

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        pytest.param("rtsp://127.0.0.1:{port}/x", FeedFault.REFUSED, id="refused"),
        pytest.param("rtsp://no.such.host.invalid/x", FeedFault.UNREACHABLE, id="name"),
        pytest.param("foo://127.0.0.1/x", FeedFault.UNSUPPORTED, id="protocol"),
    ],
)
def test_faults_of_the_network_have_names(
    bench: Bench, url: str, fault: FeedFault
) -> None:
    """What cannot be reached is told by name while the feed waits to try again."""
    feed = bench.feed(live_address(url.format(port=free_port())))
    feed.start()

    bench.wait_for(lambda: feed.status().state is FeedState.WAITING, 8)

    status = feed.status()
    assert status.fault is fault
    assert status.retry_in_s is not None


def test_a_resolver_that_fails_is_a_fault(bench: Bench) -> None:
    """A gateway that names no address makes the feed wait, not end."""

    class Unresolved:
        def resolve(self, profile: Profile) -> FeedAddress:
            raise FeedError(FeedFault.UNRESOLVED, "the camera is not registered")

    feed = bench.feed(live_address("rtsp://unused/x"), QUICK)
    feed._resolver = Unresolved()
    feed.start()

    bench.wait_for(lambda: feed.status().fault is FeedFault.UNRESOLVED, 5)


def test_an_unexpected_failure_stays_inside_its_feed(
    clip_of: ClipOf, bench: Bench
) -> None:
    """A feed whose resolver is broken waits; the feed beside it goes on."""

    class Broken:
        def resolve(self, profile: Profile) -> FeedAddress:
            msg = "a mistake"
            raise KeyError(msg)

    bad = bench.feed(live_address("rtsp://unused/x"), QUICK, CameraId("bad"))
    bad._resolver = Broken()
    good = bench.feed(file_address(clip_of(SHORT), loops=True))
    bad.start()
    good.start()

    frames = frames_until(bench, 3)
    bench.wait_for(lambda: bad.status().fault is FeedFault.FAILED, 5)

    assert {frame.camera for frame in frames} == {CAMERA}
    assert good.status().state is FeedState.LIVE


def test_a_damaged_recording_is_tried_again(
    tmp_path: Path, clip_of: ClipOf, bench: Bench
) -> None:
    """Text under a video's name is `CORRUPT`; a video put there later is shown."""
    text = tmp_path / "text.mp4"
    text.write_text("no video\n" * 100)
    feed = bench.feed(file_address(text), QUICK)
    feed.start()

    bench.wait_for(lambda: feed.status().fault is FeedFault.CORRUPT, 5)
    assert feed.status().last_frame_at is None

    shutil.copyfile(clip_of(SHORT), text)
    bench.wait_for(lambda: feed.status().last_frame_at is not None, 10)


def _resident_kb() -> int:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1])


def test_memory_is_flat_over_many_reconnects(clip_of: ClipOf, bench: Bench) -> None:
    """A hundred connections to a short recording leave nothing behind."""
    recipe = Recipe(seconds=0.1, gop=10)
    feed = bench.feed(
        file_address(clip_of(recipe), loops=True),
        FeedOptions(LookRequest(1.0), ring_s=5.0),
    )
    feed.start()
    bench.wait_for(lambda: feed._intake.epoch >= 60, 30)
    gc.collect()
    before_kb = _resident_kb()

    bench.wait_for(lambda: feed._intake.epoch >= 200, 40)
    gc.collect()

    assert _resident_kb() - before_kb < 6000


def test_starting_twice_is_a_mistake(clip_of: ClipOf, bench: Bench) -> None:
    """A feed has one thread."""
    feed = bench.feed(file_address(clip_of(SHORT)))
    feed.start()

    with pytest.raises(RuntimeError, match="once"):
        feed.start()


def test_a_feed_stopped_before_it_began_has_ended(bench: Bench) -> None:
    """Stopping is always possible."""
    feed = bench.feed(live_address("rtsp://127.0.0.1:9/x"))

    feed.stop()

    assert feed.status().state is FeedState.ENDED


def test_the_address_is_asked_for_at_every_attempt(bench: Bench) -> None:
    """A gateway's addresses expire: each attempt resolves anew."""
    feed = bench.feed(live_address(f"rtsp://127.0.0.1:{free_port()}/x"), QUICK)
    feed.start()
    resolver = feed._resolver
    assert isinstance(resolver, FixedResolver)

    bench.wait_for(lambda: resolver.asked >= 4, 10)


def test_200_feeds_that_are_refused_spread_their_attempts(bench: Bench) -> None:
    """Two hundred feeds begun at once come to a dead server one after another."""
    address = live_address(f"rtsp://127.0.0.1:{free_port()}/x")
    options = FeedOptions(LookRequest(1.0), start_spread_s=2.0)
    feeds = [bench.feed(address, options, CameraId(f"c{n}")) for n in range(200)]
    for feed in feeds:
        feed.start()

    bench.wait_for(
        lambda: all(feed.status().fault is FeedFault.REFUSED for feed in feeds), 15
    )

    waits = [feed.status().retry_in_s for feed in feeds]
    due = sorted(wait for wait in waits if wait is not None)
    assert len(due) > 100
    crowd = max(sum(1 for d in due if t <= d < t + 0.1) for t in due)
    assert crowd <= len(due) * 0.2
