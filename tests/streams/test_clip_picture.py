"""One picture out of a finished clip: the right one, whole, or a clear refusal."""

from datetime import datetime, timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest

from streams.clip import Clip, cut
from streams.clip_picture import picture_at
from streams.errors import ClipError, ClipFault
from streams.frame import ImageBGR
from tests.streams.conftest import START, ClipOf
from tests.streams.footage import Recipe, number_of
from tests.streams.test_clip import intake_of

H264 = Recipe(seconds=10, gop=20, b_frames=2)
H265 = Recipe(codec="libx265", seconds=8, gop=20, b_frames=2)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def clip_from(path: Path, out: Path) -> Clip:
    return cut(intake_of(path).ring.record(at(2.5), at(6.0)), out / "clip.mp4")


def decoded(jpeg: bytes) -> ImageBGR:
    image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    return image.astype(np.uint8)


@pytest.mark.parametrize(
    "recipe", [pytest.param(H264, id="h264"), pytest.param(H265, id="h265")]
)
@pytest.mark.parametrize("after_s", [0.0, 0.05, 1.3, 2.0, 3.39])
def test_the_picture_of_the_moment(
    clip_of: ClipOf, tmp_path: Path, recipe: Recipe, after_s: float
) -> None:
    """Across groups and B-frames: the number on it is that of the moment."""
    clip = clip_from(clip_of(recipe, ".mp4"), tmp_path)
    wanted = clip.start + timedelta(seconds=after_s)

    found, jpeg = picture_at(clip.path, clip.start, wanted)

    assert timedelta(0) <= wanted - found < timedelta(seconds=1 / recipe.fps + 1e-3)
    image = decoded(jpeg)
    assert image.shape[1::-1] == clip.size_px
    number = round((found - START).total_seconds() * recipe.fps)
    assert number_of(image) == number


def test_outside_the_clip_it_is_the_first_or_the_last(
    clip_of: ClipOf, tmp_path: Path
) -> None:
    """A player does the same."""
    clip = clip_from(clip_of(H264, ".mp4"), tmp_path)

    before, _ = picture_at(clip.path, clip.start, clip.start - timedelta(seconds=9))
    after, _ = picture_at(clip.path, clip.start, clip.end + timedelta(seconds=9))

    assert before == clip.start
    assert clip.end - after <= timedelta(seconds=1 / H264.fps + 1e-3)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"mp4 " * 1000, id="no clip"),
        pytest.param(b"\xff\xd8\xff" + bytes(500), id="half a picture"),
    ],
)
def test_junk_is_told(tmp_path: Path, body: bytes) -> None:
    """By its name, never another error."""
    path = tmp_path / "clip.mp4"
    path.write_bytes(body)

    with pytest.raises(ClipError) as told:
        picture_at(path, START, START)

    assert told.value.fault is ClipFault.UNREADABLE


def test_clip_cut_off_gives_what_is_whole(clip_of: ClipOf, tmp_path: Path) -> None:
    """The index stands first: of what is there the nearest is shown, whole."""
    clip = clip_from(clip_of(H264, ".mp4"), tmp_path)
    raw = clip.path.read_bytes()
    clip.path.write_bytes(raw[: len(raw) * 2 // 3])

    found, jpeg = picture_at(clip.path, clip.start, clip.start)

    assert found == clip.start
    assert decoded(jpeg).shape[1::-1] == clip.size_px


def test_missing_clip_is_told(tmp_path: Path) -> None:
    """It was deleted meanwhile."""
    with pytest.raises(ClipError):
        picture_at(tmp_path / "gone.mp4", START, START)
