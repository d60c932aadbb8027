"""Raw rows become boxes the same way training and the pipeline read them."""

import numpy as np
import pytest
from numpy.typing import NDArray

from detector.letterbox import letterbox as pipeline_letterbox
from detector.network import open_network
from models.catalogue import DEFAULT_DETECTOR, find
from training.boxes import Suppression, boxes_of, grid_of, iou_matrix, letterbox
from training.classes import shipped_classes


def _row(dx: float, dy: float, width: float, height: float) -> NDArray[np.float32]:
    rows = np.zeros((84, 7), np.float32)
    rows[0, :4] = dx, dy, np.log(width / 8), np.log(height / 8)
    rows[0, 4:6] = 1.0, 0.9
    return rows


def test_row_becomes_a_box_in_picture_pixels() -> None:
    """The first cell's box is scaled back by the letterbox ratio."""
    found = boxes_of(_row(2.0, 1.0, 16, 8), grid_of(64, 64), 0.5, Suppression())

    assert found.boxes[0].tolist() == pytest.approx([16, 8, 48, 24], abs=1e-4)
    assert found.scores.tolist() == pytest.approx([0.9])


def test_huge_sizes_do_not_overflow() -> None:
    """A broken row gives a large box, not an infinite one."""
    rows = _row(0, 0, 8, 8)
    rows[0, 2:4] = 1e6

    found = boxes_of(rows, grid_of(64, 64), 1.0, Suppression())

    assert np.isfinite(found.boxes).all()


def test_nothing_found_is_empty() -> None:
    """Rows under the least score leave no box."""
    rows = np.zeros((84, 7), np.float32)

    found = boxes_of(rows, grid_of(64, 64), 1.0, Suppression())

    assert found.boxes.shape == (0, 4)


def test_overlap_of_equal_boxes_is_one() -> None:
    """Intersection over union of a box with itself is 1, with a far one 0."""
    boxes = np.array([[0, 0, 10, 10], [20, 20, 30, 30]], np.float32)

    assert iou_matrix(boxes, boxes) == pytest.approx(np.eye(2))


def test_shipped_network_knows_our_classes() -> None:
    """The class order of training is the one the manifest states."""
    manifest, _ = find(DEFAULT_DETECTOR)

    assert manifest.classes == shipped_classes()


def test_pipeline_and_training_see_the_same(street: NDArray[np.uint8]) -> None:
    """Figures hold for the detector: both decodings give the same boxes and scores."""
    onnxruntime = pytest.importorskip("onnxruntime")
    manifest, path = find(DEFAULT_DETECTOR)
    network = open_network(path)
    session = onnxruntime.InferenceSession(str(path.parent / manifest.file))
    canvas, ratio = letterbox(street, manifest.input.width, manifest.input.height)
    planes, _ = pipeline_letterbox(street, manifest.input)
    height, width = planes.shape[1:]
    batch = canvas.transpose(2, 0, 1)[None, :, :height, :width].astype(np.float32)
    rows = session.run(None, {session.get_inputs()[0].name: batch})[0][0]
    rule = Suppression(score=0.3, iou=network.thresholds.nms_iou)

    ours = boxes_of(rows, grid_of(height, width), ratio, rule)
    (theirs,) = network.detect([street], score=0.3)

    assert np.array_equal(planes, batch[0])
    best = iou_matrix(theirs.boxes_px, ours.boxes).max(1)
    assert best.min() > 0.99
    assert theirs.scores.max() == pytest.approx(ours.scores.max(), abs=1e-3)
