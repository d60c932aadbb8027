"""One way to watch one stream, in a process of its own: JSON of what it cost on stdout.

`python -m benchmarks.loops WAY FILE`; CPU seconds are of the loop alone, all threads,
opening and loading not counted.
"""

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from trackers import ByteTrackTracker

from base.clock import cpu_s
from base.ids import CameraId
from benchmarks.footage import HEIGHT, SAMPLE, WIDTH
from detector.network import Network, open_network
from detector.settings import DetectorSection
from detector.threads import use_one_thread
from models.catalogue import DEFAULT_DETECTOR, find
from nonsite.lines import CameraPlan, Networks, asking, line_of, looker_of
from nonsite.replay.load import CAMERA, read_case
from nonsite.worker import judge_frame
from rules.clock_store import MemoryClockStore
from rules.settings import Purpose, RuleSection, ZoneSection
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

GOP_S = 2.0
"""Key interval of the streams for which the two floors are a limit."""

VEHICLES = {"car", "bus", "truck"}


@dataclass(frozen=True, slots=True)
class Cost:
    """What one way took and found."""

    way: str
    cpu_s: float
    media_s: float
    looks: int
    alerts: int


def _zone_px(width: int, height: int) -> Any:
    scene = read_case(SAMPLE.with_suffix(".yaml")).site.cameras[CAMERA]
    points = scene.views["home"].zones["kerb"].points
    return np.array([(x * width, y * height) for x, y in points], np.float32)


def _network() -> Network:
    return open_network(find(DEFAULT_DETECTOR)[1])


def nonsite(path: Path) -> Cost:
    """Our own line on media time, one crop on the kerb, as the sample is drawn."""
    return _line("nonsite", path, read_case(SAMPLE.with_suffix(".yaml")).site)


def nonsite_4(path: Path) -> Cost:
    """The same with the whole picture as zone, in four crops."""
    return _line("nonsite_4", path, _wide_site())


def _wide_site() -> Site:
    site = read_case(SAMPLE.with_suffix(".yaml")).site
    section = site.cameras[CAMERA]
    everywhere = ZoneSection(
        purpose=Purpose.PAVEMENT, points=((0, 0), (1, 0), (1, 1), (0, 1))
    )
    view = ViewSection(zones={"everywhere": everywhere})
    detector = DetectorSection(crops=4, smallest_person_px=20)
    wide = section.model_copy(update={"views": {"home": view}, "detector": detector})
    return site.model_copy(update={"cameras": {CAMERA: wide}})


def _plan(site: Site) -> CameraPlan:
    rules = {"SW-01": RuleSection(dwell_s=DWELL_S, grace_s=0)}
    section = site.cameras[CAMERA].model_copy(update={"rules": rules})
    return CameraPlan(CameraId(CAMERA), section, site, RevisionId(""), 1)


def _line(way: str, path: Path, site: Site) -> Cost:
    use_one_thread()
    plan = _plan(site)
    opened: set[object] = set()
    looks = 0

    class Sink:
        def raise_alert(self, violation: Any) -> None:
            if violation.opened_at is not None:
                opened.add(violation.id)

        def after(self, *_of_one_look: Any) -> None:
            nonlocal looks
            looks += 1

    sink = Sink()
    line = line_of(plan, Networks(), MemoryClockStore(), sink)
    resting = line.engine.needs(None)
    look_plan = LookPlan(resting)
    line = asking(line, lambda request, _at: look_plan.ask(request))
    address = FileResolver(FileFeed(path=path), path.parent).resolve(Profile.LOOKS)
    frames = play(address, plan.id, START, look_plan, IntakeOptions(resting))
    last = START
    began = cpu_s()
    for frame in frames:
        judge_frame(line, frame, sink)
        last = frame.at
    took = cpu_s() - began
    media_s = (last - START).total_seconds() + resting.max_gap_s
    return Cost(way, took, media_s, looks, len(opened))


def usual(path: Path) -> Cost:
    """OpenCV decodes every frame, the network looks at each, ByteTrack, track dwell."""
    network = _network()
    tracker = ByteTrackTracker(
        frame_rate=25,
        track_activation_threshold=network.thresholds.track_new,
        high_conf_det_threshold=network.thresholds.track_high,
    )
    capture = cv2.VideoCapture(str(path))
    since: dict[int, float] = {}
    alerted: set[int] = set()
    frames = 0
    began = cpu_s()
    while True:
        ok, image = capture.read()
        if not ok:
            break
        at = frames / 25
        frames += 1
        _dwell_by_track(network, tracker, image, (at, since, alerted))
    return Cost("usual", cpu_s() - began, frames / 25, frames, len(alerted))


def _dwell_by_track(
    network: Network,
    tracker: Any,
    image: Any,
    state: tuple[float, dict[int, float], set[int]],
) -> None:
    import supervision as sv  # noqa: PLC0415 - only this way needs its type

    at, since, alerted = state
    found = network.detect([image])[0]
    tracks = tracker.update(
        sv.Detections(
            xyxy=found.boxes_px.astype(np.float32),
            confidence=found.scores.astype(np.float32),
            class_id=found.class_ids.astype(int),
        )
    )
    zone = _zone_px(image.shape[1], image.shape[0])
    for box, class_id, track in zip(
        tracks.xyxy, tracks.class_id, tracks.tracker_id, strict=True
    ):
        foot = (float(box[0] + box[2]) / 2, float(box[3]) - 4)
        inside = cv2.pointPolygonTest(zone, foot, measureDist=False) >= 0
        if track >= 0 and network.classes[class_id] in VEHICLES and inside:
            began = since.setdefault(int(track), at)
            if at - began >= DWELL_S:
                alerted.add(int(track))


def key_decode(path: Path) -> Cost:
    """The lower limit of decoding: key frames alone, converted to BGR."""
    began = cpu_s()
    looks = sum(1 for _ in _key_pictures(path))
    return Cost("key_decode", cpu_s() - began, looks * GOP_S, looks, 0)


def _key_pictures(path: Path) -> Iterator[ImageBGR]:
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.codec_context.skip_frame = "NONKEY"
        stream.thread_count = 1
        for frame in container.decode(stream):
            yield np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)


def floor(path: Path) -> Cost:
    """The least a look can cost: key picture, conversion, the network on its crop."""
    return _floor("floor", path, read_case(SAMPLE.with_suffix(".yaml")).site)


def floor_4(path: Path) -> Cost:
    """The same with the four crops of the whole picture."""
    return _floor("floor_4", path, _wide_site())


def _floor(way: str, path: Path, site: Site) -> Cost:
    use_one_thread()
    networks = Networks()
    plan = _plan(site)
    looker, network = looker_of(plan, networks), networks.get(None)
    crops = looker.crop_plan((WIDTH, HEIGHT)).crops
    looks = 0
    began = cpu_s()
    for image in _key_pictures(path):
        network.detect([image[c.y : c.bottom, c.x : c.right] for c in crops])
        looks += 1
    return Cost(way, cpu_s() - began, looks * GOP_S, looks, 0)


WAYS: dict[str, Callable[[Path], Cost]] = {
    "nonsite": nonsite,
    "nonsite_4": nonsite_4,
    "usual": usual,
    "key_decode": key_decode,
    "floor": floor,
    "floor_4": floor_4,
}


def main() -> None:
    """Watch one file one way and print the cost."""
    way, path = sys.argv[1], Path(sys.argv[2]).absolute()
    print(json.dumps(asdict(WAYS[way](path))))


if __name__ == "__main__":
    main()
