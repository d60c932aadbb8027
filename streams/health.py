"""What is wrong with a feed whose pictures still arrive.

In: the pictures that are looks, and jumps of the feed's clock. Out: the set of health
faults, each with hysteresis in media time so that a passing lorry or one bad picture
neither raises nor clears one. Only looks are judged, on a grid of samples, so health
costs a fraction of a millisecond a look.
"""

from dataclasses import dataclass
from datetime import datetime

import cv2
import numpy as np
from numpy.typing import NDArray

from streams.faults import FeedFault
from streams.frame import ImageBGR

GRID_PX = (96, 54)
"""Samples across and down. They are single pixels, not averages: an average hides the
sensor noise by which a still scene differs from a frozen picture."""
FROZEN_DIFF = 0.05
"""Mean difference of two pictures, grey levels, below which they are one. Between key
frames of a still scene with noise of 1.5 grey levels it is 0.4 and more at CRF 23; of
one repeated picture, 0."""
FROZEN_KEYS = 3
"""Key frames that must agree: between two of them an encoder may repeat one picture."""
BLACK_MEAN, BLACK_PEAK = 24.0, 48.0
"""Grey levels of the mean and the brightest hundredth of a black picture; a street at
night shows lamps."""
SHARP_WIDTH_PX = 256
BLURRED_BELOW, SHARP_ABOVE = 0.03, 0.06
"""Variance of the Laplacian over the variance of the picture at 256 pixels width:
street footage in focus has 0.14 to 1.3, the same blurred past use under 0.025."""
FLAT_STD = 4.0
"""Grey levels; a picture flatter than this says nothing of focus."""


@dataclass(frozen=True, slots=True)
class HealthTimes:
    """How long a state must last, seconds of media time.

    Attributes:
        frozen_s: Before a picture that does not change is a fault.
        black_s: Before a black picture is a fault.
        blurred_s: Before a blurred picture is a fault.
        clear_s: Before a fault that is no longer seen is cleared.
        jump_s: How long a jump of the feed's clock, or a step of the host's, is told.
    """

    frozen_s: float = 30.0
    black_s: float = 10.0
    blurred_s: float = 30.0
    clear_s: float = 5.0
    jump_s: float = 60.0


class Hysteresis:
    """A state that is raised and cleared only when its sign has lasted.

    Args:
        raise_s: How long the sign must be there, seconds.
        clear_s: How long it must be gone, seconds.
    """

    def __init__(self, raise_s: float, clear_s: float) -> None:
        self._raise_s = raise_s
        self._clear_s = clear_s
        self._other_since: datetime | None = None
        self.is_raised = False

    def note(self, at: datetime, *, is_seen: bool) -> bool:
        """Whether the state holds, after the sign at `at`."""
        if is_seen == self.is_raised:
            self._other_since = None
            return self.is_raised
        if self._other_since is None:
            self._other_since = at
        lasted_s = (at - self._other_since).total_seconds()
        if lasted_s >= (self._clear_s if self.is_raised else self._raise_s):
            self.is_raised = is_seen
            self._other_since = None
        return self.is_raised


class HealthMonitor:
    """Health of one feed; used by one thread."""

    def __init__(self, times: HealthTimes) -> None:
        self._times = times
        self._frozen = Hysteresis(times.frozen_s, times.clear_s)
        self._black = Hysteresis(times.black_s, times.clear_s)
        self._blurred = Hysteresis(times.blurred_s, times.clear_s)
        self._anchor: NDArray[np.int16] | None = None
        self._agreeing_keys = 0
        self._jumped_at: datetime | None = None
        self._stepped_at: datetime | None = None
        self._is_blurred_now = False
        self.faults: frozenset[FeedFault] = frozenset()

    def jumped(self, at: datetime) -> None:
        """The feed's clock jumped at media time `at`."""
        self._jumped_at = at

    def host_stepped(self, at: datetime) -> None:
        """The host's clock was set, or is still behind, at media time `at`."""
        self._stepped_at = at

    def judge(
        self, image: ImageBGR, at: datetime, *, is_keyframe: bool
    ) -> frozenset[FeedFault]:
        """The health faults that hold with this look.

        Args:
            image: Shape (h, w, 3), BGR.
            at: Media time of the look.
            is_keyframe: Whether the picture was coded as a key frame.
        """
        grid = _grid(image)
        is_black = bool(
            grid.mean() < BLACK_MEAN and np.percentile(grid, 99) < BLACK_PEAK
        )
        holds = {
            FeedFault.BLACK: self._black.note(at, is_seen=is_black),
            FeedFault.FROZEN: self._frozen.note(
                at, is_seen=self._repeats(grid, is_keyframe) and not is_black
            ),
            FeedFault.BLURRED: self._blurred.note(at, is_seen=self._blurs(image)),
            FeedFault.CLOCK_JUMP: self._is_told(self._jumped_at, at),
            FeedFault.CLOCK_STEPPED: self._is_told(self._stepped_at, at),
        }
        self.faults = frozenset(fault for fault, held in holds.items() if held)
        return self.faults

    def _repeats(self, grid: NDArray[np.int16], is_keyframe: bool) -> bool:
        """Whether several key frames in a row showed this very picture."""
        anchor = self._anchor
        is_same = (
            anchor is not None
            and anchor.shape == grid.shape
            and float(np.abs(grid - anchor).mean()) < FROZEN_DIFF
        )
        if not is_same:
            self._anchor = grid
            self._agreeing_keys = 0
        self._agreeing_keys += is_keyframe
        return self._agreeing_keys >= FROZEN_KEYS

    def _blurs(self, image: ImageBGR) -> bool:
        sharpness = _sharpness(image)
        if sharpness is not None:
            bound = SHARP_ABOVE if self._is_blurred_now else BLURRED_BELOW
            self._is_blurred_now = sharpness < bound
        return self._is_blurred_now and sharpness is not None

    def _is_told(self, since: datetime | None, at: datetime) -> bool:
        return since is not None and (at - since).total_seconds() < self._times.jump_s


def _grid(image: ImageBGR) -> NDArray[np.int16]:
    """Green values on a regular grid of pixels, shape (<=54, <=96)."""
    height, width = image.shape[:2]
    across, down = max(1, width // GRID_PX[0]), max(1, height // GRID_PX[1])
    return image[down // 2 :: down, across // 2 :: across, 1].astype(np.int16)


def _sharpness(image: ImageBGR) -> float | None:
    """Relative sharpness; None where the picture is too flat to tell."""
    height, width = image.shape[:2]
    # single pixels at twice the wanted size first: an area average of all of them
    # would cost more than it tells, and halving is the average that costs least
    size = SHARP_WIDTH_PX, max(1, round(height * SHARP_WIDTH_PX / width))
    twice = 2 * size[0], 2 * size[1]
    picked = cv2.resize(image, twice, interpolation=cv2.INTER_NEAREST)
    green = cv2.extractChannel(picked, 1)
    small = cv2.resize(green, size, interpolation=cv2.INTER_AREA)
    spread = float(small.std())
    if spread < FLAT_STD:
        return None
    return float(cv2.Laplacian(small, cv2.CV_32F).var()) / spread**2
