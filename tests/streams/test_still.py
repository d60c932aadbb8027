"""Stills as JPEG."""

import cv2
import numpy as np
import pytest

from streams.still import jpeg, thumbnail
from tests.streams.footage import picture

IMAGE = picture(5, (640, 360))


def decoded(data: bytes) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    return image.astype(np.uint8)


def test_a_still_keeps_size_and_colours() -> None:
    """A JPEG decodes to nearly the same picture, channels in order."""
    image = np.zeros((64, 64, 3), np.uint8)
    image[..., 0] = 200

    back = decoded(jpeg(image))

    assert back.shape == image.shape
    assert abs(int(back[32, 32, 0]) - 200) < 4
    assert back[32, 32, 2] < 8


def test_quality_costs_bytes() -> None:
    """A better still is larger."""
    assert len(jpeg(IMAGE, 95)) > len(jpeg(IMAGE, 60))


def test_a_thumbnail_is_small_and_never_enlarged() -> None:
    """A thumbnail has the wanted width and the shape of its picture."""
    assert decoded(thumbnail(IMAGE, 160)).shape == (90, 160, 3)
    assert decoded(thumbnail(IMAGE, 2000)).shape == (360, 640, 3)


def test_a_read_only_picture_will_do() -> None:
    """Frames are read-only; stills are taken from them."""
    image = IMAGE.copy()
    image.flags.writeable = False

    assert jpeg(image)[:2] == b"\xff\xd8"


@pytest.mark.parametrize(
    ("image", "quality"),
    [
        pytest.param(np.zeros((0, 4, 3), np.uint8), 90, id="empty"),
        pytest.param(np.zeros((4, 4), np.uint8), 90, id="grey"),
        pytest.param(IMAGE, 0, id="quality 0"),
        pytest.param(IMAGE, 101, id="quality 101"),
    ],
)
def test_nonsense_is_refused(
    image: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], quality: int
) -> None:
    """An empty or grey picture or an impossible quality is a mistake."""
    with pytest.raises(ValueError, match="found"):
        jpeg(image, quality)
