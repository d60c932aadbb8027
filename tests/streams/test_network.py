"""Streams over HTTP, HLS, MPEG-TS and UDP from servers on loopback."""

import socket
import threading
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import av
import pytest

from base.shutdown import StopSignal
from streams.faults import FeedFault
from streams.feed import FeedOptions
from streams.frame import Frame
from streams.look_plan import LookRequest
from streams.retry import RetryTimes
from tests.streams.conftest import Bench, ClipOf, live_address
from tests.streams.footage import Recipe, number_of
from tests.streams.servers import free_port, http_server

CLIP = Recipe(seconds=6, gop=10)
OPTIONS = FeedOptions(
    LookRequest(1.0), timeout_s=5.0, retry=RetryTimes(first_s=5, cap_s=5)
)


@pytest.fixture
def site(clip_of: ClipOf, tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A web server with one clip in every form."""
    for suffix in (".flv", ".ts", ".mp4"):
        data = clip_of(CLIP, suffix).read_bytes()
        (tmp_path / f"clip{suffix}").write_bytes(data)
    source = clip_of(CLIP)
    playlist = tmp_path / "live.m3u8"
    with (
        av.open(str(source)) as clip,
        av.open(str(playlist), "w", format="hls", options={"hls_time": "2"}) as hls,
    ):
        stream = hls.add_stream_from_template(clip.streams.video[0])
        for packet in clip.demux(clip.streams.video[0]):
            if packet.size:
                packet.stream = stream
                hls.mux(packet)
    with http_server(tmp_path) as address:
        yield address, tmp_path


def all_frames(bench: Bench, until_fault: FeedFault) -> list[Frame]:
    """What a feed hands on until its stream ends; every frame, taken at once."""
    frames: list[Frame] = []
    put = bench.mailbox.put

    def keep(frame: Frame) -> None:
        frames.append(frame)
        put(frame)

    bench.mailbox.put = keep  # type: ignore[method-assign]
    feed = bench.feeds[0]
    feed.start()
    bench.wait_for(lambda: feed.status().fault is not None, 12)
    assert feed.status().fault is until_fault
    return frames


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("clip.flv", id="http-flv"),
        pytest.param("clip.ts", id="http mpeg-ts"),
        pytest.param("live.m3u8", id="hls"),
    ],
)
def test_streams_over_http(site: tuple[str, Path], bench: Bench, name: str) -> None:
    """Each form of stream over HTTP gives its key pictures, then `ENDED`."""
    bench.feed(live_address(f"{site[0]}/{name}"), OPTIONS)

    frames = all_frames(bench, FeedFault.ENDED)

    numbers = [number_of(frame.image) for frame in frames]
    assert numbers == [0, 10, 20, 30, 40, 50]
    steps = [(b.at - a.at).total_seconds() for a, b in pairwise(frames)]
    assert steps == pytest.approx([1.0] * 5, abs=0.01)


def test_a_burst_is_dated_back(site: tuple[str, Path], bench: Bench) -> None:
    """The newest picture of a burst is at the present, its first one in the past."""
    bench.feed(live_address(f"{site[0]}/clip.ts"), OPTIONS)

    frames = all_frames(bench, FeedFault.ENDED)

    now = bench.clock.utc_now()
    assert frames[-1].at <= now
    assert 4.5 <= (now - frames[0].at).total_seconds() <= 9.0


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        pytest.param("/private/cam.flv", FeedFault.AUTH, id="login"),
        pytest.param("/nothing.flv", FeedFault.NOT_FOUND, id="path"),
        pytest.param("/broken/cam.flv", FeedFault.REFUSED, id="out of order"),
    ],
)
def test_answers_of_a_web_server_have_names(
    site: tuple[str, Path], bench: Bench, path: str, fault: FeedFault
) -> None:
    """401, 404 and 503 are told apart."""
    bench.feed(live_address(site[0] + path), OPTIONS)

    assert all_frames(bench, fault) == []


def test_a_page_instead_of_a_stream_is_corrupt(
    site: tuple[str, Path], bench: Bench
) -> None:
    """A web page where a stream should be is `CORRUPT`."""
    (site[1] / "page.flv").write_text("<html>" + "please log in " * 300 + "</html>")
    bench.feed(live_address(f"{site[0]}/page.flv"), OPTIONS)

    assert all_frames(bench, FeedFault.CORRUPT) == []


def test_mpeg_ts_over_udp(clip_of: ClipOf, bench: Bench) -> None:
    """Datagrams of a transport stream are read; when they stop, it has `STALLED`."""
    port, stop = free_port(), StopSignal()
    data = clip_of(CLIP, ".ts").read_bytes()

    def send() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for begin in range(0, len(data), 1316):
                sender.sendto(data[begin : begin + 1316], ("127.0.0.1", port))
                stop.wait(6 * 1316 / len(data))

    feed = bench.feed(live_address(f"udp://127.0.0.1:{port}"), OPTIONS)
    feed.start()
    bench.stop.wait(0.3)
    sender = threading.Thread(target=send)
    sender.start()
    bench.wait_for(lambda: feed.status().last_frame_at is not None, 8)
    stop.set()
    sender.join()

    bench.wait_for(lambda: feed.status().fault is FeedFault.STALLED, 8)
    assert feed.status().codec == "h264"
