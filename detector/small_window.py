"""The part of a picture round some zones, made small: and boxes to and from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor
from typing import NamedTuple

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


Cut = tuple[slice, slice]
"""Rows and columns of a small picture."""


class Shared(NamedTuple):
    """What two windows both show.

    Attributes:
        there: Where it lies in the other window.
        here: Where it lies in this one.
        shift: By how much boxes move from the other to this one, x and y, small pixels.
    """

    there: Cut
    here: Cut
    shift: tuple[int, int]


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

    @property
    def place(self) -> tuple[int, int, int, int]:
        """Picture width and height, then left and top: what tells its pixels."""
        return (*self.size_px, self.left, self.top)

    def shared(
        self, place: tuple[int, int, int, int], shape: tuple[int, int]
    ) -> Shared | None:
        """What this window shows of another on the grid; None where it is nothing.

        Args:
            place: The other's `place`.
            shape: The other's shape.
        """
        if place[:2] != self.size_px:
            return None
        x = round(self.left * self.scale) - round(place[2] * self.scale)
        y = round(self.top * self.scale) - round(place[3] * self.scale)
        height = min(shape[0] - max(0, y), self.shape[0] - max(0, -y))
        width = min(shape[1] - max(0, x), self.shape[1] - max(0, -x))
        if height <= 0 or width <= 0:
            return None
        there = _cut(max(0, x), max(0, y), width, height)
        here = _cut(max(0, -x), max(0, -y), width, height)
        return Shared(there, here, (-x, -y))

    def drawn(self, polygons: Sequence[Polygon]) -> NDArray[np.bool_]:
        """Small pixels inside polygons (0…1)."""
        return _drawn(polygons, self.shape, self.place, self.scale)

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


def _cut(x: int, y: int, width: int, height: int) -> Cut:
    return slice(y, y + height), slice(x, x + width)


def _drawn(
    polygons: Sequence[Polygon],
    shape: tuple[int, int],
    place: tuple[int, int, int, int],
    scale: float,
) -> NDArray[np.bool_]:
    drawn = np.zeros(shape, np.uint8)
    for polygon in polygons:
        points = (np.array(polygon) * place[:2] - place[2:]) * scale
        cv2.fillPoly(drawn, [np.rint(points).astype(np.int32)], 1)
    return drawn.astype(np.bool_)


def window_round(
    zones: Sequence[Polygon], size_px: tuple[int, int], *, on_grid: bool = False
) -> SmallWindow:
    """The window that holds all of the zones.

    Args:
        zones: Corners, 0…1; at least one zone.
        size_px: Width and height of the picture.
        on_grid: Whether its sides lie on whole small pixels of the picture, to half a
            pixel of the picture: then windows round other zones share their pixels.
    """
    width, height = size_px
    scale = min(1.0, SMALL_SIDE_PX / max(size_px))
    margin = MARGIN * max(size_px)
    corners = np.array([p for zone in zones for p in zone]) * size_px
    left, top = np.maximum(0, np.floor(corners.min(axis=0) - margin)).astype(int)
    right, bottom = np.ceil(corners.max(axis=0) + margin).astype(int)
    if on_grid:
        left, top = (round(floor(px * scale) / scale) for px in (left, top))
        right, bottom = (round(ceil(px * scale) / scale) for px in (right, bottom))
    right, bottom = min(width, int(right)), min(height, int(bottom))
    shape = (
        max(1, round((bottom - top) * scale)),
        max(1, round((right - left) * scale)),
    )
    left, top = int(left), int(top)
    watched = _drawn(zones, shape, (width, height, left, top), scale)
    return SmallWindow(size_px, left, top, right, bottom, scale, watched)
