"""Opens an address and reads packets: the one place where feeds meet libav.

In: a `FeedAddress`. Out: `RawPacket`s with the feed's own stamps, or a `FeedError`
with a named fault. Files and streams, live or not, pass through the same code, so a
replay reads exactly what a feed would have read.
"""

import io
import struct
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import av
import av.container
import av.error
from av.packet import Packet
from av.video.stream import VideoStream

from base.clock import Clock
from streams.errors import FeedError
from streams.faults import FeedFault
from streams.libav import silence_libav, translated
from streams.packet import LIVE_CODECS, Codec, RawPacket, VideoFormat
from streams.parameter_sets import parameter_sets
from streams.picture_memory import return_pictures
from streams.resolver import FeedAddress

_US = 1_000_000
_RTSP = ("rtsp://", "rtsps://")
ANALYZE_S = 5.0
"""How much of a stream libav may read to learn its format; it ends the wait itself at
the first key frame, unless a stream that was announced never comes."""
FLV_ANALYZE_S = 1.0
"""The same for FLV, where libav always waits for streams that were not announced."""
RTSP_ANALYZE_SHARE = 0.8
"""RTSP is asked for its video only: it has this share of the timeout to show a key."""
HLS_READ_FACTOR = 2.0
"""A segment of HLS arrives whole: the wait for the next may last as long as one."""
SILENCE_SHARE = 0.95
"""A packet that came only after this share of the timeout came with the interrupt."""
TRUNCATED_S = 1.0
"""A recording that ends this much before its header says so is truncated."""


def _analyze_s(url: str, timeout_s: float) -> float:
    if url.startswith(_RTSP):
        return RTSP_ANALYZE_SHARE * timeout_s
    is_flv = url.startswith(("rtmp://", "rtmps://")) or ".flv" in url
    return min(timeout_s, FLV_ANALYZE_S if is_flv else ANALYZE_S)


def _options(address: FeedAddress, timeout_s: float) -> dict[str, str]:
    """Options of the demuxer and its protocols."""
    url = address.url.get_secret_value()
    limit_us = str(int(timeout_s * _US))
    options = {"analyzeduration": str(int(_analyze_s(url, timeout_s) * _US))}
    if address.is_live:
        # the frame rate is measured here; libav would hold back two seconds for it
        options["fpsprobesize"] = "0"
    if url.startswith(_RTSP):
        options |= {
            "rtsp_transport": address.transport.value,
            "allowed_media_types": "video",
            "timeout": limit_us,
        }
    elif url.startswith(("http://", "https://", "rtmp://", "rtmps://", "tcp://")):
        options["rw_timeout"] = limit_us
    if not address.is_live:
        # a playlist dressed up as a recording must not open other files or hosts
        options["protocol_whitelist"] = "file"
    return options | dict(address.options)


def _format_of(stream: VideoStream) -> VideoFormat:
    context = stream.codec_context
    rate = stream.guessed_rate or stream.average_rate
    codec = Codec(context.name)
    header = io.BytesIO()
    if codec in LIVE_CODECS:
        with av.open(
            header, "w", format="mp4", options={"movflags": "empty_moov"}
        ) as template:
            template.add_stream_from_template(stream)
            template.start_encoding()
    return VideoFormat(
        codec=codec,
        extradata=context.extradata or b"",
        width_px=context.width,
        height_px=context.height,
        fps=float(rate) if rate else None,
        has_b_frames=bool(context.has_b_frames),
        header=header.getvalue(),
    )


class Source:
    """One connection, from open to close; used by one thread.

    Args:
        address: Where to connect.
        timeout_s: Longest wait for the connection and for each packet, seconds.
        clock: Tells how long a call took.
    """

    def __init__(self, address: FeedAddress, timeout_s: float, clock: Clock) -> None:
        silence_libav()
        return_pictures()
        self._address = address
        self._timeout_s = timeout_s
        self._clock = clock
        self._container, self._stream = self._open()
        self._format = self._first_format()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection; safe to call twice."""
        self._container.close()

    @property
    def format(self) -> VideoFormat:
        """Format of the stream as of the last packet read."""
        return self._format

    @property
    def _read_timeout_s(self) -> float:
        is_hls = self._address.is_live and ".m3u8" in str(self._address)
        return self._timeout_s * (HLS_READ_FACTOR if is_hls else 1.0)

    def _open(self) -> tuple[av.container.InputContainer, VideoStream]:
        address, url = self._address, self._address.url.get_secret_value()
        if not address.is_live and Path(url).is_file() and not Path(url).stat().st_size:
            raise FeedError(FeedFault.EMPTY, "the file has no bytes")
        try:
            container = self._opened(url)
        except FeedError as error:
            if url.startswith(_RTSP) and error.fault is FeedFault.CORRUPT:
                # nothing of a stream was read yet: the answer was no RTSP at all
                words = "the answer is not of an RTSP server"
                raise FeedError(FeedFault.REFUSED, words) from None
            raise
        try:
            return container, self._picture_stream(container)
        except FeedError:
            container.close()
            raise

    def _opened(self, url: str) -> av.container.InputContainer:
        with translated(
            self._clock,
            is_opening=True,
            is_live=self._address.is_live,
            timeout_s=self._timeout_s,
        ):
            return av.open(
                url,
                mode="r",
                options=_options(self._address, self._timeout_s),
                timeout=(self._timeout_s, self._read_timeout_s),
                metadata_errors="replace",
            )

    def _picture_stream(self, container: av.container.InputContainer) -> VideoStream:
        videos = container.streams.video
        if not videos:
            raise FeedError(FeedFault.EMPTY, "there is no video in the stream")
        stream = videos[0]
        context = stream.codec_context
        name = "unknown" if context is None else context.name  # type: ignore[redundant-expr] # no decoder: None
        wanted = LIVE_CODECS if self._address.is_live else frozenset(Codec)
        if name not in {codec.value for codec in wanted}:
            raise FeedError(FeedFault.UNSUPPORTED, f"the video codec is {name}")
        if not context.width or not context.height:
            raise FeedError(FeedFault.EMPTY, "no picture arrived")
        return stream

    def _first_format(self) -> VideoFormat:
        try:
            return _format_of(self._stream)
        except av.error.FFmpegError as error:
            self.close()
            words = error.strerror or ""
            raise FeedError(FeedFault.CORRUPT, words) from None

    def packets(self) -> Iterator[RawPacket]:
        """Every packet up to the end of the stream.

        Raises:
            FeedError: What ended the connection; a recording ends silently, a live
                stream with `ENDED`, a recording shorter than its header with
                `CORRUPT`.
        """
        demux = self._container.demux(self._stream)
        last: RawPacket | None = None
        while True:
            began_s = self._clock.monotonic_s()
            with translated(
                self._clock,
                is_opening=False,
                is_live=self._address.is_live,
                timeout_s=self._read_timeout_s,
            ):
                packet = next(demux, None)
            self._check_silence(self._clock.monotonic_s() - began_s)
            if packet is None or not packet.size:
                break
            raw = self._raw(packet)
            last = raw
            yield raw
        if self._address.is_live:
            raise FeedError(FeedFault.ENDED, "the server closed the stream")
        self._check_whole(last)

    def _check_silence(self, waited_s: float) -> None:
        """An interrupted libav hands out half a picture first, its error only later."""
        if self._address.is_live and waited_s >= SILENCE_SHARE * self._read_timeout_s:
            raise FeedError(FeedFault.STALLED, f"nothing came for {waited_s:.0f} s")

    def _raw(self, packet: "Packet[VideoStream]") -> RawPacket:
        data = bytes(packet)
        if packet.is_keyframe:
            self._note_format(packet, data)
        tick_s = float(packet.time_base)
        return RawPacket(
            data=data,
            format=self._format,
            is_keyframe=packet.is_keyframe,
            pts_s=None if packet.pts is None else packet.pts * tick_s,
            dts_s=None if packet.dts is None else packet.dts * tick_s,
            duration_s=packet.duration * tick_s if packet.duration else None,
            tick_s=tick_s,
            utc=_camera_utc(packet),
            is_damaged=packet.is_corrupt,
        )

    def _note_format(self, packet: "Packet[VideoStream]", data: bytes) -> None:
        if packet.has_sidedata("new_extradata"):
            extradata = bytes(packet.get_sidedata("new_extradata"))
            if extradata != self._format.extradata:
                self._format = replace(self._format, extradata=extradata)
        elif self._format.is_annexb:
            sets = parameter_sets(data, self._format.codec)
            known = parameter_sets(self._format.extradata, self._format.codec)
            if sets and sets != known:
                self._format = self._renewed(data, sets)

    def _renewed(self, data: bytes, sets: bytes) -> VideoFormat:
        """The format a key packet announces in its own parameter sets."""
        try:
            with av.open(io.BytesIO(data), "r", format=self._format.codec.value) as raw:
                found = _format_of(raw.streams.video[0])
        except (av.error.FFmpegError, IndexError):
            return replace(self._format, extradata=sets)
        fps, has_b_frames = self._format.fps, self._format.has_b_frames
        return replace(found, extradata=sets, fps=fps, has_b_frames=has_b_frames)

    def _check_whole(self, last: RawPacket | None) -> None:
        if last is None:
            raise FeedError(FeedFault.EMPTY, "the recording holds no picture")
        stream = self._stream
        if last.is_damaged and "mp4" in self._container.format.name:
            raise FeedError(FeedFault.CORRUPT, "the recording is truncated")
        if not stream.duration or stream.time_base is None or last.dts_s is None:
            return
        promised_s = float(stream.duration * stream.time_base)
        start_s = float((stream.start_time or 0) * stream.time_base)
        if promised_s - (last.dts_s - start_s) > TRUNCATED_S + (last.duration_s or 0):
            raise FeedError(FeedFault.CORRUPT, "the recording is truncated")


def _camera_utc(packet: "Packet[VideoStream]") -> datetime | None:
    """The camera's UTC of this packet: libav's `AVProducerReferenceTime`."""
    if not packet.has_sidedata("prft"):
        return None
    (wall_us,) = struct.unpack_from("<q", bytes(packet.get_sidedata("prft")))
    try:
        return datetime.fromtimestamp(wall_us / _US, UTC)
    except (ValueError, OverflowError, OSError):
        return None
