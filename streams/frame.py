"""One decoded picture with its media time: what the detector takes in."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from base.ids import CameraId
from streams.faults import FeedFault

ImageBGR: TypeAlias = NDArray[np.uint8]
"""Shape (height, width, 3), uint8, blue-green-red, origin top left."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A picture and when it was taken.

    Attributes:
        camera: Whose picture.
        at: Media time in UTC, aware; strictly increasing within one feed.
        image: The picture, shape (h, w, 3); must not be written to.
        is_keyframe: Whether it was decoded from a key packet alone.
        epoch: Grows by one at each discontinuity (reconnect, loop seam, clock jump);
            motion between frames of different epochs means nothing.
        faults: Health faults of the feed at this frame (frozen, black, …).
        utc_offset_ms: The camera's own clock minus `at`, where the feed carries one
            (RTCP sender reports, `prft`); None where it does not.
    """

    camera: CameraId
    at: datetime
    image: ImageBGR
    is_keyframe: bool
    epoch: int = 0
    faults: frozenset[FeedFault] = frozenset()
    utc_offset_ms: float | None = None

    def __post_init__(self) -> None:
        if self.image.ndim != 3 or self.image.shape[2] != 3:
            msg = f"a frame's image must be (h, w, 3), found {self.image.shape}"
            raise ValueError(msg)
        if self.at.tzinfo is None:
            msg = "a frame's time must be aware (UTC)"
            raise ValueError(msg)

    @property
    def width_px(self) -> int:
        """Width of the picture."""
        return int(self.image.shape[1])

    @property
    def height_px(self) -> int:
        """Height of the picture."""
        return int(self.image.shape[0])
