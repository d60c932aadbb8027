"""Pictures made to look like those of a camera on a pole.

In: items of the mixture and a random generator. Out: a `Sample` of fixed size:
picture, boxes, and per stride-8 cell what is labelled exhaustively there and whether
it is to be ignored.
Geometry first (zoom, crop, tilt, mosaic), then what optics, night, rain and a cheap
encoder do to it. Everything is drawn from the generator given, so one seed and one
number make one sample, whatever ran before.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from training.boxes import PAD_VALUE
from training.car_queue import Cutouts, Queue
from training.config import AugmentSettings
from training.degrade import degrade
from training.mixture import TrainItem

CELL = 8
LEAST_SIDE_PX = 3.0
LEAST_VISIBLE = 0.3
"""Share of a box that must remain after a crop for it to stay a label; under it the
rest is neither object nor background."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One training picture.

    Attributes:
        image: ``[s, s, 3]`` uint8 BGR, what the network in training sees.
        clean: the same before light, weather and encoder, what its teacher sees.
        boxes: ``[n, 4]`` float32 corners in pixels.
        labels: ``[n]`` int64.
        weights: ``[n]`` float32.
        ignored: ``[s / 8, s / 8]`` bool.
        exhaustive: ``[s / 8, s / 8, classes]`` bool.
    """

    image: np.ndarray
    clean: np.ndarray
    boxes: np.ndarray
    labels: np.ndarray
    weights: np.ndarray
    ignored: np.ndarray
    exhaustive: np.ndarray


@dataclass(slots=True)
class _Canvas:
    image: np.ndarray
    exhaustive: np.ndarray
    ignored: np.ndarray
    boxes: list[np.ndarray]
    labels: list[np.ndarray]
    weights: list[np.ndarray]


@dataclass(frozen=True, slots=True)
class _Cut:
    """Where a picture goes, left, top, right, bottom, and its range of zoom."""

    tile: tuple[int, int, int, int]
    zoom: tuple[float, float]


class Augmenter:
    """Makes samples of side ``side`` with the shares of ``settings``."""

    def __init__(
        self, settings: AugmentSettings, side: int, cutouts: Cutouts = ()
    ) -> None:
        self._settings = settings
        self._side = side
        self._cutouts = cutouts

    def sample(self, items: list[TrainItem], rng: np.random.Generator) -> Sample:
        """Make a sample of the first item, or of four when a mosaic is drawn.

        Args:
            items: four items; those after the first serve the mosaic only.
            rng: the only source of chance.
        """
        side = self._side
        cells = side // CELL
        canvas = _Canvas(
            np.full((side, side, 3), PAD_VALUE, np.uint8),
            np.ones((cells, cells, len(items[0].exhaustive)), bool),
            np.zeros((cells, cells), bool),
            [],
            [],
            [],
        )
        if rng.random() < self._settings.mosaic:
            zoom = self._settings.mosaic_scale
            for item, tile in zip(items, self._tiles(rng), strict=True):
                self._place(canvas, item, _Cut(tile, zoom), rng)
        else:
            whole = _Cut((0, 0, side, side), self._settings.scale)
            self._place(canvas, items[0], whole, rng)
        if self._cutouts and rng.random() < self._settings.queue:
            self._park(canvas, rng)
        boxes = np.concatenate(canvas.boxes)
        if rng.random() < 0.5:
            canvas.image = np.ascontiguousarray(canvas.image[:, ::-1])
            boxes[:, [0, 2]] = side - boxes[:, [2, 0]]
            canvas.ignored = canvas.ignored[:, ::-1]
            canvas.exhaustive = canvas.exhaustive[:, ::-1]
        return Sample(
            np.ascontiguousarray(degrade(canvas.image, self._settings, rng)),
            canvas.image,
            boxes,
            np.concatenate(canvas.labels),
            np.concatenate(canvas.weights),
            np.ascontiguousarray(canvas.ignored),
            np.ascontiguousarray(canvas.exhaustive),
        )

    def _park(self, canvas: _Canvas, rng: np.random.Generator) -> None:
        """Stand a queue of vehicles over what is there."""
        queue = Queue(self._cutouts, self._side, rng)
        queue.paste(canvas.image)
        boxes = np.concatenate(canvas.boxes)
        clear = queue.shares_covered(boxes) <= 1 - LEAST_VISIBLE
        labels, weights = np.concatenate(canvas.labels), np.concatenate(canvas.weights)
        shown = queue.shares_visible() >= LEAST_VISIBLE
        for box in queue.boxes:
            x1, y1 = (box[:2] // CELL).astype(int)
            x2, y2 = np.ceil(box[2:] / CELL).astype(int)
            canvas.ignored[y1:y2, x1:x2] = False
        for box in np.concatenate([boxes[~clear], queue.boxes[~shown]]):
            x1, y1 = (box[:2] // CELL).astype(int)
            x2, y2 = np.ceil(box[2:] / CELL).astype(int)
            canvas.ignored[y1:y2, x1:x2] = True
        canvas.boxes = [boxes[clear], queue.boxes[shown]]
        canvas.labels = [labels[clear], queue.labels[shown]]
        canvas.weights = [weights[clear], queue.weights[shown]]

    def _tiles(self, rng: np.random.Generator) -> list[tuple[int, int, int, int]]:
        cells = self._side // CELL
        cx, cy = rng.integers(int(cells * 0.3), int(cells * 0.7) + 1, 2) * CELL
        side = self._side
        return [
            (0, 0, cx, cy),
            (cx, 0, side, cy),
            (0, cy, cx, side),
            (cx, cy, side, side),
        ]

    def _place(
        self,
        canvas: _Canvas,
        item: TrainItem,
        cut: "_Cut",
        rng: np.random.Generator,
    ) -> None:
        left, top, right, bottom = cut.tile
        matrix = self._matrix(item, cut, rng)
        patch = _warped(item.image, matrix, (right - left, bottom - top))
        canvas.image[top:bottom, left:right] = patch
        limits = np.array([right - left, bottom - top] * 2, np.float32)
        boxes, visible = _moved(item.boxes, matrix, limits)
        sides = boxes[:, 2:] - boxes[:, :2]
        clear = (visible >= LEAST_VISIBLE) & (sides.min(1) >= LEAST_SIDE_PX)
        offset = np.array([left, top] * 2, np.float32)
        canvas.boxes.append(boxes[clear] + offset)
        canvas.labels.append(item.labels[clear])
        canvas.weights.append(item.weights[clear])
        cell = [edge // CELL for edge in cut.tile]
        canvas.exhaustive[cell[1] : cell[3], cell[0] : cell[2]] = item.exhaustive
        ignored, seen = _moved(item.ignored, matrix, limits)
        partly = boxes[~clear & (visible > 0)]
        for box in np.concatenate([ignored[seen > 0], partly]) + offset:
            x1, y1 = (box[:2] // CELL).astype(int)
            x2, y2 = np.ceil(box[2:] / CELL).astype(int)
            canvas.ignored[y1:y2, x1:x2] = True

    def _matrix(
        self, item: TrainItem, cut: "_Cut", rng: np.random.Generator
    ) -> np.ndarray:
        height, width = item.image.shape[:2]
        size = (cut.tile[2] - cut.tile[0], cut.tile[3] - cut.tile[1])
        factor = np.exp(rng.uniform(*np.log(item.stretch)))
        fit = min(self._side / (width * factor), self._side / height)
        low, high = np.log(cut.zoom)
        zoom = fit * np.exp(rng.uniform(low, high))
        scale = np.array([zoom * factor * np.exp(rng.normal(0, 0.05)), zoom])
        room = np.array(size) - np.array([width, height]) * scale
        shift = rng.random(2) * room
        matrix = np.array([[scale[0], 0, shift[0]], [0, scale[1], shift[1]], [0, 0, 1]])
        if rng.random() < self._settings.perspective:
            matrix = _tilt(size, rng) @ matrix
        return matrix


def _tilt(size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    angle = np.deg2rad(rng.uniform(-7, 7))
    cos, sin = np.cos(angle), np.sin(angle)
    centre = np.array([[1, 0, -size[0] / 2], [0, 1, -size[1] / 2], [0, 0, 1.0]])
    turn = np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1.0]])
    keystone = np.eye(3)
    keystone[2, :2] = rng.uniform(-6e-4, 6e-4, 2)
    return np.linalg.inv(centre) @ keystone @ turn @ centre


def _warped(image: np.ndarray, matrix: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    scale = np.sqrt(abs(np.linalg.det(matrix[:2, :2])))
    half = 0.5
    if scale < half:
        shrunk = [max(1, round(edge * scale * 1.5)) for edge in image.shape[1::-1]]
        ratio = np.array(image.shape[1::-1]) / shrunk
        image = cv2.resize(image, shrunk, interpolation=cv2.INTER_AREA)
        matrix = matrix @ np.diag([*ratio, 1.0])
    fill = (PAD_VALUE,) * 3
    if abs(matrix[2, :2]).sum() or matrix[0, 1]:
        return cv2.warpPerspective(image, matrix, size, borderValue=fill)
    return cv2.warpAffine(image, matrix[:2], size, borderValue=fill)


def _moved(
    boxes: np.ndarray, matrix: np.ndarray, limits: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    if not len(boxes):
        return np.zeros((0, 4), np.float32), np.zeros(0, np.float32)
    corners = boxes[:, [0, 1, 2, 1, 2, 3, 0, 3]].reshape(-1, 1, 2).astype(np.float64)
    moved = cv2.perspectiveTransform(corners, matrix).reshape(-1, 4, 2)
    full = np.concatenate([moved.min(1), moved.max(1)], axis=1)
    cut = full.clip(0, limits)
    area = (full[:, 2:] - full[:, :2]).prod(1)
    left = (cut[:, 2:] - cut[:, :2]).prod(1)
    return cut.astype(np.float32), (left / np.maximum(area, 1e-6)).astype(np.float32)
