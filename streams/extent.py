"""How long a recording is, from its header and, where that is silent, its packets.

In: a file. Out: seconds, pictures a second, size; nothing is decoded.
"""

from dataclasses import dataclass
from pathlib import Path

import av
import av.error

from streams.errors import FeedError
from streams.faults import FeedFault
from streams.libav import silence_libav


@dataclass(frozen=True, slots=True)
class Extent:
    """What a recording's header says.

    Attributes:
        length_s: From its first picture to the end of its last, seconds.
        fps: Pictures a second; None when it does not say.
        size_px: Width and height, pixels.
    """

    length_s: float
    fps: float | None
    size_px: tuple[int, int]


def extent(path: Path) -> Extent:
    """Read the extent of a recording.

    Raises:
        FeedError: `NOT_FOUND`, `CORRUPT` or `EMPTY`: it is no recording.
    """
    silence_libav()
    if not path.is_file():
        raise FeedError(FeedFault.NOT_FOUND, f"no such file {path.name}")
    try:
        with av.open(str(path)) as container:
            if not container.streams.video:
                raise FeedError(FeedFault.EMPTY, f"{path.name} has no video")
            stream = container.streams.video[0]
            fps = float(stream.average_rate) if stream.average_rate else None
            size_px = stream.codec_context.width, stream.codec_context.height
            if stream.duration and stream.time_base is not None:
                return Extent(float(stream.duration * stream.time_base), fps, size_px)
            times = [
                float((packet.pts + (packet.duration or 0)) * packet.time_base)
                for packet in container.demux(stream)
                if packet.pts is not None
            ]
    except av.error.FFmpegError as error:
        words = f"{path.name} is no recording: {error.strerror or ''}"
        raise FeedError(FeedFault.CORRUPT, words) from error
    if not times:
        raise FeedError(FeedFault.EMPTY, f"{path.name} holds no picture")
    return Extent(max(times) - min(times), fps, size_px)
