"""Zones and crops on one picture: what of the zones the crops show, and what not.

In go the zones' corners and the crops; out come the share of the zones covered and
the areas nobody looks at, so that a rule can say *not observed* instead of *empty*.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

import cv2
import numpy as np
from numpy.typing import NDArray

from base.ids import ZoneName
from detector.box import Box
from detector.look import Unseen, UnseenArea

Polygon = tuple[tuple[float, float], ...]
"""Corners, 0…1 from the top left."""

MASK_BANDS = 8
"""Bands a mask is cut into, so that a slanted one does not blank its whole bounding
box."""

RASTER = 512
"""Longer side of the grid on which zone areas are counted."""


@dataclass(frozen=True, slots=True)
class ZoneArea:
    """The part of a zone the detector needs: its name and corners, 0…1."""

    name: ZoneName
    points: Polygon


@dataclass(frozen=True, slots=True)
class Crop:
    """A part of the picture, whole pixels."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """First column after the crop."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """First row after the crop."""
        return self.y + self.height

    def with_crop(self, other: "Crop") -> "Crop":
        """The smallest crop that holds both."""
        x, y = min(self.x, other.x), min(self.y, other.y)
        right, bottom = max(self.right, other.right), max(self.bottom, other.bottom)
        return Crop(x, y, right - x, bottom - y)


@dataclass(frozen=True, slots=True, eq=False)
class ZoneRaster:
    """Zones on a coarse grid, edges included; `step` picture pixels a cell."""

    step: float
    zones: tuple[NDArray[np.uint8], ...]

    def bounds(self, cells: NDArray[np.uint8]) -> Crop:
        """Bounding box in picture pixels."""
        x, y, width, height = cv2.boundingRect(cells)
        left, top = int(x * self.step), int(y * self.step)
        right, bottom = ceil((x + width) * self.step), ceil((y + height) * self.step)
        return Crop(left, top, right - left, bottom - top)

    def part(self, cells: NDArray[np.uint8], crop: Crop) -> NDArray[np.uint8]:
        """The cells a crop touches."""
        x1, y1 = int(crop.x / self.step), int(crop.y / self.step)
        x2, y2 = ceil(crop.right / self.step), ceil(crop.bottom / self.step)
        return cells[y1:y2, x1:x2]

    def touches(self, cells: NDArray[np.uint8], crop: Crop) -> bool:
        """Whether any of the zone lies in the crop."""
        return bool(self.part(cells, crop).any())


def draw_zones(size_px: tuple[int, int], zones: Sequence[ZoneArea]) -> ZoneRaster:
    """Put zones on a grid of at most `RASTER` cells a side; slivers keep a cell."""
    step = max(1.0, max(size_px) / RASTER)
    shape = ceil(size_px[1] / step), ceil(size_px[0] / step)
    drawn = []
    for zone in zones:
        corners = np.clip(np.array(zone.points, np.float64), 0, 1) * size_px / step
        limit = np.array([shape[1] - 1, shape[0] - 1])
        points = np.minimum(corners.astype(np.int32), limit).astype(np.int32)
        cells = np.zeros(shape, np.uint8)
        cv2.fillPoly(cells, [points], 1)
        drawn.append(cells)
    return ZoneRaster(step, tuple(drawn))


def share_covered(
    size_px: tuple[int, int], raster: ZoneRaster, crops: tuple[Crop, ...]
) -> float:
    """Share of the zones' area inside the crops, 0…1; 1 where there are no zones."""
    if not raster.zones:
        return 1.0
    wanted = np.maximum.reduce(raster.zones)
    seen = np.zeros_like(wanted)
    for crop in crops:
        x1, y1 = ceil(crop.x / raster.step), ceil(crop.y / raster.step)
        right = (
            seen.shape[1] if crop.right == size_px[0] else int(crop.right / raster.step)
        )
        bottom = (
            seen.shape[0]
            if crop.bottom == size_px[1]
            else int(crop.bottom / raster.step)
        )
        seen[y1:bottom, x1:right] = 1
    return round(float((wanted & seen).sum() / wanted.sum()), 4)


def areas_outside(
    size_px: tuple[int, int], crops: tuple[Crop, ...]
) -> tuple[UnseenArea, ...]:
    """The picture without the crops, as few boxes: rows of equal cover are joined."""
    width, height = size_px
    ys = sorted({0, height, *(c.y for c in crops), *(c.bottom for c in crops)})
    strips: list[tuple[int, int, tuple[tuple[int, int], ...]]] = []
    for top, bottom in pairwise(ys):
        gaps = _gaps(width, [c for c in crops if c.y <= top and c.bottom >= bottom])
        if strips and strips[-1][2] == gaps:
            strips[-1] = (strips[-1][0], bottom, gaps)
        else:
            strips.append((top, bottom, gaps))
    return tuple(
        UnseenArea(
            Box(left / width, top / height, right / width, bottom / height),
            Unseen.NOT_COVERED,
        )
        for top, bottom, gaps in strips
        for left, right in gaps
    )


def _gaps(width: int, crops: list[Crop]) -> tuple[tuple[int, int], ...]:
    """Columns no crop of this strip shows."""
    found, at = [], 0
    for crop in sorted(crops, key=lambda crop: crop.x):
        if crop.x > at:
            found.append((at, crop.x))
        at = max(at, crop.right)
    if at < width:
        found.append((at, width))
    return tuple(found)


def areas_masked(polygon: Polygon) -> tuple[UnseenArea, ...]:
    """A privacy mask as boxes: bands of equal height, equal neighbours joined."""
    ys = [y for _, y in polygon]
    top, height = min(ys), max(ys) - min(ys)
    found: list[Box] = []
    for number in range(MASK_BANDS):
        y1 = top + height * number / MASK_BANDS
        y2 = top + height * (number + 1) / MASK_BANDS
        x1, x2 = _reach(polygon, y1, y2)
        if found and (found[-1].x1, found[-1].x2) == (x1, x2):
            y1 = found.pop().y1
        found.append(Box(x1, y1, x2, y2))
    return tuple(UnseenArea(box, Unseen.MASKED) for box in found)


def _reach(polygon: Polygon, y1: float, y2: float) -> tuple[float, float]:
    """Leftmost and rightmost point of a polygon's edges between two heights."""
    xs = [x for x, y in polygon if y1 <= y <= y2]
    for (ax, ay), (bx, by) in pairwise((*polygon, polygon[0])):
        cut = [y for y in (y1, y2) if min(ay, by) < y < max(ay, by)]
        xs += [ax + (bx - ax) * (y - ay) / (by - ay) for y in cut]
    # A mask thinner than floats resolve has bands without any point: take it whole.
    xs = xs or [x for x, _ in polygon]
    return min(xs), max(xs)
