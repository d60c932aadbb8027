"""Encoded packets, kept apart from the demuxer that made them.

In: bytes and stamps out of `streams.source`. Out: `RawPacket` (the feed's own stamps)
and `EncodedPacket` (media time in UTC), plain values that outlive their connection: a
ring spans reconnects, so nothing in it may point into a closed libav container.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum


class Codec(StrEnum):
    """Video codecs that are read; the value is libav's name of the decoder."""

    H264 = "h264"
    H265 = "hevc"
    MPEG4 = "mpeg4"
    GIF = "gif"


LIVE_CODECS: frozenset[Codec] = frozenset({Codec.H264, Codec.H265})
"""What cameras send; old recordings may hold the other codecs as well."""


@dataclass(frozen=True, slots=True)
class VideoFormat:
    """What a decoder or a muxer must know of a stream before its first packet.

    Attributes:
        codec: The video codec.
        extradata: Parameter sets as the stream carries them: `avcC`/`hvcC` (packets
            are length-prefixed) or Annex B (packets have start codes); may be empty.
        width_px: Coded width, pixels.
        height_px: Coded height, pixels.
        fps: Nominal pictures a second where the stream says so.
        has_b_frames: Whether pictures are stored out of order.
        header: An MP4 without samples that describes this stream, the template from
            which a clip's header is written after the connection is gone.
    """

    codec: Codec
    extradata: bytes
    width_px: int
    height_px: int
    fps: float | None = field(default=None, compare=False)
    has_b_frames: bool = field(default=False, compare=False)
    header: bytes = field(default=b"", compare=False, repr=False)

    @property
    def is_annexb(self) -> bool:
        """Whether packets carry start codes, and so may carry parameter sets."""
        return self.codec in LIVE_CODECS and self.extradata[:1] != b"\x01"


@dataclass(frozen=True, slots=True)
class RawPacket:
    """One packet with the feed's own stamps.

    Attributes:
        data: The encoded picture.
        format: Of the stream from this packet on.
        is_keyframe: Whether a decoder may start here.
        pts_s: Presentation stamp in seconds of the feed's clock, None when missing.
        dts_s: Decoding stamp in seconds of the feed's clock, None when missing.
        duration_s: How long the picture stands, seconds, None when not said.
        tick_s: Length of one tick of the feed's stamps, seconds; tells a wrap.
        utc: The camera's own UTC of this picture (`prft`, from RTCP sender reports).
        is_damaged: Whether the demuxer knows that bytes are missing.
    """

    data: bytes = field(repr=False)
    format: VideoFormat = field(repr=False)
    is_keyframe: bool
    pts_s: float | None
    dts_s: float | None
    duration_s: float | None
    tick_s: float
    utc: datetime | None = None
    is_damaged: bool = False


@dataclass(frozen=True, slots=True)
class EncodedPacket:
    """One packet with its media time.

    Attributes:
        data: The encoded picture, exactly as received.
        format: Of the stream it belongs to.
        is_keyframe: Whether a decoder may start here.
        at: Media time of the picture, UTC.
        decode_at: Media time by which it must be decoded; never runs backwards.
        duration_s: How long the picture stands, seconds.
        epoch: Which unbroken stretch of the feed it belongs to.
        utc_offset_ms: Camera's clock minus `at`, where the feed carries one.
    """

    data: bytes = field(repr=False)
    format: VideoFormat = field(repr=False)
    is_keyframe: bool
    at: datetime
    decode_at: datetime
    duration_s: float
    epoch: int = 0
    utc_offset_ms: float | None = None

    @property
    def ends_at(self) -> datetime:
        """When the picture gives way to the next, UTC."""
        return self.at + timedelta(seconds=self.duration_s)
