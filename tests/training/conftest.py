"""Pictures, clips and starting weights for the tests of training."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray


@pytest.fixture(scope="session")
def street(sample: Path) -> NDArray[np.uint8]:
    """One picture of the campus sample: people, cars and a van at the kerb."""
    video = cv2.VideoCapture(str(sample))
    video.set(cv2.CAP_PROP_POS_FRAMES, 200)
    is_read, picture = video.read()
    video.release()
    assert is_read
    return picture.astype(np.uint8, copy=False)
