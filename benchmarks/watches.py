"""Ways to watch one recording, each as a generator of what it saw and raised.

A way yields once for every picture it handed to its network (or would have, had its
gate not closed), so that many feeds can be watched in turn by one process, as a
service does. Decoding is on one thread; the network, opened once, is the same for all.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import supervision as sv
from numpy.typing import NDArray
from trackers import ByteTrackTracker

from base.ids import CameraId
from benchmarks.footage import FPS, HEIGHT, SAMPLE, WIDTH
from detector.crops import SMALLEST_INPUT_PX
from detector.detections import Detections
from detector.network import Network
from detector.settings import DetectorSection
from nonsite.lines import CameraPlan, Networks, asking, line_of, looker_of
from nonsite.replay.load import CAMERA, read_case
from nonsite.worker import judge_frame
from rules.clock_store import MemoryClockStore
from rules.settings import Purpose, RuleSection, ZoneSection
from rules.violation import Violation
from sites.revision import RevisionId
from sites.schema import Site, ViewSection
from streams.frame import ImageBGR
from streams.intake import IntakeOptions
from streams.look_plan import LookPlan
from streams.playback import play
from streams.resolver import FileResolver
from streams.settings import FileFeed, Profile

START = datetime(2026, 11, 23, 2, tzinfo=UTC)

DWELL_S = 20.0
"""One look per 2 s: a tenth of it."""

LOOK_GAP_S = DWELL_S / 10

WHOLE_PERSON_PX = 100
"""People this tall are found in a 1080p picture that is shown to the network whole."""

VEHICLES = frozenset({"car", "bus", "truck"})

REFERENCE_LOOKS_S = 2.0
"""Looks a second of OpenNVR, its default (docs/DETECT_CPU.md)."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One step of a way.

    Attributes:
        at_s: Media time, seconds from the first picture.
        saw_kerb: Whether the network was shown the kerb in this step.
        alerts: Alerts opened so far.
    """

    at_s: float
    saw_kerb: bool
    alerts: int


Watch = Iterator[Seen]


def kerb_points() -> NDArray[np.float32]:
    """Corners of the kerb of the sample, 0…1, shape (n, 2)."""
    scene = read_case(SAMPLE.with_suffix(".yaml")).site.cameras[CAMERA]
    return np.array(scene.views["home"].zones["kerb"].points, np.float32)


@cache
def sample_site() -> Site:
    """The sample as it is drawn: one crop on the kerb."""
    return read_case(SAMPLE.with_suffix(".yaml")).site


@cache
def wide_site(crops: int = 4) -> Site:
    """The same with the whole picture as zone, in one crop or in four."""
    section = sample_site().cameras[CAMERA]
    everywhere = ZoneSection(
        purpose=Purpose.PAVEMENT, points=((0, 0), (1, 0), (1, 1), (0, 1))
    )
    view = ViewSection(zones={"everywhere": everywhere})
    smallest_px = 20 if crops > 1 else WHOLE_PERSON_PX
    detector = DetectorSection(crops=crops, smallest_person_px=smallest_px)
    wide = section.model_copy(update={"views": {"home": view}, "detector": detector})
    return sample_site().model_copy(update={"cameras": {CAMERA: wide}})


def plan_of(site: Site) -> CameraPlan:
    """The camera of `site`, judged with the benchmarks' dwell."""
    rules = {"SW-01": RuleSection(dwell_s=DWELL_S, grace_s=0)}
    section = site.cameras[CAMERA].model_copy(update={"rules": rules})
    return CameraPlan(CameraId(CAMERA), section, site, RevisionId(""), 1)


class _Opened:
    """Stands where the spool stands live: which violations have opened."""

    def __init__(self) -> None:
        self.ids: set[object] = set()

    def raise_alert(self, violation: Violation) -> None:
        if violation.opened_at is not None:
            self.ids.add(violation.id)

    def after(self, *_of_one_look: Any) -> None:
        """Nothing is kept here."""


def nonsite(path: Path, networks: Networks, site: Site | None = None) -> Watch:
    """Our own line on media time, the code of the live worker."""
    opened = _Opened()
    plan = plan_of(site or sample_site())
    line = line_of(plan, networks, MemoryClockStore(), opened)
    resting = line.engine.needs(None)
    look_plan = LookPlan(resting)
    line = asking(line, lambda request, _at: look_plan.ask(request))
    address = FileResolver(FileFeed(path=path), path.parent).resolve(Profile.LOOKS)
    for frame in play(address, plan.id, START, look_plan, IntakeOptions(resting)):
        judge_frame(line, frame, opened)
        at_s = (frame.at - START).total_seconds()
        yield Seen(at_s, saw_kerb=True, alerts=len(opened.ids))


def nonsite_1(path: Path, networks: Networks) -> Watch:
    """The whole picture in one crop: what the peers show their network."""
    return nonsite(path, networks, wide_site(crops=1))


def nonsite_4(path: Path, networks: Networks) -> Watch:
    """The whole picture as zone, in four crops."""
    return nonsite(path, networks, wide_site())


class TrackDwell:
    """Dwell by track: what the usual loop and its peers judge by."""

    def __init__(self, network: Network, looks_s: float) -> None:
        """Track the detections of one feed.

        Args:
            network: Whose thresholds and classes count.
            looks_s: Pictures judged a second.
        """
        self._classes = network.classes
        self._tracker = ByteTrackTracker(
            frame_rate=looks_s,
            track_activation_threshold=network.thresholds.track_new,
            high_conf_det_threshold=network.thresholds.track_high,
        )
        self._since: dict[int, float] = {}
        self._kerb = kerb_points()
        self.alerted: set[int] = set()

    def judge(self, at_s: float, found: Detections, size_px: tuple[int, int]) -> Any:
        """Take one picture's detections; returns the tracks, of supervision's type."""
        tracks = self._tracker.update(
            sv.Detections(
                xyxy=found.boxes_px.astype(np.float32),
                confidence=found.scores.astype(np.float32),
                class_id=found.class_ids.astype(int),
            )
        )
        zone = self._kerb * np.array(size_px, np.float32)
        assert tracks.class_id is not None
        assert tracks.tracker_id is not None
        for box, class_id, track in zip(
            tracks.xyxy, tracks.class_id, tracks.tracker_id, strict=True
        ):
            foot = (float(box[0] + box[2]) / 2, float(box[3]) - 4 * size_px[1] / HEIGHT)
            inside = cv2.pointPolygonTest(zone, foot, measureDist=False) >= 0
            if track >= 0 and self._classes[class_id] in VEHICLES and inside:
                began = self._since.setdefault(int(track), at_s)
                if at_s - began >= DWELL_S:
                    self.alerted.add(int(track))
        return tracks


def usual(path: Path, networks: Networks) -> Watch:
    """OpenCV decodes every frame, the network looks at each, ByteTrack, track dwell."""
    network = networks.get(None)
    dwell = TrackDwell(network, FPS)
    capture = cv2.VideoCapture(str(path))
    for number in count():
        ok, image = capture.read()
        if not ok:
            return
        found = network.detect([np.asarray(image, np.uint8)])[0]
        dwell.judge(number / FPS, found, (WIDTH, HEIGHT))
        yield Seen(number / FPS, saw_kerb=True, alerts=len(dwell.alerted))


def opennvr(path: Path, networks: Networks) -> Watch:
    """OpenNVR's policy: reference frames decoded, two looks a second, track dwell."""
    network = networks.get(None)
    dwell = TrackDwell(network, REFERENCE_LOOKS_S)
    due_s = 0.0
    for at_s, frame in _decoded(path, "NONREF"):
        if at_s < due_s:
            continue
        due_s += 1 / REFERENCE_LOOKS_S
        image = np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)
        dwell.judge(at_s, network.detect([image])[0], (WIDTH, HEIGHT))
        yield Seen(at_s, saw_kerb=True, alerts=len(dwell.alerted))


def _decoded(path: Path, skip: str) -> Iterator[tuple[float, av.VideoFrame]]:
    """Decoded pictures with their media time; `skip` as libavcodec names it."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.codec_context.skip_frame = skip  # type: ignore[assignment]
        stream.codec_context.thread_count = 1
        for frame in container.decode(stream):
            yield float(frame.time or 0.0), frame


def every_picture(path: Path) -> Iterator[tuple[float, av.VideoFrame]]:
    """All pictures of a recording with their media time, decoded on one thread."""
    return _decoded(path, "DEFAULT")


def key_pictures(path: Path) -> Iterator[tuple[float, ImageBGR]]:
    """Key pictures alone, converted to BGR, with their media time."""
    for at_s, frame in _decoded(path, "NONKEY"):
        yield at_s, np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)


def key_decode(path: Path, _networks: Networks) -> Watch:
    """The limit of decoding: key frames converted to BGR, nothing else."""
    for at_s, _image in key_pictures(path):
        yield Seen(at_s, saw_kerb=False, alerts=0)


def inference(path: Path, networks: Networks) -> Watch:
    """The limit of looking: the network alone, on the crop of the kerb.

    Opening the recording and decoding the picture it is shown are not counted.
    """
    looker, network = looker_of(plan_of(sample_site()), networks), networks.get(None)
    crop = looker.crop_plan((WIDTH, HEIGHT)).crops[0]
    with av.open(str(path)) as container:
        length_s = (container.duration or 0) / av.time_base
    image = next(key_pictures(path))[1]
    shown = image[crop.y : crop.bottom, crop.x : crop.right]
    return _looked_at(shown, network, round(length_s / LOOK_GAP_S))


def _looked_at(shown: ImageBGR, network: Network, looks: int) -> Watch:
    for number in range(looks):
        network.detect([shown])
        yield Seen(number * LOOK_GAP_S, saw_kerb=True, alerts=0)


def smallest_person_px(shown_px: float, input_px: tuple[int, int]) -> float:
    """Height in the 1080p picture of the smallest person still found.

    Args:
        shown_px: Longer side of what the network is shown, in pixels of the picture.
        input_px: Width and height of the network's input.
    """
    return SMALLEST_INPUT_PX * shown_px / max(input_px)


Way = Callable[[Path, Networks], Watch]
