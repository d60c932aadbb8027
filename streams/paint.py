"""Paints over parts of pictures nobody may see; for copies only, never for originals.

Pictures of yuv420p in, the same with those parts one dark grey out.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import TypeAlias

import cv2
import numpy as np
from av import VideoFrame
from numpy.typing import NDArray

Corners: TypeAlias = tuple[tuple[float, float], ...]
"""A polygon, [x, y] each, 0…1 from the top left of the picture."""

_LUMA, _NO_COLOUR = 40, 128


class Paint:
    """Paint over the same parts of each picture of a clip.

    Args:
        parts: Corners of each part.
        size: Width and height of the pictures, even.
    """

    def __init__(self, parts: Sequence[Corners], size: tuple[int, int]) -> None:
        self._parts = parts
        self._width, self._height = size

    def over(self, picture: VideoFrame) -> VideoFrame:
        """The picture, painted; as it is where nothing is to be painted.

        A decoder's own picture is never written into: later ones are made from it.
        """
        if not self._parts:
            return picture
        planes = picture.to_ndarray().reshape(-1)
        planes[self._places] = self._paint
        painted = VideoFrame.from_ndarray(
            planes.reshape(-1, self._width), format="yuv420p"
        )
        painted.colorspace, painted.color_range = (
            picture.colorspace,
            picture.color_range,
        )
        return painted

    @cached_property
    def _places(self) -> NDArray[np.intp]:
        """Where in the planes, laid one after the other, something is painted."""
        width, height = self._width, self._height
        luma, colour = (
            self._inside(width, height),
            self._inside(width // 2, height // 2),
        )
        return np.flatnonzero(np.concatenate((luma, colour, colour)))

    @cached_property
    def _paint(self) -> NDArray[np.uint8]:
        is_colour = self._places >= self._width * self._height
        return np.where(is_colour, _NO_COLOUR, _LUMA).astype(np.uint8)

    def _inside(self, width: int, height: int) -> NDArray[np.uint8]:
        inside = np.zeros((height, width), np.uint8)
        for corners in self._parts:
            points = np.array([(x * width, y * height) for x, y in corners])
            cv2.fillPoly(inside, [np.rint(points).astype(np.int32)], 1)
        return inside.reshape(-1)
