"""A signature is the picture under a box, and only what lies in the picture."""

import numpy as np
import pytest

from detector.thumbnail import signature_at


def _box(*corners: float) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    return np.array(corners, np.float32)


def test_signature_shows_the_layout_of_colours() -> None:
    """Left half dark, right half bright: so is the thumbnail, row by row."""
    image = np.zeros((40, 80, 3), np.uint8)
    image[:, 40:] = 240

    signature = signature_at(image, _box(0, 0, 80, 40))

    assert signature is not None
    row = np.frombuffer(signature.pixels, np.uint8).reshape(8, 8, 3)[3, :, 0]
    assert row.tolist() == [0] * 4 + [240] * 4


@pytest.mark.parametrize(
    "corners",
    [(10, 10, 11, 30), (10, 10, 10, 10), (-50, 0, -10, 20), (200, 0, 260, 20)],
)
def test_box_without_pixels_has_none(corners: tuple[float, ...]) -> None:
    """Slivers and boxes outside the picture give no signature and no error."""
    image = np.zeros((40, 80, 3), np.uint8)

    assert signature_at(image, _box(*corners)) is None


def test_box_over_the_edge_is_cut() -> None:
    """What lies outside the picture is not invented."""
    image = np.full((40, 80, 3), 200, np.uint8)

    signature = signature_at(image, _box(-20, -20, 40, 60))

    assert signature is not None
    assert set(signature.pixels) == {200}
