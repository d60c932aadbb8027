"""How one standing thing looks, small enough to tell it from the next in its place.

A signature exists for standing things only, never for persons, is never exported and
dies with its slot. It is no identity: two white vans have similar ones, by design.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SIDE = 8
"""Side of the thumbnail; 8x8 BGR keeps colour layout and no readable detail."""


@dataclass(frozen=True, slots=True)
class Signature:
    """An 8x8 BGR thumbnail, 192 bytes, row by row."""

    pixels: bytes

    def __post_init__(self) -> None:
        if len(self.pixels) != SIDE * SIDE * 3:
            msg = f"a signature has {SIDE * SIDE * 3} bytes, found {len(self.pixels)}"
            raise ValueError(msg)

    def similarity(self, other: "Signature") -> float:
        """Normalised correlation of the two thumbnails, -1…1; 1 is the same picture.

        Brightness and contrast are taken out first, so that exposure drift and
        passing clouds do not turn one car into another.
        """
        mine, theirs = _standardised(self.pixels), _standardised(other.pixels)
        return float(np.mean(mine * theirs))


def _standardised(pixels: bytes) -> NDArray[np.float32]:
    values = np.frombuffer(pixels, np.uint8).astype(np.float32)
    values -= values.mean()
    spread = float(values.std())
    return values / spread if spread > 1.0 else np.zeros_like(values)
