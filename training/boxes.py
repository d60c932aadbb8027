"""Boxes out of raw network rows, on arrays: letterbox, decode, suppression.

In: pictures and the rows a network gives for them. Out: boxes in pixels of the picture.
Training measures a network by itself, before any detector is built round it, so this
stands apart from the pipeline's own decoding; a test holds the two equal.
"""

from dataclasses import dataclass

import cv2
import numpy as np

PAD_VALUE = 114
STRIDES = (8, 16, 32)


@dataclass(frozen=True, slots=True)
class Boxes:
    """Detections of one picture.

    Attributes:
        boxes: ``[n, 4]`` float32 x1, y1, x2, y2 in pixels of the picture.
        scores: ``[n]`` float32, objectness times class probability.
        labels: ``[n]`` int64.
    """

    boxes: np.ndarray
    scores: np.ndarray
    labels: np.ndarray

    def above(self, score: float) -> "Boxes":
        """Keep the boxes scored at least ``score``."""
        keep = self.scores >= score
        return Boxes(self.boxes[keep], self.scores[keep], self.labels[keep])


@dataclass(frozen=True, slots=True)
class Suppression:
    """How raw rows become boxes: least score and the overlap that is one object."""

    score: float = 0.01
    iou: float = 0.6
    most: int = 300


def letterbox(image: np.ndarray, width: int, height: int) -> tuple[np.ndarray, float]:
    """Fit a picture into ``[height, width, 3]``, top left; give it and the scale."""
    ratio = min(height / image.shape[0], width / image.shape[1])
    size = (
        max(1, round(image.shape[1] * ratio)),
        max(1, round(image.shape[0] * ratio)),
    )
    canvas = np.full((height, width, 3), PAD_VALUE, np.uint8)
    canvas[: size[1], : size[0]] = cv2.resize(
        image, size, interpolation=cv2.INTER_LINEAR
    )
    return canvas, ratio


def grid_of(height: int, width: int) -> np.ndarray:
    """Give ``[anchors, 3]``: cell column, cell row and stride of each row."""
    parts = []
    for stride in STRIDES:
        ys, xs = np.mgrid[: height // stride, : width // stride]
        parts.append(np.stack([xs, ys, np.full_like(xs, stride)], -1).reshape(-1, 3))
    return np.concatenate(parts).astype(np.float32)


def boxes_of(
    rows: np.ndarray, grid: np.ndarray, ratio: float, rule: Suppression
) -> Boxes:
    """Turn rows ``[anchors, 5 + c]`` (probabilities from 4 on) into boxes of a picture.

    Boxes are kept per class; one box may stand under two classes, as evaluation wants.
    """
    scores = rows[:, 4:5] * rows[:, 5:]
    anchor, label = np.nonzero(scores >= rule.score)
    score = scores[anchor, label]
    if len(score) > 10 * rule.most:
        best = np.argpartition(-score, 10 * rule.most)[: 10 * rule.most]
        anchor, label, score = anchor[best], label[best], score[best]
    cells = grid[anchor]
    centre = (rows[anchor, :2] + cells[:, :2]) * cells[:, 2:3]
    half = np.exp(np.minimum(rows[anchor, 2:4], 8.0)) * cells[:, 2:3] / 2
    corners = np.concatenate([centre - half, centre + half], axis=1) / ratio
    keep = suppress(corners, score, label, rule)
    return Boxes(
        corners[keep].astype(np.float32), score[keep].astype(np.float32), label[keep]
    )


def suppress(
    corners: np.ndarray, scores: np.ndarray, labels: np.ndarray, rule: Suppression
) -> np.ndarray:
    """Give the indices that survive per-class non-maximum suppression, best first."""
    if not len(scores):
        return np.zeros(0, np.int64)
    sides = corners[:, 2:] - corners[:, :2]
    boxes = np.concatenate([corners[:, :2], sides], axis=1).astype(float)
    found = cv2.dnn.NMSBoxesBatched(
        boxes.tolist(), scores.tolist(), labels.tolist(), rule.score, rule.iou
    )
    kept = np.asarray(found, np.int64).reshape(-1)
    return kept[np.argsort(-scores[kept], kind="stable")][: rule.most]


def iou_matrix(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Give ``[n, m]`` intersection over union of corner boxes."""
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    inter = (high - low).clip(0).prod(-1)
    area_a = (a[:, 2:] - a[:, :2]).clip(0).prod(-1)
    area_b = (b[:, 2:] - b[:, :2]).clip(0).prod(-1)
    total = area_a[:, None] + area_b[None] - inter
    result: np.ndarray = inter / np.maximum(total, 1e-9)
    return result
