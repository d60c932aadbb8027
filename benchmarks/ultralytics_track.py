"""Ultralytics' own `YOLO.track` on every frame: the extra row of the comparison.

Needs the `ultralytics` package (AGPL-3.0, never part of the core) in an environment of
its own, `NONSITE_BENCH_YOLO_PYTHON`, and a network it can read, `NONSITE_BENCH_YOLO`:
its networks are not ours, so this row compares tools, not networks.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import cv2
import numpy as np

from benchmarks.footage import FPS, HEIGHT, WIDTH
from benchmarks.watches import DWELL_S, VEHICLES, Seen, kerb_points
from nonsite.lines import Networks

WEIGHTS = "NONSITE_BENCH_YOLO"
PYTHON = "NONSITE_BENCH_YOLO_PYTHON"


def interpreter() -> str:
    """The Python the package is installed in: this one unless another is named."""
    return os.environ.get(PYTHON, sys.executable)


def wanting() -> str | None:
    """None when it can run here, else what is wanting."""
    asked = [interpreter(), "-c", "import ultralytics"]
    try:
        done = subprocess.run(asked, capture_output=True, check=False)
    except OSError as error:
        return f"{PYTHON} cannot be started: {error.strerror}"
    if done.returncode:
        return (
            f"the ultralytics package is not installed ({PYTHON} names another Python)"
        )
    weights = os.environ.get(WEIGHTS)
    if weights is None or not Path(weights).is_file():
        return f"{WEIGHTS} names no network file"
    return None


def track(path: Path, _networks: Networks) -> Iterator[Seen]:
    """`YOLO.track` with ByteTrack as shipped, dwell by track."""
    from ultralytics import YOLO  # noqa: PLC0415 - optional

    model = YOLO(os.environ[WEIGHTS], task="detect")
    zone = (kerb_points() * (WIDTH, HEIGHT)).astype(np.float32)
    since: dict[int, float] = {}
    alerted: set[int] = set()
    results = model.track(
        str(path), stream=True, verbose=False, tracker="bytetrack.yaml", device="cpu"
    )
    for number, result in zip(count(), results, strict=False):
        at_s = number / FPS
        boxes = result.boxes
        if boxes is not None and boxes.id is not None:
            for box, kind, name in zip(boxes.xyxy, boxes.cls, boxes.id, strict=True):
                foot = (float(box[0] + box[2]) / 2, float(box[3]) - 4)
                inside = cv2.pointPolygonTest(zone, foot, measureDist=False) >= 0
                if inside and result.names[int(kind)] in VEHICLES:
                    began = since.setdefault(int(name), at_s)
                    if at_s - began >= DWELL_S:
                        alerted.add(int(name))
        yield Seen(at_s, saw_kerb=True, alerts=len(alerted))
