"""Pictures of clips and where their movers are: what tests of pixels stand on."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from base.ids import CameraId, ViewName, ZoneName
from detector.background_store import BackgroundStore
from detector.coverage import Polygon, ZoneArea
from detector.look import Look
from detector.looker import Looker, LookerSettings
from detector.network import Network
from detector.senses import Senses
from detector.settings import DetectorSection
from streams.frame import Frame

T0 = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
CAMERA, HOME = CameraId("street"), ViewName("home")
WHOLE: Polygon = ((0, 0), (1, 0), (1, 1), (0, 1))
Picture = NDArray[np.uint8]


def pictures(path: Path, gap_s: float) -> Iterator[tuple[float, Picture]]:
    """One picture each `gap_s`, with its seconds since the clip began."""
    video = cv2.VideoCapture(str(path))
    rate = video.get(cv2.CAP_PROP_FPS) or 25.0
    step, number = max(1, round(gap_s * rate)), 0
    while True:
        is_read, picture = video.read()
        if not is_read:
            break
        if number % step == 0:
            yield number / rate, picture.astype(np.uint8, copy=False)
        number += 1
    video.release()


def looker(
    network: Network,
    zone: Polygon,
    senses: Senses,
    store: BackgroundStore | None = None,
    reference: Picture | None = None,
) -> Looker:
    """A looker of one zone."""
    area = ZoneArea(ZoneName("zone"), zone)
    section = DetectorSection(crops=2, smallest_person_px=24)
    settings = LookerSettings(
        CAMERA, HOME, (area,), section=section, senses=senses, reference=reference
    )
    return Looker(settings, network, None, store)


def look_at(eye: Looker, seconds: float, picture: Picture) -> Look:
    """The look at one picture."""
    at = T0 + timedelta(seconds=seconds)
    return eye.look(Frame(CAMERA, at, picture, is_keyframe=True))
