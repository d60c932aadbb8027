"""The part of a picture round some zones, made small: and boxes to and from it."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from detector.box import Box
from detector.coverage import Polygon
from streams.frame import ImageBGR

SMALL_SIDE_PX = 480
"""What the longer side of the whole picture shrinks to; smaller ones are kept."""

MARGIN = 0.03
"""The window reaches this far beyond the zones, as a share of the longer side."""

PRESHRUNK = 2
"""Pixels averaged a side; those between are skipped: a full HD picture costs little."""


@dataclass(frozen=True, slots=True, eq=False)
class SmallWindow:
    """Where the window lies.

    Attributes:
        size_px: Width and height of the picture it is cut from.
        left: First column, pixels of the picture.
        top: First row.
        right: First column after it.
        bottom: First row after it.
        scale: Small pixels a picture pixel, at most 1.
        watched: Where the zones lie, in small pixels, shape (h, w).
    """

    size_px: tuple[int, int]
    left: int
    top: int
    right: int
    bottom: int
    scale: float
    watched: NDArray[np.bool_]

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width of the small picture."""
        return int(self.watched.shape[0]), int(self.watched.shape[1])

    def cut(self, image: ImageBGR) -> ImageBGR:
        """The window of a picture, small."""
        part = image[self.top : self.bottom, self.left : self.right]
        width, height = self.shape[1], self.shape[0]
        if self.scale * PRESHRUNK < 1:
            few = (width * PRESHRUNK, height * PRESHRUNK)
            part = cv2.resize(part, few, interpolation=cv2.INTER_NEAREST).astype(
                np.uint8
            )
        small = cv2.resize(part, (width, height), interpolation=cv2.INTER_AREA)
        return small.astype(np.uint8, copy=False)

    def boxes(self, boxes_px: NDArray[np.float32]) -> NDArray[np.float32]:
        """Boxes in pixels of the picture as boxes in small pixels."""
        offset = np.array([self.left, self.top] * 2, np.float32)
        return ((boxes_px - offset) * self.scale).astype(np.float32)

    def under(self, boxes: NDArray[np.float32], more: float = 0.0) -> NDArray[np.bool_]:
        """Small pixels under boxes (in small pixels), each widened by a share `more`.

        Feet and arms stick out of boxes; a widened one is so by two pixels at least.
        """
        mask = np.zeros(self.shape, np.bool_)
        reach = more * (boxes[:, 2:] - boxes[:, :2])
        reach = np.maximum(2, reach) if more else reach
        low = np.clip(np.floor(boxes[:, :2] - reach), 0, None).astype(int)
        high = np.clip(np.ceil(boxes[:, 2:] + reach), 0, None).astype(int)
        for (x1, y1), (x2, y2) in zip(low, high, strict=True):
            mask[y1:y2, x1:x2] = True
        return mask

    def box(self, bounds: tuple[int, int, int, int]) -> Box:
        """A box in small pixels (left, top, right, bottom) as one in 0…1."""
        width, height = self.size_px
        xs = [min(1.0, (self.left + x / self.scale) / width) for x in bounds[::2]]
        ys = [min(1.0, (self.top + y / self.scale) / height) for y in bounds[1::2]]
        return Box(xs[0], ys[0], xs[1], ys[1])

    def share(self, pixels: int) -> float:
        """So many small pixels as a share of the picture."""
        return pixels / self.scale**2 / (self.size_px[0] * self.size_px[1])


def window_round(zones: Sequence[Polygon], size_px: tuple[int, int]) -> SmallWindow:
    """The window that holds all of the zones.

    Args:
        zones: Corners, 0…1; at least one zone.
        size_px: Width and height of the picture.
    """
    width, height = size_px
    scale = min(1.0, SMALL_SIDE_PX / max(size_px))
    margin = MARGIN * max(size_px)
    corners = np.array([p for zone in zones for p in zone]) * size_px
    left, top = np.maximum(0, np.floor(corners.min(axis=0) - margin)).astype(int)
    right, bottom = np.ceil(corners.max(axis=0) + margin).astype(int)
    right, bottom = min(width, right), min(height, bottom)
    shape = (
        max(1, round((bottom - top) * scale)),
        max(1, round((right - left) * scale)),
    )
    drawn = np.zeros(shape, np.uint8)
    for zone in zones:
        points = (np.array(zone) * size_px - (left, top)) * scale
        cv2.fillPoly(drawn, [np.rint(points).astype(np.int32)], 1)
    watched = drawn.astype(np.bool_)
    return SmallWindow(size_px, int(left), int(top), right, bottom, scale, watched)
