"""How high people stand at each height of the picture, learned from those who walk by.

On level ground a standing person's height in the picture grows in proportion to how
far below the horizon the feet are. Slender boxes are taken for standing people; a
straight line through their heights is all that is kept.
"""

from collections import deque

import numpy as np

KEPT = 200
LEAST = 12
"""Boxes before anything is said."""

SLENDER = (0.2, 0.55)
"""Width over height of a standing or walking person seen whole."""

NEAR = 0.08
"""Without a spread of feet, only spots this near to those seen are answered for."""


class StandingHeights:
    """Heights of standing people in one view, as shares of the picture's height."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, float]] = deque(maxlen=KEPT)
        self._line: tuple[float, float] | None = None

    def note(self, foot_y: float, height: float, width_over_height: float) -> None:
        """Take one upright box; others than slender ones are left out."""
        if SLENDER[0] <= width_over_height <= SLENDER[1]:
            self._seen.append((foot_y, height))
            self._line = None

    def at(self, foot_y: float) -> float | None:
        """Height of a standing person whose feet are at `foot_y`; None: not known."""
        if len(self._seen) < LEAST:
            return None
        feet = [foot for foot, _ in self._seen]
        low, high = min(feet), max(feet)
        if not low - NEAR <= foot_y <= high + NEAR:
            return None
        if self._line is None:
            self._line = _line(np.array(self._seen))
        slope, offset = self._line
        height = slope * foot_y + offset
        return height if height > 0 else None


def _line(seen: np.ndarray) -> tuple[float, float]:
    """Slope and offset of heights over feet; level where the feet are all alike."""
    feet, heights = seen[:, 0], seen[:, 1]
    if np.ptp(feet) < NEAR:
        return 0.0, float(np.median(heights))
    line = np.polyfit(feet, heights, 1)
    # Once more without those far off: children, and two people in one box.
    errors = np.abs(np.polyval(line, feet) - heights)
    close = errors <= 2 * np.median(errors) + 1e-6
    if np.ptp(feet[close]) >= NEAR:
        line = np.polyfit(feet[close], heights[close], 1)
    return float(line[0]), float(line[1])
