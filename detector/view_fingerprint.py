"""Whether a camera still shows the view its zones were drawn in.

In go a camera's pictures; out comes matched, moved or unknown. The first minute is
kept as a map of edges, which outlive light and passers-by; later pictures are laid
over it by phase correlation. A bumped or turned camera gives the same large shift
again and again. What gives no clear answer (night, fog, a crowd) is unknown: it must
neither stop the rules nor vouch for the zones. What is learned is the view at the
start, so a camera moved while nothing watched is not noticed here.

Measured on the campus sample and eight street clips, plain, darkened to 0.4 and noisy
(sigma 20): the same view shifts by at most 0.005 at a response of 0.24 or more, a pan
by a tenth is found as 0.10 ± 0.003 at 0.25 or more, another view responds with at
most 0.16. Another view altogether is therefore unknown, not moved.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import cv2
import numpy as np
from numpy.typing import NDArray

from base.ids import ViewName
from detector.coverage import Polygon
from detector.look import ViewMatch
from streams.frame import ImageBGR

WIDTH, HEIGHT = 160, 120
"""Size of the edge map: coarse enough for noise, fine enough for a shift of 1 %."""

CHECK_EVERY = timedelta(seconds=10)
"""Cameras move in a second and stay; a check costs a millisecond."""

LEARNING_CHECKS = 6
SURE_CHECKS = 3
"""In a row: a passing lorry must not count as a moved camera."""

LEAST_RESPONSE = 0.2
"""Below it a shift means nothing."""

LARGEST_STILL_SHIFT = 0.02
LEAST_MOVED_SHIFT = 0.03
SAME_SHIFT = 0.015
"""Shares of the picture's width and height; wind moves a pole by a hundredth."""

LEAST_SWAY = 0.004
"""Above what the same view shifts by for noise and passers-by (0.003)."""

SWAYS_FOR = timedelta(minutes=1)

EdgeMap = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Shift:
    """How the picture lies over the reference."""

    dx: float
    dy: float
    response: float

    @property
    def size(self) -> float:
        """The larger of the two."""
        return max(abs(self.dx), abs(self.dy))

    @property
    def is_still(self) -> bool:
        """Whether it is the same view, wind left aside."""
        return self.size <= LARGEST_STILL_SHIFT and self.response >= LEAST_RESPONSE

    def is_moved_like(self, other: "Shift | None") -> bool:
        """Clearly elsewhere, and where the check before found it (if any)."""
        if self.size < LEAST_MOVED_SHIFT or self.response < LEAST_RESPONSE:
            return False
        if other is None:
            return True
        return max(abs(self.dx - other.dx), abs(self.dy - other.dy)) <= SAME_SHIFT


@dataclass(frozen=True, slots=True)
class Seen:
    """Which view a picture shows.

    Attributes:
        view: The view; the one before while none fits.
        match: Whether its zones fit this picture.
        is_lost: Whether no view has fitted for long.
        shift: How far the picture lies beside the reference, where that is known.
    """

    view: ViewName
    match: ViewMatch
    is_lost: bool = False
    shift: Shift | None = None


class ViewFingerprint:
    """Learns one view and compares later pictures with it."""

    def __init__(
        self, masks: Sequence[Polygon] = (), reference: ImageBGR | None = None
    ) -> None:
        """Begin.

        Args:
            masks: The privacy masks: their borders are no edges of the scene.
            reference: What the camera showed when the zones were drawn; None: the
                first minute is taken for it.
        """
        self._window = _window(masks)
        self._learned: list[EdgeMap] = []
        self._reference = None if reference is None else edges_of(reference)
        self._swayed_at: datetime | None = None
        self._checked_at: datetime | None = None
        self._elsewhere: list[Shift] = []
        self._unclear = 0
        self._match = ViewMatch.UNKNOWN

    def match(
        self, at: datetime, image: ImageBGR, *, is_healthy: bool = True
    ) -> ViewMatch:
        """Compare a picture where a check is due, else repeat the last answer.

        Args:
            at: Media time of the picture.
            image: Shape (h, w, 3), privacy masks already black.
            is_healthy: False for black, frozen or blurred pictures: nothing is
                learned from them, and they answer nothing.
        """
        is_due = self._checked_at is None or not (
            timedelta(0) <= at - self._checked_at < CHECK_EVERY
        )
        if not (is_due and is_healthy):
            return self._match
        self._checked_at = at
        edges = edges_of(image)
        if self._reference is None:
            self._learn(edges)
        else:
            shift = shift_between(self._reference, edges, self._window)
            if shift.is_still and shift.size >= LEAST_SWAY:
                self._swayed_at = at
            self._judge(shift)
        return self._match

    def sway(self, at: datetime, image: ImageBGR) -> Shift | None:
        """How far this very picture lies beside the reference.

        None where the camera stands as still as most do: it is measured only for a
        minute after a check found it beside its place.
        """
        swayed = self._swayed_at
        if self._reference is None or swayed is None or at - swayed > SWAYS_FOR:
            return None
        shift = shift_between(self._reference, edges_of(image), self._window)
        return shift if shift.is_still and shift.size >= LEAST_SWAY else None

    def _learn(self, edges: EdgeMap) -> None:
        """Gather still pictures; one that does not fit starts anew."""
        if self._learned:
            shift = shift_between(_mean(self._learned), edges, self._window)
            if not shift.is_still:
                self._learned.clear()
        self._learned.append(edges)
        if len(self._learned) == LEARNING_CHECKS:
            self._reference = _mean(self._learned)
            self._learned.clear()
            self._match = ViewMatch.MATCHED

    def _judge(self, shift: Shift) -> None:
        before = self._elsewhere[-1] if self._elsewhere else None
        if shift.is_still:
            self._elsewhere.clear()
            self._unclear = 0
            self._match = ViewMatch.MATCHED
        elif shift.is_moved_like(before):
            self._elsewhere = [*self._elsewhere[1 - SURE_CHECKS :], shift]
            if len(self._elsewhere) == SURE_CHECKS:
                self._unclear = 0
                self._match = ViewMatch.MOVED
        else:
            self._elsewhere.clear()
            self._unclear += 1
            if self._unclear >= SURE_CHECKS:
                self._match = ViewMatch.UNKNOWN


def plain_window() -> EdgeMap:
    """What weighs an edge map where nothing is masked."""
    return _window(())


def _window(masks: Sequence[Polygon]) -> EdgeMap:
    window = cv2.createHanningWindow((WIDTH, HEIGHT), cv2.CV_32F)
    hidden = np.zeros((HEIGHT, WIDTH), np.uint8)
    for polygon in masks:
        corners = np.rint(np.array(polygon) * (WIDTH, HEIGHT)).astype(np.int32)
        cv2.fillPoly(hidden, [corners], 1)
    wider = cv2.dilate(hidden, np.ones((7, 7), np.uint8))
    shown: EdgeMap = window.astype(np.float32)
    shown[wider != 0] = 0
    return shown


def edges_of(image: ImageBGR) -> EdgeMap:
    """The edges of a picture, coarse, of any size and light; shape (HEIGHT, WIDTH)."""
    # Skipping pixels first makes a full HD picture as cheap as a small one.
    step_y, step_x = max(1, image.shape[0] // 240), max(1, image.shape[1] // 320)
    few = np.ascontiguousarray(image[::step_y, ::step_x])
    grey = cv2.cvtColor(few, cv2.COLOR_BGR2GRAY)
    small = cv2.resize(grey, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    smooth = cv2.GaussianBlur(small, (3, 3), 0).astype(np.float32)
    slope = cv2.magnitude(
        cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1)
    )
    # The logarithm keeps one bright edge from outweighing the street.
    strength: EdgeMap = np.log1p(slope).astype(np.float32)
    strength -= strength.mean()
    return strength


def _mean(maps: Sequence[EdgeMap]) -> EdgeMap:
    mean: EdgeMap = np.mean(np.stack(maps), axis=0, dtype=np.float32)
    return mean


def shift_between(reference: EdgeMap, edges: EdgeMap, window: EdgeMap) -> Shift:
    """How far `edges` lie beside `reference`, by phase correlation."""
    (dx, dy), response = cv2.phaseCorrelate(reference * window, edges * window)
    return Shift(dx / WIDTH, dy / HEIGHT, float(response))


def shifted_back(image: ImageBGR, shift: Shift) -> ImageBGR:
    """The picture as it would be had the camera not swayed; the rim is repeated."""
    height, width = image.shape[:2]
    matrix = np.array([[1, 0, -shift.dx * width], [0, 1, -shift.dy * height]])
    back = cv2.warpAffine(
        image, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE
    )
    return back.astype(np.uint8, copy=False)
