"""Recordings pulled without threads: the same every time, and junk named."""

from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import av
import numpy as np
import pytest

from streams.errors import FeedError
from streams.faults import FeedFault
from streams.frame import Frame
from streams.intake import IntakeOptions
from streams.look_plan import LookPlan, LookRequest
from streams.playback import Playback, play
from tests.streams.conftest import CAMERA, START, ClipOf, file_address, live_address
from tests.streams.footage import Recipe, number_of, picture, write

CLIP = Recipe(seconds=8, gop=20, b_frames=2)


def playback(path: Path, gap_s: float = 2.0) -> tuple[Playback, LookPlan]:
    plan = LookPlan(LookRequest(gap_s))
    options = IntakeOptions(plan.request)
    return play(file_address(path), CAMERA, START, plan, options), plan


def fault_of(path: Path, gap_s: float = 2.0) -> FeedFault:
    with pytest.raises(FeedError) as error:
        list(playback(path, gap_s)[0])
    assert str(path) not in str(error.value)
    return error.value.fault


def same(one: Frame, other: Frame) -> bool:
    return (one.at, one.epoch, one.is_keyframe, one.faults) == (
        other.at,
        other.epoch,
        other.is_keyframe,
        other.faults,
    ) and np.array_equal(one.image, other.image)


@pytest.mark.parametrize("gap_s", [2.0, 0.3])
def test_two_replays_are_equal(clip_of: ClipOf, gap_s: float) -> None:
    """The same recording gives the same frames to the last bit."""
    path = clip_of(CLIP)
    first, second = list(playback(path, gap_s)[0]), list(playback(path, gap_s)[0])

    assert len(first) == len(second) > 3
    assert all(same(a, b) for a, b in zip(first, second, strict=True))


def test_a_request_between_two_frames_acts_on_later_pictures(clip_of: ClipOf) -> None:
    """What is asked at the look at 2 s changes the looks after it, none before."""
    frames, plan = playback(clip_of(CLIP))
    times = []
    for frame in frames:
        passed_s = (frame.at - START).total_seconds()
        times.append(passed_s)
        if passed_s == 2.0:
            plan.ask(LookRequest(0.5))
        if passed_s == 4.0:
            plan.ask(LookRequest(2.0))

    assert times == [0.0, 2.0, 2.5, 3.0, 3.5, 4.0, 6.0]


def test_frames_cannot_be_written_to(clip_of: ClipOf) -> None:
    """A frame's picture is read-only: several stages look at it."""
    frame = next(playback(clip_of(CLIP))[0])

    with pytest.raises(ValueError, match="read-only"):
        frame.image[0, 0] = 0


def test_times_are_the_recordings_own(clip_of: ClipOf) -> None:
    """Each picture is at the start plus its own time in the recording."""
    for frame in playback(clip_of(CLIP), 0.1)[0]:
        number = number_of(frame.image)
        assert frame.at == START + timedelta(seconds=number / CLIP.fps)


@pytest.mark.parametrize("gap_s", [2.0, 0.1])
def test_a_truncated_recording_is_corrupt(
    clip_of: ClipOf, tmp_path: Path, gap_s: float
) -> None:
    """An MP4 cut off in its pictures is read to there and then named `CORRUPT`."""
    whole = write(tmp_path / "whole.mp4", CLIP, {"movflags": "+faststart"})
    half = tmp_path / "half.mp4"
    half.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])

    assert fault_of(half, gap_s) is FeedFault.CORRUPT


def test_a_recording_without_its_index_is_corrupt(
    clip_of: ClipOf, tmp_path: Path
) -> None:
    """An MP4 cut off before its index cannot be opened: `CORRUPT`."""
    data = clip_of(CLIP).read_bytes()
    half = tmp_path / "half.mp4"
    half.write_bytes(data[: len(data) // 2])

    assert fault_of(half) is FeedFault.CORRUPT


def test_text_named_mp4_is_corrupt(tmp_path: Path) -> None:
    """A text file under a video's name."""
    text = tmp_path / "notes.mp4"
    text.write_text("meeting at nine\n" * 200)

    assert fault_of(text) is FeedFault.CORRUPT


def test_a_zero_length_file_is_empty(tmp_path: Path) -> None:
    """A file without a byte."""
    (tmp_path / "empty.mp4").touch()

    assert fault_of(tmp_path / "empty.mp4") is FeedFault.EMPTY


def test_a_missing_file_is_not_found(tmp_path: Path) -> None:
    """A path that names nothing, and one that names a folder."""
    assert fault_of(tmp_path / "none.mp4") is FeedFault.NOT_FOUND
    assert fault_of(tmp_path) is FeedFault.NOT_FOUND


def test_a_playlist_named_mp4_opens_nothing_else(
    clip_of: ClipOf, tmp_path: Path
) -> None:
    """A playlist dressed up as a recording reaches no other host."""
    fake = tmp_path / "fake.mp4"
    fake.write_text(
        "#EXTM3U\n#EXTINF:2,\nhttp://127.0.0.1:9/secret.ts\n#EXT-X-ENDLIST\n"
    )

    assert fault_of(fake) in {FeedFault.CORRUPT, FeedFault.UNSUPPORTED}


def test_other_codecs_are_unsupported(tmp_path: Path) -> None:
    """Motion JPEG is named `UNSUPPORTED`, with the codec's name."""
    path = tmp_path / "mjpeg.avi"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("mjpeg", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuvj420p"
        for n in range(5):
            frame = av.VideoFrame.from_ndarray(
                np.full((64, 64, 3), n, np.uint8), format="bgr24"
            )
            out.mux(stream.encode(frame.reformat(format="yuvj420p")))
        out.mux(stream.encode(None))

    with pytest.raises(FeedError, match="mjpeg") as error:
        list(playback(path)[0])
    assert error.value.fault is FeedFault.UNSUPPORTED


def test_sound_alone_is_empty(tmp_path: Path) -> None:
    """A recording without pictures is `EMPTY`."""
    path = tmp_path / "sound.mp4"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("aac", rate=8000, layout="mono")
        for _ in range(10):
            frame = av.AudioFrame.from_ndarray(
                np.zeros((1, 1024), np.float32), format="fltp", layout="mono"
            )
            frame.sample_rate = 8000
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))

    assert fault_of(path) is FeedFault.EMPTY


def test_damage_inside_a_stream_is_survived_or_named(
    clip_of: ClipOf, tmp_path: Path
) -> None:
    """Random damage in a transport stream never raises anything but a named fault."""
    clean = clip_of(CLIP, ".ts").read_bytes()
    rng = np.random.default_rng(5)
    for attempt in range(12):
        data = bytearray(clean)
        for position in rng.integers(2000, len(data), 40):
            data[position] = int(rng.integers(0, 256))
        path = tmp_path / f"damaged{attempt}.ts"
        path.write_bytes(data)
        times: list[datetime] = []
        with suppress(FeedError):
            times += [frame.at for frame in playback(path, 0.1)[0]]
        assert times == sorted(set(times))


@pytest.mark.parametrize("suffix", [".ts", ".flv", ".mp4", ".mkv"])
@pytest.mark.parametrize("codec", ["libx264", "libx265"])
def test_containers_give_the_same_looks(
    clip_of: ClipOf, suffix: str, codec: str
) -> None:
    """The same pictures in another container give the same looks."""
    path = clip_of(Recipe(codec=codec, seconds=6, gop=20), suffix)

    frames = list(playback(path, 2.0)[0])

    assert [number_of(frame.image) for frame in frames] == [0, 20, 40]
    assert [round((f.at - START).total_seconds(), 2) for f in frames] == [0, 2, 4]


def test_a_change_of_size_goes_on(clip_of: ClipOf, tmp_path: Path) -> None:
    """A stream whose size changes between key frames goes on with the new size."""
    small = clip_of(Recipe(seconds=4, gop=20), ".ts")
    large = clip_of(Recipe(seconds=4, gop=20, size=(320, 240)), ".ts")
    both = tmp_path / "both.ts"
    both.write_bytes(small.read_bytes() + large.read_bytes())

    for gap_s in (2.0, 0.1):
        frames = list(playback(both, gap_s)[0])
        sizes = [(frame.width_px, frame.height_px) for frame in frames]
        assert sizes[0] == (256, 144)
        assert sizes[-1] == (320, 240)
        assert {number_of(f.image) for f in frames} >= {0, 20}
        times = [frame.at for frame in frames]
        assert times == sorted(set(times))


def test_a_live_codec_list_is_narrower() -> None:
    """An address of an unknown protocol is `UNSUPPORTED`, and never printed."""
    address = live_address("foo://user:secret@host/x")
    plan = LookPlan(LookRequest(1.0))

    with pytest.raises(FeedError) as error:
        list(play(address, CAMERA, START, plan, IntakeOptions(plan.request)))

    assert error.value.fault is FeedFault.UNSUPPORTED
    assert "secret" not in str(error.value)


def test_old_recordings_can_be_replayed(tmp_path: Path) -> None:
    """MPEG-4 part 2, as old recorders write it, is read."""
    path = tmp_path / "old.avi"
    with av.open(str(path), "w") as out:
        stream = out.add_stream(
            "mpeg4", rate=10, options={"g": "20", "sc_threshold": "0"}
        )
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        for n in range(40):
            frame = av.VideoFrame.from_ndarray(picture(n, (64, 64)), format="bgr24")
            out.mux(stream.encode(frame.reformat(format="yuv420p")))
        out.mux(stream.encode(None))

    frames = list(playback(path, 0.5)[0])
    passed = [(frame.at - START).total_seconds() for frame in frames]
    assert passed == [0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5]
