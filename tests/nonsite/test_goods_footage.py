"""Goods left on real pavements, from picture to violation, by the rules of a site."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from base.ids import CameraId
from detector.look import Look
from nonsite.lines import CameraPlan, Networks, line_of
from nonsite.worker import judge_frame
from rules.clock_store import MemoryClockStore
from rules.violation import RAISED, Violation
from sites.load import parse_site
from sites.revision import RevisionId
from streams.frame import Frame

pytestmark = pytest.mark.shared

T0 = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
STREET = CameraId("street")
SITE = """\
version: 1
name: A street
rules:
  SW-01: {dwell_s: 4}
  SW-02: {dwell_s: 4}
  SW-03: {dwell_s: 4}
  SW-04: {dwell_s: %s}
cameras:
  street:
    feed: {kind: file, path: clip.mp4}
    views: {home: {zones: {pavement: {purpose: pavement, points: %s}}}}
"""
BELOW_BAG = "[[0, 0.25], [0.65, 0.25], [0.72, 0.9], [0.72, 1], [0, 1]]"
WHOLE = "[[0, 0], [1, 0], [1, 1], [0, 1]]"
LOWER = "[[0, 0.4], [1, 0.4], [1, 1], [0, 1]]"


class _Told:
    def __init__(self) -> None:
        self.raised: dict[str, Violation] = {}

    def raise_alert(self, violation: Violation) -> None:
        if violation.life in RAISED:
            self.raised[str(violation.id)] = violation

    def after(self, frame: Frame, look: Look, judged: tuple[Violation, ...]) -> None:
        """Nothing follows."""


def _frames(path: Path, gap_s: float) -> Iterator[Frame]:
    video, number = cv2.VideoCapture(str(path)), 0
    rate = video.get(cv2.CAP_PROP_FPS) or 25.0
    step = max(1, round(gap_s * rate))
    while True:
        is_read, picture = video.read()
        if not is_read:
            break
        if number % step == 0:
            at = T0 + timedelta(seconds=number / rate)
            image: NDArray[np.uint8] = picture.astype(np.uint8, copy=False)
            yield Frame(STREET, at, image, is_keyframe=True)
        number += 1
    video.release()


def _raised(path: Path, zone: str, dwell_s: float) -> list[Violation]:
    site = parse_site((SITE % (dwell_s, zone)).encode())
    plan = CameraPlan(STREET, site.cameras["street"], site, RevisionId("0" * 64), 1)
    told = _Told()
    line = line_of(plan, Networks(), MemoryClockStore(), told)
    for frame in _frames(path, 1.0):
        judge_frame(line, frame, told)
    return list(told.raised.values())


def test_bag_is_one_violation_and_nothing_else_is(footage: Path) -> None:
    """One SW-04, first seen within 3 s of frame 440; no other of SW-01 to SW-04."""
    (bag,) = _raised(footage / "aboda_video4.avi", BELOW_BAG, 10.0)

    assert bag.code == "SW-04"
    assert abs((bag.first_seen - T0).total_seconds() - 440 / 29.97) <= 3.0


@pytest.mark.parametrize(
    ("clip", "zone"),
    [
        ("bxc_test.mp4", LOWER),
        ("intel_car-detection.mp4", WHOLE),
        ("intel_one-by-one-person-detection.mp4", LOWER),
        ("intel_people-detection.gif", LOWER),
        ("intel_store-aisle-detection.gif", LOWER),
        ("intel_worker-zone-detection.gif", LOWER),
        ("jamcam_mn7_piccadilly_circus_night.mp4", LOWER),
        ("jamcam_wellington_moving.mp4", LOWER),
    ],
)
def test_where_nothing_is_left_standing_nothing_is_raised(
    footage: Path, clip: str, zone: str
) -> None:
    """Walkers, riders, passing cars, a wet night: none of SW-01 to SW-04."""
    assert [one.code for one in _raised(footage / clip, zone, 3.0)] == []


def test_a_queue_in_drifting_light_gives_no_goods(footage: Path) -> None:
    """Cars stand in it, and are no goods however the exposure drifts."""
    clip = footage / "jamcam_blackfriars_queue.mp4"
    codes = [one.code for one in _raised(clip, LOWER, 3.0)]

    assert "SW-04" not in codes
