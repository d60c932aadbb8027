"""One whole picture out of a finished clip.

In: an MP4 as `streams/clip.py` writes it, and a moment. Out: the picture shown then, as
JPEG in the clip's full resolution. The clip stays untouched; who doubts the picture can
decode it again from the same bytes.
"""

from datetime import datetime, timedelta
from pathlib import Path

import av
import av.error
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from streams.errors import ClipError, ClipFault
from streams.frame import ImageBGR
from streams.libav import silence_libav
from streams.still import jpeg

MOST_FRAMES = 2000
"""Pictures decoded on the way: one key picture a minute at 25/s and then some."""


def picture_at(path: Path, start: datetime, at: datetime) -> tuple[datetime, bytes]:
    """The picture a player of the clip shows at a moment.

    Args:
        path: A finished clip.
        start: Media time of its first picture.
        at: Media time; before the first or after the last picture: that one.

    Returns:
        Its own media time, and the picture as JPEG.

    Raises:
        ClipError: `UNREADABLE`: it is no clip, or no picture of it can be decoded.
    """
    silence_libav()
    try:
        with av.open(str(path), "r") as clip:
            found = _frame_at(clip, (at - start).total_seconds())
            if found is None:
                raise ClipError(ClipFault.UNREADABLE, "no picture can be decoded")
            after_s, frame = found
            pixels = frame.to_ndarray(format="bgr24")
            image: ImageBGR = pixels.astype(np.uint8, copy=False)
            return start + timedelta(seconds=after_s), jpeg(image)
    except (av.error.FFmpegError, OSError, IndexError) as error:
        told = getattr(error, "strerror", None) or "it has no pictures"
        raise ClipError(ClipFault.UNREADABLE, told) from error


def _frame_at(clip: InputContainer, wanted_s: float) -> tuple[float, VideoFrame] | None:
    """The last picture not after `wanted_s` behind the first; with its own time."""
    stream: VideoStream = clip.streams.video[0]
    base = stream.time_base
    if base is None:
        return None
    first = stream.start_time or 0
    clip.seek(max(first, first + int(max(0.0, wanted_s) / base)), stream=stream)
    found: tuple[float, VideoFrame] | None = None
    for number, frame in enumerate(clip.decode(stream)):
        if frame.pts is None or frame.is_corrupt:
            continue
        after_s = float((frame.pts - first) * base)
        if found is not None and (after_s > wanted_s + 1e-3 or number > MOST_FRAMES):
            break
        found = max(0.0, after_s), frame
    return found
