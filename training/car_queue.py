"""Queues of vehicles, bumper to bumper, made of vehicles cut out of other pictures.

In: the pictures of a mixture. Out: cutouts of vehicles seen whole, and a `Queue` that
pastes some of them in a line up the picture: the nearest lowest, largest and on top,
as a camera on a pole sees cars that wait or are parked along a kerb. No set the project
has shows that with labels (after Ghiasi et al. 2021, "Simple Copy-Paste is a Strong
Data Augmentation Method", arXiv:2012.07177).
"""

from dataclasses import dataclass

import cv2
import numpy as np

from training.mixture import TrainItem

VEHICLES = (2, 5, 7)
LEAST_WEIGHT = 0.7
"""A label by hand, or the teacher's from a score of about 0.5."""
LEAST_PX = 28
ASPECT = (0.6, 1.9)
"""Width to height of what is seen from the front, the back or a corner."""
MOST_COVERED = 0.1
CORNER = 0.12
"""Share of a cutout's side that is faded out, so that no frame is learned."""


@dataclass(frozen=True, slots=True)
class Cutout:
    """One vehicle: its pixels with nothing in front, class and label weight."""

    image: np.ndarray
    label: int
    weight: float


Cutouts = tuple[Cutout, ...]


def cutouts_of(items: tuple[TrainItem, ...]) -> Cutouts:
    """Cut out the vehicles that are seen whole and large enough."""
    found: list[Cutout] = []
    for item in items:
        height, width = item.image.shape[:2]
        covers = _shares_covered(item.boxes, item.boxes)
        np.fill_diagonal(covers, 0.0)
        for row, box in enumerate(item.boxes):
            x1, y1, x2, y2 = np.rint(box).astype(int)
            is_whole = min(x1, y1, width - x2, height - y2) >= 1
            is_large = min(x2 - x1, y2 - y1) >= LEAST_PX
            if (
                item.labels[row] in VEHICLES
                and item.weights[row] >= LEAST_WEIGHT
                and is_whole
                and is_large
                and ASPECT[0] <= (x2 - x1) / (y2 - y1) <= ASPECT[1]
                and covers[row].max(initial=0.0) <= MOST_COVERED
            ):
                pixels = item.image[y1:y2, x1:x2].copy()
                label, weight = int(item.labels[row]), float(item.weights[row])
                found.append(Cutout(pixels, label, weight))
    return tuple(found)


class Queue:
    """One queue in a picture of side ``side``, farthest vehicle first.

    Attributes:
        boxes: ``[n, 4]`` float32 corners, cut at the picture's edge.
        labels: ``[n]`` int64.
        weights: ``[n]`` float32.
    """

    def __init__(self, cutouts: Cutouts, side: int, rng: np.random.Generator) -> None:
        """Draw who stands where.

        Args:
            cutouts: what to draw from, at least one.
            side: of the picture, pixels.
            rng: the only source of chance.
        """
        count = int(rng.integers(2, 8))
        picks = [cutouts[i] for i in rng.integers(len(cutouts), size=count)]
        self._places: list[tuple[Cutout, tuple[int, int, int, int]]] = []
        width = side * np.exp(rng.uniform(*np.log([0.10, 0.34])))
        x, bottom = rng.uniform(0.05, 0.95) * side, rng.uniform(0.6, 1.15) * side
        lean, pace = rng.uniform(-0.7, 0.7), rng.uniform(0.45, 0.95)
        shrink = rng.uniform(0.78, 0.95)
        for pick in picks:
            ratio = pick.image.shape[0] / pick.image.shape[1]
            height = width * float(np.clip(ratio, 0.65, 1.3))
            left, top = x - width / 2, bottom - height
            place = (round(left), round(top), round(x + width / 2), round(bottom))
            self._places.append((pick, place))
            bottom -= height * pace
            x += width * lean * pace
            width *= shrink
        self._places = [
            (pick, (x1, y1, x2, y2))
            for pick, (x1, y1, x2, y2) in reversed(self._places)
            if min(x2, side) - max(x1, 0) >= 8 and min(y2, side) - max(y1, 0) >= 8
        ]
        self.boxes = np.array([place for _, place in self._places], np.float32).reshape(
            -1, 4
        )
        self._full_px = (self.boxes[:, 2:] - self.boxes[:, :2]).prod(1)
        self.boxes = self.boxes.clip(0, side)
        self.labels = np.array([p.label for p, _ in self._places], np.int64)
        self.weights = np.array([p.weight for p, _ in self._places], np.float32)

    def paste(self, image: np.ndarray) -> None:
        """Draw the queue into a ``[side, side, 3]`` uint8 picture."""
        for pick, (x1, y1, x2, y2) in self._places:
            patch = cv2.resize(
                pick.image, (x2 - x1, y2 - y1), interpolation=cv2.INTER_AREA
            )
            left, top = max(0, -x1), max(0, -y1)
            into = image[y1 + top : y2, x1 + left : x2]
            shown = patch[top : top + into.shape[0], left : left + into.shape[1]]
            mask = _mask(*patch.shape[:2])[top:, left:][
                : into.shape[0], : into.shape[1]
            ]
            into[:] = into + (shown.astype(np.float32) - into) * mask[..., None]

    def shares_visible(self) -> np.ndarray:
        """Give ``[n]``: how much of each vehicle the picture shows."""
        shown = []
        inside = (self.boxes[:, 2:] - self.boxes[:, :2]).prod(1) / self._full_px
        for row in range(len(self.boxes)):
            nearer = self.boxes[row + 1 :]
            hidden = _shares_covered(self.boxes[row : row + 1], nearer)
            shown.append(inside[row] * (1 - min(1.0, float(hidden.sum()))))
        return np.array(shown)

    def shares_covered(self, boxes: np.ndarray) -> np.ndarray:
        """Give ``[m]``: how much of each other box the queue hides."""
        return _shares_covered(boxes, self.boxes).sum(1).clip(max=1.0)


def _mask(height: int, width: int) -> np.ndarray:
    """Opaque in the middle, faded at the edges and round at the corners."""
    ys = np.abs(np.linspace(-1, 1, height, dtype=np.float32))[:, None]
    xs = np.abs(np.linspace(-1, 1, width, dtype=np.float32))[None]
    away = (xs**6 + ys**6) ** (1 / 6)
    return ((1.05 - away) / CORNER).clip(0, 1)


def _shares_covered(boxes: np.ndarray, covers: np.ndarray) -> np.ndarray:
    """Give ``[n, m]``: the share of each box that each cover hides."""
    low = np.maximum(boxes[:, None, :2], covers[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], covers[None, :, 2:])
    inter = (high - low).clip(0).prod(-1)
    area = (boxes[:, 2:] - boxes[:, :2]).clip(0).prod(-1)
    shares: np.ndarray = inter / np.maximum(area, 1e-6)[:, None]
    return shares
