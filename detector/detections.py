"""What a network found in one picture: boxes, scores and class ids, in pixels.

Goes from `network` through `joining` and `tracking` to `looker`, where it becomes
tracks. Never leaves the folder: rules see tracks.
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

BoxesXYXY: TypeAlias = NDArray[np.float32]
"""Shape (n, 4): left, top, right, bottom in pixels, origin top left."""

Scores: TypeAlias = NDArray[np.float32]
"""Shape (n,), 0…1."""

ClassIds: TypeAlias = NDArray[np.int32]
"""Shape (n,), index into the network's classes."""


@dataclass(frozen=True, slots=True, eq=False)
class Detections:
    """Things found in one picture, best score first.

    Attributes:
        boxes_px: Corners in pixels of the picture looked at.
        scores: One score each.
        class_ids: One class each.

    Raises:
        ValueError: The three arrays do not have the same length.
    """

    boxes_px: BoxesXYXY
    scores: Scores
    class_ids: ClassIds

    def __post_init__(self) -> None:
        count = len(self.scores)
        if self.boxes_px.shape != (count, 4) or self.class_ids.shape != (count,):
            msg = (
                f"{count} scores need boxes of shape ({count}, 4) and ({count},) "
                f"classes, found {self.boxes_px.shape} and {self.class_ids.shape}"
            )
            raise ValueError(msg)

    def __len__(self) -> int:
        return len(self.scores)

    def take(self, rows: NDArray[np.intp]) -> "Detections":
        """The chosen rows, in the order given."""
        return Detections(self.boxes_px[rows], self.scores[rows], self.class_ids[rows])

    def best_first(self) -> "Detections":
        """Sorted by score, then position, so that equal input gives equal order."""
        keys = (*self.boxes_px.T[::-1], self.class_ids, -self.scores)
        return self.take(np.lexsort(keys))


def nothing_found() -> Detections:
    """An empty result."""
    return Detections(
        np.zeros((0, 4), np.float32), np.zeros(0, np.float32), np.zeros(0, np.int32)
    )


def iou_matrix(first: BoxesXYXY, second: BoxesXYXY) -> NDArray[np.float32]:
    """Intersection over union of each pair, shape (n, m), 0…1."""
    shared = shared_px(first, second)
    union = areas_px(first)[:, None] + areas_px(second)[None, :] - shared
    ratio: NDArray[np.float32] = shared / np.maximum(union, np.float32(1e-6))
    return ratio


def shared_px(first: BoxesXYXY, second: BoxesXYXY) -> NDArray[np.float32]:
    """Area each pair has in common, shape (n, m), square pixels."""
    low = np.maximum(first[:, None, :2], second[None, :, :2])
    high = np.minimum(first[:, None, 2:], second[None, :, 2:])
    sides = np.maximum(high - low, np.float32(0))
    area: NDArray[np.float32] = sides[..., 0] * sides[..., 1]
    return area


def areas_px(boxes: BoxesXYXY) -> NDArray[np.float32]:
    """Area of each box, shape (n,), square pixels."""
    return (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
