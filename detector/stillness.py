"""The short memory of a view: since when each pixel has looked as it does now.

In go small pictures; out come, for each pixel, how long and in how many looks it has
shown the same. What passes in front is forgotten when the pixel looks as before again,
as far as somebody was seen to pass there. It works at any look rate: three equal looks
are still, be they half a second apart or ten.
"""

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from detector.light import apart, light_curve
from detector.small_window import Shared
from streams.frame import ImageBGR

Mask = NDArray[np.bool_]

SAME = 22
"""Of 255, in the channel that differs most: sensor noise and compression stay below."""

FOLLOW = 0.3
"""Share of a new look that enters the memory: noise averages out, light is followed."""


class Stillness:
    """What each pixel shows, since when, and in how many looks.

    Attributes:
        since_s: Media seconds since when, shape (h, w).
        looks: In how many looks, shape (h, w).
    """

    def __init__(self, shape: tuple[int, int]) -> None:
        """Begin with nothing seen; `shape` is height and width."""
        self._is_begun = False
        self._rest: ImageBGR = np.zeros((*shape, 3), np.uint8)
        self.since_s = np.zeros(shape, np.float32)
        self.looks = np.zeros(shape, np.int32)
        # What is in front, walkers included: a thing set down is seen from then on,
        # though whoever did it covers it for a while.
        self._front: ImageBGR = self._rest.copy()
        self._front_since_s = self.since_s.copy()
        self._front_looks = self.looks.copy()

    @property
    def shown_since_s(self) -> NDArray[np.float32]:
        """Since when each pixel shows this without anybody passing, shape (h, w)."""
        return self._front_since_s

    @property
    def picture(self) -> ImageBGR:
        """What each pixel shows when nobody passes in front."""
        return self._rest

    def take_over(
        self, before: "Stillness", shared: Shared, picture: ImageBGR, at_s: float
    ) -> None:
        """Go on with what another window of the same view remembers.

        Args:
            before: The memory of that window, begun.
            shared: Where the two windows overlap.
            picture: What this one is about to see: new where they do not.
            at_s: When.
        """
        self._rest, self._front, self._is_begun = picture.copy(), picture.copy(), True
        self.since_s[:] = self._front_since_s[:] = at_s
        pairs = zip(self._layers(), before._layers(), strict=True)  # noqa: SLF001
        for mine, theirs in pairs:
            mine[shared.here] = theirs[shared.there]

    def _layers(self) -> Sequence[NDArray[Any]]:
        """All that is remembered of each pixel."""
        counted = self.looks, self._front_looks
        return self._rest, self._front, self.since_s, self._front_since_s, *counted

    def see(self, picture: ImageBGR, at_s: float, covered: Mask) -> None:
        """Take one look.

        Args:
            picture: Shape (h, w, 3).
            at_s: Its media time, seconds since any fixed moment.
            covered: Where something that moves of its own was found.
        """
        if not self._is_begun:
            self._rest, self._front, self._is_begun = picture, picture, True
            self.since_s[:] = self._front_since_s[:] = at_s
            self.looks[:] = self._front_looks[:] = 1
            return
        green = 1  # most of brightness, without a conversion
        light = light_curve(self._rest[..., green], picture[..., green], ~covered)
        front = cv2.LUT(self._front, light).astype(np.uint8, copy=False)
        changed = apart(picture, front) > SAME
        self._front_looks += 1
        self._front_looks[changed] = 1
        self._front_since_s[changed] = at_s
        self._front = picture
        before = cv2.LUT(self._rest, light).astype(np.uint8, copy=False)
        same = apart(picture, before) <= SAME
        self._rest = before
        followed = cv2.addWeighted(before, 1 - FOLLOW, picture, FOLLOW, 0)
        cv2.copyTo(followed, same.astype(np.uint8), self._rest)
        self.looks += same
        fresh = ~same & ~covered
        cv2.copyTo(picture, fresh.astype(np.uint8), self._rest)
        np.copyto(self.looks, self._front_looks, where=fresh)
        np.copyto(self.since_s, self._front_since_s, where=fresh)
