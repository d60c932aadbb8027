"""Synthetic footage: each picture tells its own number, so that none can be confused.

In: a recipe. Out: a video file encoded by libx264 or libx265, small enough for a test.
The number stands in the picture as black and white blocks, which survive encoding.
"""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.stream import VideoStream
from numpy.typing import NDArray

from streams.frame import ImageBGR

BITS = 12
BLOCK = 16


@dataclass(frozen=True)
class Recipe:
    """One clip; `gops` overrides `gop` with the lengths of single groups."""

    codec: str = "libx264"
    size: tuple[int, int] = (256, 144)
    fps: int = 10
    seconds: float = 8.0
    gop: int = 20
    b_frames: int = 0
    gops: tuple[int, ...] = ()
    still: bool = False
    noise: float = 0.0
    level: int | None = None
    crf: int = 23
    first: int = 0
    refresh: bool = False

    @property
    def pictures(self) -> int:
        return int(self.seconds * self.fps)


def picture(number: int, size: tuple[int, int]) -> NDArray[np.uint8]:
    """A textured picture (h, w, 3) with `number` written in its top rows."""
    width, height = size
    rng = np.random.default_rng(7)
    image = rng.integers(60, 190, (height // 4, width // 4, 3), dtype=np.uint8)
    image = image.repeat(4, axis=0).repeat(4, axis=1)
    image = np.roll(image, 2 * number, axis=1)
    for bit in range(BITS):
        value = 235 if number >> bit & 1 else 20
        image[:BLOCK, bit * BLOCK : (bit + 1) * BLOCK] = value
    return np.ascontiguousarray(image)


def number_of(image: ImageBGR) -> int:
    """The number written in a decoded picture of width 256."""
    row = image[BLOCK // 2, :, 1]
    return sum(1 << bit for bit in range(BITS) if row[bit * BLOCK + BLOCK // 2] > 128)


def _source(recipe: Recipe, index: int) -> NDArray[np.uint8]:
    width, height = recipe.size
    if recipe.level is not None:
        return np.full((height, width, 3), recipe.level, np.uint8)
    image = picture(recipe.first if recipe.still else recipe.first + index, recipe.size)
    if recipe.noise:
        rng = np.random.default_rng(index)
        noisy = image + rng.normal(0, recipe.noise, image.shape)
        image = noisy.clip(0, 255).astype(np.uint8)
    return image


def _key_indices(recipe: Recipe) -> set[int]:
    if recipe.refresh:
        return set()
    if not recipe.gops:
        return set(range(0, recipe.pictures, recipe.gop))
    return {sum(recipe.gops[:n]) for n in range(len(recipe.gops))}


def add_pictures(stream: VideoStream, recipe: Recipe) -> "list[av.Packet[VideoStream]]":
    """Encode the recipe's pictures; packets are not muxed yet."""
    keys = _key_indices(recipe)
    packets: list[av.Packet[VideoStream]] = []
    for index in range(recipe.pictures):
        frame = av.VideoFrame.from_ndarray(_source(recipe, index), format="bgr24")
        frame = frame.reformat(format="yuv420p")
        frame.pts = index
        frame.time_base = Fraction(1, recipe.fps)
        frame.pict_type = 1 if index in keys else 0
        packets += stream.encode(frame)
    return packets + stream.encode(None)


def write(path: Path, recipe: Recipe, options: dict[str, str] | None = None) -> Path:
    """Encode the recipe into `path`; its suffix names the container."""
    with av.open(str(path), "w", options=options or {}) as out:
        stream = out.add_stream(
            recipe.codec, rate=recipe.fps, options=_encoder_options(recipe)
        )
        assert isinstance(stream, VideoStream)
        stream.width, stream.height = recipe.size
        stream.pix_fmt = "yuv420p"
        for packet in add_pictures(stream, recipe):
            out.mux(packet)
    return path


def _encoder_options(recipe: Recipe) -> dict[str, str]:
    longest = max([recipe.gop, *recipe.gops]) + 1
    if recipe.codec == "libx265":
        params = (
            f"keyint={longest}:min-keyint=1:scenecut=0:open-gop=0:"
            f"bframes={recipe.b_frames}:log-level=none:pools=1:frame-threads=1"
        )
        return {"x265-params": params, "preset": "ultrafast", "forced-idr": "1"}
    return {
        "g": str(longest),
        "bf": str(recipe.b_frames),
        "sc_threshold": "0",
        "preset": "veryfast",
        "crf": str(recipe.crf),
        "forced-idr": "1",
        "threads": "1",
        "x264-params": f"b-adapt=0:intra-refresh={int(recipe.refresh)}",
    }


def source_packets(path: Path) -> list[bytes]:
    """Bytes of every video packet as libav demuxes them."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        return [bytes(packet) for packet in container.demux(stream) if packet.size]


def reference(path: Path) -> list[ImageBGR]:
    """Every picture of the file, decoded plainly from its beginning."""
    with av.open(str(path)) as container:
        return [
            frame.to_ndarray(format="bgr24").astype(np.uint8, copy=False)
            for frame in container.decode(video=0)
        ]
