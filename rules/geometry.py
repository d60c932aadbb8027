"""Zones as area tables: boxes in, the share of each that lies in each zone out.

Each zone keeps an integral image over its own bounding box, so that one lookup of four
corners answers "how much of this box is inside", for all boxes and zones of a look in a
few array operations. Pairs whose bounds do not meet are not looked up.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from operator import attrgetter
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from detector.box import Box

Floats: TypeAlias = NDArray[np.float64]
BoxesXYXY: TypeAlias = Floats
"""`[n, 4]`: left, top, right, bottom, 0…1 from the top left."""
Indexes: TypeAlias = NDArray[np.int64]
Points: TypeAlias = Sequence[tuple[float, float]]

TINY = 1e-12
"""Keeps a box without area from dividing by nothing; a pixel is far larger."""

CELLS = 64
"""Cells along each side of a zone's own bounding box: errors stay below 2 %."""
LINES = 4
"""Scan lines in each row of cells."""

_CORNERS = attrgetter("x1", "y1", "x2", "y2")

FOOT_SHARE = 1 / 3
"""Lower share of a box that is taken for the footprint.

Without a ground plane the roof and windows of a vehicle lean over whatever is behind
it; its wheels and sills, which stand on the ground, are in the lower third when seen
from a pole at the usual 20 to 45 degrees.
"""


def boxes_of(boxes: Sequence[Box]) -> BoxesXYXY:
    """The boxes as one array, `[n, 4]`."""
    flat = chain.from_iterable(map(_CORNERS, boxes))
    return np.fromiter(flat, np.float64, 4 * len(boxes)).reshape(-1, 4)


def footprints(boxes: BoxesXYXY) -> BoxesXYXY:
    """The lower third of each box: where a standing thing meets the ground."""
    feet = boxes.copy()
    feet[:, 1] = boxes[:, 3] - FOOT_SHARE * (boxes[:, 3] - boxes[:, 1])
    return feet


def taken(boxes: Floats, rows: Indexes) -> Floats:
    """Some rows of an array, for a fifth of what indexing it costs."""
    return boxes.take(rows, axis=0)


def areas(boxes: BoxesXYXY) -> Floats:
    """Area of each box, `[n]`."""
    size: Floats = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    return size


def overlaps(mine: BoxesXYXY, theirs: BoxesXYXY) -> Floats:
    """Area shared by each of mine with each of theirs, `[n, m]`."""
    x1, y1, x2, y2 = (mine[:, None, side] for side in range(4))
    wide = np.minimum(x2, theirs[:, 2]) - np.maximum(x1, theirs[:, 0])
    high = np.minimum(y2, theirs[:, 3]) - np.maximum(y1, theirs[:, 1])
    shared: Floats = np.maximum(wide, 0.0) * np.maximum(high, 0.0)
    return shared


class Touching(NamedTuple):
    """Pairs of boxes that share some area, by index, row after row.

    Attributes:
        rows: Which of mine.
        columns: Which of theirs.
        shared: The area they share.
    """

    rows: Indexes
    columns: Indexes
    shared: Floats

    def only(self, which: Indexes) -> "Touching":
        """Some of the pairs."""
        return Touching(self.rows[which], self.columns[which], self.shared[which])


def touching(mine: BoxesXYXY, theirs: BoxesXYXY) -> Touching:
    """Which of mine share some area with which of theirs, and how much.

    Of fifty boxes few touch: only those pairs are measured.
    """
    x1, y1, x2, y2 = (mine[:, side, None] for side in range(4))
    left, top, right, bottom = np.ascontiguousarray(theirs.T)
    meet = x1 < right
    meet &= x2 > left
    meet &= y1 < bottom
    meet &= y2 > top
    rows, columns = np.divmod(meet.ravel().nonzero()[0], max(len(theirs), 1))
    one, other = taken(mine, rows), taken(theirs, columns)
    sides = np.minimum(one[:, 2:], other[:, 2:]) - np.maximum(one[:, :2], other[:, :2])
    return Touching(rows, columns, sides[:, 0] * sides[:, 1])


def shares_under(mine: BoxesXYXY, theirs: BoxesXYXY) -> Floats:
    """Share of each of mine that lies under each of theirs, `[n, m]`."""
    size = areas(mine)[:, None]
    shared = overlaps(mine, theirs)
    share: Floats = np.divide(shared, size, out=np.zeros_like(shared), where=size > 0)
    return share


def ious(mine: BoxesXYXY, theirs: BoxesXYXY) -> Floats:
    """Intersection over union of each of mine with each of theirs, `[n, m]`."""
    shared = overlaps(mine, theirs)
    union = areas(mine)[:, None] + areas(theirs)[None, :] - shared
    result: Floats = shared / np.maximum(union, TINY)
    return result


class ZoneAreas:
    """The zones of one view, ready to be asked.

    Args:
        polygons: Corners of each zone, 0…1, in a fixed order.
    """

    def __init__(self, polygons: Sequence[Points]) -> None:
        polygons = [tuple((x, y) for x, y in points) for points in polygons]
        outlines = [np.array(points, np.float64).reshape(-1, 2) for points in polygons]
        self._count = len(outlines)
        low = np.array([o.min(axis=0) for o in outlines]).reshape(-1, 2)
        high = np.array([o.max(axis=0) for o in outlines]).reshape(-1, 2)
        step = np.array([_grid(o)[1] for o in outlines]).reshape(-1, 2)
        self._bounds = np.concatenate([low, high], axis=1)
        self._low, self._step = np.tile(low, 2), np.tile(step, 2)
        tables = [_integral(outline) for outline in polygons]
        self._tables = np.array(tables).reshape(-1)

    def shares(self, boxes: BoxesXYXY) -> Floats:
        """Share of each box's area that lies in each zone, `[n boxes, z zones]`.

        Only pairs whose bounds meet are looked up; of the others nothing is inside.
        """
        shares = np.zeros((len(boxes), self._count))
        x1, y1, x2, y2 = np.ascontiguousarray(boxes.T)
        left, top, right, bottom = (self._bounds[:, side, None] for side in range(4))
        # zones beside each other, boxes along: longer inner loops
        meet = x1 < right
        meet &= x2 > left
        meet &= y1 < bottom
        meet &= y2 > top
        meet &= (x2 > x1) & (y2 > y1)
        zones, rows = np.divmod(meet.ravel().nonzero()[0], max(len(boxes), 1))
        if len(rows):
            found = taken(boxes, rows)
            inside = self._inside(found, zones) / areas(found)
            shares[rows, zones] = np.minimum(np.maximum(inside, 0.0), 1.0)
        return shares

    def _inside(self, boxes: BoxesXYXY, zones: Indexes) -> Floats:
        """Area of each box inside the zone beside it, from the zone's table, `[k]`."""
        cells = (boxes - taken(self._low, zones)) / taken(self._step, zones)
        cells = np.minimum(np.maximum(cells, 0.0), CELLS)
        nodes = np.minimum(cells.astype(np.int64), CELLS - 1)
        cells -= nodes
        # corners of the box as [k, y, x]: left and right beside, top and bottom below
        side = CELLS + 1
        x, y = cells[:, None, 0::2], cells[:, 1::2, None]
        node = nodes[:, None, 0::2] + side * nodes[:, 1::2, None]
        node += (side * side * zones)[:, None, None]
        table = self._tables
        upper = table[node] * (1 - x) + table[node + 1] * x
        lower = table[node + side] * (1 - x) + table[node + side + 1] * x
        below = upper * (1 - y) + lower * y
        inside: Floats = (
            below[:, 1, 1] - below[:, 1, 0] - below[:, 0, 1] + below[:, 0, 0]
        )
        return inside


def _grid(outline: Floats) -> tuple[Floats, Floats]:
    """Left top of a zone's bounds, and the size of a cell."""
    low = outline.min(axis=0)
    step: Floats = np.maximum(outline.max(axis=0) - low, 1e-9) / CELLS
    return low, step


@lru_cache(maxsize=512)
def _integral(points: tuple[tuple[float, float], ...]) -> Floats:
    """Zone area left of and above each node of its grid, `[CELLS + 1, CELLS + 1]`.

    Exact along each scan line, four scan lines to a row of cells. Remembered, because
    several rules of one view ask about the same zones.
    """
    outline = np.array(points, np.float64).reshape(-1, 2)
    low, step = _grid(outline)
    nodes_x = low[0] + step[0] * np.arange(CELLS + 1)
    start, end = outline, np.roll(outline, -1, axis=0)
    table = np.zeros((CELLS + 1, CELLS + 1))
    for row in range(CELLS):
        covered = np.zeros(CELLS + 1)
        for line in range(LINES):
            y = low[1] + step[1] * (row + (line + 0.5) / LINES)
            crosses = (start[:, 1] <= y) != (end[:, 1] <= y)
            a, b = start[crosses], end[crosses]
            ratio = (y - a[:, 1]) / (b[:, 1] - a[:, 1])
            xs = np.sort(a[:, 0] + ratio * (b[:, 0] - a[:, 0]))
            for enter, leave in zip(xs[0::2], xs[1::2], strict=True):
                covered += np.clip(nodes_x, enter, leave) - enter
        table[row + 1] = table[row] + covered * step[1] / LINES
    return table
