"""What evidence costs: both digests alone, in the pass that writes, and drawn stills.

Run with `python -m benchmarks.evidence [FOLDER]`. Rates are per CPU second of this
process, so that neighbours on the machine do not count; wall rates stand beside.
"""

import io
import os
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256, SM3, Hash
from PIL import Image

from alerts.annotate import Caption, annotate
from alerts.digest import DigestPass
from alerts.object_store import ObstoreEvidenceStore
from alerts.pack import Role
from alerts.pack_scene import Scene
from base.clock import SystemClock, cpu_s
from detector.box import Box

CHUNK_MB = 1
CHUNKS = 64
REPEATS = 3


def _rate(work: Callable[[], None]) -> tuple[float, float]:
    """Best of a few runs: per CPU second and per second."""
    clock = SystemClock()
    best = (0.0, 0.0)
    for _ in range(REPEATS):
        began, began_cpu = clock.monotonic_s(), cpu_s()
        work()
        spent, spent_cpu = clock.monotonic_s() - began, cpu_s() - began_cpu
        best = max(best, (1 / spent_cpu, 1 / spent))
    return best


def full_still() -> bytes:
    """A 1080p JPEG of noise, 1 MB: the costliest a camera gives."""
    noise = Image.frombytes("RGB", (480, 270), os.urandom(480 * 270 * 3))
    out = io.BytesIO()
    noise.resize((1920, 1080)).save(out, "JPEG", quality=92)
    return out.getvalue()


def main() -> None:
    """Print the figures."""
    chunks = [os.urandom(CHUNK_MB << 20) for _ in range(CHUNKS)]
    total_mb = CHUNK_MB * CHUNKS

    def digests() -> None:
        passed = DigestPass()
        for _ in passed.blocks(chunks):
            pass
        passed.finish()

    for algorithm in (SHA256(), SM3()):

        def alone(algorithm: SHA256 | SM3 = algorithm) -> None:
            hashed = Hash(algorithm)
            for chunk in chunks:
                hashed.update(chunk)
            hashed.finalize()

        rate, wall = _rate(alone)
        name = f"{algorithm.name} alone"
        print(f"{name:22} {rate * total_mb:6.0f} MB/CPU s {wall * total_mb:6.0f}")
    rate, wall = _rate(digests)
    print(
        f"both digests           {rate * total_mb:6.0f} MB/CPU s {wall * total_mb:6.0f}"
    )
    with tempfile.TemporaryDirectory(dir=sys.argv[1] if sys.argv[1:] else None) as name:
        store = ObstoreEvidenceStore(Path(name), reserve_bytes=0)

        def write() -> None:
            store.put([os.urandom(16), *chunks])

        rate, wall = _rate(write)
    print(
        f"both while writing     {rate * total_mb:6.0f} MB/CPU s {wall * total_mb:6.0f}"
    )
    still, at = full_still(), datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
    zone = ((0.1, 0.3), (0.8, 0.3), (0.9, 0.9))
    caption = Caption(
        Scene("camera", "人行道违停", zone),
        "3f2a91bc",
        "SW-01",
        Role.LAST,
        at,
        at,
        at,
        Box(0.2, 0.4, 0.5, 0.7),
        (),
    )

    def draw() -> None:
        annotate(still, caption)

    rate, wall = _rate(draw)
    print(f"1080p still, drawn on  {rate:6.1f} /CPU s  {wall:6.1f} /s")


if __name__ == "__main__":
    main()
