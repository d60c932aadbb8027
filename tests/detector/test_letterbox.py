"""Boxes find the way back from the network's input to the picture."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.letterbox import letterbox
from models.manifest import Colour, InputSpec


def _spec(**changes: object) -> InputSpec:
    keys: dict[str, object] = {
        "width": 64,
        "height": 64,
        "colour": Colour.BGR,
        "scale": 1.0,
    }
    return InputSpec.model_validate(keys | changes)


@settings(deadline=None)  # the machine is shared
@given(
    width=st.integers(1, 300),
    height=st.integers(1, 300),
    is_centred=st.booleans(),
    corners=st.tuples(*[st.floats(0, 1)] * 4),
)
def test_boxes_survive_the_round_trip(
    width: int,
    height: int,
    is_centred: bool,
    corners: tuple[float, float, float, float],
) -> None:
    """A box mapped into the input and back is where it was, within half a pixel."""
    image = np.zeros((height, width, 3), np.uint8)
    _, placement = letterbox(image, _spec(centred=is_centred))
    wanted = np.array([corners], np.float32) * [width, height, width, height]
    inside = wanted * placement.scale + [
        placement.left,
        placement.top,
        placement.left,
        placement.top,
    ]

    back = placement.to_picture(inside.astype(np.float32))

    assert np.abs(back - wanted).max() < 0.5


def test_grey_fills_what_the_picture_leaves() -> None:
    """A wide picture lies top left, or in the middle when the network wants it so."""
    image = np.full((32, 64, 3), 200, np.uint8)

    top_left, _ = letterbox(image, _spec())
    centred, _ = letterbox(image, _spec(centred=True))

    assert top_left[0, :32].min() == 200
    assert top_left[0, 32:].max() == 114
    assert centred[0, 16:48].min() == 200
    assert centred[0, :16].max() == 114


def test_colour_order_and_scale_follow_the_manifest() -> None:
    """RGB networks get red first; scale, mean and deviation are applied in order."""
    image = np.zeros((64, 64, 3), np.uint8)
    image[..., 2] = 255

    plain, _ = letterbox(image, _spec())
    turned, _ = letterbox(
        image,
        _spec(colour="rgb", scale=1 / 255, mean=(0.5, 0.0, 0.0), std=(0.25, 1, 1)),
    )

    assert plain[:, 0, 0].tolist() == [0, 0, 255]
    assert turned[:, 0, 0].tolist() == pytest.approx([2.0, 0, 0], abs=1e-6)
    assert turned.dtype == np.float32
    assert turned.flags.c_contiguous


def test_picture_of_the_input_size_is_not_touched() -> None:
    """No resampling where none is needed."""
    image = np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)

    planes, placement = letterbox(image, _spec())

    assert placement.scale == 1.0
    assert np.array_equal(planes, image.transpose(2, 0, 1))
