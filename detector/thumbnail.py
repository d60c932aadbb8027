"""The signature of a thing's picture: its box shrunk to eight by eight pixels."""

import cv2
import numpy as np
from numpy.typing import NDArray

from detector.signature import SIDE, Signature
from streams.frame import ImageBGR


def signature_at(image: ImageBGR, box_px: NDArray[np.float32]) -> Signature | None:
    """Shrink the part of the picture under a box.

    Args:
        image: The picture, shape (h, w, 3), BGR, privacy masks already black.
        box_px: Left, top, right, bottom in its pixels.

    Returns:
        The signature; None where less than two pixels a side are left.
    """
    height, width = image.shape[:2]
    left, top = max(0, round(float(box_px[0]))), max(0, round(float(box_px[1])))
    right = min(width, round(float(box_px[2])))
    bottom = min(height, round(float(box_px[3])))
    if right - left < 2 or bottom - top < 2:
        return None
    part = image[top:bottom, left:right]
    small = cv2.resize(part, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    return Signature(small.tobytes())
