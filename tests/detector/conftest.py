"""The shipped network, opened once, and manifests for tiny networks."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
import yaml
from numpy.typing import NDArray

from detector.network import Network, open_network
from models.catalogue import DEFAULT_DETECTOR, find


@pytest.fixture(scope="session")
def shipped() -> Network:
    """The embedded detector."""
    return open_network(find(DEFAULT_DETECTOR)[1])


@pytest.fixture(scope="session")
def campus(sample: Path) -> list[NDArray[np.uint8]]:
    """Every fifth picture of the campus sample: two looks a second."""
    video = cv2.VideoCapture(str(sample))
    pictures = []
    while True:
        is_read, picture = video.read()
        if not is_read:
            break
        pictures.append(picture.astype(np.uint8, copy=False))
    video.release()
    return pictures[::5]


@pytest.fixture(scope="session")
def street(campus: list[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """One picture of it: people, cars and a van at the kerb."""
    return campus[40]


@pytest.fixture
def manifest_for(tmp_path: Path) -> Callable[..., Path]:
    """Writes a manifest for a weights file; keywords override its keys."""

    def write(weights: Path, classes: tuple[str, ...], **changes: object) -> Path:
        side = {"width": 64, "height": 64, "colour": "bgr", "scale": 1.0}
        keys = {
            "name": weights.stem,
            "file": str(weights),
            "sha256": hashlib.sha256(weights.read_bytes()).hexdigest(),
            "input": side,
            "classes": list(classes),
            "thresholds": {
                "score": 0.3,
                "nms_iou": 0.5,
                "track_high": 0.4,
                "track_low": 0.15,
                "track_new": 0.45,
            },
            "licence": "Apache-2.0",
        }
        path = tmp_path / f"{weights.stem}.yaml"
        path.write_text(yaml.safe_dump(keys | changes), encoding="utf-8")
        return path

    return write
