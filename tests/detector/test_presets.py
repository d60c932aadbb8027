"""A turning camera's views are told apart on real pictures; travel judges nothing."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest

from base.ids import ViewName
from detector.look import ViewMatch
from detector.looker import Looker, LookerSettings
from detector.network import Network
from detector.presets import LOST_AFTER, PresetLooker, ViewChooser
from detector.view_fingerprint import Seen
from streams.frame import Frame
from tests.detector.clips import CAMERA, T0, Picture, pictures

HOME, GATE, LAWN = ViewName("home"), ViewName("gate"), ViewName("lawn")
Preset = Callable[[Picture], Picture]


def _home(picture: Picture) -> Picture:
    return picture


def _gate(picture: Picture) -> Picture:
    """The camera turned right and zoomed in."""
    return _zoomed(picture[20:320, 368:768])


def _lawn(picture: Picture) -> Picture:
    """The camera turned down and left."""
    return _zoomed(picture[216:576, 0:480])


def _zoomed(part: Picture) -> Picture:
    return cv2.resize(part, (768, 576)).astype(np.uint8)


PRESETS: dict[ViewName, Preset] = {HOME: _home, GATE: _gate, LAWN: _lawn}


class _Ptz:
    """Shows pictures to a chooser, two a second."""

    def __init__(self, reference: Picture) -> None:
        views = {name: preset(reference) for name, preset in PRESETS.items()}
        self.chooser, self.at = ViewChooser(views), T0

    def show(self, shown: Iterable[Picture]) -> list[Seen]:
        told = []
        for picture in shown:
            self.at += timedelta(seconds=0.5)
            told.append(self.chooser.choose(self.at, picture, is_healthy=True))
        return told


@pytest.fixture
def ptz(campus: list[Picture]) -> _Ptz:
    """A camera whose views were photographed at the start of the clip."""
    return _Ptz(campus[0])


def test_tour_switches_to_each_view_within_two_looks(
    ptz: _Ptz, campus: list[Picture]
) -> None:
    """Round the views twice, other people in every picture."""
    for n, name in enumerate([HOME, GATE, LAWN, GATE, HOME, LAWN]):
        shown = [PRESETS[name](p) for p in campus[10 + 20 * n : 20 + 20 * n]]

        told = ptz.show(shown)

        assert {seen.view for seen in told[1:]} == {name}
        assert {seen.match for seen in told[1:]} == {ViewMatch.MATCHED}


def test_first_look_at_another_view_is_judged_by_no_rule(
    ptz: _Ptz, campus: list[Picture]
) -> None:
    """Before another view is sure, the old view's zones are not laid over it."""
    ptz.show(campus[10:14])

    assert ptz.show([_gate(campus[20])])[0].match is ViewMatch.MOVED


def test_travel_between_views_is_moved_but_no_fault_until_it_lasts(
    ptz: _Ptz, campus: list[Picture]
) -> None:
    """A minute of unknown views is a fault; a tour's travel is not."""
    ptz.show(campus[10:14])
    between = [
        _zoomed(p[80 + 4 * n : 380 + 4 * n, 150:550])
        for n, p in enumerate(campus[20:40])
    ]

    travel = ptz.show(between)
    ptz.at += LOST_AFTER
    lost = ptz.show(between[-2:])

    assert {seen.match for seen in travel[1:]} == {ViewMatch.MOVED}
    assert {seen.is_lost for seen in travel} == {False}
    assert lost[-1].is_lost


@pytest.mark.parametrize("worse", ["dark", "noisy", "bright"])
def test_night_noise_and_exposure_keep_the_view(
    ptz: _Ptz, campus: list[Picture], worse: str
) -> None:
    """The view found by day is still that view in the worse light that follows."""
    rng = np.random.default_rng(2)

    def spoilt(picture: Picture) -> Picture:
        if worse == "noisy":
            noise = rng.normal(0, 20, picture.shape)
            return np.clip(picture + noise, 0, 255).astype(np.uint8)
        factor = 0.3 if worse == "dark" else 1.6
        return cv2.convertScaleAbs(picture, alpha=factor).astype(np.uint8)

    ptz.show([_gate(p) for p in campus[10:14]])
    told = ptz.show([spoilt(_gate(p)) for p in campus[20:60]])

    assert {seen.view for seen in told} == {GATE}
    assert ViewMatch.MOVED not in {seen.match for seen in told}


def test_fog_leaves_the_view_alone(ptz: _Ptz, campus: list[Picture]) -> None:
    """Nothing can be recognised, but the camera did not turn: unknown, not moved."""
    ptz.show(campus[10:14])
    thick = [
        cv2.addWeighted(p, 1 - share, np.full_like(p, 200), share, 0).astype(np.uint8)
        for p, share in zip(campus[20:40], np.linspace(0, 0.97, 20), strict=True)
    ]

    told = ptz.show(thick)

    assert {seen.view for seen in told} == {HOME}
    assert ViewMatch.MOVED not in {seen.match for seen in told}


def test_lorry_in_front_does_not_turn_the_camera(
    ptz: _Ptz, campus: list[Picture]
) -> None:
    """A large thing crosses a third of the picture for seconds."""
    ptz.show(campus[10:14])
    lorry = np.random.default_rng(3).integers(40, 90, (300, 260, 3), np.uint8)
    shown = []
    for n, picture in enumerate(campus[20:40]):
        changed = picture.copy()
        x = 25 * n
        changed[150:450, x : x + 260] = lorry
        shown.append(changed)

    assert ViewMatch.MOVED not in {seen.match for seen in ptz.show(shown)}


def test_looks_carry_the_view_that_is_shown(
    campus: list[Picture], shipped: Network
) -> None:
    """Through the lookers: view, match and fault stand on the look."""
    lookers = {
        name: Looker(LookerSettings(CAMERA, name), shipped) for name in (HOME, GATE)
    }
    views = {name: PRESETS[name](campus[0]) for name in lookers}
    eye = PresetLooker(lookers, ViewChooser(views))
    shown = [*campus[10:13], *map(_gate, campus[20:23])]

    looks = [
        eye.look(Frame(CAMERA, T0 + timedelta(seconds=n), p, is_keyframe=True))
        for n, p in enumerate(shown)
    ]

    assert [look.view for look in looks] == [HOME] * 4 + [GATE] * 2
    assert looks[3].view_match is ViewMatch.MOVED
    assert looks[5].view_match is ViewMatch.MATCHED
    assert not looks[3].faults


@pytest.mark.shared
@pytest.mark.parametrize(
    "clip",
    [
        "aboda_video4.avi",
        "bxc_test.mp4",
        "jamcam_blackfriars_queue.mp4",
        "jamcam_hydepark_arrive.mp4",
        "jamcam_mn1_cromwell_rd.mp4",
        "jamcam_mn5_tooley_st.mp4",
        "jamcam_mn7_piccadilly_circus_night.mp4",
        "jamcam_wellington_moving.mp4",
    ],
)
def test_no_fixed_camera_is_called_turned(footage: Path, clip: str) -> None:
    """Streets by day and night, beside two other known views: never another view."""
    shown = [p for _, p in pictures(footage / clip, 0.5)]
    part = shown[0][: shown[0].shape[0] // 2, : shown[0].shape[1] // 2]
    chooser = ViewChooser(
        {HOME: shown[0], GATE: part, LAWN: np.ascontiguousarray(shown[0][:, ::-1])}
    )

    told = [
        chooser.choose(T0 + timedelta(seconds=n / 2), p, is_healthy=True)
        for n, p in enumerate(shown)
    ]

    assert {seen.view for seen in told} == {HOME}
    assert [seen.match for seen in told[1:]].count(ViewMatch.MOVED) == 0
