"""The detector on downloaded networks and real footage; prints the figures it finds."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from base.ids import CameraId, ViewName, ZoneName
from detector.box import Box
from detector.coverage import ZoneArea
from detector.look import VEHICLES, Look
from detector.looker import Looker, LookerSettings
from detector.network import Network, open_network
from detector.settings import DetectorSection
from models.catalogue import DEFAULT_DETECTOR, find
from models.errors import ModelError
from streams.frame import Frame

pytestmark = pytest.mark.shared

T0 = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
STEP = 12  # 25 pictures a second: two looks a second
Standing = tuple[Box, range]
MakeManifest = Callable[..., Path]


@pytest.fixture
def weights_dir(footage: Path) -> Path:
    """Folder of the downloaded networks."""
    return footage.parent / "weights"


def _labels(network: Network, picture: NDArray[np.uint8]) -> set[str]:
    found = network.detect([picture])[0]
    return {network.classes[class_id] for class_id in found.class_ids}


def test_yolox_of_other_people_runs_unchanged(
    weights_dir: Path, manifest_for: MakeManifest, street: NDArray[np.uint8]
) -> None:
    """The starting network needs a manifest and no change; its grid is raw."""
    weights = weights_dir / "yolox_nano_coco.onnx"
    names = find(DEFAULT_DETECTOR)[0].classes[:80]
    side = {"width": 416, "height": 416, "colour": "bgr", "scale": 1.0}

    network = open_network(manifest_for(weights, names, input=side))

    assert network.family == "yolox_raw"
    assert {"person", "car"} <= _labels(network, street)


def test_ultralytics_export_runs_unchanged(
    weights_dir: Path, street: NDArray[np.uint8]
) -> None:
    """The int8 export needs no manifest: it says its names and its input."""
    network = open_network(weights_dir / "yolov8n_int8_coco.onnx")

    assert network.family == "ultralytics"
    assert network.input_px == (640, 640)
    assert {"person", "car"} <= _labels(network, street)


def test_our_interim_network_runs_unchanged(
    weights_dir: Path, street: NDArray[np.uint8], manifest_for: MakeManifest
) -> None:
    """Its open batch axis and symbolic output shape are no obstacle."""
    weights = weights_dir / "nonsite_nano_interim.onnx"
    side = {"width": 416, "height": 416, "colour": "bgr", "scale": 1.0}
    names = (*find(DEFAULT_DETECTOR)[0].classes[:80], "helmet", "bare_head")

    network = open_network(manifest_for(weights, names, input=side))

    assert network.family == "yolox_raw"
    assert {"person", "car"} <= _labels(network, street)


def test_yolox_without_manifest_asks_for_one(weights_dir: Path) -> None:
    """A file that says nothing of itself is not guessed at."""
    with pytest.raises(ModelError, match=r"write a manifest `yolox_nano_coco\.yaml`"):
        open_network(weights_dir / "yolox_nano_coco.onnx")


@dataclass(frozen=True, slots=True)
class _Clip:
    size_px: tuple[int, int]
    standing: tuple[Standing, ...]
    hidden: tuple[range, ...]
    path: Path

    def pictures(self) -> Iterator[tuple[int, NDArray[np.uint8]]]:
        video, number = cv2.VideoCapture(str(self.path)), 0
        while True:
            is_read, picture = video.read()
            if not is_read:
                break
            if number % STEP == 0:
                yield number, picture.astype(np.uint8, copy=False)
            number += 1
        video.release()

    def zone(self) -> ZoneArea:
        """One zone around all that stands."""
        x1 = min(box.x1 for box, _ in self.standing)
        y1 = min(box.y1 for box, _ in self.standing)
        x2 = max(box.x2 for box, _ in self.standing)
        y2 = max(box.y2 for box, _ in self.standing)
        return ZoneArea(ZoneName("all"), ((x1, y1), (x2, y1), (x2, y2), (x1, y2)))


def _clip(truth: Path) -> _Clip:
    told = json.loads(truth.read_text(encoding="utf-8"))
    width, height = told["size"]
    standing, hidden = [], []
    for thing in told["standing"]:
        x1, y1, x2, y2 = thing["box_xyxy"]
        box = Box(x1 / width, y1 / height, x2 / width, y2 / height)
        standing.append((box, range(thing["frames"][0], thing["frames"][1] + 1)))
        hidden += [range(a, b + 1) for a, b in thing.get("occluded_frames", [])]
    path = truth.parent / told["clip"]
    return _Clip((width, height), tuple(standing), tuple(hidden), path)


def _recall(network: Network, clip: _Clip, section: DetectorSection | None) -> float:
    """Share of (look, standing vehicle) pairs in which the vehicle is seen."""
    settings = LookerSettings(
        CameraId("pole"),
        ViewName("home"),
        (clip.zone(),) if section else (),
        section=section or DetectorSection(),
    )
    looker = Looker(settings, network)
    hits = []
    for number, picture in clip.pictures():
        at = T0 + timedelta(seconds=number / 25)
        look = looker.look(Frame(CameraId("pole"), at, picture, is_keyframe=True))
        if any(number in frames for frames in clip.hidden):
            continue
        hits += [_is_seen(look, box) for box, on in clip.standing if number in on]
    return sum(hits) / len(hits)


def _is_seen(look: Look, box: Box) -> bool:
    return any(t.label in VEHICLES and t.box.iou(box) >= 0.5 for t in look.tracks)


@pytest.mark.parametrize(
    ("name", "whole_at_least", "crops_at_least"),
    [
        pytest.param("jamcam_mn5_tooley_st", 0.9, 0.9, id="coach and car"),
        pytest.param("jamcam_hydepark_arrive", 0.75, 0.9, id="arrive and stop"),
        # Bumper to bumper in the shade: the interim network sees few of them.
        pytest.param("jamcam_blackfriars_queue", 0.2, 0.1, id="queue in the shade"),
    ],
)
def test_standing_vehicles_of_pole_cameras(
    footage: Path,
    shipped: Network,
    name: str,
    whole_at_least: float,
    crops_at_least: float,
) -> None:
    """At two looks a second standing vehicles are seen, whole frame and crops."""
    clip = _clip(footage / f"{name}.gt.json")
    two = DetectorSection(crops=2, smallest_person_px=20)

    whole, crops = _recall(shipped, clip, None), _recall(shipped, clip, two)

    print(f"\n{name}: whole frame {whole:.2f}, zone crops {crops:.2f}")  # noqa: T201
    assert whole >= whole_at_least
    assert crops >= crops_at_least
