"""Packets copied into a fragmented MP4 while they come, never encoded again.

In: encoded packets in decoding order. Out: bytes a browser plays as they arrive: a
header, then a fragment every half a second.
"""

import io
from fractions import Fraction

import av
import av.error
from av.packet import Packet
from av.stream import Stream

from streams.clip import TICKS_PER_S, copy_stream
from streams.errors import ClipError, ClipFault
from streams.libav import clip_fault_of, silence_libav
from streams.packet import LIVE_CODECS, Codec, EncodedPacket, VideoFormat

FRAGMENT_US = 500_000
_FLAGS = "empty_moov+default_base_moof+frag_keyframe"


class _Pipe(io.RawIOBase):
    """What the muxer writes, until it is taken; no seeking back."""

    def __init__(self) -> None:
        super().__init__()
        self._held = bytearray()

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False

    def write(self, chunk: "bytes | bytearray | memoryview") -> int:  # type: ignore[override]
        self._held += chunk
        return len(chunk)

    def taken(self) -> bytes:
        found = bytes(self._held)
        self._held.clear()
        return found


class Fragments:
    """One stream of one format; used by one thread.

    Args:
        first: The first packet, a key frame.

    Raises:
        ClipError: `UNSUPPORTED`: the codec has no place in an MP4.
    """

    def __init__(self, first: EncodedPacket) -> None:
        if first.format.codec not in LIVE_CODECS:
            words = f"the video codec is {first.format.codec}"
            raise ClipError(ClipFault.UNSUPPORTED, words)
        silence_libav()
        self.format = first.format
        self._begin = first.decode_at
        self._last_dts = -1
        self._pipe = _Pipe()
        options = {"movflags": _FLAGS, "frag_duration": str(FRAGMENT_US)}
        self._out = av.open(
            self._pipe, "w", format="mp4", options=options, buffer_size=1 << 16
        )
        self._template, self._stream = copy_stream(self._out, first.format)

    def add(self, packet: EncodedPacket) -> bytes:
        """The bytes that are ready after this packet; often none.

        Raises:
            ClipError: The packet cannot be put into an MP4.
        """
        dts = round((packet.decode_at - self._begin).total_seconds() * TICKS_PER_S)
        pts = round((packet.at - self._begin).total_seconds() * TICKS_PER_S)
        self._last_dts = max(dts, self._last_dts + 1)
        copied: Packet[Stream] = Packet(packet.data)
        copied.stream = self._stream
        copied.time_base = Fraction(1, TICKS_PER_S)
        copied.dts = self._last_dts
        copied.pts = max(pts, self._last_dts)
        copied.duration = round(packet.duration_s * TICKS_PER_S)
        copied.is_keyframe = packet.is_keyframe
        try:
            self._out.mux_one(copied)
        except av.error.FFmpegError as error:
            raise ClipError(clip_fault_of(error), error.strerror or "") from error
        return self._pipe.taken()

    def close(self) -> bytes:
        """The bytes that are left."""
        try:
            self._out.close()
        except av.error.FFmpegError as error:
            raise ClipError(clip_fault_of(error), error.strerror or "") from error
        finally:
            self._template.close()
        return self._pipe.taken()


def codec_words(video_format: VideoFormat) -> str:
    """What a browser must be told: `avc1.64001f`; `hvc1` without particulars."""
    if video_format.codec is Codec.H265:
        return "hvc1"
    extra = video_format.extradata
    if extra[:1] == b"\x01" and len(extra) >= 4:
        return f"avc1.{extra[1:4].hex()}"
    for start in (b"\x00\x00\x01\x67", b"\x00\x00\x01\x27", b"\x00\x00\x01\x47"):
        at = extra.find(start)
        if at >= 0 and len(extra) >= at + 7:
            return f"avc1.{extra[at + 4 : at + 7].hex()}"
    return "avc1"
