"""Where a picture was squared with its own mirror image.

In: a picture of a set whose maker padded it to a square by reflecting it at two
opposite sides. Out: how wide the reflected bands are. Such sets label the heads that
hang upside down in the bands too, and no camera ever shows those.
"""

from dataclasses import dataclass
from itertools import chain

import cv2
import numpy as np

STEP_PX = 2
"""Pictures are compared at half their size, so a band is told to two pixels."""
LEAST_PX = 24
"""A narrower band holds no head that counts, and smooth edges mirror themselves."""
FLAT = 8.0
"""Standard deviation, grey levels, below which a band (sky) cannot be compared."""
BOTH_ALIKE, ONE_ALIKE = 0.85, 0.97
"""Least correlation of two bands with what they mirror, and of one beside a flat one.

The padding of `hhd`, which was drawn before the pictures were resized, passes both.
"""


@dataclass(frozen=True, slots=True)
class Bands:
    """Widths of the reflected bands, pixels; 0 for none.

    Attributes:
        rows: of the bands at the top and at the bottom.
        columns: of those at the left and at the right.
    """

    rows: int
    columns: int

    def holds(self, boxes: np.ndarray, height: int, width: int) -> np.ndarray:
        """Say of each box ``[n, 4]`` whether its centre lies in a band."""
        x, y = (boxes[:, :2] + boxes[:, 2:]).T / 2
        off_rows = (y < self.rows) | (y > height - self.rows)
        off_columns = (x < self.columns) | (x > width - self.columns)
        return np.asarray(off_rows | off_columns)


def bands_of(image: np.ndarray) -> Bands:
    """Find the bands of a picture ``[h, w, 3]`` uint8: squaring pads one way only."""
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    size = (image.shape[1] // STEP_PX, image.shape[0] // STEP_PX)
    small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    rows, columns = _band(small) * STEP_PX, _band(small.T) * STEP_PX
    return Bands(rows, 0) if rows >= columns else Bands(0, columns)


def _band(rows: np.ndarray) -> int:
    best, width = 0.0, 0
    for count in range(LEAST_PX // STEP_PX, len(rows) // 3):
        alike = list(chain(_alike(rows, count), _alike(rows[::-1], count)))
        least = BOTH_ALIKE if len(alike) > 1 else ONE_ALIKE
        if alike and np.mean(alike) >= max(least, best):
            best, width = float(np.mean(alike)), count
    return width


def _alike(rows: np.ndarray, count: int) -> tuple[float, ...]:
    """Correlate the first rows with those they would mirror; nothing where flat."""
    band, source = rows[:count][::-1], rows[count : 2 * count]
    if min(band.std(), source.std()) < FLAT:
        return ()
    return (float(np.corrcoef(band.ravel(), source.ravel())[0, 1]),)
