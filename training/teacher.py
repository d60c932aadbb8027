"""Labels by the starting network, for what a set of pictures leaves unlabelled.

In: a picture. Out: boxes with a mean score over several sizes and mirrorings: a box the
teacher sees at one size only gets a low score, which removes most of its false alarms.
What scores between the two thresholds is neither object nor background.
"""

import cv2
import numpy as np
import torch

from training.boxes import Boxes, Suppression, boxes_of, grid_of, iou_matrix
from training.config import TeacherSettings
from training.network import ServedNet, YoloxNet

STRIDE = 32
SAME_OBJECT_IOU = 0.55
PASS_RULE = Suppression(score=0.05, iou=0.6)
VEHICLES = (2, 5, 7)
"""Car, bus, truck: small ones are split between the three names, so their scores are
joined and the strongest name wins."""


class Teacher:
    """A network asked several times about each picture; ``identity`` names it."""

    def __init__(self, net: YoloxNet, settings: TeacherSettings, identity: str) -> None:
        self.identity = identity
        self._net = ServedNet(net).eval()
        self._settings = settings

    def label(self, image: np.ndarray, sizes: tuple[int, ...]) -> Boxes:
        """Give the fused boxes of a BGR picture, scores at least ``ignore_score``."""
        passes = []
        for side in sizes:
            found = self._look(image, side)
            mirrored = self._look(image[:, ::-1], side)
            boxes = mirrored.boxes.copy()
            boxes[:, [0, 2]] = image.shape[1] - boxes[:, [2, 0]]
            passes += [found, Boxes(boxes, mirrored.scores, mirrored.labels)]
        return fuse(passes).above(self._settings.ignore_score)

    def _look(self, image: np.ndarray, side: int) -> Boxes:
        ratio = side / max(image.shape[:2])
        size = [max(STRIDE, round(edge * ratio)) for edge in image.shape[:2]]
        height, width = (-(-edge // STRIDE) * STRIDE for edge in size)
        canvas = np.full((height, width, 3), 114, np.uint8)
        canvas[: size[0], : size[1]] = cv2.resize(image, (size[1], size[0]))
        batch = torch.from_numpy(canvas).permute(2, 0, 1).float()[None]
        with torch.no_grad():
            rows = self._net(batch)[0].numpy()
        return boxes_of(rows, grid_of(height, width), ratio, PASS_RULE)


def fuse(passes: list[Boxes]) -> Boxes:
    """Join boxes of one kind that overlap; the score is the mean over all passes."""
    boxes = np.concatenate([p.boxes for p in passes]).reshape(-1, 4)
    scores = np.concatenate([p.scores for p in passes])
    labels = np.concatenate([p.labels for p in passes])
    origin = np.concatenate([np.full(len(p.scores), i) for i, p in enumerate(passes)])
    group = np.where(np.isin(labels, VEHICLES), VEHICLES[0], labels)
    free = np.ones(len(scores), bool)
    joined: list[tuple[np.ndarray, float, int]] = []
    for best in np.argsort(-scores, kind="stable"):
        if not free[best]:
            continue
        same = free & (group == group[best])
        same &= iou_matrix(boxes[best : best + 1], boxes)[0] >= SAME_OBJECT_IOU
        free &= ~same
        per_pass = np.zeros(len(passes))
        np.maximum.at(per_pass, origin[same], scores[same])
        weight = scores[same] / scores[same].sum()
        votes = np.bincount(labels[same], scores[same])
        joined.append(
            (
                (boxes[same] * weight[:, None]).sum(0),
                per_pass.mean(),
                int(votes.argmax()),
            )
        )
    return Boxes(
        np.array([j[0] for j in joined], np.float32).reshape(-1, 4),
        np.array([j[1] for j in joined], np.float32),
        np.array([j[2] for j in joined], np.int64),
    )
