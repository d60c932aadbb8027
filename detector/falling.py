"""Small things that fall: every picture in, falls out, each once, when it has ended.

Between two pictures of a still camera only what moves differs. Small spots that differ
from both pictures before are joined into paths; a path is a fall when it goes down ever
faster, as gravity makes it, and hardly aside. Birds, leaves, rain and people do not
move so. It needs 12.5 pictures a second: what falls 10 m is in the air for 1.4 s.

A car that comes nearer at speed looks like a fall on a carriageway: zones for what
falls belong on walls and in the air beneath. The camera's own scale is unknown, so no
path is held against metres: only against its own beginning.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import cv2
import numpy as np
from numpy.typing import NDArray

from detector.coverage import ZoneArea
from detector.light import apart
from detector.look import FallingThing, Unseen
from detector.small_window import SmallWindow, window_round
from streams.frame import ImageBGR

LONGEST_GAP_S = 0.081
"""12.5 pictures a second, rounded time stamps included."""

MOTION = 28
"""Of 255, in the channel that differs most."""

LEAST_PX, MOST_SHARE = 3, 0.003
"""A thing's size: small pixels, and share of the window."""

ALIKE = 4.0
"""One thing's spots are as large as each other within this factor."""

AROUND_MOVERS = 0.1
"""Share a mover's box is widened by: arms stick out of it."""

MOST_SPOTS = 40
"""With more moving spots it rains or snows, or the camera shakes: nothing is told."""

LEAST_SEEN = 8
"""Pictures a fall must be seen in."""

LEAST_DROP = 0.2
"""Of the picture's height."""

FASTER = 1.5
"""The second half of a fall is this much faster than the first, at least."""

ASIDE = 0.35
"""Sideways at most this share of the drop."""

LOST_S = 0.13
"""A path not seen for this long has ended."""

STEP_SHARE = 0.12
"""Of the window's height: the farthest a thing moves between two pictures."""

LEAST_SPEED = 0.6
"""Picture heights a second at the end of a fall, at least: what fell 3 m moves at
7.7 m/s, and a view is 12 m high or less where a brick is to be seen in it."""

ROUGH = 0.03
"""Root mean square distance from a parabola, as a share of the drop."""


@dataclass(frozen=True, slots=True)
class _Spot:
    at: datetime
    x: float
    y: float
    bounds: tuple[int, int, int, int]
    px: int


@dataclass(slots=True)
class _Path:
    spots: list[_Spot] = field(default_factory=list)

    def expects(self, at: datetime) -> tuple[float, float]:
        """Where the thing is if it goes on as in the last step."""
        last = self.spots[-1]
        if len(self.spots) < 2:
            return last.x, last.y
        before = self.spots[-2]
        steps = _seconds(last.at, at) / max(_seconds(before.at, last.at), 1e-6)
        return (
            last.x + (last.x - before.x) * steps,
            last.y + (last.y - before.y) * steps,
        )


class Falling:
    """Falls in the zones of one view; called with every picture, from one thread."""

    def __init__(self, zones: Sequence[ZoneArea]) -> None:
        """Watch these zones, at least one."""
        self._zones = tuple(zones)
        self._window: SmallWindow | None = None
        self._before: list[ImageBGR] = []
        self._paths: list[_Path] = []
        self._last: datetime | None = None

    def see(
        self, at: datetime, image: ImageBGR, movers_px: NDArray[np.float32]
    ) -> tuple[tuple[FallingThing, ...], Unseen | None]:
        """Take one picture: falls that have ended, and why none can be told.

        Args:
            at: Media time.
            image: Shape (h, w, 3), privacy masks black.
            movers_px: Persons, vehicles and the like, pixels, shape (n, 4).
        """
        last, self._last = self._last, at
        if last is None or not 0 < (at - last).total_seconds() <= LONGEST_GAP_S:
            self._before, self._paths = [], []
            return (), Unseen.LOOKS_TOO_SPARSE
        size = image.shape[1], image.shape[0]
        if self._window is None or self._window.size_px != size:
            points = tuple(zone.points for zone in self._zones)
            self._window = window_round(points, size)
            self._before, self._paths = [], []
        window = self._window
        small = window.cut(image)
        before, self._before = self._before, [small, *self._before[:1]]
        if len(before) < 2:
            return (), Unseen.LOOKS_TOO_SPARSE
        spots = _spots(at, small, before, window, window.boxes(movers_px))
        if len(spots) > MOST_SPOTS:
            self._paths = []
            return (), Unseen.LIGHT_CHANGED
        self._extend(at, spots, window)
        return self._ended(at, window), None

    def _extend(self, at: datetime, spots: list[_Spot], window: SmallWindow) -> None:
        """Each path takes the spot nearest to where it expects one; others begin."""
        farthest = STEP_SHARE * window.shape[0]
        free = list(spots)
        for path in sorted(self._paths, key=lambda path: -len(path.spots)):
            x, y = path.expects(at)
            last = path.spots[-1]
            below = [s for s in free if s.y > last.y and _alike(s, last)]
            near = min(below, key=lambda s: np.hypot(s.x - x, s.y - y), default=None)
            if near is None or np.hypot(near.x - x, near.y - y) > farthest:
                continue
            path.spots.append(near)
            free.remove(near)
        self._paths += [_Path([spot]) for spot in free]

    def _ended(self, at: datetime, window: SmallWindow) -> tuple[FallingThing, ...]:
        over = [p for p in self._paths if _seconds(p.spots[-1].at, at) > LOST_S]
        self._paths = [p for p in self._paths if _seconds(p.spots[-1].at, at) <= LOST_S]
        falls = [path for path in over if _is_fall(path, window)]
        return tuple(self._told(path, window) for path in falls)

    def _told(self, path: _Path, window: SmallWindow) -> FallingThing:
        first, last = path.spots[0], path.spots[-1]
        from_box, to_box = window.box(first.bounds), window.box(last.bounds)
        middle = ((from_box.x1 + from_box.x2) / 2, (from_box.y1 + from_box.y2) / 2)
        zone = max(self._zones, key=lambda zone: _depth(zone, middle))
        return FallingThing(
            zone.name, from_box, to_box, first.at, last.at, len(path.spots)
        )


def _spots(
    at: datetime,
    now: ImageBGR,
    before: Sequence[ImageBGR],
    window: SmallWindow,
    movers: NDArray[np.float32],
) -> list[_Spot]:
    """Small spots that differ from both pictures before, outside of movers."""
    moves = (apart(now, before[0]) > MOTION) & (apart(now, before[1]) > MOTION)
    moves &= window.watched & ~window.under(movers, AROUND_MOVERS)
    joined = cv2.dilate(moves.astype(np.uint8), np.ones((3, 3), np.uint8))
    count, _, stats, middles = cv2.connectedComponentsWithStats(joined, connectivity=8)
    most = MOST_SHARE * moves.size
    found = []
    for n in range(1, count):
        x, y, width, height, area = (int(value) for value in stats[n])
        if LEAST_PX <= area <= most:
            middle_x, middle_y = middles[n]
            bounds = x, y, x + width, y + height
            found.append(_Spot(at, float(middle_x), float(middle_y), bounds, area))
    return found


def _alike(one: _Spot, other: _Spot) -> bool:
    """Whether two spots may be one thing: limbs grow and shrink, bricks do not."""
    return max(one.px, other.px) <= ALIKE * min(one.px, other.px)


def _is_fall(path: _Path, window: SmallWindow) -> bool:
    """Whether a path goes down as gravity makes things go."""
    spots = path.spots
    if len(spots) < LEAST_SEEN:
        return False
    ys = np.array([spot.y for spot in spots])
    xs = np.array([spot.x for spot in spots])
    times = np.array([_seconds(spots[0].at, spot.at) for spot in spots])
    drop = ys[-1] - ys[0]
    if drop < LEAST_DROP * window.size_px[1] * window.scale:
        return False
    if np.ptp(xs) > ASIDE * drop:
        return False
    half = times[-1] / 2
    middle = float(np.interp(half, times, ys))
    if (ys[-1] - middle) < FASTER * (middle - ys[0]):
        return False
    end_s = max(times[-1] - times[-3], 1e-6)
    if (ys[-1] - ys[-3]) / end_s < LEAST_SPEED * window.size_px[1] * window.scale:
        return False
    return max(_off(times, ys, 2), _off(times, xs, 1)) <= ROUGH * float(drop)


def _off(times: NDArray[np.float64], values: NDArray[np.float64], degree: int) -> float:
    """Root mean square distance from the best polynomial."""
    best = np.polyval(np.polyfit(times, values, degree), times)
    return float(np.sqrt(np.mean((best - values) ** 2)))


def _depth(zone: ZoneArea, point: tuple[float, float]) -> float:
    """How deep inside a zone a point lies; negative outside."""
    contour = np.array(zone.points, np.float32)[:, None]
    return cv2.pointPolygonTest(contour, point, measureDist=True)


def _seconds(since: datetime, at: datetime) -> float:
    return (at - since).total_seconds()
