"""Pictures out of packets, in the two ways that a look needs.

In: encoded packets. Out: decoded pictures, each with the packet it came from. A key
packet decodes alone: it is fed, drained and the decoder flushed, so that a stream with
B-frames gives its key picture at once. `skip_frame` is never touched: with it a key
picture comes out one group of pictures late, and full decoding begun in mid-group
yields garbage that the decoder does not mark as corrupt.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import av.error
import numpy as np
from av.codec import CodecContext
from av.packet import Packet
from av.stream import Stream
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter

from streams.frame import ImageBGR
from streams.packet import EncodedPacket, VideoFormat

REORDER_MAX = 64
"""Packets a decoder may hold; the tickets of older ones are of lost pictures."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One decoded picture, not yet converted.

    Attributes:
        packet: The packet it was coded in; its `at` is the picture's time.
        is_keyframe: Whether it was decoded from a key packet alone.
        size_px: Width and height, pixels.
    """

    packet: EncodedPacket
    is_keyframe: bool
    size_px: tuple[int, int]
    _frame: VideoFrame = field(repr=False)
    _reformatter: VideoReformatter = field(repr=False)

    def image(self) -> ImageBGR:
        """The pixels, shape (h, w, 3), uint8, BGR; a conversion at each call."""
        frame = self._reformatter.reformat(self._frame, format="bgr24", threads=1)
        image: ImageBGR = frame.to_ndarray().astype(np.uint8, copy=False)
        return image


class PictureDecoder:
    """Decoder of one stream format; used by one thread."""

    def __init__(self, video_format: VideoFormat) -> None:
        context = CodecContext.create(video_format.codec.value, "r")
        assert isinstance(context, VideoCodecContext)
        if video_format.extradata:
            context.extradata = video_format.extradata
        # frame threads delay every picture by their number; a process of many feeds
        # has its cores busy without threads of libav
        context.thread_type = "SLICE"
        context.thread_count = 1
        self._context = context
        self._reformatter = VideoReformatter()
        self._held: dict[int, EncodedPacket] = {}
        self._ticket = 0
        self.decoded = 0
        self.failed = 0

    def key(self, packet: EncodedPacket) -> Picture | None:
        """The picture of a key packet alone; None when it cannot be decoded."""
        self.flush()
        pictures = [*self._send(packet, alone=True), *self._send(None, alone=True)]
        self.flush()
        return pictures[-1] if pictures else None

    def feed(self, packet: EncodedPacket) -> Iterator[Picture]:
        """Pictures that become ready, in order of presentation."""
        yield from self._send(packet, alone=False)

    def drain(self) -> Iterator[Picture]:
        """Pictures still held back, at the end of a stretch."""
        yield from self._send(None, alone=False)
        self.flush()

    def flush(self) -> None:
        """Forget everything fed so far."""
        if self._context.is_open:
            self._context.flush_buffers()
        self._held.clear()

    def _send(self, packet: EncodedPacket | None, *, alone: bool) -> list[Picture]:
        try:
            frames = self._context.decode(self._wrapped(packet))
        except av.error.FFmpegError:
            self.failed += 1
            return []
        pictures = []
        for frame in frames:
            # a picture finds its packet by ticket: its own stamps may lie
            source = None if frame.pts is None else self._held.pop(frame.pts, None)
            if source is None or frame.is_corrupt:
                self.failed += 1
                continue
            self.decoded += 1
            size_px = (frame.width, frame.height)
            pictures.append(Picture(source, alone, size_px, frame, self._reformatter))
        return pictures

    def _wrapped(self, packet: EncodedPacket | None) -> "Packet[Stream] | None":
        if packet is None:
            return None
        wrapped: Packet[Stream] = Packet(packet.data)
        self._ticket += 1
        wrapped.pts = wrapped.dts = self._ticket
        wrapped.is_keyframe = packet.is_keyframe
        self._held[self._ticket] = packet
        if len(self._held) > REORDER_MAX:
            del self._held[next(iter(self._held))]
        return wrapped
