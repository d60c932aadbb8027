"""A network run over labelled pictures.

In: something that maps an image batch to served rows (an onnxruntime session or a
network in training) and an evaluation set. Out: truth and detections in measured
classes, ready for `figures.measure`.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from detector.network import open_network
from training.boxes import (
    Boxes,
    Suppression,
    boxes_of,
    grid_of,
    iou_matrix,
    letterbox,
)
from training.config import EvaluationSet, MeasuredSet, ReferenceSet, StandingSet
from training.errors import DatasetError, RecipeError
from training.figures import Truth
from training.labels import LabelledImage, read_folder, read_frames
from training.material import Material
from training.mirrored import bands_of

HEAD_SHARE = 0.45
"""Upper share of a person's box that holds the head, also when they sit or bend."""
MARGIN_SHARE = 0.05
"""Boxes often start a little under the top of a helmet."""


class Rows(Protocol):
    """A network as evaluation sees it."""

    def __call__(self, batch: np.ndarray) -> np.ndarray:
        """Map ``[n, 3, h, w]`` float32 BGR 0-255 to ``[n, anchors, 5 + classes]``."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Truth and detections of a set, labels numbered after ``names``.

    Attributes:
        names: what is measured.
        classes: the network's classes that count as each.
        pictures: their names.
        truths: one a picture.
        found: one a picture, all scores.
    """

    names: tuple[str, ...]
    classes: tuple[tuple[str, ...], ...]
    pictures: tuple[str, ...]
    truths: list[Truth]
    found: list[Boxes]


@dataclass(frozen=True, slots=True)
class InputSize:
    """The size pictures are letterboxed to before the network."""

    width: int
    height: int


def run_set(
    rows: Rows,
    classes: tuple[str, ...],
    chosen: MeasuredSet,
    material: Material,
    size: InputSize,
) -> Measured:
    """Run a network whose output classes are ``classes`` over a set.

    Raises:
        RecipeError: a measured class is not one of the network's or of the set's.
        DatasetError: a picture, label or truth file is not what it should be.
    """
    names = tuple(chosen.measured)
    as_measured = _class_map(chosen, classes)
    truths, found, pictures = [], [], []
    grid = grid_of(size.height, size.width)
    for picture, truth in pictures_of(chosen, material, names):
        canvas, ratio = letterbox(picture.image, size.width, size.height)
        batch = np.ascontiguousarray(canvas.transpose(2, 0, 1)[None], np.float32)
        boxes = boxes_of(rows(batch)[0], grid, ratio, Suppression())
        named = _renamed(boxes, as_measured)
        if isinstance(chosen, EvaluationSet) and chosen.by_head:
            named = claimed_heads(named, truth.boxes)
        pictures.append(picture.name)
        truths.append(truth)
        found.append(named)
    of_names = tuple(chosen.measured.values())
    return Measured(names, of_names, tuple(pictures), truths, found)


def claimed_heads(people: Boxes, heads: np.ndarray) -> Boxes:
    """Stand each person's box, best first, on the head it has in its upper part.

    Args:
        people: boxes of whole people.
        heads: ``[n, 4]`` labelled heads, corners in pixels.

    Returns:
        The same scores; where a box has a free head in its upper part, that head's box,
        elsewhere an empty box, which counts as a false alarm.
    """
    boxes = people.boxes.copy()
    free = np.ones(len(heads), bool)
    centres = (heads[:, :2] + heads[:, 2:]) / 2
    for row in np.argsort(-people.scores, kind="stable"):
        left, top, right, bottom = people.boxes[row]
        low = top + HEAD_SHARE * (bottom - top)
        inside = free & (centres[:, 0] >= left) & (centres[:, 0] <= right)
        inside &= (centres[:, 1] >= top - MARGIN_SHARE * (bottom - top)) & (
            centres[:, 1] <= low
        )
        boxes[row] = 0.0
        if inside.any():
            middle = np.array([(left + right) / 2, top])
            away = np.linalg.norm(centres - middle, axis=1)
            best = int(np.where(inside, away, np.inf).argmin())
            boxes[row] = heads[best]
            free[best] = False
    return Boxes(boxes, people.scores, people.labels)


def _class_map(chosen: MeasuredSet, classes: tuple[str, ...]) -> np.ndarray:
    numbers = np.full(len(classes), -1)
    for number, ours in enumerate(chosen.measured.values()):
        for name in ours:
            if name in classes:
                numbers[classes.index(name)] = number
    return numbers


def _renamed(boxes: Boxes, numbers: np.ndarray) -> Boxes:
    """Number boxes by measured class; of one object under two names keep the best."""
    labels = numbers[boxes.labels]
    keep = np.flatnonzero(labels >= 0)
    keep = keep[np.argsort(-boxes.scores[keep], kind="stable")]
    kept: list[int] = []
    for row in keep:
        same = [k for k in kept if labels[k] == labels[row]]
        overlap = iou_matrix(boxes.boxes[row : row + 1], boxes.boxes[same])
        if not (overlap >= Suppression().iou).any():
            kept.append(int(row))
    return Boxes(boxes.boxes[kept], boxes.scores[kept], labels[kept])


def pictures_of(
    chosen: MeasuredSet, material: Material, names: tuple[str, ...]
) -> Iterator[tuple[LabelledImage, Truth]]:
    """Read a set's pictures and truth, labels numbered after ``names``."""
    if isinstance(chosen, StandingSet):
        yield from _standing(chosen, material)
        return
    if isinstance(chosen, ReferenceSet):
        yield from _referenced(chosen, material)
        return
    numbers = []
    for name in chosen.classes:
        if name != "-" and name not in names:
            raise RecipeError(chosen.name, f"class {name!r} is not a measured name")
        numbers.append(names.index(name) if name != "-" else -1)
    lookup = np.array(numbers)
    for picture in read_folder(
        chosen.name,
        material.path(chosen.images),
        material.path(chosen.labels),
        len(chosen.classes),
    ):
        labels = lookup[picture.labels]
        known = labels >= 0
        boxes = picture.boxes[known]
        ignored = np.zeros(len(boxes), bool)
        if chosen.mirrored:
            ignored = bands_of(picture.image).holds(boxes, *picture.image.shape[:2])
        yield picture, Truth(boxes, labels[known], ignored)


def _standing(
    chosen: StandingSet, material: Material
) -> Iterator[tuple[LabelledImage, Truth]]:
    path = material.path(chosen.truth)
    try:
        things = json.loads(path.read_text(encoding="utf-8"))["standing"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        problem = "has no list `standing` of boxes"
        raise DatasetError(path, problem, "restore it") from error
    for picture in read_frames(chosen.name, material.path(chosen.video), chosen.every):
        frame = int(picture.name.rsplit("/", 1)[1])
        boxes = np.array(
            [thing["box_xyxy"] for thing in things if _visible(thing, frame)],
            np.float32,
        ).reshape(-1, 4)
        count = len(boxes)
        yield picture, Truth(boxes, np.zeros(count, np.int64), np.zeros(count, bool))


def _referenced(
    chosen: ReferenceSet, material: Material
) -> Iterator[tuple[LabelledImage, Truth]]:
    network = open_network(material.path(chosen.reference))
    numbers = _class_map(chosen, network.classes)
    for picture in read_frames(
        chosen.name, material.path(chosen.video), chosen.every, chosen.first
    ):
        (seen,) = network.detect([picture.image], score=chosen.half)
        labels = numbers[seen.class_ids]
        known = labels >= 0
        yield (
            picture,
            Truth(
                seen.boxes_px[known], labels[known], seen.scores[known] < chosen.sure
            ),
        )


def _visible(thing: dict[str, list[int]], frame: int) -> bool:
    spans: Iterable[list[int]] = thing.get("occluded_frames", [])  # type: ignore[assignment]
    first, last = thing["frames"]
    hidden = any(low <= frame <= high for low, high in spans)
    return first <= frame <= last and not hidden
