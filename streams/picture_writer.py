"""Pictures in, an encoded recording out, as a camera sends it."""

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import av
import av.error
import numpy as np
from av.container import OutputContainer
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from streams.errors import FeedError
from streams.faults import FeedFault
from streams.frame import ImageBGR
from streams.libav import silence_libav
from streams.stage_settings import StageSection
from streams.whole_file import whole_file

TICKS_PER_S = 90_000
_ENCODERS = {"h264": "libx264", "h265": "libx265"}
_QUALITY = {"h264": "24", "h265": "26"}


class Recording:
    """A new recording that takes pictures; its size is that of the first."""

    def __init__(self, out: OutputContainer, section: StageSection, fps: float) -> None:
        self._out, self._section, self._fps = out, section, fps
        self._writer: PictureWriter | None = None

    @property
    def pictures(self) -> int:
        """How many were written."""
        return 0 if self._writer is None else self._writer.pictures

    def add(self, image: ImageBGR, at_s: float) -> None:
        """Write one picture, shown `at_s` seconds after the recording's beginning."""
        if self._writer is None:
            self._writer = PictureWriter(self._out, image, self._section, self._fps)
        self._writer.add(image, at_s)

    def finish(self) -> None:
        """Write what the encoder still holds."""
        if self._writer is not None:
            self._writer.finish()


@contextmanager
def recording(path: Path, section: StageSection, fps: float) -> Iterator[Recording]:
    """A recording to write pictures into; it appears at `path` when it is whole.

    Args:
        path: The MP4; replaced when it exists.
        section: Codec, key interval, rate of bits; its steps are not looked at.
        fps: Pictures a second.

    Raises:
        FeedError: `CORRUPT`: it cannot be encoded.
        OSError: It cannot be written.
    """
    silence_libav()
    options = {"movflags": "+faststart"}
    try:
        with (
            whole_file(path) as draft,
            av.open(str(draft), "w", format="mp4", options=options) as out,
        ):
            made = Recording(out, section, fps)
            yield made
            made.finish()
    except av.error.FFmpegError as error:
        words = f"{path.name} cannot be written: {error.strerror or ''}"
        raise FeedError(FeedFault.CORRUPT, words) from error


class PictureWriter:
    """Writes pictures into an open file.

    Args:
        out: The file.
        first: Its first picture, for the size.
        section: Codec, key interval, rate of bits; its steps are not looked at.
        fps: Pictures a second.

    Attributes:
        pictures: How many were written.
    """

    def __init__(
        self, out: OutputContainer, first: ImageBGR, section: StageSection, fps: float
    ) -> None:
        stream = out.add_stream(
            _ENCODERS[section.codec], rate=round(fps), options=_options(section, fps)
        )
        assert isinstance(stream, VideoStream)
        context = stream.codec_context
        assert isinstance(context, VideoCodecContext)
        # even sizes: 4:2:0 colour has no others
        context.width, context.height = first.shape[1] & ~1, first.shape[0] & ~1
        context.pix_fmt = "yuv420p"
        context.time_base = stream.time_base = Fraction(1, TICKS_PER_S)
        context.thread_count = 1
        if section.kbps is not None:
            context.bit_rate = section.kbps * 1000
        self._out, self._stream = out, stream
        self._size = context.width, context.height
        self.pictures = 0

    def add(self, image: ImageBGR, at_s: float) -> None:
        """Write one picture, shown `at_s` seconds after the recording's beginning."""
        width, height = self._size
        shown = np.ascontiguousarray(image[:height, :width])
        frame = av.VideoFrame.from_ndarray(shown, format="bgr24")
        frame.pts = round(at_s * TICKS_PER_S)
        frame.time_base = Fraction(1, TICKS_PER_S)
        self._out.mux(self._stream.encode(frame))
        self.pictures += 1

    def finish(self) -> None:
        """Write what the encoder still holds."""
        self._out.mux(self._stream.encode(None))


def _options(section: StageSection, fps: float) -> dict[str, str]:
    group = str(max(1, round(section.gop_s * fps)))
    preset = "ultrafast" if section.codec == "h265" else "veryfast"
    options = {"preset": preset, "g": group, "bf": "0"}
    if section.kbps is None:
        options["crf"] = _QUALITY[section.codec]
    if section.codec == "h265":
        params = f"keyint={group}:min-keyint={group}:scenecut=0:log-level=none"
        options["x265-params"] = f"{params}:pools=none:frame-threads=1"
    else:
        options |= {"keyint_min": group, "sc_threshold": "0"}
    return options
