"""Clips cut from real packets: byte for byte, with true times, nothing left over."""

import resource
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from base.clock import SystemClock
from streams.clip import Clip, cut, h264_derivative
from streams.errors import ClipError, ClipFault
from streams.intake import Intake, IntakeOptions
from streams.look_plan import LookPlan, LookRequest
from streams.packet import Codec
from streams.playback import play
from streams.ring import ClipRecording, PacketRing
from streams.source import Source
from tests.streams.conftest import CAMERA, START, ClipOf, file_address
from tests.streams.footage import (
    Recipe,
    number_of,
    reference,
    source_packets,
)

H264 = Recipe(seconds=10, gop=20, b_frames=2)
H265 = Recipe(codec="libx265", seconds=8, gop=20, b_frames=2)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def intake_of(*paths: Path, gap_s: float = 0.0) -> Intake:
    """An intake that has read the files, one after the other."""
    request = LookRequest(2.0)
    intake = Intake(CAMERA, LookPlan(request), IntakeOptions(request, ring_s=60))
    for lap, path in enumerate(paths):
        if lap == 0:
            intake.connect(START)
        elif gap_s:
            last = intake.last_packet
            assert last is not None
            intake.connect(last.at + timedelta(seconds=gap_s))
        else:
            intake.run_on()
        with Source(file_address(path), 5, SystemClock()) as source:
            for raw in source.packets():
                list(intake.take(intake.stamp(raw, None)))
    return intake


def clip_packets(clip: Clip) -> list[bytes]:
    return source_packets(clip.path)


def picture_times(path: Path) -> list[float]:
    with av.open(str(path)) as container:
        return [float(frame.time) for frame in container.decode(video=0)]


@pytest.mark.parametrize(
    ("recipe", "suffix"),
    [
        pytest.param(H264, ".mp4", id="h264 mp4"),
        pytest.param(H264, ".flv", id="h264 flv"),
        pytest.param(H265, ".mp4", id="h265 mp4"),
    ],
)
def test_a_clip_holds_the_sources_own_packets(
    clip_of: ClipOf, tmp_path: Path, recipe: Recipe, suffix: str
) -> None:
    """The packets of a clip are those of the source, byte for byte."""
    path = clip_of(recipe, suffix)
    recording = intake_of(path).ring.record(at(2.5), at(6.0))

    clip = cut(recording, tmp_path / "clip.mp4")

    source = source_packets(path)
    got = clip_packets(clip)
    assert got == source[20 : 20 + len(got)]
    assert clip.frames == len(got)


@pytest.mark.parametrize(
    "recipe", [pytest.param(H264, id="h264"), pytest.param(H265, id="h265")]
)
def test_annex_b_pictures_decode_exactly(
    clip_of: ClipOf, tmp_path: Path, recipe: Recipe
) -> None:
    """A clip cut from MPEG-TS, which has start codes, decodes to the same pictures."""
    path = clip_of(recipe, ".ts")
    exact = reference(path)

    clip = cut(intake_of(path).ring.record(at(2.0), at(5.0)), tmp_path / "clip.mp4")

    pictures = reference(clip.path)
    assert len(pictures) == clip.frames >= 30
    for picture in pictures:
        assert np.array_equal(picture, exact[number_of(picture)])


def test_true_times_are_told(clip_of: ClipOf, tmp_path: Path) -> None:
    """Start is the key frame before the wish, and picture times are kept."""
    recording = intake_of(clip_of(H264)).ring.record(at(3.1), at(6.0))

    clip = cut(recording, tmp_path / "clip.mp4")

    assert clip.start == at(2.0)
    assert at(6.0) <= clip.end <= at(6.5)
    assert (clip.short_by_start_s, clip.short_by_end_s) == (0.0, 0.0)
    assert clip.codec is Codec.H264
    assert clip.size_px == (256, 144)
    assert clip.size_bytes == clip.path.stat().st_size
    times = picture_times(clip.path)
    steps = {round(later - sooner, 3) for sooner, later in pairwise(times)}
    assert steps == {0.1}
    assert len(times) == clip.frames


def test_what_is_missing_is_told(clip_of: ClipOf, tmp_path: Path) -> None:
    """A clip wanted from before to after the recording says how short it is."""
    recording = intake_of(clip_of(H264)).ring.record(at(-5.0), at(14.0))

    clip = cut(recording, tmp_path / "clip.mp4")

    assert clip.short_by_start_s == 5.0
    assert clip.short_by_end_s == pytest.approx(4.0, abs=0.3)


def test_varying_groups_cut_at_the_right_key(clip_of: ClipOf, tmp_path: Path) -> None:
    """Groups of different lengths: the clip begins at the last key before the start."""
    path = clip_of(Recipe(seconds=10, gops=(7, 23, 5, 40, 25)))

    clip = cut(intake_of(path).ring.record(at(3.4), at(5.0)), tmp_path / "clip.mp4")

    assert clip.start == at(3.0)
    assert number_of(reference(clip.path)[0]) == 30


def test_a_clip_across_a_loops_seam_runs_on(clip_of: ClipOf, tmp_path: Path) -> None:
    """Across the seam of a looping file there is no gap and no step back."""
    path = clip_of(H264)

    clip = cut(
        intake_of(path, path).ring.record(at(8.0), at(13.0)), tmp_path / "clip.mp4"
    )

    numbers = [number_of(picture) for picture in reference(clip.path)]
    assert numbers[:20] == list(range(80, 100))
    assert numbers[20:50] == list(range(30))
    times = picture_times(clip.path)
    assert max(b - a for a, b in pairwise(times)) < 0.35
    assert min(b - a for a, b in pairwise(times)) > 0
    assert clip.gaps == ()


def test_an_interruption_is_a_gap_in_the_clip(clip_of: ClipOf, tmp_path: Path) -> None:
    """A reconnect inside a clip keeps true times and is told as a gap."""
    path = clip_of(H264)
    intake = intake_of(path, path, gap_s=5.0)

    clip = cut(intake.ring.record(at(8.0), at(17.0)), tmp_path / "clip.mp4")

    assert [(gap.start, gap.end) for gap in clip.gaps] == [(at(10.0), at(14.9))]
    assert (clip.end - clip.start).total_seconds() >= 9.0


def test_of_two_formats_the_longer_stretch_is_kept(
    clip_of: ClipOf, tmp_path: Path
) -> None:
    """An MP4 has one format: after a change of size the longer part is the clip."""
    small = clip_of(H264)
    large = clip_of(Recipe(seconds=10, gop=20, b_frames=2, size=(320, 240)))

    clip = cut(
        intake_of(small, large).ring.record(at(6.0), at(18.0)), tmp_path / "clip.mp4"
    )

    assert clip.size_px == (320, 240)
    assert reference(clip.path)[0].shape == (240, 320, 3)
    assert clip.short_by_start_s == pytest.approx(4.0, abs=0.2)


def test_h265_is_tagged_for_players_and_has_a_derivative(
    clip_of: ClipOf, tmp_path: Path
) -> None:
    """H.265 stays untouched as `hvc1`; its derivative is H.264 with the same times."""
    clip = cut(
        intake_of(clip_of(H265)).ring.record(at(2.0), at(5.0)), tmp_path / "clip.mp4"
    )
    before = clip.path.read_bytes()
    derivative = tmp_path / "clip.h264.mp4"

    h264_derivative(clip.path, derivative)

    assert clip.path.read_bytes() == before
    with av.open(str(clip.path)) as container:
        assert container.streams.video[0].codec_context.codec_tag == "hvc1"
    with av.open(str(derivative)) as container:
        assert container.streams.video[0].codec_context.name == "h264"
    assert picture_times(derivative) == pytest.approx(
        picture_times(clip.path), abs=1e-3
    )
    numbers = [number_of(picture) for picture in reference(derivative)]
    assert numbers == [number_of(picture) for picture in reference(clip.path)]


def test_the_index_stands_first(clip_of: ClipOf, tmp_path: Path) -> None:
    """A clip plays while it loads: its index precedes its pictures."""
    recording = intake_of(clip_of(H264)).ring.record(at(2.0), at(5.0))

    data = cut(recording, tmp_path / "clip.mp4").path.read_bytes()

    assert 0 < data.index(b"moov") < data.index(b"mdat")


def test_a_clip_can_be_cut_in_the_middle_of_a_replay(
    clip_of: ClipOf, tmp_path: Path
) -> None:
    """A consumer of a playback cuts around a look while it goes on pulling."""
    request = LookRequest(2.0)
    playback = play(
        file_address(clip_of(H264)),
        CAMERA,
        START,
        LookPlan(request),
        IntakeOptions(request),
    )
    recording: ClipRecording | None = None
    for frame in playback:
        if frame.at == at(4.0):
            recording = playback.ring.record(at(3.0), at(7.0))

    assert recording is not None
    clip = cut(recording, tmp_path / "clip.mp4")
    assert clip.start == at(2.0)
    assert clip.short_by_end_s == 0.0


def test_nothing_recorded_is_an_error_with_a_name(tmp_path: Path) -> None:
    """A recording without packets gives `EMPTY` and no file."""
    recording = PacketRing(20, 1000).record(at(0), at(5))

    with pytest.raises(ClipError) as error:
        cut(recording, tmp_path / "clip.mp4")

    assert error.value.fault is ClipFault.EMPTY
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_an_error_with_a_name(clip_of: ClipOf, tmp_path: Path) -> None:
    """When the disk takes no more, `DISK_FULL` is raised and nothing is left behind."""
    recording = intake_of(clip_of(H264)).ring.record(at(0.0), at(9.0))
    older = tmp_path / "clip.mp4"
    older.write_bytes(b"older")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limits[1]))
    try:
        with pytest.raises(ClipError) as error:
            cut(recording, older)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    assert error.value.fault is ClipFault.DISK_FULL
    assert older.read_bytes() == b"older"
    assert [path.name for path in tmp_path.iterdir()] == ["clip.mp4"]


def test_a_missing_folder_is_an_error_with_a_name(
    clip_of: ClipOf, tmp_path: Path
) -> None:
    """A folder that is not there gives `UNWRITABLE`."""
    recording = intake_of(clip_of(H264)).ring.record(at(0.0), at(3.0))

    with pytest.raises(ClipError) as error:
        cut(recording, tmp_path / "nowhere" / "clip.mp4")

    assert error.value.fault is ClipFault.UNWRITABLE


def test_a_derivative_of_junk_is_an_error_with_a_name(tmp_path: Path) -> None:
    """A text file is no clip: `UNREADABLE`, and nothing left behind."""
    junk = tmp_path / "junk.mp4"
    junk.write_text("no video " * 100)

    with pytest.raises(ClipError) as error:
        h264_derivative(junk, tmp_path / "out.mp4")

    assert error.value.fault is ClipFault.UNREADABLE
    assert [path.name for path in tmp_path.iterdir()] == ["junk.mp4"]
