"""RTSP from a server that is not ours: GStreamer's; and RTMP from FFmpeg's."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from base.clock import SystemClock
from base.ids import CameraId
from streams.clip import cut
from streams.collected import collect
from streams.faults import FeedFault
from streams.feed import FeedOptions
from streams.feed_status import FeedState
from streams.look_plan import LookRequest
from streams.probe import probe
from streams.resolver import FeedAddress
from streams.settings import Transport
from tests.streams.conftest import Bench, ClipOf, live_address
from tests.streams.footage import Recipe, number_of, reference, source_packets
from tests.streams.servers import RtspServer, free_port

pytestmark = pytest.mark.rtsp

HAS_TLS = any(Path("/usr/lib").glob("*/gio/modules/libgiognutls.so"))

CLIP = Recipe(fps=10, seconds=8, gop=10, b_frames=2)
H265 = Recipe(codec="libx265", fps=10, seconds=8, gop=10)
OPTIONS = FeedOptions(LookRequest(1.0), timeout_s=4.0)

Serve = Callable[..., RtspServer]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts RTSP servers; they are killed after the test."""
    servers: list[RtspServer] = []

    def start(file: Path, *options: str) -> RtspServer:
        server = RtspServer(file, *options)
        servers.append(server)
        server.start()
        return server

    yield start
    for server in servers:
        server.kill()


def is_live(bench: Bench) -> Callable[[], bool]:
    return lambda: bench.feeds[0].status().state is FeedState.LIVE


@pytest.mark.parametrize(
    ("recipe", "codec"),
    [pytest.param(CLIP, "h264", id="h264"), pytest.param(H265, "h265", id="h265")],
)
def test_a_camera_is_looked_at(
    clip_of: ClipOf, serve: Serve, bench: Bench, recipe: Recipe, codec: str
) -> None:
    """Looks come once a second, soon after they were sent, at their key pictures."""
    server = serve(clip_of(recipe), "--codec", codec)
    bench.feed(live_address(server.url), OPTIONS).start()

    frames, waits = [], []
    for frame in bench.mailbox.newest(bench.stop):
        frames.append(frame)
        waits.append((bench.clock.utc_now() - frame.at).total_seconds())
        if len(frames) == 5:
            break

    assert {number_of(frame.image) % 10 for frame in frames} == {0}
    steps = [(b.at - a.at).total_seconds() for a, b in pairwise(frames)]
    assert steps == pytest.approx([1.0] * 4, abs=0.02)
    assert max(waits[1:]) < 1.0
    assert min(waits) > -0.1
    assert bench.feeds[0].status().codec == ("hevc" if codec == "h265" else "h264")


def test_the_cameras_clock_is_carried(
    clip_of: ClipOf, serve: Serve, bench: Bench
) -> None:
    """RTCP sender reports give the camera's clock; here it is the host's own."""
    feed = bench.feed(live_address(serve(clip_of(CLIP)).url), OPTIONS)
    feed.start()

    bench.wait_for(lambda: feed.status().utc_offset_ms is not None, 15)

    offset_ms = feed.status().utc_offset_ms
    assert offset_ms is not None
    assert abs(offset_ms) < 1500


def test_a_host_clock_set_forward_is_followed_and_told(
    clip_of: ClipOf, serve: Serve, bench: Bench
) -> None:
    """Without a reconnect: frames are an hour later, in a new epoch, with the fault."""
    feed = bench.feed(live_address(serve(clip_of(CLIP)).url), OPTIONS)
    feed.start()
    frames = bench.mailbox.newest(bench.stop)
    before = next(frames)

    bench.clock.set_by_s = 3600.0
    after = next(frame for frame in frames if frame.epoch != before.epoch)

    assert FeedFault.CLOCK_STEPPED in after.faults
    assert after.at - before.at > timedelta(minutes=59)
    assert abs((bench.clock.utc_now() - after.at).total_seconds()) < 5
    assert feed.status().reconnects == 0


@pytest.mark.parametrize("transport", list(Transport))
def test_both_transports(
    clip_of: ClipOf, serve: Serve, bench: Bench, transport: Transport
) -> None:
    """TCP and UDP both deliver."""
    url = live_address(serve(clip_of(CLIP)).url).url
    address = FeedAddress(url, is_live=True, transport=transport)
    feed = bench.feed(address, OPTIONS)
    feed.start()

    bench.wait_for(lambda: feed.status().last_frame_at is not None, 8)


def test_login_and_path_have_their_own_faults(
    clip_of: ClipOf, serve: Serve, bench: Bench
) -> None:
    """A wrong password is `AUTH`, a wrong path `NOT_FOUND`, the right ones work."""
    server = serve(clip_of(CLIP), "--user", "officer", "--password", "p@ss word")
    host = f"127.0.0.1:{server.port}"
    right = bench.feed(live_address(f"rtsp://officer:p%40ss%20word@{host}/live"))
    wrong = bench.feed(live_address(f"rtsp://officer:guess@{host}/live"))
    nobody = bench.feed(live_address(f"rtsp://{host}/live"))
    lost = bench.feed(live_address(f"rtsp://officer:p%40ss%20word@{host}/other"))
    for feed in bench.feeds:
        feed.start()

    bench.wait_for(lambda: right.status().state is FeedState.LIVE, 8)
    for feed, fault in [
        (wrong, FeedFault.AUTH),
        (nobody, FeedFault.AUTH),
        (lost, FeedFault.NOT_FOUND),
    ]:
        bench.wait_for(lambda: feed.status().fault is not None, 8)  # noqa: B023
        assert feed.status().fault is fault


def pem(path: Path) -> Path:
    """A certificate that signs itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "camera")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2099, 1, 1, tzinfo=UTC))
        .sign(key, hashes.SHA256())
    )
    encoding = serialization.Encoding.PEM
    path.write_bytes(
        certificate.public_bytes(encoding)
        + key.private_bytes(
            encoding,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return path


@pytest.mark.skipif(not HAS_TLS, reason="GLib has no TLS: run `make apt`")
def test_rtsp_over_tls(
    clip_of: ClipOf, serve: Serve, bench: Bench, tmp_path: Path
) -> None:
    """RTSPS delivers, with the camera's own self-signed certificate."""
    certificate = str(pem(tmp_path / "camera.pem"))
    login = ["--user", "officer", "--password", "word"]
    server = serve(clip_of(CLIP), *login, "--certificate", certificate)
    url = f"rtsps://officer:word@127.0.0.1:{server.port}/live"
    feed = bench.feed(live_address(url), OPTIONS)
    feed.start()

    bench.wait_for(lambda: feed.status().last_frame_at is not None, 10)


def test_a_camera_that_returns_is_found_within_15_s(
    clip_of: ClipOf, serve: Serve, bench: Bench
) -> None:
    """Killed for 10 s and started again, the feed is back; its time runs on."""
    server = serve(clip_of(CLIP))
    feed = bench.feed(live_address(server.url), OPTIONS)
    feed.start()
    bench.wait_for(lambda: feed.status().last_frame_at is not None, 8)
    server.kill()
    bench.wait_for(lambda: feed.status().fault is not None, 8)
    before = feed.status().last_frame_at
    epoch = feed._intake.epoch
    bench.stop.wait(10)
    while bench.mailbox.waiting():
        next(bench.mailbox.newest(bench.stop))

    server.start()
    took_s = bench.wait_for(is_live(bench), 15)
    frame = next(bench.mailbox.newest(bench.stop))

    assert took_s < 15
    assert feed.status().reconnects == 1
    assert feed.status().fault is None
    assert before is not None
    assert 9 < (frame.at - before).total_seconds() < 30
    assert frame.epoch == epoch + 1


def test_a_camera_that_freezes_its_connection_is_stalled(
    clip_of: ClipOf, serve: Serve, bench: Bench
) -> None:
    """A server that is alive but sends nothing more is `STALLED` after the timeout."""
    server = serve(clip_of(CLIP))
    feed = bench.feed(live_address(server.url), OPTIONS)
    feed.start()
    bench.wait_for(is_live(bench), 8)
    assert server._process is not None
    pid = str(server._process.pid)

    subprocess.run(["kill", "-STOP", pid], check=True)
    took_s = bench.wait_for(lambda: feed.status().fault is not None, 10)
    subprocess.run(["kill", "-CONT", pid], check=True)

    assert feed.status().fault is FeedFault.STALLED
    assert 3.0 <= took_s <= 6.0


def test_a_clip_of_a_camera_decodes_exactly(
    clip_of: ClipOf, serve: Serve, bench: Bench, tmp_path: Path
) -> None:
    """A clip cut from a live feed holds the camera's own pictures."""
    path = clip_of(CLIP)
    exact = reference(path)
    feed = bench.feed(live_address(serve(path).url), OPTIONS)
    feed.start()
    bench.wait_for(lambda: feed.ring.seconds > 4, 12)
    now = feed.status().last_frame_at
    assert now is not None

    recording = feed.ring.record(now.replace(microsecond=0), now)
    bench.wait_for(lambda: recording.is_complete, 5)
    clip = cut(recording, tmp_path / "clip.mp4")

    pictures = reference(clip.path)
    assert len(pictures) == clip.frames == len(source_packets(clip.path)) > 5
    for picture in pictures:
        assert (picture == exact[number_of(picture)]).all()


def test_a_camera_can_be_probed(clip_of: ClipOf, serve: Serve) -> None:
    """`check` learns codec, size, pace and key interval of a live camera."""
    found = probe(live_address(serve(clip_of(CLIP)).url))

    assert (found.codec.value, found.size_px) == ("h264", (256, 144))
    assert found.key_interval_s == pytest.approx(1.0, abs=0.05)
    assert found.fps == pytest.approx(10, abs=0.5)
    assert found.has_b_frames


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="no ffmpeg: run `make apt`")
def test_rtmp_is_read(clip_of: ClipOf, bench: Bench) -> None:
    """A stream over RTMP gives its looks."""
    url = f"rtmp://127.0.0.1:{free_port()}/live/cam"
    source = ["-re", "-stream_loop", "-1", "-i", str(clip_of(CLIP))]
    sink = ["-c", "copy", "-f", "flv", "-listen", "1", url]
    server = subprocess.Popen(["ffmpeg", "-v", "quiet", *source, *sink])
    try:
        feed = bench.feed(live_address(url), OPTIONS)
        feed.start()
        bench.wait_for(lambda: feed.status().last_frame_at is not None, 15)
    finally:
        server.kill()
        server.wait()


def test_a_live_stream_can_be_looked_at_again(serve: Serve, clip_of: ClipOf) -> None:
    """Some seconds are kept with their pace; their key frames decode afterwards."""
    server = serve(clip_of(CLIP))

    found = collect(live_address(server.url), 5.0, 4.0, SystemClock())

    assert found.fps == pytest.approx(10, rel=0.2)
    assert found.key_interval_s == pytest.approx(1.0, abs=0.2)
    looks = list(found.frames(CameraId("dock"), LookRequest(1.0)))
    assert len(looks) >= 3
