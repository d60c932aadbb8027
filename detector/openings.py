"""Whether openings look as in their reference picture: open or closed, says the rule.

In go a picture and the reference the zones were drawn on; out comes, for each opening,
whether it looks otherwise, whatever the light. Where somebody stands in front, in the
dark, or where all around looks otherwise too, it cannot be told, and that is said.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from detector.coverage import ZoneArea
from detector.light import light_curve, outside
from detector.look import OpeningState, Unseen
from detector.small_window import SmallWindow, window_round
from streams.frame import ImageBGR

DIFFERENT = 26
"""Of 255, in the channel that differs most, beyond what the neighbourhood was."""

OPEN_SHARE = 0.25
SAME_SHARE = 0.12
"""Shares of the opening that look otherwise; between the two the last answer stands."""

COVERED = 0.2
"""Hidden by more, it cannot be told."""

DARKEST = 18.0
"""Mean brightness of 255 below which nothing is to be seen."""

AROUND_DIFFERS = 0.5
"""Share of the surroundings from which it is the light that changed, or the camera."""

SAME_TEXTURE = 0.85
"""Correlation from which it is the same surface under a shadow."""

LEAST_TEXTURE = 6.0
"""Standard deviation of brightness below which correlation is of noise."""

ROUND_SHARE = 0.6
"""The surroundings reach this many of the opening's widths and heights around it."""


@dataclass(slots=True, eq=False)
class _Opening:
    zone: ZoneArea
    window: SmallWindow
    reference: ImageBGR
    inside: NDArray[np.bool_]
    differs: bool | None = None


class Openings:
    """The openings of one view; called once a look, from one thread."""

    def __init__(self, zones: Sequence[ZoneArea], reference: ImageBGR | None) -> None:
        """Watch these zones; without a reference picture nothing can be told."""
        self._zones = tuple(zones)
        self._reference = reference
        self._size: tuple[int, int] | None = None
        self._openings: list[_Opening] = []

    def untold(self, why: Unseen) -> tuple[OpeningState, ...]:
        """All of them, for one reason."""
        return tuple(OpeningState(z.name, None, why=why) for z in self._zones)

    def see(
        self, image: ImageBGR, movers_px: NDArray[np.float32]
    ) -> tuple[OpeningState, ...]:
        """How each opening looks.

        Args:
            image: Shape (h, w, 3), privacy masks black, sway taken out.
            movers_px: Persons, vehicles and the like, pixels, shape (n, 4).
        """
        if self._reference is None:
            return self.untold(Unseen.NO_REFERENCE)
        size = image.shape[1], image.shape[0]
        if size != self._size:
            self._size = size
            large = cv2.resize(self._reference, size, interpolation=cv2.INTER_AREA)
            shown = large.astype(np.uint8)
            self._openings = [_opening(zone, size, shown) for zone in self._zones]
        return tuple(_state(one, image, movers_px) for one in self._openings)


def _opening(zone: ZoneArea, size: tuple[int, int], reference: ImageBGR) -> _Opening:
    points = np.array(zone.points)
    low, high = points.min(axis=0), points.max(axis=0)
    reach = ROUND_SHARE * (high - low)
    (x1, y1), (x2, y2) = np.clip([low - reach, high + reach], 0, 1).tolist()
    window = window_round((((x1, y1), (x2, y1), (x2, y2), (x1, y2)),), size)
    drawn = np.zeros(window.shape, np.uint8)
    corners = (points * size - (window.left, window.top)) * window.scale
    cv2.fillPoly(drawn, [np.rint(corners).astype(np.int32)], 1)
    return _Opening(zone, window, window.cut(reference), drawn.astype(np.bool_))


def _state(
    opening: _Opening, image: ImageBGR, movers_px: NDArray[np.float32]
) -> OpeningState:
    now, inside, name = opening.window.cut(image), opening.inside, opening.zone.name
    window = opening.window
    covered = window.under(window.boxes(movers_px))
    hidden = np.count_nonzero(covered & inside)
    if hidden > COVERED * np.count_nonzero(inside):
        return OpeningState(name, None, why=Unseen.OCCLUDED)
    if float(now.mean()) < DARKEST:
        return OpeningState(name, None, why=Unseen.TOO_DARK)
    around, seen = ~inside & ~covered, inside & ~covered
    expected = _in_light_of(opening.reference, now, around)
    differs = outside(now, expected) > DIFFERENT
    if np.count_nonzero(differs & around) > AROUND_DIFFERS * np.count_nonzero(around):
        return OpeningState(name, None, why=Unseen.LIGHT_CHANGED)
    changed = float((differs & seen).sum()) / max(1.0, float(seen.sum()))
    if _is_same_surface(now, opening.reference, seen):
        changed = min(changed, SAME_SHARE)
    if changed >= OPEN_SHARE or changed <= SAME_SHARE:
        opening.differs = changed >= OPEN_SHARE
    elif opening.differs is None:
        opening.differs = changed >= (OPEN_SHARE + SAME_SHARE) / 2
    return OpeningState(name, opening.differs, changed)


def _in_light_of(
    reference: ImageBGR, now: ImageBGR, around: NDArray[np.bool_]
) -> ImageBGR:
    """The reference in the light its surroundings have now."""
    curves = [light_curve(reference[..., c], now[..., c], around) for c in range(3)]
    table = np.stack(curves, axis=1)[None]
    return cv2.LUT(reference, table).astype(np.uint8, copy=False)


def _is_same_surface(
    now: ImageBGR, reference: ImageBGR, seen: NDArray[np.bool_]
) -> bool:
    a = cv2.cvtColor(now, cv2.COLOR_BGR2GRAY)[seen].astype(np.float64)
    b = cv2.cvtColor(reference, cv2.COLOR_BGR2GRAY)[seen].astype(np.float64)
    if min(a.std(), b.std()) < LEAST_TEXTURE:
        return False
    return float(np.corrcoef(a, b)[0, 1]) >= SAME_TEXTURE
