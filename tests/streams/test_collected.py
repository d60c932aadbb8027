"""Some seconds of a feed kept in memory, to be looked at again."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from base.clock import SystemClock
from base.ids import CameraId
from streams.collected import Collected, collect
from streams.errors import FeedError
from streams.faults import FeedFault
from streams.look_plan import LookRequest
from streams.resolver import FeedAddress
from tests.streams.footage import Recipe, number_of, write

CAMERA = CameraId("dock")


def collected(path: Path, watch_s: float = 12.0) -> Collected:
    address = FeedAddress(SecretStr(str(path)), is_live=False)
    return collect(address, 5.0, watch_s, SystemClock())


def test_the_pace_of_a_stream_is_measured(tmp_path: Path) -> None:
    """Pictures a second and the interval between key frames, B-frames or not."""
    path = write(tmp_path / "a.mp4", Recipe(seconds=20, fps=10, gop=20, b_frames=2))

    found = collected(path)

    assert found.fps == pytest.approx(10, rel=0.05)
    assert found.key_interval_s == pytest.approx(2.0, abs=0.05)
    assert found.keys_serve(2.0)
    assert not found.keys_serve(1.0)


def test_reading_ends_with_the_time_given(tmp_path: Path) -> None:
    """A stream of rare key frames does not hold a plan up."""
    path = write(tmp_path / "a.mp4", Recipe(seconds=20, fps=10, gop=200))

    found = collected(path, watch_s=3.0)

    assert found.span_s == pytest.approx(3.0, abs=0.2)
    assert found.key_interval_s is None


def test_its_looks_can_be_made_again_and_again(tmp_path: Path) -> None:
    """The same pictures each time, by the feed's own sampler."""
    found = collected(write(tmp_path / "a.mp4", Recipe(seconds=8, fps=10, gop=20)))

    looks = [
        [number_of(frame.image) for frame in found.frames(CAMERA, LookRequest(2.0))]
        for _ in range(2)
    ]

    assert looks[0] == looks[1]
    assert looks[0][:3] == [0, 20, 40]


def test_a_recording_of_one_picture_has_no_pace(tmp_path: Path) -> None:
    """It is told, not guessed."""
    path = write(tmp_path / "a.mp4", Recipe(seconds=0.1, fps=10))

    with pytest.raises(FeedError, match="too short") as told:
        collected(path)

    assert told.value.fault is FeedFault.ENDED
