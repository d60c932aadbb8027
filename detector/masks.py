"""Privacy masks: polygons no picture of which may be seen or kept."""

from collections.abc import Sequence

import cv2
import numpy as np

from detector.coverage import Polygon
from streams.frame import ImageBGR


def blackened(image: ImageBGR, masks: Sequence[Polygon]) -> ImageBGR:
    """The picture with its masks black; the same object where there are none.

    Args:
        image: Shape (h, w, 3); not written to.
        masks: Corners, 0…1 from the top left.
    """
    if not masks:
        return image
    copy = image.copy()
    size = np.array([image.shape[1], image.shape[0]], np.float64)
    for polygon in masks:
        corners = np.rint(np.array(polygon) * size).astype(np.int32)
        cv2.fillPoly(copy, [corners], (0, 0, 0))
    return copy
