"""How light changed between two pictures of one view, as a curve of brightness.

In go a picture from before and one from now; out comes, for each brightness before,
the brightness the same surface has now. Exposure, clouds and dusk change whole
pictures along such a curve; things that came or went are outvoted by the rest.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from streams.frame import ImageBGR

BINS = 12
"""Brightness steps of the curve: exposure bends it, gamma and clipping included."""

LEAST_PAIRS = 20
"""Pixels a step needs to be believed; others are filled in from their neighbours."""

MOST_VOTES = 4000

Curve = NDArray[np.uint8]
"""256 values."""


def light_curve(
    before: NDArray[np.uint8], now: NDArray[np.uint8], usable: NDArray[np.bool_]
) -> Curve:
    """The curve that carries brightness before to brightness now.

    Args:
        before: Brightness, shape (h, w).
        now: Of the same pixels now, same shape.
        usable: Which pixels may vote, shape (h, w).

    Returns:
        The curve; the identity where too few pixels may vote.
    """
    stride = max(1, round((usable.size / MOST_VOTES) ** 0.5))
    voting = usable[::stride, ::stride]
    old = before[::stride, ::stride][voting].astype(np.int32)
    new = now[::stride, ::stride][voting].astype(np.int32)
    xs, ys = _medians(old, new)
    if not len(xs):
        return np.arange(256, dtype=np.uint8)
    ys = np.maximum.accumulate(ys)
    levels = np.arange(256, dtype=np.float64)
    curve = np.interp(levels, xs, ys)
    # Beyond the brightness seen the curve goes on as a gain.
    low, high = levels < xs[0], levels > xs[-1]
    curve[low] = levels[low] * ys[0] / max(xs[0], 1.0)
    curve[high] = ys[-1] + (levels[high] - xs[-1]) * ys[-1] / max(xs[-1], 1.0)
    return np.clip(np.rint(curve), 0, 255).astype(np.uint8)


def apart(one: ImageBGR, other: ImageBGR) -> NDArray[np.uint8]:
    """How far two pictures are apart, in the channel that differs most; (h, w)."""
    blue, green, red = cv2.split(cv2.absdiff(one, other))
    return cv2.max(cv2.max(blue, green), red).astype(np.uint8, copy=False)


def outside(picture: ImageBGR, expected: ImageBGR) -> NDArray[np.uint8]:
    """How far each pixel lies outside of what its neighbourhood was.

    A pole sways by a pixel and tape flutters by one: edges then stand beside where they
    were, which is no change.
    """
    around = np.ones((3, 3), np.uint8)
    above = cv2.subtract(picture, cv2.dilate(expected, around))
    below = cv2.subtract(cv2.erode(expected, around), picture)
    blue, green, red = cv2.split(cv2.max(above, below))
    return cv2.max(cv2.max(blue, green), red).astype(np.uint8, copy=False)


def _medians(
    old: NDArray[np.int32], new: NDArray[np.int32]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean brightness before and median brightness now, for each step believed."""
    bins = old * BINS // 256
    counts = np.bincount(bins, minlength=BINS)
    means = np.bincount(bins, weights=old, minlength=BINS) / np.maximum(counts, 1)
    in_order = np.sort(bins * 256 + new) % 256
    middles = np.minimum(np.cumsum(counts) - counts + counts // 2, len(new) - 1)
    believed = counts >= LEAST_PAIRS
    return means[believed], in_order[middles[believed]].astype(np.float64)
