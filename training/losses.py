"""What the network is pulled toward: labels, and the starting network where none are.

In: raw rows of student and teacher for a batch, and the samples. Out: the loss and its
parts. Three pulls:

- rows that answer for a label: the box (overlap), objectness 1 and the class, weighted
  by how sure the label is;
- every other row: objectness 0 where the class the teacher saw there is labelled
  exhaustively, else the teacher's own objectness, and nothing where cells are ignored.
  Without this the objectness learns everything unlabelled as background;
- rows where the teacher saw something no label claims: its class scores and its box.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F  # noqa: N812 - the name everyone uses
from torch import Tensor

from training.assign import assign, corner_iou
from training.augment import CELL, Sample
from training.network import decode_boxes

BOX_WEIGHT = 5.0
TEACHER_SEES = 0.1
"""Teacher score from which a row is worth imitating."""
SURE = 0.999


@dataclass(frozen=True, slots=True)
class LossSettings:
    """Weights of the teacher's pulls."""

    distil_scores: float
    distil_boxes: float


@dataclass(frozen=True, slots=True)
class LossParts:
    """The loss of a batch and its parts, each already weighted."""

    total: Tensor
    box: float
    objectness: float
    classes: float
    distilled: float


@dataclass(frozen=True, slots=True)
class Targets:
    """What the rows of a batch are compared with; ``a`` rows, ``c`` classes.

    Attributes:
        objectness: ``[n, a]`` wanted probability.
        weight: ``[n, a]`` how much that counts; 0 where ignored.
        chosen: ``[k, 2]`` picture and row of those that answer for a label.
        boxes: ``[k, 4]`` centre-size boxes wanted of them.
        classes: ``[k, c]`` class probabilities wanted of them.
        trust: ``[k]`` weight of the label.
        by_hand: ``[n, a]`` rows that answer for a label made by a person.
    """

    objectness: Tensor
    weight: Tensor
    chosen: Tensor
    boxes: Tensor
    classes: Tensor
    trust: Tensor
    by_hand: Tensor


def targets_of(
    rows: Tensor, decoded: Tensor, teacher: Tensor, samples: list[Sample], grid: Tensor
) -> Targets:
    """Compare rows ``[n, a, 5 + c]`` with the labels of their samples."""
    classes = rows.shape[2] - 5
    cell = ((grid[:, :2] + 0.5) * grid[:, 2:] / CELL).long()
    objectness, weight = [], []
    chosen, boxes, wanted, trust = [], [], [], []
    by_hand = torch.zeros(rows.shape[:2], dtype=torch.bool)
    for number, sample in enumerate(samples):
        seen = teacher[number, :, 4].sigmoid()
        top = teacher[number, :, 5:].argmax(1)
        exhaustive = torch.from_numpy(sample.exhaustive)[cell[:, 1], cell[:, 0]]
        known = exhaustive.gather(1, top[:, None])[:, 0]
        goal = torch.where(known, torch.zeros_like(seen), seen)
        counts = 1 - torch.from_numpy(sample.ignored)[cell[:, 1], cell[:, 0]].float()
        corners = torch.from_numpy(sample.boxes)
        centred = torch.cat(
            [(corners[:, :2] + corners[:, 2:]) / 2, corners[:, 2:] - corners[:, :2]], 1
        )
        labels = torch.from_numpy(sample.labels)
        found = assign(rows[number], decoded[number], grid, centred, labels)
        sure = torch.from_numpy(sample.weights)[found.boxes]
        goal[found.rows] = 1.0
        counts[found.rows] = sure
        by_hand[number, found.rows] = sure >= SURE
        objectness.append(goal)
        weight.append(counts)
        chosen.append(
            torch.stack([torch.full_like(found.rows, number), found.rows], dim=1)
        )
        boxes.append(centred[found.boxes])
        one_hot = F.one_hot(labels[found.boxes], classes).float()
        wanted.append(one_hot * found.overlaps[:, None])
        trust.append(sure)
    return Targets(
        torch.stack(objectness),
        torch.stack(weight),
        torch.cat(chosen),
        torch.cat(boxes),
        torch.cat(wanted),
        torch.cat(trust),
        by_hand,
    )


def batch_loss(
    rows: Tensor,
    teacher: Tensor,
    samples: list[Sample],
    grid: Tensor,
    settings: LossSettings,
) -> LossParts:
    """Give the loss of a batch.

    Args:
        rows: ``[n, a, 5 + c]`` raw rows of the network in training.
        teacher: ``[n, a, 5 + t]`` raw rows of the starting network, ``t <= c``.
        samples: the ``n`` samples.
        grid: ``[a, 3]`` column, row, stride.
        settings: weights of the teacher's pulls.
    """
    decoded = decode_boxes(rows, grid)
    targets = targets_of(rows, decoded.detach(), teacher, samples, grid)
    count = max(float(targets.trust.sum()), 1.0)
    picture, row = targets.chosen.T
    overlap = paired_iou(decoded[picture, row], targets.boxes)
    box = (targets.trust * (1 - overlap**2)).sum() * BOX_WEIGHT / count
    objectness = (
        F.binary_cross_entropy_with_logits(
            rows[..., 4], targets.objectness, weight=targets.weight, reduction="sum"
        )
        / count
    )
    class_rows = F.binary_cross_entropy_with_logits(
        rows[picture, row][:, 5:], targets.classes, reduction="none"
    )
    classes = (class_rows.sum(1) * targets.trust).sum() / count
    distilled = _distilled(rows, teacher, targets, grid, settings) / count
    total = box + objectness + classes + distilled
    parts = [float(part.detach()) for part in (box, objectness, classes, distilled)]
    return LossParts(total, *parts)


def _distilled(
    rows: Tensor,
    teacher: Tensor,
    targets: Targets,
    grid: Tensor,
    settings: LossSettings,
) -> Tensor:
    names = teacher.shape[2] - 5
    seen = teacher[..., 4].sigmoid()
    wanted = teacher[..., 5:].sigmoid()
    strength = seen * (seen * wanted.amax(-1) >= TEACHER_SEES)
    strength = strength * ~targets.by_hand * (targets.weight > 0)
    picture, row = strength.nonzero(as_tuple=True)
    power = strength[picture, row]
    scores = F.binary_cross_entropy_with_logits(
        rows[picture, row][:, 5 : 5 + names], wanted[picture, row], reduction="none"
    )
    shown = decode_boxes(teacher, grid)[picture, row]
    drawn = decode_boxes(rows, grid)[picture, row]
    boxes = 1 - paired_iou(drawn, shown) ** 2
    total: Tensor = settings.distil_scores * (scores.sum(1) * power).sum()
    return total + settings.distil_boxes * (boxes * power).sum()


def paired_iou(a: Tensor, b: Tensor) -> Tensor:
    """Give ``[k]`` overlap of the k-th boxes of ``a`` and ``b``, centre-size."""
    low = torch.maximum(a[:, :2] - a[:, 2:] / 2, b[:, :2] - b[:, 2:] / 2)
    high = torch.minimum(a[:, :2] + a[:, 2:] / 2, b[:, :2] + b[:, 2:] / 2)
    inter = (high - low).clamp(0).prod(1)
    return inter / (a[:, 2:].prod(1) + b[:, 2:].prod(1) - inter).clamp(min=1e-9)


__all__ = ["LossParts", "LossSettings", "batch_loss", "corner_iou", "paired_iou"]
