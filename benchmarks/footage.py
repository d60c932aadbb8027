"""The stream the benchmarks look at: the sample street as a 1080p25 camera sends it.

The sample is enlarged, repeated to 25 frames a second, given sensor noise from a fixed
seed and encoded at the bitrate of a street camera, so that decoding costs what it
costs in the field. A quiet street is the median of the sample's pictures: the van
stands, nobody passes, only the noise moves. Made once, kept in `benchmarks/out/`.
"""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

from streams.frame import ImageBGR

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "samples" / "videos" / "campus.mp4"
OUT = ROOT / "benchmarks" / "out"
WIDTH, HEIGHT, FPS = 1920, 1080, 25
SECONDS = 60


@dataclass(frozen=True, slots=True)
class Recipe:
    """How the stream is encoded."""

    codec: str = "libx264"
    gop_s: float = 2.0
    is_quiet: bool = False
    seconds: int = SECONDS

    @property
    def path(self) -> Path:
        """Where the made stream lies."""
        quiet = "_quiet" if self.is_quiet else ""
        length = "" if self.seconds == SECONDS else f"_{self.seconds}s"
        name = f"street_{self.codec}_gop{self.gop_s:g}{quiet}{length}.mp4"
        return OUT / name


def made(recipe: Recipe) -> Path:
    """The stream's path, made if it is not there yet."""
    if not recipe.path.is_file():
        OUT.mkdir(parents=True, exist_ok=True)
        partial = recipe.path.with_suffix(".partial.mp4")
        _encode(recipe, partial)
        partial.rename(recipe.path)
    return recipe.path


def _pictures() -> list[ImageBGR]:
    with av.open(str(SAMPLE)) as container:
        return [
            np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)
            for frame in container.decode(video=0)
        ]


def _quiet(pictures: list[ImageBGR]) -> list[ImageBGR]:
    """What stands still: the median over time of every eighth picture."""
    return [np.median(np.stack(pictures[::8]), axis=0).astype(np.uint8)]


def _encode(recipe: Recipe, path: Path) -> None:
    rng = np.random.default_rng(7)
    noise = rng.normal(0, 3, (8, HEIGHT, WIDTH, 1)).astype(np.int16)
    pictures = _quiet(_pictures()) if recipe.is_quiet else _pictures()
    with av.open(str(path), "w") as out:
        options = {"preset": "veryfast", "x265-params": "log-level=none"}
        stream = out.add_stream(recipe.codec, rate=FPS, options=options)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height = WIDTH, HEIGHT
        stream.pix_fmt = "yuv420p"
        stream.bit_rate = 4_000_000
        stream.gop_size = round(recipe.gop_s * FPS)
        stream.time_base = Fraction(1, FPS)
        for index in range(recipe.seconds * FPS):
            source = pictures[int(index / FPS * 10) % len(pictures)]
            large = cv2.resize(source, (WIDTH, HEIGHT)).astype(np.int16)
            noisy = np.clip(large + noise[index % len(noise)], 0, 255)
            frame = av.VideoFrame.from_ndarray(noisy.astype(np.uint8), format="bgr24")
            frame.pts = index
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
