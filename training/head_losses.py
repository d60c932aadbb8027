"""What the head network is asked for, and how wrong it is.

In: crops and the network's two outputs. Out: one scalar. The map follows Zhou et al.
2019, "Objects as Points", arXiv:1904.07850: a penalty-reduced focal loss around the
middle of each head, an L1 on place and logarithm of size where the middle is.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from detector.detections import BoxesXYXY
from training.head_crops import HeadCrop
from training.head_network import CELL_PX

SPREAD = 0.16
"""Deviation of a head's bump, in head sizes."""

LEAST_SPREAD_CELLS = 0.6
SHAPED = 0.6
"""Cells where the bump is higher than this learn place and size."""

SHAPE_WEIGHT = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class HeadBatch:
    """A batch as tensors.

    Attributes:
        images: ``[n, 3, s, s]`` float32 BGR 0-255.
        states: ``[k]`` int64 of the first k crops, those that are classified.
        bumps: ``[m, g, g]`` float32 of the last m crops, those that are searched.
        shapes: ``[m, 4, g, g]`` float32: x, y, log w, log h of the head of a cell.
    """

    images: Tensor
    states: Tensor
    bumps: Tensor
    shapes: Tensor


def to_batch(crops: list[HeadCrop]) -> HeadBatch:
    """Stack crops; those with heads must come last."""
    images = np.stack([crop.image for crop in crops]).transpose(0, 3, 1, 2)
    cells = images.shape[-1] // CELL_PX
    maps = [map_targets(crop.heads, cells) for crop in crops if crop.heads is not None]
    bumps = np.zeros((0, cells, cells), np.float32)
    shapes = np.zeros((0, 4, cells, cells), np.float32)
    if maps:
        bumps = np.stack([bump for bump, _ in maps])
        shapes = np.stack([shape for _, shape in maps])
    return HeadBatch(
        images=torch.from_numpy(np.ascontiguousarray(images)).float(),
        states=torch.tensor([crop.state for crop in crops if crop.heads is None]),
        bumps=torch.from_numpy(bumps),
        shapes=torch.from_numpy(shapes),
    )


def map_targets(heads: BoxesXYXY, cells: int) -> tuple[np.ndarray, np.ndarray]:
    """The bumps ``[g, g]`` and shapes ``[4, g, g]`` of heads in crop pixels."""
    bumps = np.zeros((cells, cells), np.float32)
    shapes = np.zeros((4, cells, cells), np.float32)
    rows, columns = np.mgrid[:cells, :cells].astype(np.float32)
    for x1, y1, x2, y2 in heads / CELL_PX:
        x, y, width, height = (x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1
        column, row = int(min(x, cells - 1)), int(min(y, cells - 1))
        spread_x = max(LEAST_SPREAD_CELLS, SPREAD * width)
        spread_y = max(LEAST_SPREAD_CELLS, SPREAD * height)
        distance = ((columns - column) / spread_x) ** 2 + ((rows - row) / spread_y) ** 2
        bump = np.exp(-distance / 2)
        nearer = bump > bumps
        bumps = np.maximum(bumps, bump)
        sizes = np.log(np.maximum([width, height], 0.25))
        shapes[0][nearer] = (x - columns)[nearer]
        shapes[1][nearer] = (y - rows)[nearer]
        shapes[2][nearer], shapes[3][nearer] = sizes
    return bumps, shapes


def head_loss(
    states: Tensor, maps: Tensor, batch: HeadBatch, smoothing: float
) -> Tensor:
    """The sum of the classifier's loss ``[k, 4]`` and the map's ``[m, 5, g, g]``."""
    loss = functional.cross_entropy(states, batch.states, label_smoothing=smoothing)
    return loss + _bump_loss(maps[:, 0], batch.bumps) + _shape_loss(maps, batch)


def _bump_loss(logits: Tensor, bumps: Tensor) -> Tensor:
    probability = logits.sigmoid()
    is_middle = bumps > 0.999
    positive = functional.logsigmoid(logits) * (1 - probability) ** 2 * is_middle
    negative = functional.logsigmoid(-logits) * probability**2 * (1 - bumps) ** 4
    total = positive.sum() + (negative * ~is_middle).sum()
    return -total / is_middle.sum().clamp(min=1)


def _shape_loss(maps: Tensor, batch: HeadBatch) -> Tensor:
    weight = (batch.bumps * (batch.bumps > SHAPED)).unsqueeze(1)
    error = functional.smooth_l1_loss(
        maps[:, 1:], batch.shapes, reduction="none", beta=0.2
    )
    return SHAPE_WEIGHT * (error * weight).sum() / weight.sum().clamp(min=1)


def state_error(states: Tensor, targets: Tensor) -> float:
    """Share of crops whose best state is not the target's, 0…1."""
    return float((states.argmax(dim=1) != targets).float().mean())
