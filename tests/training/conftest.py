"""Pictures, clips and starting weights for the tests of training."""

import importlib
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

if TYPE_CHECKING:
    from tests.training.tiny_run import Exported


@pytest.fixture(scope="session")
def street(sample: Path) -> NDArray[np.uint8]:
    """One picture of the campus sample: people, cars and a van at the kerb."""
    video = cv2.VideoCapture(str(sample))
    video.set(cv2.CAP_PROP_POS_FRAMES, 200)
    is_read, picture = video.read()
    video.release()
    assert is_read
    return picture.astype(np.uint8, copy=False)


@pytest.fixture(scope="session")
def exported(tmp_path_factory: pytest.TempPathFactory) -> "Exported":
    """One network with random weights, exported once for every test that needs one.

    Tracing takes half a minute of CPU, minutes on a busy machine: as a module's own
    fixture it once ran into its first test's timeout and took ten tests along. Tests
    that use it are timed without it.
    """
    tiny_run = importlib.import_module("tests.training.tiny_run")  # needs torch
    made: Exported = tiny_run.export_tiny(tmp_path_factory.mktemp("export"))
    return made
