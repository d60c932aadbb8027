"""Which output rows answer for which labelled box: SimOTA.

In: raw rows and labels of one picture. Out: for each chosen row the box it answers for.
A row may answer only near the middle of a box; among those each box takes as many rows
as its best overlaps sum to, cheapest first (Ge et al. 2021, arXiv:2107.08430, §2.1).
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F  # noqa: N812 - the name everyone uses
from torch import Tensor

CENTRE_RADIUS = 1.5
"""Cells around a box's centre from which rows may answer, as in the paper's code."""
CANDIDATES = 10
IOU_COST = 3.0
FAR_COST = 1e5


@dataclass(frozen=True, slots=True)
class Assignment:
    """Rows that answer for a box.

    Attributes:
        rows: ``[k]`` int64 row numbers.
        boxes: ``[k]`` int64 numbers of the label each answers for.
        overlaps: ``[k]`` float32 intersection over union with it.
    """

    rows: Tensor
    boxes: Tensor
    overlaps: Tensor


def corner_iou(a: Tensor, b: Tensor) -> Tensor:
    """Give ``[n, m]`` overlap of centre-size boxes ``[n, 4]`` and ``[m, 4]``."""
    a_low, a_high = (
        a[:, None, :2] - a[:, None, 2:] / 2,
        a[:, None, :2] + a[:, None, 2:] / 2,
    )
    b_low, b_high = (
        b[None, :, :2] - b[None, :, 2:] / 2,
        b[None, :, :2] + b[None, :, 2:] / 2,
    )
    inter = (torch.minimum(a_high, b_high) - torch.maximum(a_low, b_low)).clamp(0)
    area = inter.prod(-1)
    total = a[:, None, 2:].prod(-1) + b[None, :, 2:].prod(-1) - area
    return area / total.clamp(min=1e-9)


@torch.no_grad()
def assign(
    rows: Tensor, decoded: Tensor, grid: Tensor, boxes: Tensor, labels: Tensor
) -> Assignment:
    """Choose rows for the labels of one picture.

    Args:
        rows: ``[anchors, 5 + classes]`` raw.
        decoded: ``[anchors, 4]`` centre-size boxes of them, pixels.
        grid: ``[anchors, 3]`` column, row, stride.
        boxes: ``[n, 4]`` centre-size labels, pixels.
        labels: ``[n]`` class numbers.
    """
    centres = (grid[:, :2] + 0.5) * grid[:, 2:]
    offset = (centres[None] - boxes[:, None, :2]).abs()
    in_box = (offset < boxes[:, None, 2:] / 2).all(-1)
    near = (offset < CENTRE_RADIUS * grid[None, :, 2:]).all(-1)
    index = (in_box | near).any(0).nonzero()[:, 0]
    empty = torch.zeros(0, dtype=torch.long)
    if not len(index) or not len(boxes):
        return Assignment(empty, empty, torch.zeros(0))
    overlap = corner_iou(boxes, decoded[index])
    joint = (rows[index, 5:].sigmoid() * rows[index, 4:5].sigmoid()).sqrt()
    target = F.one_hot(labels, joint.shape[1]).float()
    # BCE of every pair without the [n, k, classes] array: the part that no label
    # changes, plus the difference at the label's own class.
    clipped = joint.clamp(1e-6, 1 - 1e-6)
    absent = -(1 - clipped).log()
    own = -clipped.log() - absent
    class_cost = absent.sum(1)[None] + target @ own.T
    cost = class_cost - IOU_COST * (overlap + 1e-8).log()
    cost = cost + FAR_COST * ~(in_box & near)[:, index]
    return _cheapest(cost, overlap, index)


def _cheapest(cost: Tensor, overlap: Tensor, index: Tensor) -> Assignment:
    most = min(CANDIDATES, overlap.shape[1])
    wanted = overlap.topk(most, dim=1).values.sum(1).int().clamp(min=1)
    chosen = torch.zeros_like(cost, dtype=torch.bool)
    for number, count in enumerate(wanted.tolist()):
        _, best = cost[number].topk(min(count, cost.shape[1]), largest=False)
        chosen[number, best] = True
    shared = chosen.sum(0) > 1
    if shared.any():
        winner = cost[:, shared].argmin(0)
        chosen[:, shared] = False
        chosen[winner, shared.nonzero()[:, 0]] = True
    box, row = chosen.nonzero(as_tuple=True)
    return Assignment(index[row], box, overlap[box, row])
