"""What falls is told once; birds, leaves, rain and walkers are not.

Small patches are pasted onto the frames of the campus sample, interpolated to 25
pictures a second, and move as physics says.
"""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from base.ids import ZoneName
from detector.coverage import ZoneArea
from detector.falling import Falling
from detector.look import FallingThing, Unseen
from detector.network import Network
from tests.detector.clips import T0, Picture, pictures

WALL = ZoneArea(ZoneName("wall"), ((0.2, 0.0), (0.8, 0.0), (0.8, 0.9), (0.2, 0.9)))
NOBODY = np.zeros((0, 4), np.float32)
RATE = 25.0
Where = Callable[[float], tuple[float, float]]
"""Seconds to the middle of a patch, pixels of a picture of 768 x 576."""


@pytest.fixture(scope="module")
def frames(sample: Path) -> list[Picture]:
    """Four seconds of the sample."""
    return [p for s, p in pictures(sample, 0.1) if s < 4.0]


def _video(frames: list[Picture], paths: list[Where], px: int = 7) -> list[Picture]:
    """The sample at 25 pictures a second with patches that move."""
    patch = np.random.default_rng(4).integers(0, 60, (px, px, 3), np.uint8)
    shown = []
    for n in range(int(3.0 * RATE)):
        seconds = n / RATE
        picture = frames[int(seconds * 10)].copy()
        for path in paths:
            x, y = (round(value) for value in path(seconds))
            if x - px >= 0 and x + px < 768 and y - px >= 0 and y + px < 576:
                picture[y : y + px, x : x + px] = patch
        shown.append(picture)
    return shown


def _falls(
    shown: list[Picture], rate: float = RATE, boxes: NDArray[np.float32] = NOBODY
) -> list[FallingThing]:
    falling = Falling((WALL,))
    found: list[FallingThing] = []
    for n, picture in enumerate(shown):
        told, _ = falling.see(T0 + timedelta(seconds=n / rate), picture, boxes)
        found += told
    return found


def _thrown(start_s: float, gravity_px: float, aside_px: float = 20.0) -> Where:
    """Let go at a height: a parabola; out of the picture before and after."""

    def where(seconds: float) -> tuple[float, float]:
        t = seconds - start_s
        if t < 0:
            return -100.0, -100.0
        return 400 + aside_px * t, 60 + gravity_px * t * t / 2

    return where


@pytest.mark.parametrize("gravity_px", [250.0, 500.0, 900.0])
def test_thing_let_go_is_one_fall(frames: list[Picture], gravity_px: float) -> None:
    """From a far camera to a near one, the fall is told once, with its way."""
    (fall,) = _falls(_video(frames, [_thrown(0.3, gravity_px)]))

    assert fall.zone == "wall"
    assert fall.to_box.y1 - fall.from_box.y1 > 0.3
    assert abs(fall.from_box.x1 - 400 / 768) < 0.05
    assert fall.seen >= 8


def test_two_things_thrown_are_two_falls(frames: list[Picture]) -> None:
    """Half a second and some way apart."""
    other = _thrown(0.8, 500)

    def beside(seconds: float) -> tuple[float, float]:
        x, y = other(seconds)
        return x + 120, y

    assert len(_falls(_video(frames, [_thrown(0.3, 500), beside]))) == 2


def _bird(seconds: float) -> tuple[float, float]:
    return 150 + 200 * seconds, 200 + 25 * np.sin(9 * seconds)


def _swooping_bird(seconds: float) -> tuple[float, float]:
    return 150 + 220 * seconds, 80 + 90 * seconds


def _leaf(seconds: float) -> tuple[float, float]:
    return 400 + 40 * np.sin(5 * seconds), 60 + 110 * seconds


def _plastic_bag(seconds: float) -> tuple[float, float]:
    return 300 + 90 * seconds, 300 - 60 * seconds


@pytest.mark.parametrize("path", [_bird, _swooping_bird, _leaf, _plastic_bag])
def test_what_flies_does_not_fall(frames: list[Picture], path: Where) -> None:
    """Across, up, or down at a steady pace."""
    assert _falls(_video(frames, [path])) == []


def test_rain_and_snow_do_not_fall(frames: list[Picture]) -> None:
    """Sixty drops at a time, and a few flakes."""
    rng = np.random.default_rng(6)
    starts = rng.uniform((170, -500), (600, 400), (60, 2))
    drops: list[Where] = [
        lambda s, x=x, y=y: (x, y + 420 * s)  # type: ignore[misc]
        for x, y in starts
    ]

    assert _falls(_video(frames, drops, px=3)) == []
    assert _falls(_video(frames, drops[:6], px=3)) == []


def test_sample_itself_has_no_falls(sample: Path) -> None:
    """Walkers, fluttering tape: every frame of it, told as 12.5 a second."""
    shown = [p for _, p in pictures(sample, 0.1)][:300]

    assert _falls(shown, rate=12.5) == []


def test_sparse_looks_say_that_they_cannot_tell(frames: list[Picture]) -> None:
    """At ten pictures a second nothing is told, and why."""
    falling = Falling((WALL,))

    told = [
        falling.see(T0 + timedelta(seconds=n / 10), p, NOBODY)
        for n, p in enumerate(frames)
    ]

    assert {why for _, why in told} == {Unseen.LOOKS_TOO_SPARSE}


@pytest.mark.shared
@pytest.mark.parametrize(
    "clip",
    [
        "jamcam_mn5_tooley_st.mp4",
        "jamcam_mn7_piccadilly_circus_night.mp4",
        "jamcam_wellington_moving.mp4",
        "aboda_video4.avi",
    ],
)
def test_streets_have_no_falls(footage: Path, shipped: Network, clip: str) -> None:
    """House fronts by day and on a wet night; people are found every fifth picture.

    On a carriageway a car that comes nearer at speed passes for a fall: zones for what
    falls are drawn on walls and above ground.
    """
    fronts = ZoneArea(ZoneName("fronts"), ((0, 0), (1, 0), (1, 0.45), (0, 0.45)))
    falling = Falling((fronts,))
    found: list[FallingThing] = []
    boxes = NOBODY
    for n, (seconds, picture) in enumerate(pictures(footage / clip, 0.01)):
        if n % 5 == 0:
            boxes = shipped.detect([picture], 0.12)[0].boxes_px
        at = T0 + timedelta(seconds=seconds)
        found += falling.see(at, picture, boxes)[0]

    assert found == []
