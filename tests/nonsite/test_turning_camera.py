"""A camera that turns is judged by the zones of the view it shows, through the line."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from base.errors import ConfigError
from base.ids import CameraId
from detector.look import Look
from nonsite.lines import CameraPlan, Networks, line_of
from nonsite.worker import judge_frame
from rules.clock_store import MemoryClockStore
from rules.violation import RAISED, Violation
from sites.load import parse_site
from sites.recordings import with_absolute_paths
from sites.revision import RevisionId
from sites.schema import Site
from streams.frame import Frame

T0 = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
PTZ = CameraId("ptz")
Picture = NDArray[np.uint8]
SITE = """\
version: 1
name: A turning camera
rules: {SW-01: {dwell_s: 4}}
cameras:
  ptz:
    feed: {kind: file, path: campus.mp4}
    views:
      home:
        reference: home.png
        zones:
          kerb:
            purpose: pavement
            points: [[0.828, 0.06], [0.949, 0.06], [0.949, 0.188], [0.828, 0.188]]
      gate:
        reference: gate.png
        zones:
          drive:
            purpose: pavement
            points: [[0.66, 0.05], [0.93, 0.05], [0.93, 0.31], [0.66, 0.31]]
"""


def _gate(picture: Picture) -> Picture:
    return cv2.resize(picture[20:320, 368:768], (768, 576)).astype(np.uint8)


class _Told:
    def __init__(self) -> None:
        self.raised: list[Violation] = []
        self.looks: list[Look] = []

    def raise_alert(self, violation: Violation) -> None:
        if violation.life in RAISED:
            self.raised.append(violation)

    def after(self, frame: Frame, look: Look, judged: tuple[Violation, ...]) -> None:
        self.looks.append(look)


def _pictures(sample: Path) -> list[Picture]:
    video, taken = cv2.VideoCapture(str(sample)), []
    for number in range(400):
        is_read, picture = video.read()
        if is_read and number % 10 == 0:
            taken.append(picture.astype(np.uint8, copy=False))
    video.release()
    return taken


def _site(folder: Path) -> Site:
    return with_absolute_paths(parse_site(SITE.encode()), folder)


def test_zones_follow_the_view(tmp_path: Path, sample: Path) -> None:
    """The van at the kerb is raised in each view by that view's zone, never crossed."""
    shown = _pictures(sample)
    (tmp_path / "campus.mp4").write_bytes(b"")
    cv2.imwrite(str(tmp_path / "home.png"), shown[0])
    cv2.imwrite(str(tmp_path / "gate.png"), _gate(shown[0]))
    site, told = _site(tmp_path), _Told()
    plan = CameraPlan(PTZ, site.cameras["ptz"], site, RevisionId("0" * 64), 1)
    line = line_of(plan, Networks(), MemoryClockStore(), told)

    tour = [*shown[1:13], *map(_gate, shown[13:26])]
    for n, picture in enumerate(tour):
        frame = Frame(PTZ, T0 + timedelta(seconds=n), picture, is_keyframe=True)
        judge_frame(line, frame, told)

    places = {(v.place.view, v.place.zone) for v in told.raised if v.code == "SW-01"}
    assert places == {("home", "kerb"), ("gate", "drive")}
    assert {look.view for look in told.looks[:12]} == {"home"}
    assert {look.view for look in told.looks[14:]} == {"gate"}


def test_reference_that_is_not_there_is_named(tmp_path: Path) -> None:
    """The start stops with the key and the path."""
    (tmp_path / "campus.mp4").write_bytes(b"")

    with pytest.raises(ConfigError, match=r"views\.gate\.reference: no such file"):
        _site(tmp_path)


def test_reference_that_is_no_picture_is_named(tmp_path: Path) -> None:
    """A text file in the place of a picture is refused, with its key."""
    for name in ("campus.mp4", "home.png", "gate.png"):
        (tmp_path / name).write_text("no picture")
    site = _site(tmp_path)
    plan = CameraPlan(PTZ, site.cameras["ptz"], site, RevisionId("0" * 64), 1)

    with pytest.raises(ConfigError, match=r"reference: .* is no JPEG or PNG"):
        line_of(plan, Networks(), MemoryClockStore(), _Told())
