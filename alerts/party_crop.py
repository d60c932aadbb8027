"""The party crop: the violating thing cut out of a still at its full resolution."""

import io

from PIL import Image

from alerts.errors import StillError
from detector.box import Box

MARGIN = 0.15
"""Of the box on each side: a plate at the edge of a loose box stays in."""

LEAST_PX = 16
"""Smaller shows nothing a person could tell."""


def party_crop(jpeg: bytes, box: Box) -> bytes | None:
    """The part of the picture around `box` (0…1), as JPEG; None where it is too small.

    Raises:
        StillError: It is no JPEG.
    """
    try:
        with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as opened:
            width, height = opened.size
            wide, high = (box.x2 - box.x1) * MARGIN, (box.y2 - box.y1) * MARGIN
            corners = (
                max(0, round((box.x1 - wide) * width)),
                max(0, round((box.y1 - high) * height)),
                min(width, round((box.x2 + wide) * width)),
                min(height, round((box.y2 + high) * height)),
            )
            if min(corners[2] - corners[0], corners[3] - corners[1]) < LEAST_PX:
                return None
            out = io.BytesIO()
            crop = opened.convert("RGB").crop(corners)
            crop.save(out, "JPEG", quality=95, subsampling=0)
            return out.getvalue()
    except (OSError, SyntaxError, ValueError) as error:
        msg = f"the still is no whole JPEG: {error}"
        raise StillError(msg) from error
