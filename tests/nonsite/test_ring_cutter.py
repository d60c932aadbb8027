"""Clips for the evidence, cut from real packets; failures in the keeper's words."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from alerts.clip_cutter import CutClip
from alerts.errors import ClipError, StoreFullError
from base.clock import SystemClock
from base.ids import CameraId
from nonsite.ring_cutter import RingCutter
from streams.intake import Intake, IntakeOptions
from streams.look_plan import LookPlan, LookRequest
from streams.resolver import FeedAddress, FileResolver
from streams.ring import PacketRing
from streams.settings import FileFeed, Profile
from streams.source import Source
from tests.streams.footage import (
    Recipe,
    number_of,
    reference,
    source_packets,
    write,
)

START = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)
GATE = CameraId("gate")


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def _address(path: Path) -> FeedAddress:
    return FileResolver(FileFeed(path=path), Path()).resolve(Profile.LOOKS)


def _ring_of(path: Path) -> PacketRing:
    """A ring that has taken in the whole file."""
    request = LookRequest(2.0)
    intake = Intake(GATE, LookPlan(request), IntakeOptions(request, ring_s=60))
    intake.connect(START)
    with Source(_address(path), 5, SystemClock()) as source:
        for raw in source.packets():
            list(intake.take(intake.stamp(raw, None)))
    return intake.ring


def _cutter(ring: PacketRing) -> RingCutter:
    return RingCutter({GATE: ring}.get)


@contextmanager
def _files_at_most(size_bytes: int) -> Iterator[None]:
    """No file of this process may grow beyond it, as on a full disk."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@pytest.fixture(scope="module")
def h264(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight seconds of H.264, a key frame every two."""
    return write(tmp_path_factory.mktemp("h264") / "a.mp4", Recipe(seconds=8, gop=20))


@pytest.fixture(scope="module")
def h265(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six seconds of H.265, a key frame every two."""
    recipe = Recipe(codec="libx265", seconds=6, gop=20)
    return write(tmp_path_factory.mktemp("h265") / "a.mp4", recipe)


def test_a_clip_is_the_cameras_own_packets(h264: Path, tmp_path: Path) -> None:
    """The packets around the wish, byte for byte, with true times and name."""
    clip = _cutter(_ring_of(h264)).record(GATE, at(2.5), at(5.0)).cut(tmp_path)

    packets = source_packets(clip.path)
    assert packets == source_packets(h264)[20 : 20 + len(packets)]
    assert (clip.path, clip.codec) == (tmp_path / "clip.mp4", "h264")
    assert clip.start == at(2.0)
    assert at(5.0) <= clip.end <= at(5.5)
    assert (clip.short_before_s, clip.short_after_s, clip.gaps) == (0.0, 0.0, ())


def test_a_short_clip_says_how_short(h264: Path, tmp_path: Path) -> None:
    """Seconds that were wanted and not recorded are told on either side."""
    clip = _cutter(_ring_of(h264)).record(GATE, at(-3.0), at(10.0)).cut(tmp_path)

    assert clip.short_before_s == 3.0
    assert clip.short_after_s == pytest.approx(2.0)


def test_an_h264_clip_needs_no_copy(h264: Path, tmp_path: Path) -> None:
    """What plays everywhere is not encoded again."""
    recording = _cutter(_ring_of(h264)).record(GATE, at(2.0), at(4.0))
    clip = recording.cut(tmp_path)

    assert recording.derive(clip, tmp_path) is None
    assert [path.name for path in tmp_path.iterdir()] == ["clip.mp4"]


def test_the_copy_has_what_nobody_may_see_painted_over(
    h265: Path, tmp_path: Path
) -> None:
    """In every picture; the rest stays, and the clip itself is left as it was."""
    recording = _cutter(_ring_of(h265)).record(GATE, at(2.0), at(4.0))
    clip = recording.cut(tmp_path)
    original = clip.path.read_bytes()
    plain = recording.derive(clip, tmp_path)
    assert plain is not None
    shown = reference(plain)

    part = ((0.5, 0.5), (0.9, 0.5), (0.9, 0.9), (0.5, 0.9))
    painted = recording.derive(clip, tmp_path, (part,))

    assert painted is not None
    assert clip.path.read_bytes() == original
    found = reference(painted)
    assert len(found) == len(shown) > 0
    for was, now in zip(shown, found, strict=True):
        height, width = now.shape[:2]
        inside = now[height * 11 // 20 : height * 17 // 20, width * 11 // 20 :]
        inside = inside[:, : width * 6 // 20]
        assert int(inside.max()) < 50
        rest = slice(0, height * 9 // 20)
        far = np.abs(now[rest].astype(int) - was[rest].astype(int))
        assert far.mean() < 10
        assert number_of(now) == number_of(was)


def test_an_h265_clip_gets_an_h264_copy(h265: Path, tmp_path: Path) -> None:
    """The copy shows the same pictures; the clip itself is left as it was."""
    recording = _cutter(_ring_of(h265)).record(GATE, at(2.0), at(4.0))
    clip = recording.cut(tmp_path)
    original = clip.path.read_bytes()

    copy = recording.derive(clip, tmp_path)

    assert clip.codec == "hevc"
    assert copy == tmp_path / "clip.h264.mp4"
    assert [number_of(p) for p in reference(copy)] == [
        number_of(p) for p in reference(clip.path)
    ]
    assert clip.path.read_bytes() == original


def test_nothing_recorded_is_no_clip(tmp_path: Path) -> None:
    """A feed that was down gives a `ClipError` of the evidence and no file."""
    recording = _cutter(PacketRing(20, 1000)).record(GATE, at(0), at(5))

    with pytest.raises(ClipError, match="no key frame was recorded"):
        recording.cut(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_camera_without_feed_has_no_clip(h264: Path) -> None:
    """The error names the camera."""
    with pytest.raises(ClipError, match="dock_2"):
        _cutter(_ring_of(h264)).record(CameraId("dock_2"), at(0), at(5))


def test_a_full_disk_is_the_stores_error(h264: Path, tmp_path: Path) -> None:
    """The keeper stops storing for a full disk, so it must be told apart."""
    recording = _cutter(_ring_of(h264)).record(GATE, at(0), at(7))

    with _files_at_most(4096), pytest.raises(StoreFullError, match="free space"):
        recording.cut(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_stops_the_copy_too(h265: Path, tmp_path: Path) -> None:
    """The clip stays, nothing of the copy does."""
    recording = _cutter(_ring_of(h265)).record(GATE, at(0), at(5))
    clip = recording.cut(tmp_path)

    with _files_at_most(4096), pytest.raises(StoreFullError, match="free space"):
        recording.derive(clip, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["clip.mp4"]


def test_a_copy_of_junk_is_no_clip(h265: Path, tmp_path: Path) -> None:
    """A clip damaged on the disk gives a `ClipError`, not a library's."""
    recording = _cutter(_ring_of(h265)).record(GATE, at(0), at(2))
    junk = tmp_path / "clip.mp4"
    junk.write_text("no video " * 100)

    with pytest.raises(ClipError, match="unreadable"):
        recording.derive(CutClip(junk, at(0), at(2), "hevc"), tmp_path)


def test_a_released_recording_takes_no_more(h264: Path) -> None:
    """A candidate that died holds no packets back."""
    ring = _ring_of(h264)
    recording = _cutter(ring).record(GATE, at(7.0), at(60.0))
    recording.release()
    held = recording._recording.size_bytes

    for packet in ring.since_key() or ():
        ring.append(packet)

    assert recording._recording.size_bytes == held
