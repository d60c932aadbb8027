"""The long memory of a view: how it looks without what came later.

In go small pictures and where something that moves of its own was seen; out comes
which pixels now look otherwise than the background, whatever the light. A pixel is
known once it stood still and uncovered for a while; one that was never seen uncovered
is unknown and differs from nothing. It learns slowly, and only where it is told to.
"""

import io
import zipfile
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from detector.light import apart, light_curve, outside
from detector.small_window import Shared, SmallWindow
from streams.frame import ImageBGR

Mask = NDArray[np.bool_]

LEAST_DIFFERENCE = 24.0
"""Of 255, in the channel that differs most: above the noise of night pictures."""

NOISE_FACTOR = 3.0
"""A pixel that always flickers by n must differ by three times that."""

REMEMBERED_S = 600.0
"""Time constant of slow learning: light moves over the street in tens of minutes."""

STATE_VERSION = 2
"""Version 1 did not say where its window lay: it cannot be laid over a picture."""


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """A picture beside the background.

    Attributes:
        expected: The background in the light of now, shape (h, w, 3).
        differs: Which known pixels look otherwise, shape (h, w).
        share: Share of the known, uncovered, watched pixels that do.
    """

    expected: ImageBGR
    differs: Mask
    share: float


class Background:
    """What one view looks like when nothing was left in it."""

    def __init__(
        self, shape: tuple[int, int], noise: NDArray[np.float32] | None = None
    ) -> None:
        """Begin with nothing known.

        Args:
            shape: Height and width.
            noise: How much each pixel flickers, where an earlier run learned it.
        """
        self._picture = np.zeros((*shape, 3), np.uint8)
        self._fine = np.zeros((*shape, 3), np.float32)
        self._noise = np.zeros(shape, np.float32) if noise is None else noise
        self.known = np.zeros(shape, np.bool_)

    @property
    def picture(self) -> ImageBGR:
        """The background in the light it was learned in."""
        return self._picture

    def compare(self, picture: ImageBGR, covered: Mask, watched: Mask) -> Compared:
        """Which pixels look otherwise than the background.

        Args:
            picture: Shape (h, w, 3), as large as the background.
            covered: Where persons, vehicles and the like were found.
            watched: Where it matters.
        """
        usable = self.known & ~covered
        curves = [
            light_curve(self._picture[..., c], picture[..., c], usable)
            for c in range(3)
        ]
        table = np.stack(curves, axis=1)[None]
        expected = cv2.LUT(self._picture, table).astype(np.uint8, copy=False)
        limit = np.maximum(LEAST_DIFFERENCE, NOISE_FACTOR * self._noise)
        differs = (outside(picture, expected) > limit) & self.known
        counted = usable & watched
        total = int(np.count_nonzero(counted))
        share = np.count_nonzero(differs & counted) / total if total else 0.0
        return Compared(expected, differs, share)

    def learn(
        self, picture: ImageBGR, expected: ImageBGR, seen: Mask, s: float
    ) -> None:
        """Follow light and season.

        Pixels where nothing is left follow the picture; the others follow the light
        that `compare` found, so that all of the memory stays in one light.

        Args:
            picture: The picture compared.
            expected: What `compare` expected of it.
            seen: Pixels that show the background: known, uncovered, nothing left there.
            s: Seconds since it last learned.
        """
        rate = min(0.5, s / REMEMBERED_S)
        seen_u8 = seen.astype(np.uint8)
        noise = apart(picture, expected).astype(np.float32)
        cv2.accumulateWeighted(noise, self._noise, rate, seen_u8)
        target = expected.copy()
        cv2.copyTo(picture, seen_u8, target)
        cv2.accumulateWeighted(target, self._fine, rate)
        self._picture = np.rint(self._fine).astype(np.uint8)

    def take(self, picture: ImageBGR, where: Mask) -> None:
        """Let pixels look as they do in `picture` from now on."""
        taken = where.astype(np.uint8)
        cv2.copyTo(picture.astype(np.float32), taken, self._fine)
        cv2.copyTo(picture, taken, self._picture)
        self.known |= where

    def take_over(self, before: "Background", shared: Shared, usable: Mask) -> None:
        """Go on with what another window knew of the same view.

        Args:
            before: The background of that window.
            shared: Where the two windows overlap.
            usable: Where this one may know anything: nothing is kept under a mask.
        """
        there, here = shared.there, shared.here
        known = before.known[there] & usable[here]
        self._picture[here] = before._picture[there] * known[..., None]  # noqa: SLF001
        self._fine[here] = before._fine[there] * known[..., None]  # noqa: SLF001
        self._noise[here] = before._noise[there]  # noqa: SLF001 - of the same class
        self.known[here] = known

    def forget(self) -> None:
        """Know nothing more."""
        self.known[:] = False

    def dump(self, place: tuple[int, int, int, int]) -> bytes:
        """The memory as bytes, some 100 kB; `place` as of its `SmallWindow`."""
        raw = io.BytesIO()
        np.savez_compressed(
            raw,
            version=np.int32(STATE_VERSION),
            place=np.array(place, np.int32),
            picture=self._picture,
            noise=np.clip(self._noise, 0, 255).astype(np.uint8),
            known=np.packbits(self.known),
        )
        return raw.getvalue()


def restored(raw: bytes, window: SmallWindow, usable: Mask) -> Background | None:
    """The memory back, where this window shows what the saved one did.

    Args:
        raw: As `dump` made it, of this window or one round other zones.
        window: What is looked at now.
        usable: Where it may know anything, shape (h, w).

    Returns:
        None where the bytes are damaged, old or of another part of the view.
    """
    try:
        with np.load(io.BytesIO(raw), allow_pickle=False) as kept:
            if int(kept["version"]) != STATE_VERSION:
                return None
            picture, noise, place = kept["picture"], kept["noise"], kept["place"]
            count = noise.shape[0] * noise.shape[1]
            known = np.unpackbits(kept["known"], count=count).reshape(noise.shape)
            width, height, left, top = (int(px) for px in place)
    except (ValueError, KeyError, IndexError, OSError, EOFError, zipfile.BadZipFile):
        return None
    if picture.shape != (*noise.shape, 3):
        return None
    shared = window.shared((width, height, left, top), noise.shape)
    if shared is None:
        return None
    saved = Background(noise.shape, noise.astype(np.float32))
    saved.take(picture.astype(np.uint8), known.astype(np.bool_))
    background = Background(window.shape)
    background.take_over(saved, shared, usable)
    return background
