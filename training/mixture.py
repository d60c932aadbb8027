"""The training mixture: sources read, mapped to our classes, completed by a teacher.

In: the recipe's sources. Out: `TrainItem`s: a picture, its boxes with a weight, boxes
to ignore, and which classes are labelled exhaustively in it. A class that is not
labelled exhaustively is never taught as background where the teacher saw something.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from training.boxes import Boxes, iou_matrix
from training.config import ClipSource, PhotographSource, TeacherSettings
from training.errors import RecipeError
from training.labels import LabelledImage, read_folder, read_frames
from training.material import Material
from training.teacher import Teacher

LONGEST_SIDE = 768
"""Pictures are held in memory at most this large: 1.8 times the input side."""
SAME_OBJECT_IOU = 0.5
HEAD_SHARE = 0.4
"""Upper share of a person box in which an unlabelled head may be."""
IGNORE = -1


@dataclass(frozen=True, slots=True)
class TrainItem:
    """One picture of the mixture.

    Attributes:
        name: for reports.
        image: ``[h, w, 3]`` uint8 BGR.
        boxes: ``[n, 4]`` float32 corners, pixels of ``image``.
        labels: ``[n]`` int64 in our class order.
        weights: ``[n]`` float32: 1 for a person's label, the score for the teacher's.
        ignored: ``[m, 4]`` float32 boxes that are neither object nor background.
        exhaustive: ``[classes]`` bool.
        stretch: range of width factors for this source.
    """

    name: str
    image: np.ndarray
    boxes: np.ndarray
    labels: np.ndarray
    weights: np.ndarray
    ignored: np.ndarray
    exhaustive: np.ndarray
    stretch: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Mixture:
    """All pictures and how often each is seen in an epoch."""

    items: tuple[TrainItem, ...]
    shares: np.ndarray


def class_numbers(names: str, classes: tuple[str, ...], where: str) -> tuple[int, ...]:
    """Give the numbers of ``a|b`` in our order; ``-`` gives none.

    Raises:
        RecipeError: a name is not one of ours.
    """
    if names == "-":
        return ()
    for name in names.split("|"):
        if name not in classes:
            raise RecipeError(where, f"{name!r} is not a class of the network")
    return tuple(classes.index(name) for name in names.split("|"))


def read_source(
    source: PhotographSource | ClipSource, material: Material
) -> Iterator[LabelledImage]:
    """Read a source's pictures with its own class numbers, shrunk to be held."""
    if isinstance(source, ClipSource):
        pictures = read_frames(
            source.name,
            material.path(source.video),
            source.every,
            source.first,
            source.last,
        )
    else:
        pictures = read_folder(
            source.name,
            material.path(source.images),
            material.path(source.labels),
            len(source.classes),
        )
    return map(_shrunk, pictures)


def _shrunk(picture: LabelledImage) -> LabelledImage:
    ratio = LONGEST_SIDE / max(picture.image.shape[:2])
    if ratio >= 1:
        return picture
    size = [round(edge * ratio) for edge in picture.image.shape[1::-1]]
    image = cv2.resize(picture.image, size, interpolation=cv2.INTER_AREA)
    return LabelledImage(picture.name, image, picture.boxes * ratio, picture.labels)


class MixtureReader:
    """Builds the mixture; teacher labels are cached, they cost minutes."""

    def __init__(
        self, classes: tuple[str, ...], teacher: Teacher, settings: TeacherSettings
    ) -> None:
        self._classes = classes
        self._teacher = teacher
        self._settings = settings

    def read(
        self,
        sources: tuple[PhotographSource | ClipSource, ...],
        material: Material,
        cache: Path,
        progress: Callable[[str], None],
    ) -> Mixture:
        """Read all sources, labelling with the teacher what the cache does not hold."""
        cache.mkdir(parents=True, exist_ok=True)
        items: list[TrainItem] = []
        shares: list[float] = []
        for source in sources:
            pictures = list(read_source(source, material))
            sizes = (
                self._settings.clip_sizes
                if isinstance(source, ClipSource)
                else self._settings.sizes
            )
            found = self._teacher_labels(pictures, sizes, cache / source.name)
            for picture, seen in zip(pictures, found, strict=True):
                items.append(self._item(source, picture, seen))
            shares += [source.share] * len(pictures)
            progress(f"{source.name}: {len(pictures)} pictures")
        return Mixture(tuple(items), np.array(shares))

    def _teacher_labels(
        self, pictures: list[LabelledImage], sizes: tuple[int, ...], cache: Path
    ) -> list[Boxes]:
        known = self._settings.model_dump_json() + self._teacher.identity
        digest = hashlib.sha256(known.encode())
        for picture in pictures:
            digest.update(picture.name.encode())
            digest.update(picture.image[::7, ::7].tobytes())
        path = cache.with_name(f"{cache.name}-{digest.hexdigest()[:16]}.npz")
        if path.exists():
            with np.load(path) as stored:
                return [
                    Boxes(stored[f"b{i}"], stored[f"s{i}"], stored[f"l{i}"])
                    for i in range(len(pictures))
                ]
        found = [self._teacher.label(picture.image, sizes) for picture in pictures]
        arrays: dict[str, np.ndarray] = {}
        for i, boxes in enumerate(found):
            arrays |= {f"b{i}": boxes.boxes, f"s{i}": boxes.scores}
            arrays[f"l{i}"] = boxes.labels
        np.savez_compressed(path, allow_pickle=False, **arrays)
        return found

    def _item(
        self, source: PhotographSource | ClipSource, picture: LabelledImage, seen: Boxes
    ) -> TrainItem:
        exhaustive = np.zeros(len(self._classes), bool)
        own = np.zeros((0, 4), np.float32)
        own_labels = np.zeros(0, np.int64)
        stretch = (1.0, 1.0)
        if isinstance(source, PhotographSource):
            for name in source.exhaustive:
                exhaustive[list(class_numbers(name, self._classes, source.name))] = True
            own, own_labels = self._mapped(source, picture, seen)
            stretch = source.stretch
        elif source.only is not None:
            seen = self._as_one_class(seen, source.only)
        known = own_labels != IGNORE
        extra = _unclaimed(seen, own, exhaustive)
        sure = extra.scores >= self._label_score(source)
        boxes = np.concatenate([own[known], extra.boxes[sure]])
        labels = np.concatenate([own_labels[known], extra.labels[sure]])
        ignored = [own[~known], extra.boxes[~sure]]
        if not exhaustive[-1]:
            ignored.append(_head_zones(boxes[labels == 0]))
        return TrainItem(
            name=picture.name,
            image=picture.image,
            boxes=boxes,
            labels=labels,
            weights=np.concatenate(
                [np.ones(known.sum()), extra.scores[sure] ** 0.5]
            ).astype(np.float32),
            ignored=np.concatenate(ignored),
            exhaustive=exhaustive,
            stretch=stretch,
        )

    def _label_score(self, source: PhotographSource | ClipSource) -> float:
        if isinstance(source, ClipSource) and source.label_score is not None:
            return source.label_score
        return self._settings.label_score

    def _mapped(
        self, source: PhotographSource, picture: LabelledImage, seen: Boxes
    ) -> tuple[np.ndarray, np.ndarray]:
        choices = [
            class_numbers(names, self._classes, source.name) for names in source.classes
        ]
        overlap = iou_matrix(picture.boxes, seen.boxes)
        labels = []
        for row, label in enumerate(picture.labels):
            allowed = choices[label]
            fits = (overlap[row] >= SAME_OBJECT_IOU) & np.isin(seen.labels, allowed)
            if len(allowed) > 1 and fits.any():
                labels.append(int(seen.labels[np.argmax(seen.scores * fits)]))
            else:
                labels.append(allowed[0] if allowed else IGNORE)
        numbers = np.array(labels, np.int64)
        return self._grown(source, picture, numbers), numbers

    def _grown(
        self, source: PhotographSource, picture: LabelledImage, labels: np.ndarray
    ) -> np.ndarray:
        boxes = picture.boxes.copy()
        sides = picture.boxes[:, 2:] - picture.boxes[:, :2]
        for name, (side, top, bottom) in source.grow.items():
            (number,) = class_numbers(name, self._classes, source.name)
            mine = labels == number
            shares = np.array([[-side, -top, side, bottom]], np.float32)
            boxes[mine] += shares * np.tile(sides[mine], 2)
        height, width = picture.image.shape[:2]
        return boxes.clip(0, np.array([width, height] * 2, np.float32))

    def _as_one_class(self, seen: Boxes, name: str) -> Boxes:
        (number,) = class_numbers(name, self._classes, "only")
        keep: list[int] = []
        for row in np.argsort(-seen.scores, kind="stable"):
            others = iou_matrix(seen.boxes[row : row + 1], seen.boxes[keep])
            if not (others >= SAME_OBJECT_IOU).any():
                keep.append(int(row))
        labels = np.full(len(keep), number, np.int64)
        return Boxes(seen.boxes[keep], seen.scores[keep], labels)


def _unclaimed(seen: Boxes, own: np.ndarray, exhaustive: np.ndarray) -> Boxes:
    claimed = (iou_matrix(seen.boxes, own) >= SAME_OBJECT_IOU).any(1)
    keep = ~claimed & ~exhaustive[seen.labels]
    return Boxes(seen.boxes[keep], seen.scores[keep], seen.labels[keep])


def _head_zones(people: np.ndarray) -> np.ndarray:
    zones = people.copy()
    zones[:, 3] = people[:, 1] + (people[:, 3] - people[:, 1]) * HEAD_SHARE
    return zones
