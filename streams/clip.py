"""Clips: a recording's packets copied into an MP4, never encoded again.

In: a `ClipRecording` and a path. Out: a finished MP4 (index first, so that it plays
while it loads) and the truth about it: when it really begins and ends, what is missing
at either end, and where the feed was interrupted. The file appears under its name only
when it is whole and on disk. Many browsers do not play H.265, so a derivative in H.264
can be made beside the untouched original.
"""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from itertools import groupby, pairwise
from pathlib import Path

import av
import av.error
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from streams.errors import ClipError, ClipFault
from streams.libav import clip_fault_of, silence_libav
from streams.packet import LIVE_CODECS, Codec, EncodedPacket, VideoFormat
from streams.paint import Corners, Paint
from streams.ring import ClipRecording
from streams.whole_file import whole_file

TICKS_PER_S = 90_000
"""Divides the picture times of every usual frame rate."""
GAP_PICTURES = 3.0
"""A pause longer than this many pictures, and than half a second, is a gap."""
GAP_S = 0.5
DERIVATIVE_OPTIONS = {"preset": "veryfast", "crf": "23", "bf": "0"}


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch of a clip without pictures, media time UTC."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Clip:
    """A clip on disk.

    Attributes:
        path: The finished file.
        codec: Its video codec, untouched.
        start: Media time of its first picture, UTC; at a key frame.
        end: Media time at which its last picture ends, UTC.
        frames: How many pictures it holds.
        size_px: Width and height, pixels.
        size_bytes: Size of the file.
        short_by_start_s: How much later than wanted it begins, seconds; 0 if it is not.
        short_by_end_s: How much earlier than wanted it ends, seconds; 0 if it is not.
        gaps: Where the feed was interrupted.
    """

    path: Path
    codec: Codec
    start: datetime
    end: datetime
    frames: int
    size_px: tuple[int, int]
    size_bytes: int
    short_by_start_s: float
    short_by_end_s: float
    gaps: tuple[Gap, ...]


def cut(recording: ClipRecording, path: Path) -> Clip:
    """Write what a recording holds, and close it.

    Where the stream changed its format in mid-recording, an MP4 can hold only one of
    the stretches: the longest is kept and the missing time told.

    Args:
        recording: Complete, or to be cut as it stands.
        path: Name of the MP4; replaced when it exists.

    Raises:
        ClipError: `EMPTY` when nothing was recorded, `UNSUPPORTED` when the codec has
            no place in an MP4 for evidence, `DISK_FULL` or `UNWRITABLE`. Nothing is
            left behind then.
    """
    recording.close()
    packets = _longest_stretch(recording.packets())
    if not packets:
        raise ClipError(ClipFault.EMPTY, "no key frame was recorded")
    codec = packets[0].format.codec
    if codec not in LIVE_CODECS:
        raise ClipError(ClipFault.UNSUPPORTED, f"the video codec is {codec}")
    with _errors_named(), whole_file(path) as draft:
        _write(packets, draft)
        size_bytes = draft.stat().st_size
    start = packets[0].at
    end = max(packet.ends_at for packet in packets)
    return Clip(
        path=path,
        codec=codec,
        start=start,
        end=end,
        frames=len(packets),
        size_px=(packets[0].format.width_px, packets[0].format.height_px),
        size_bytes=size_bytes,
        short_by_start_s=max(0.0, (start - recording.start).total_seconds()),
        short_by_end_s=max(0.0, (recording.end - end).total_seconds()),
        gaps=_gaps(packets),
    )


def h264_derivative(path: Path, out: Path, parts: Sequence[Corners] = ()) -> None:
    """Encode a clip again as H.264 for browsers; picture times are kept.

    Args:
        path: A finished clip, left untouched.
        out: Name of the new MP4; replaced when it exists.
        parts: Parts of its pictures nobody may see, painted over.

    Raises:
        ClipError: `UNREADABLE` when `path` is not a clip, `DISK_FULL` or `UNWRITABLE`.
    """
    silence_libav()
    with _errors_named(), whole_file(out) as draft:
        _encode(path, draft, parts)


@contextmanager
def _errors_named() -> Iterator[None]:
    try:
        yield
    except av.error.FFmpegError as error:
        words = error.strerror or ""
        raise ClipError(clip_fault_of(error), words) from error
    except OSError as error:
        words = error.strerror or ""
        raise ClipError(clip_fault_of(error), words) from error


def _longest_stretch(packets: Sequence[EncodedPacket]) -> list[EncodedPacket]:
    """The packets of the format that covers most time, from a key frame on."""
    stretches = [list(run) for _, run in groupby(packets, lambda p: p.format)]
    if not stretches:
        return []
    return max(stretches, key=lambda run: run[-1].decode_at - run[0].decode_at)


def _gaps(packets: Sequence[EncodedPacket]) -> tuple[Gap, ...]:
    shown = sorted(packets, key=lambda packet: packet.at)
    return tuple(
        Gap(earlier.ends_at, later.at)
        for earlier, later in pairwise(shown)
        if (later.at - earlier.ends_at).total_seconds()
        > max(GAP_S, GAP_PICTURES * earlier.duration_s)
    )


def _open_mp4(draft: Path) -> OutputContainer:
    return av.open(str(draft), "w", format="mp4", options={"movflags": "+faststart"})


def _write(packets: Sequence[EncodedPacket], draft: Path) -> None:
    with _open_mp4(draft) as clip:
        template, stream = copy_stream(clip, packets[0].format)
        with template:
            for packet in _timed(packets, stream):
                clip.mux_one(packet)


def copy_stream(
    out: OutputContainer, video_format: VideoFormat
) -> tuple[InputContainer, VideoStream]:
    """A stream packets of `video_format` are copied into.

    Returns:
        The template, to be closed after the last packet, and the stream.
    """
    template = av.open(io.BytesIO(video_format.header), "r")
    stream = out.add_stream_from_template(template.streams.video[0])
    stream.time_base = Fraction(1, TICKS_PER_S)
    context = stream.codec_context
    # the template holds them as MP4 does, the packets may have start codes
    context.extradata = video_format.extradata
    context.width, context.height = video_format.width_px, video_format.height_px
    if video_format.codec is Codec.H265:
        # players of Apple accept H.265 under this tag only
        context.codec_tag = "hvc1"
    return template, stream


def _timed(
    packets: Sequence[EncodedPacket], stream: VideoStream
) -> "Iterator[Packet[Stream]]":
    """The packets with stamps that begin at zero and only grow, as MP4 demands."""
    begin = packets[0].decode_at
    last_dts = -1
    for source in packets:
        dts = round((source.decode_at - begin).total_seconds() * TICKS_PER_S)
        pts = round((source.at - begin).total_seconds() * TICKS_PER_S)
        last_dts = max(dts, last_dts + 1)
        packet: Packet[Stream] = Packet(source.data)
        packet.stream = stream
        packet.time_base = Fraction(1, TICKS_PER_S)
        packet.dts = last_dts
        packet.pts = max(pts, last_dts)
        packet.duration = round(source.duration_s * TICKS_PER_S)
        packet.is_keyframe = source.is_keyframe
        yield packet


def _encode(path: Path, draft: Path, parts: Sequence[Corners]) -> None:
    with av.open(str(path), "r") as clip, _open_mp4(draft) as derivative:
        original = clip.streams.video[0]
        # even sizes: H.264 with 4:2:0 colour has no others
        width, height = original.width & ~1, original.height & ~1
        stream = derivative.add_stream("libx264", options=dict(DERIVATIVE_OPTIONS))
        assert isinstance(stream, VideoStream)
        context = stream.codec_context
        assert isinstance(context, VideoCodecContext)
        context.width, context.height, context.pix_fmt = width, height, "yuv420p"
        context.time_base = stream.time_base = original.time_base or Fraction(1, 90_000)
        context.thread_count = 1
        paint = Paint(parts, (width, height))
        for frame in clip.decode(original):
            plain = frame.reformat(width, height, format="yuv420p", threads=1)
            picture = paint.over(plain)
            picture.pts, picture.time_base = frame.pts, frame.time_base
            derivative.mux(stream.encode(picture))
        derivative.mux(stream.encode(None))
