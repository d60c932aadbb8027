"""Stretches cut out of a recording, and single pictures of it.

In: a recording, moments. Out: MP4 files copied packet by packet, stills as JPEG. Used
by reports and by cases made from footage; live clips come from the ring of a feed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import av
import av.error
import numpy as np
from pydantic import SecretStr

from base.clock import SystemClock
from streams.clip import Clip, cut, h264_derivative
from streams.errors import FeedError
from streams.faults import FeedFault
from streams.frame import ImageBGR
from streams.media_time import MediaTime
from streams.packet import Codec
from streams.resolver import FeedAddress
from streams.ring import ClipRecording, PacketRing
from streams.source import Source
from streams.stretch import WHOLE, within

ZERO = datetime(2000, 1, 1, tzinfo=UTC)
"""Media time of a recording's first picture while excerpts are cut."""
OPEN_TIMEOUT_S = 10.0
RING_BYTES = 1 << 30


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A stretch as it was cut.

    Attributes:
        path: The MP4, in H.264.
        from_s: Where it really begins, seconds after the recording's first picture.
        to_s: Where it ends.
    """

    path: Path
    from_s: float
    to_s: float


def excerpts(
    recording: Path, stretches: Sequence[tuple[float, float]], folder: Path
) -> list[Excerpt]:
    """Cut stretches out of a recording in one pass, without encoding H.264 again.

    Args:
        recording: A file.
        stretches: Beginning and end of each, seconds after its first picture.
        folder: Where `0.mp4`, `1.mp4`, … are written.

    Raises:
        FeedError: The recording cannot be read.
        ClipError: A stretch cannot be written.
    """
    longest_s = max((end - begin for begin, end in stretches), default=0.0)
    ring = PacketRing(longest_s + 1.0, RING_BYTES)
    address = FeedAddress(url=SecretStr(str(recording)), is_live=False)
    time = MediaTime()
    wanted = sorted(enumerate(stretches), key=lambda item: item[1])
    recordings: dict[int, ClipRecording] = {}
    with Source(address, OPEN_TIMEOUT_S, SystemClock()) as source:
        for passed_s, raw in within(source.packets(), WHOLE):
            if not ring.size_bytes and not recordings:
                time.anchor(ZERO + timedelta(seconds=passed_s))
            ring.append(time.stamp(raw, None))
            while wanted and passed_s >= wanted[0][1][0]:
                number, (begin_s, end_s) = wanted.pop(0)
                recordings[number] = ring.record(_at(begin_s), _at(end_s))
    ring.end()
    return [
        _written(cut(recordings[number], folder / f"{number}.mp4"))
        for number in sorted(recordings)
    ]


def _written(clip: Clip) -> Excerpt:
    if clip.codec is not Codec.H264:
        playable = clip.path.with_suffix(".h264.mp4")
        h264_derivative(clip.path, playable)
        playable.replace(clip.path)
    return Excerpt(clip.path, _seconds(clip.start), _seconds(clip.end))


def _at(seconds: float) -> datetime:
    return ZERO + timedelta(seconds=seconds)


def _seconds(at: datetime) -> float:
    return (at - ZERO).total_seconds()


def pictures_at(recording: Path, moments: Sequence[float]) -> list[ImageBGR | None]:
    """The picture shown at each moment, shape (h, w, 3), BGR; None past the end.

    Args:
        recording: A file.
        moments: Seconds after its first picture.

    Raises:
        FeedError: The recording cannot be read.
    """
    wanted = sorted(range(len(moments)), key=lambda n: moments[n])
    found: list[ImageBGR | None] = [None] * len(moments)
    try:
        with av.open(str(recording)) as container:
            first_s: float | None = None
            for frame in container.decode(video=0):
                if frame.time is None:
                    continue
                first_s = frame.time if first_s is None else first_s
                while wanted and frame.time - first_s >= moments[wanted[0]] - 1e-3:
                    image = np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)
                    found[wanted.pop(0)] = image
                if not wanted:
                    break
    except av.error.FFmpegError as error:
        words = f"{recording.name}: {error.strerror or ''}"
        raise FeedError(FeedFault.CORRUPT, words) from error
    return found
