"""Health of feeds whose pictures still arrive, with hysteresis in media time."""

from datetime import UTC, datetime, timedelta

import cv2
import numpy as np
import pytest

from streams.faults import FeedFault
from streams.frame import ImageBGR
from streams.health import HealthMonitor, HealthTimes, Hysteresis
from streams.intake import IntakeOptions
from streams.look_plan import LookPlan, LookRequest
from streams.playback import play
from tests.streams.conftest import CAMERA, ClipOf, file_address
from tests.streams.footage import Recipe, picture, reference

START = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)
TIMES = HealthTimes(frozen_s=6.0, black_s=4.0, blurred_s=4.0, clear_s=2.0)


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def faults_of(clip_of: ClipOf, recipe: Recipe, gap_s: float = 1.0) -> set[FeedFault]:
    """Every health fault told while the clip plays."""
    plan = LookPlan(LookRequest(gap_s))
    options = IntakeOptions(LookRequest(10.0), health=TIMES)
    frames = play(file_address(clip_of(recipe)), CAMERA, START, plan, options)
    return {fault for frame in frames for fault in frame.faults}


def test_a_picture_that_never_changes_is_frozen(clip_of: ClipOf) -> None:
    """One picture sent again and again is `FROZEN` after the set time."""
    recipe = Recipe(seconds=16, gop=10, still=True)

    assert FeedFault.FROZEN in faults_of(clip_of, recipe)


@pytest.mark.parametrize("gap_s", [1.0, 0.2])
@pytest.mark.parametrize("noise", [1.5, 4.0])
def test_a_still_scene_with_sensor_noise_is_not_frozen(
    clip_of: ClipOf, noise: float, gap_s: float
) -> None:
    """A scene where nothing moves but the sensor's noise is healthy."""
    recipe = Recipe(seconds=16, gop=20, still=True, noise=noise, crf=26)

    assert FeedFault.FROZEN not in faults_of(clip_of, recipe, gap_s)


def test_a_moving_scene_is_healthy(clip_of: ClipOf) -> None:
    """Moving pictures raise no fault."""
    assert faults_of(clip_of, Recipe(seconds=10, gop=10)) == set()


def test_a_black_picture_is_black_and_not_frozen(clip_of: ClipOf) -> None:
    """A black picture is one fault, not two."""
    recipe = Recipe(seconds=16, gop=10, level=3)

    assert faults_of(clip_of, recipe) == {FeedFault.BLACK}


def test_a_night_scene_is_not_black() -> None:
    """A dark street with lamps in it is not black."""
    monitor = HealthMonitor(TIMES)
    image = np.full((720, 1280, 3), 8, np.uint8)
    image[100:160, ::200] = 250
    image[300:340, 100:600] = 180

    told = [monitor.judge(image, after(n), is_keyframe=False) for n in range(30)]

    assert all(FeedFault.BLACK not in faults for faults in told)


def blurred(image: ImageBGR) -> ImageBGR:
    return cv2.GaussianBlur(image, (0, 0), 12.0).astype(np.uint8)


def test_a_blurred_picture_is_told_and_cleared() -> None:
    """A picture without detail is `BLURRED` after a while, and no longer when sharp."""
    monitor = HealthMonitor(TIMES)
    sharp = cv2.resize(
        picture(1, (320, 180)), (1280, 720), interpolation=cv2.INTER_NEAREST
    ).astype(np.uint8)
    soft = blurred(sharp)

    def told(image: ImageBGR, begin: int, end: int) -> list[bool]:
        return [
            FeedFault.BLURRED in monitor.judge(image, after(n), is_keyframe=False)
            for n in range(begin, end)
        ]

    assert not any(told(sharp, 0, 5))
    assert told(soft, 5, 12) == [False] * 4 + [True] * 3
    assert told(sharp, 12, 17) == [True] * 2 + [False] * 3


@pytest.mark.shared
def test_real_streets_are_healthy(footage: object) -> None:
    """Public footage, day and night, raises no health fault but a long GOP."""
    folder = footage
    for path in sorted(folder.glob("*.mp4")):  # type: ignore[attr-defined]
        plan = LookPlan(LookRequest(0.5))
        options = IntakeOptions(LookRequest(600.0), health=TIMES)
        frames = play(file_address(path), CAMERA, START, plan, options)
        told = {fault for frame in frames for fault in frame.faults}
        assert (path.name, told) == (path.name, set())


def test_the_sample_blurred_is_blurred(sample: object) -> None:
    """The sample's street is sharp; the same out of focus is not."""
    pictures = reference(sample)[:3]  # type: ignore[arg-type]
    for image, is_soft in [(pictures[0], False), (blurred(pictures[0]), True)]:
        monitor = HealthMonitor(TIMES)
        told = [monitor.judge(image, after(n), is_keyframe=False) for n in range(8)]
        assert (FeedFault.BLURRED in told[-1]) is is_soft


def test_a_jump_is_told_for_a_while() -> None:
    """A jump of the feed's clock is told for a minute."""
    monitor = HealthMonitor(HealthTimes())
    image = picture(1, (256, 144))
    monitor.jumped(after(10))

    soon = monitor.judge(image, after(11), is_keyframe=True)
    later = monitor.judge(image, after(75), is_keyframe=True)

    assert soon == {FeedFault.CLOCK_JUMP}
    assert later == frozenset()


def test_a_passing_sign_raises_and_clears_nothing() -> None:
    """A state must last to be raised, and be gone to be cleared."""
    state = Hysteresis(raise_s=5.0, clear_s=3.0)
    seen = "0111101111111000111100000"

    told = "".join(
        str(int(state.note(after(n), is_seen=sign == "1")))
        for n, sign in enumerate(seen)
    )

    assert told == "0000000000011111111111100"
