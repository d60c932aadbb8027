"""Networks of Ultralytics see in our detector what they see in their own predictor."""

import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

pytest.importorskip("torch", reason="the train extra is missing: run `make test-train`")
pytest.importorskip(
    "ultralytics",
    reason="the ultralytics extra is missing: run `pip install -e '.[ultralytics]'`",
)

from detector.detections import iou_matrix
from detector.letterbox import letterbox
from detector.network import open_network
from models.manifest import Colour, InputSpec
from tests.training.tiny_run import EXPORT_TIMEOUT_S
from training.errors import WeightsError
from training.ultralytics_export import (
    UltralyticsWish,
    export_ultralytics,
    is_ultralytics,
)

pytestmark = [pytest.mark.train, pytest.mark.filterwarnings("ignore")]
SIDE = 320
SCORE = 0.3


def _loud(model: Any, torch: Any, picture: NDArray[np.uint8]) -> None:
    """Spread the scores of random weights, so that a few dozen boxes stand out."""
    head = model.model.model[-1]
    generator = torch.Generator().manual_seed(3)
    towers = [head.cv3, getattr(head, "one2one_cv3", None)]
    lasts = [level[-1] for tower in towers if tower is not None for level in tower]

    def spread(layer: Any, inputs: tuple[Any, ...]) -> None:
        noise = torch.randn(layer.weight.shape, generator=generator)
        middle = inputs[0].mean((0, 2, 3))
        size = (inputs[0] - middle[:, None, None]).square().mean().sqrt()
        layer.weight.data = noise * 1.2 / (size * len(middle) ** 0.5)
        layer.bias.data = -5.0 - layer.weight.data[:, :, 0, 0] @ middle

    spec = InputSpec(
        width=SIDE, height=SIDE, colour=Colour.RGB, scale=1 / 255, centred=True
    )
    batch = torch.from_numpy(letterbox(picture, spec)[0])[None]
    for layer in model.model.modules():
        if isinstance(layer, torch.nn.BatchNorm2d):
            layer.momentum = 1.0  # one pass gives each layer the statistics it sees
    with torch.no_grad():
        model.model.train()
        model.model(batch)
        model.model.eval()
        hooks = [layer.register_forward_pre_hook(spread) for layer in lasts]
        model.model(batch)
    for hook in hooks:
        hook.remove()


@pytest.fixture(autouse=True)
def _suppression_without_torchvision(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in for torchvision where its wheel and torch's CPU wheel differ.

    The package index carries torchvision for CUDA only, and that does not import
    beside the CPU build of torch. Ultralytics' own fallback then merges the boxes.
    """
    try:
        importlib.import_module("torchvision")
    except (ImportError, RuntimeError):
        stand_in = ModuleType("torchvision")
        fallback = importlib.import_module("ultralytics.utils.nms").TorchNMS.nms
        stand_in.ops = SimpleNamespace(nms=fallback)  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "torchvision", stand_in)


@pytest.fixture
def make_network(
    tmp_path: Path, street: NDArray[np.uint8]
) -> Callable[[str], tuple[Path, Any]]:
    """Builds a network with random weights and saves it as `.pt`."""

    def make(name: str) -> tuple[Path, Any]:
        torch = importlib.import_module("torch")
        library = importlib.import_module("ultralytics")
        torch.manual_seed(1)
        model = library.YOLO(f"{name}.yaml", task="detect")
        _loud(model, torch, street)
        path = tmp_path / f"{name}.pt"
        model.save(str(path))
        return path, library.YOLO(str(path))

    return make


@pytest.mark.parametrize("name", ["yolov8n", "yolo11n", "yolo26n"])
@pytest.mark.timeout(EXPORT_TIMEOUT_S)
def test_boxes_and_scores_are_theirs(
    name: str,
    make_network: Callable[[str], tuple[Path, Any]],
    tmp_path: Path,
    street: NDArray[np.uint8],
) -> None:
    """Boxes agree within a pixel and scores within 0.01, box by box."""
    source, _ = make_network(name)
    wish = UltralyticsWish(f"{name}_ours", SIDE, SCORE)
    manifest = export_ultralytics(source, tmp_path / "out", wish)
    library = importlib.import_module("ultralytics")
    network = open_network(manifest)

    theirs = library.YOLO(str(manifest.with_suffix(".onnx")), task="detect").predict(
        street, imgsz=SIDE, conf=SCORE, iou=0.7, rect=False, verbose=False
    )[0]
    (ours,) = network.detect([street], score=SCORE)

    assert is_ultralytics(source)
    boxes = theirs.boxes.xyxy.cpu().numpy()
    # random weights give heads without a distribution boxes of negative height, which
    # their predictor hands on upside down and ours turns over
    boxes = np.c_[
        np.minimum(boxes[:, :2], boxes[:, 2:]), np.maximum(boxes[:, :2], boxes[:, 2:])
    ]
    assert len(boxes) > 0
    assert len(ours) == len(boxes)
    classes = theirs.boxes.cls.cpu().numpy().astype(int)
    off_px = off_score = 0.0
    for box, score, label in zip(
        boxes, theirs.boxes.conf.cpu().numpy(), classes, strict=True
    ):
        same = np.flatnonzero(ours.class_ids == label)
        overlap = iou_matrix(box[None].astype(np.float32), ours.boxes_px[same])[0]
        twin = same[overlap.argmax()]
        off_px = max(off_px, float(np.abs(ours.boxes_px[twin] - box).max()))
        off_score = max(off_score, abs(float(ours.scores[twin]) - float(score)))
    sys.stdout.write(f"{name}: {len(boxes)} boxes, {off_px:.3f} px, {off_score:.5f}\n")
    assert off_px <= 1.0
    assert off_score <= 0.01


def test_file_that_is_no_network_is_refused(tmp_path: Path) -> None:
    """A broken `.pt` is named with what to do."""
    broken = tmp_path / "broken.pt"
    broken.write_bytes(b"not a network")

    with pytest.raises(WeightsError, match=r"broken\.pt"):
        export_ultralytics(broken, tmp_path, UltralyticsWish("x", SIDE))

    assert not is_ultralytics(broken)
