"""Whether a changed, still patch of a picture is a thing, or only light, or a hole.

In go the patch as it is and as the background would be; out comes what it is. Shadow
and light leave the texture of the ground as it was and change its brightness evenly.
Where something of the background was taken away, the outline was there before and is
gone now, and what is seen has the colours of the ground around it. The rest is a thing.
"""

from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from streams.frame import ImageBGR

Mask = NDArray[np.bool_]

RIM_PX = 2
"""A thing's outline is looked for this far inside and outside of the patch."""

SAME_TEXTURE = 0.6
"""Correlation of the patch now and before from which the ground shines through."""

LEAST_TEXTURE = 6.0
"""Standard deviation of brightness below which correlation is of noise."""

EVEN_LIGHT = 0.3
"""Spread (first to ninth decile) of the logarithm of now / before within a shadow on
plain ground."""

LIGHT_RANGE = (0.35, 2.0)
"""How much darker a shadow, how much brighter a lit patch may be."""

LEAST_EDGE = 12.0
"""Mean slope (grey levels over two pixels) of an outline that is one."""


LOST_EDGE = 1.15
"""How much stronger an outline must have been to count as lost."""

RING_PX = 5
"""How far round the patch its surroundings reach."""


class Patch(StrEnum):
    """What a changed, still patch is."""

    THING = "thing"
    LIGHT = "light"
    HOLE = "hole"


def patch_kind(picture: ImageBGR, expected: ImageBGR, patch: Mask) -> Patch:
    """What the patch is.

    Args:
        picture: What is seen, shape (h, w, 3).
        expected: The background in the light of now, same shape.
        patch: Its pixels, shape (h, w); at least one.
    """
    x, y, width, height = cv2.boundingRect(patch.astype(np.uint8))
    pad = RING_PX + 1
    rows = slice(max(0, y - pad), y + height + pad)
    cols = slice(max(0, x - pad), x + width + pad)
    inside = patch[rows, cols]
    now = cv2.cvtColor(picture[rows, cols], cv2.COLOR_BGR2GRAY).astype(np.float32)
    before = cv2.cvtColor(expected[rows, cols], cv2.COLOR_BGR2GRAY).astype(np.float32)
    if _is_light(now, before, inside):
        return Patch.LIGHT
    rim = _rim(inside)
    edge_now, edge_before = _slope(now)[rim].mean(), _slope(before)[rim].mean()
    if edge_now < LEAST_EDGE:
        return Patch.LIGHT
    lost_outline = edge_before > LOST_EDGE * edge_now
    if lost_outline and _blends_better(picture, expected, (rows, cols), inside):
        return Patch.HOLE
    return Patch.THING


def _blends_better(
    picture: ImageBGR, expected: ImageBGR, part: tuple[slice, slice], inside: Mask
) -> bool:
    """Whether the patch resembles its surroundings more now than before."""
    small = inside.astype(np.uint8)
    reach = np.ones((2 * RING_PX + 1, 2 * RING_PX + 1), np.uint8)
    ring = cv2.subtract(cv2.dilate(small, reach), small).astype(np.uint8)
    return _apart(picture[part], small, ring) < _apart(expected[part], small, ring)


def _apart(
    image: ImageBGR, inside: NDArray[np.uint8], ring: NDArray[np.uint8]
) -> float:
    """Distance of the colours inside from those around, 0…1 (Bhattacharyya)."""
    own, around = (_colours(image, mask) for mask in (inside, ring))
    return float(cv2.compareHist(own, around, cv2.HISTCMP_BHATTACHARYYA))


def _colours(image: ImageBGR, mask: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Share of the masked pixels in each of 6 x 6 x 6 colours."""
    counts = cv2.calcHist([image], [0, 1, 2], mask, [6] * 3, [0, 256] * 3)
    shares: NDArray[np.float32] = np.asarray(counts, np.float32)
    return shares / np.float32(max(1, int(np.count_nonzero(mask))))


def _is_light(
    now: NDArray[np.float32], before: NDArray[np.float32], inside: Mask
) -> bool:
    a, b = now[inside], before[inside]
    ratio = np.log((a + 4.0) / (b + 4.0))
    low, high = np.log(LIGHT_RANGE)
    if not low < float(np.median(ratio)) < high:
        return False
    is_textured = min(a.std(), b.std()) >= LEAST_TEXTURE
    if is_textured and float(np.corrcoef(a, b)[0, 1]) >= SAME_TEXTURE:
        return True
    tenth, most = np.quantile(ratio, (0.1, 0.9))
    return float(most - tenth) <= EVEN_LIGHT


def _rim(inside: Mask) -> Mask:
    small = inside.astype(np.uint8)
    kernel = np.ones((2 * RIM_PX + 1, 2 * RIM_PX + 1), np.uint8)
    rim = cv2.dilate(small, kernel) - cv2.erode(small, kernel)
    return rim.astype(np.bool_)


def _slope(grey: NDArray[np.float32]) -> NDArray[np.float32]:
    across = cv2.Sobel(grey, cv2.CV_32F, 1, 0) / 4
    down = cv2.Sobel(grey, cv2.CV_32F, 0, 1) / 4
    return cv2.magnitude(across, down).astype(np.float32)
