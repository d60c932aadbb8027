"""A recording made from another: decoded, changed, encoded as a camera does it.

In: a recording, the stretch wanted of it, the steps. Out: a new recording in a cache
folder, named by everything it depends on, so that it is made once. What is replayed is
a real stream: packets, key frames and compression included.
"""

import hashlib
import json
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import av.error
import numpy as np
from av.container import InputContainer, OutputContainer
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from streams.errors import FeedError
from streams.faults import FeedFault
from streams.frame import ImageBGR
from streams.libav import silence_libav
from streams.stage_pixels import Stage
from streams.stage_settings import StageSection
from streams.stretch import Stretch
from streams.whole_file import whole_file

FORMAT = 1
"""Grows when the same steps give other pictures: older files are made anew."""
TICKS_PER_S = 90_000
EPSILON_S = 1e-3
FALLBACK_FPS = 25.0
"""Of a recording whose header does not tell."""
_ENCODERS = {"h264": "libx264", "h265": "libx265"}
_QUALITY = {"h264": "24", "h265": "26"}


def staged(source: Path, stretch: Stretch, section: StageSection, cache: Path) -> Path:
    """The staged recording, made if it is not there yet.

    Args:
        source: The recording it is made from.
        stretch: What is taken of it; a step's times count from its beginning.
        section: What is done to it.
        cache: Folder it is kept in; made when missing.

    Raises:
        FeedError: `NOT_FOUND`, `CORRUPT` or `EMPTY`, when the source cannot be read.
        OSError: The folder cannot be written.
    """
    silence_libav()
    path = cache / f"staged-{_name(source, stretch, section)}.mp4"
    if path.is_file():
        return path
    cache.mkdir(parents=True, exist_ok=True)
    try:
        with whole_file(path) as draft:
            _make(source, stretch, section, draft)
    except av.error.FFmpegError as error:
        words = f"{source.name} cannot be staged: {error.strerror or ''}"
        raise FeedError(FeedFault.CORRUPT, words) from error
    return path


def _name(source: Path, stretch: Stretch, section: StageSection) -> str:
    try:
        with source.open("rb") as clip:
            digest = hashlib.file_digest(clip, "sha256").hexdigest()
    except OSError as error:
        words = f"{source.name}: {error.strerror or ''}"
        raise FeedError(FeedFault.NOT_FOUND, words) from error
    recipe = [FORMAT, digest, stretch.from_s, stretch.to_s, section.model_dump()]
    text = json.dumps(recipe, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def _make(source: Path, stretch: Stretch, section: StageSection, draft: Path) -> None:
    stage = Stage(section.steps)
    encoder: _Encoder | None = None
    with (
        av.open(str(source)) as clip,
        av.open(
            str(draft), "w", format="mp4", options={"movflags": "+faststart"}
        ) as out,
    ):
        for index, (at_s, image) in enumerate(_pictures(clip, stretch)):
            encoder = encoder or _Encoder(out, image, section, _fps(clip))
            changed = stage.apply(image, index, at_s)
            if changed is not None:
                encoder.add(changed, at_s)
        if encoder is None or not encoder.pictures:
            raise FeedError(FeedFault.EMPTY, f"{source.name}: no picture is left")
        encoder.finish()


def _pictures(
    clip: InputContainer, stretch: Stretch
) -> Iterator[tuple[float, ImageBGR]]:
    """The pictures of a stretch, each with its time in the stretch, seconds."""
    stream = clip.streams.video[0]
    stream.codec_context.thread_count = 1
    began_s: float | None = None
    for frame in clip.decode(stream):
        if frame.time is None:
            continue
        began_s = frame.time if began_s is None else began_s
        passed_s = frame.time - began_s
        if stretch.to_s is not None and passed_s >= stretch.to_s:
            return
        if passed_s >= stretch.from_s - EPSILON_S:
            image = np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)
            yield passed_s - stretch.from_s, image


def _fps(clip: InputContainer) -> float:
    rate = clip.streams.video[0].average_rate
    return float(rate) if rate else FALLBACK_FPS


class _Encoder:
    """Writes pictures as a camera sends them: its codec, its key frames, its rate."""

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
        width, height = self._size
        shown = np.ascontiguousarray(image[:height, :width])
        frame = av.VideoFrame.from_ndarray(shown, format="bgr24")
        frame.pts = round(at_s * TICKS_PER_S)
        frame.time_base = Fraction(1, TICKS_PER_S)
        self._out.mux(self._stream.encode(frame))
        self.pictures += 1

    def finish(self) -> None:
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
