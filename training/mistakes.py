"""A picture of a network's worst mistakes.

In: what a network found on sets of pictures, and the pictures again. Out: one PNG: the
surest false alarms and the largest misses, each cut out with its name, so that a person
sees at once whether the network or the label is wrong.
"""

import heapq
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from training.boxes import Boxes
from training.config import MeasuredSet
from training.evaluation import Measured, pictures_of
from training.figures import match
from training.material import Material
from training.served import Served

TILE = 200
COLUMNS = 5
MARGIN = 0.6
"""Share of the box shown around it."""
RED, GREEN, WHITE = (60, 60, 255), (80, 220, 80), (255, 255, 255)
MISS_WEIGHT = 0.9
"""A miss of half the picture's height weighs as much as a false alarm of this score."""


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """One wrong box; the heavier, the worse."""

    weight: float
    set_name: str
    picture: int
    box: tuple[float, float, float, float]
    caption: str
    missed: bool


class MistakeKeeper:
    """Keeps the worst mistakes of all sets it is told of."""

    def __init__(self, network: Served, most: int = 20) -> None:
        self._network = network
        self._most = most
        self._heap: list[Mistake] = []

    def __call__(self, set_name: str, seen: Measured) -> None:
        """Take a set's detections in."""
        scores = self._network.thresholds(seen.classes)
        for picture, (truth, found) in enumerate(
            zip(seen.truths, seen.found, strict=True)
        ):
            for number, (name, least) in enumerate(
                zip(seen.names, scores, strict=True)
            ):
                kept = found.above(least)
                mine = truth.labels == number
                own = kept.labels == number
                boxes = Boxes(kept.boxes[own], kept.scores[own], kept.labels[own])
                result = match(boxes.boxes, truth.boxes[mine], truth.ignored[mine])
                wrong = ~result.hits & ~result.excused
                for box, score in zip(
                    boxes.boxes[wrong], boxes.scores[wrong], strict=True
                ):
                    text = f"{name} {score:.2f}?"
                    self._keep(float(score), set_name, picture, (box, text, False))
                lost = ~result.found & ~truth.ignored[mine]
                for box in truth.boxes[mine][lost]:
                    share = (box[3] - box[1]) / max(truth.boxes[:, 3].max(), 1.0)
                    weight = min(MISS_WEIGHT * 2 * float(share), 1.0)
                    text = f"missed {name}"
                    self._keep(weight, set_name, picture, (box, text, True))

    def _keep(
        self,
        weight: float,
        set_name: str,
        picture: int,
        what: tuple[np.ndarray, str, bool],
    ) -> None:
        box, text, missed = what
        x1, y1, x2, y2 = map(float, box)
        heapq.heappush(
            self._heap,
            Mistake(weight, set_name, picture, (x1, y1, x2, y2), text, missed),
        )
        if len(self._heap) > self._most:
            heapq.heappop(self._heap)

    def draw(
        self,
        sets: tuple[MeasuredSet, ...],
        material: Material,
        path: Path,
    ) -> int:
        """Draw the mistakes into a PNG; give how many there are."""
        tiles = []
        for chosen in sets:
            mine = [m for m in self._heap if m.set_name == chosen.name]
            wanted = {m.picture for m in mine}
            if not wanted:
                continue
            names = tuple(chosen.measured)
            for number, (picture, _) in enumerate(pictures_of(chosen, material, names)):
                if number in wanted:
                    tiles += [
                        (m.weight, _tile(picture.image, m))
                        for m in mine
                        if m.picture == number
                    ]
        tiles.sort(key=lambda pair: -pair[0])
        sheet = [tile for _, tile in tiles]
        while not sheet or len(sheet) % COLUMNS:
            sheet.append(np.zeros((TILE, TILE, 3), np.uint8))
        rows = [
            np.hstack(sheet[i : i + COLUMNS]) for i in range(0, len(sheet), COLUMNS)
        ]
        cv2.imwrite(str(path), np.vstack(rows))
        return len(tiles)


def _tile(image: np.ndarray, mistake: Mistake) -> np.ndarray:
    x1, y1, x2, y2 = mistake.box
    side = max(x2 - x1, y2 - y1, 24.0) * (1 + MARGIN)
    left, top = (x1 + x2 - side) / 2, (y1 + y2 - side) / 2
    zoom = TILE / side
    matrix = np.array([[zoom, 0, -left * zoom], [0, zoom, -top * zoom]])
    tile = np.asarray(cv2.warpAffine(image, matrix, (TILE, TILE)))
    corners = (np.array([x1 - left, y1 - top, x2 - left, y2 - top]) * zoom).astype(int)
    colour = GREEN if mistake.missed else RED
    low, high = corners[:2].tolist(), corners[2:].tolist()
    cv2.rectangle(tile, low, high, colour, 2)
    for text, y in ((mistake.caption, 14), (mistake.set_name, TILE - 6)):
        cv2.putText(tile, text, (4, y), cv2.FONT_HERSHEY_SIMPLEX, 0.42, (0, 0, 0), 3)
        cv2.putText(tile, text, (4, y), cv2.FONT_HERSHEY_SIMPLEX, 0.42, WHITE, 1)
    return tile
