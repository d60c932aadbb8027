"""Footage as a 1280×960 pole camera would send it, made of the repository's sample.

Court-grade pictures have 1280×720 at least (GA/T 832-2014); the sample is smaller, so
it is scaled up once and kept for all tests of a run.
"""

import subprocess
from pathlib import Path

LENGTH_S = 24
KEY_EVERY = 10


def _ffmpeg(*arguments: str) -> None:
    subprocess.run(
        ["ffmpeg", "-v", "error", "-y", *arguments],
        check=True,
        timeout=120,
        stdin=subprocess.DEVNULL,
    )


def large_footage(sample: Path, folder: Path) -> Path:
    """An MP4 of `LENGTH_S` seconds in H.264, a key picture a second."""
    made = folder / "street.mp4"
    _ffmpeg(
        "-i", str(sample), "-t", str(LENGTH_S), "-an",
        "-vf", "scale=1280:960", "-c:v", "libx264", "-preset", "ultrafast",
        "-crf", "30", "-pix_fmt", "yuv420p", "-profile:v", "main", "-bf", "0",
        "-g", str(KEY_EVERY), "-keyint_min", str(KEY_EVERY), str(made),
    )  # fmt: skip
    return made


def clip_of(footage: Path, begin_s: int, length_s: int) -> Path:
    """A stretch of it, packets copied."""
    made = footage.with_name(f"clip-{begin_s}-{length_s}.mp4")
    if not made.exists():
        _ffmpeg(
            "-ss", str(begin_s), "-i", str(footage), "-t", str(length_s),
            "-c", "copy", "-movflags", "+faststart", str(made),
        )  # fmt: skip
    return made


def picture_of(footage: Path, at_s: float) -> bytes:
    """One picture of it as JPEG."""
    made = footage.with_name(f"still-{round(at_s * 10)}.jpg")
    if not made.exists():
        _ffmpeg(
            "-ss", str(at_s), "-i", str(footage),
            "-frames:v", "1", "-q:v", "4", str(made),
        )  # fmt: skip
    return made.read_bytes()
