"""A worker with a hard hat on real footage, from picture to violation: never bare."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import pytest

from base.ids import CameraId
from detector.look import HeadState, Look
from nonsite.lines import CameraPlan, Networks, line_of
from nonsite.worker import CameraLine
from rules.clock_store import MemoryClockStore
from rules.violation import Violation
from sites.load import parse_site
from sites.revision import RevisionId
from streams.frame import Frame
from tests.rules.judging import newest

pytestmark = pytest.mark.shared

T0 = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
PIT = CameraId("pit")
SITE = b"""\
version: 1
name: A workshop
rules:
  CS-06: {dwell_s: 1, grace_s: 0}
  WH-01: {dwell_s: 1, grace_s: 0}
cameras:
  pit:
    feed: {kind: file, path: clip.gif}
    regime: industry
    views:
      home:
        zones:
          pit: {purpose: opening, points: [[0.45, 0.6], [0.6, 0.6], [0.6, 0.8]]}
          work:
            purpose: work_area
            belongs_to: pit
            points: [[0, 0], [1, 0], [1, 1], [0, 1]]
          floor:
            purpose: height_zone
            height_m: 3
            points: [[0, 0], [1, 0], [1, 1], [0, 1]]
"""


class _Nobody:
    def after(self, frame: Frame, look: Look, judged: tuple[Violation, ...]) -> None:
        """Nothing follows."""


def _line() -> CameraLine:
    site = parse_site(SITE)
    plan = CameraPlan(PIT, site.cameras["pit"], site, RevisionId("0" * 64), 1)
    return line_of(plan, Networks(), MemoryClockStore(), _Nobody())


def _frames(path: Path) -> Iterator[Frame]:
    video, number = cv2.VideoCapture(str(path)), 0
    rate = video.get(cv2.CAP_PROP_FPS) or 25.0
    while True:
        is_read, picture = video.read()
        if not is_read:
            break
        at = T0 + timedelta(seconds=number / rate)
        image = picture.astype("uint8", copy=False)
        yield Frame(PIT, at, image, is_keyframe=True)
        number += 1
    video.release()


@pytest.mark.parametrize("every", [1, 5])
def test_a_helmet_is_never_a_bare_head(footage: Path, every: int) -> None:
    """No look of the clip says bare, and neither CS-06 nor WH-01 ever opens."""
    line, heads, found = _line(), Counter[HeadState](), list[Violation]()
    clip = footage / "intel_worker-zone-detection.gif"
    for number, frame in enumerate(_frames(clip)):
        if number % every:
            continue
        look = line.looker.look(frame)
        heads.update(t.head.state for t in look.tracks if t.head is not None)
        found += line.engine.judge(look)

    assert heads[HeadState.HELMET] >= 5
    assert heads[HeadState.BARE] == 0
    opened = {v.code for v in newest(found).values()}
    assert opened.isdisjoint({"CS-06", "WH-01"})
