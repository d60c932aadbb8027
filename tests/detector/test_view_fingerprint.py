"""A moved camera is noticed; light, noise and passers-by are not mistaken for it."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from base.ids import CameraId, ViewName
from detector.look import VEHICLES, ViewMatch
from detector.looker import Looker, LookerSettings
from detector.network import Network
from detector.view_fingerprint import LEARNING_CHECKS, SURE_CHECKS, ViewFingerprint
from streams.frame import Frame

T0 = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
Picture = NDArray[np.uint8]


class _Camera:
    """Shows pictures to a fingerprint, one every ten seconds."""

    def __init__(self) -> None:
        self.fingerprint = ViewFingerprint()
        self.at = T0

    def show(self, pictures: Iterable[Picture]) -> list[ViewMatch]:
        answers = []
        for picture in pictures:
            self.at += timedelta(seconds=10)
            answers.append(self.fingerprint.match(self.at, picture))
        return answers


def _panned(picture: Picture, share: float) -> Picture:
    """The same scene from a camera turned to the right; the rest is mirrored."""
    columns = int(picture.shape[1] * share)
    fill = picture[:, -columns:][:, ::-1]
    return np.hstack([picture[:, columns:], fill])


def _dark(picture: Picture) -> Picture:
    return (picture * 0.4).astype(np.uint8)


def _noisy(picture: Picture) -> Picture:
    noise = np.random.default_rng(0).normal(0, 20, picture.shape)
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


@pytest.fixture
def learned(campus: list[Picture]) -> _Camera:
    """A camera whose view is known."""
    camera = _Camera()
    camera.show(campus[: 8 * LEARNING_CHECKS : 8])
    return camera


def test_view_is_unknown_until_it_is_learned(campus: list[Picture]) -> None:
    """The first minute says nothing, then the view is matched."""
    answers = _Camera().show(campus[: 8 * LEARNING_CHECKS : 8])

    unknown = [ViewMatch.UNKNOWN] * (LEARNING_CHECKS - 1)
    assert answers == [*unknown, ViewMatch.MATCHED]


def test_passers_by_light_and_noise_do_not_move_a_camera(
    learned: _Camera, campus: list[Picture]
) -> None:
    """The rest of the clip, darkened and noisy pictures included, is matched."""
    later = campus[60::6]

    answers = [
        *learned.show(later),
        *learned.show(map(_dark, later)),
        *learned.show(map(_noisy, later)),
    ]

    assert set(answers) == {ViewMatch.MATCHED}


@pytest.mark.parametrize("share", [0.05, 0.1, 0.2])
def test_turned_camera_is_noticed(
    learned: _Camera, campus: list[Picture], share: float
) -> None:
    """After three checks that agree the camera counts as moved, not before."""
    turned = [_panned(picture, share) for picture in campus[60:108:8]]

    answers = learned.show(turned)

    assert answers[: SURE_CHECKS - 1] == [ViewMatch.MATCHED] * (SURE_CHECKS - 1)
    assert answers[-1] is ViewMatch.MOVED


def test_camera_turned_back_is_matched_again(
    learned: _Camera, campus: list[Picture]
) -> None:
    """The reference is the view at the start and stays so."""
    learned.show([_panned(picture, 0.1) for picture in campus[60:108:8]])

    assert learned.show(campus[110:112])[-1] is ViewMatch.MATCHED


@pytest.mark.parametrize("level", [0, 128, 255])
def test_plain_pictures_are_unknown_never_moved(learned: _Camera, level: int) -> None:
    """Fog or a cover over the lens gives no answer."""
    plain = np.full((576, 768, 3), level, np.uint8)

    answers = learned.show([plain] * 6)

    assert ViewMatch.MOVED not in answers
    assert answers[-1] is ViewMatch.UNKNOWN


def test_noise_alone_is_unknown_never_moved(learned: _Camera) -> None:
    """A dead sensor's snow does not count as another view."""
    rng = np.random.default_rng(3)
    snow = [rng.integers(0, 255, (576, 768, 3), np.uint8) for _ in range(12)]

    answers = learned.show(snow)

    assert ViewMatch.MOVED not in answers
    assert answers[-1] is ViewMatch.UNKNOWN


def test_unhealthy_pictures_change_nothing(
    learned: _Camera, campus: list[Picture]
) -> None:
    """Frozen or black pictures are not compared."""
    black = np.zeros_like(campus[0])
    answers = [
        learned.fingerprint.match(
            learned.at + timedelta(seconds=10 * n), black, is_healthy=False
        )
        for n in range(1, 9)
    ]

    assert set(answers) == {ViewMatch.MATCHED}


def test_checks_are_ten_seconds_apart(campus: list[Picture]) -> None:
    """Looks in between repeat the last answer."""
    fingerprint = ViewFingerprint()
    answers = [
        fingerprint.match(T0 + timedelta(seconds=0.5 * n), campus[n]) for n in range(99)
    ]

    assert set(answers) == {ViewMatch.UNKNOWN}


def test_resolution_is_no_view(learned: _Camera, campus: list[Picture]) -> None:
    """The same view in another resolution is the same view."""
    large = [cv2.resize(p, (1920, 1080)).astype(np.uint8) for p in campus[60:90:8]]

    assert set(learned.show(large)) == {ViewMatch.MATCHED}


def test_sway_of_the_pole_is_taken_out_of_boxes(
    campus: list[Picture], shipped: Network
) -> None:
    """Boxes of a swaying camera lie where those of a still one do."""
    settings = LookerSettings(CameraId("pole"), ViewName("home"), reference=campus[0])
    still, swaying = Looker(settings, shipped), Looker(settings, shipped)
    overlaps = []
    for n, picture in enumerate(campus[10:30:2]):
        at = T0 + timedelta(seconds=10 * n)
        moved = np.roll(picture, (5, -9), axis=(0, 1)) if n else picture
        looks = [
            eye.look(Frame(CameraId("pole"), at, shown, is_keyframe=True))
            for eye, shown in ((still, picture), (swaying, moved))
        ]
        vans = [
            [
                t.box
                for t in look.tracks
                if t.label in VEHICLES and 0.8 < t.box.x1 < 0.92
            ]
            for look in looks
        ]
        if n > 1:
            overlaps += [max(box.iou(o) for o in vans[1]) for box in vans[0]]

    assert len(overlaps) >= 8
    assert min(overlaps) > 0.75  # 0.68 with the shift left in


@pytest.mark.shared
def test_no_standing_camera_counts_as_moved(footage: Path) -> None:
    """Over all clips of streets, repeated, darkened and noisy, none is called moved."""
    for path in sorted([*footage.glob("jamcam_*.mp4"), *footage.glob("bxc*.mp4")]):
        video, pictures = cv2.VideoCapture(str(path)), []
        while True:
            is_read, picture = video.read()
            if not is_read:
                break
            pictures.append(cv2.resize(picture, (480, 360)).astype(np.uint8))
        video.release()
        few = pictures[::12]
        worse = [*map(_dark, few), *map(_noisy, few[::4])]
        answers = _Camera().show([*few, *few, *worse])
        assert ViewMatch.MOVED not in answers, path.name
