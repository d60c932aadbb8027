"""A recording made from another: decoded, changed, encoded as a camera does it.

In: a recording, the stretch wanted of it, the steps. Out: a new recording in a cache
folder, named by everything it depends on, so that it is made once. What is replayed is
a real stream: packets, key frames and compression included.
"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import av
import av.error
import numpy as np
from av.container import InputContainer

from streams.errors import FeedError
from streams.faults import FeedFault
from streams.frame import ImageBGR
from streams.libav import silence_libav
from streams.picture_writer import PictureWriter
from streams.stage_pixels import Stage
from streams.stage_settings import StageSection
from streams.stretch import Stretch
from streams.whole_file import whole_file

FORMAT = 1
"""Grows when the same steps give other pictures: older files are made anew."""
EPSILON_S = 1e-3
FALLBACK_FPS = 25.0
"""Of a recording whose header does not tell."""


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
    encoder: PictureWriter | None = None
    with (
        av.open(str(source)) as clip,
        av.open(
            str(draft), "w", format="mp4", options={"movflags": "+faststart"}
        ) as out,
    ):
        for index, (at_s, image) in enumerate(_pictures(clip, stretch)):
            encoder = encoder or PictureWriter(out, image, section, _fps(clip))
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
