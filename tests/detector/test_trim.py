"""Grey that a network need not see is cut off, and nothing else changes."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from detector.letterbox import letterbox
from detector.network import open_network
from detector.outputs import OutputHints, decoder_for
from models.errors import ModelError
from models.manifest import Colour, InputSpec
from tests.detector.tiny_onnx import write_network


def _spec(**changes: object) -> InputSpec:
    keys: dict[str, object] = {
        "width": 416,
        "height": 416,
        "colour": Colour.BGR,
        "scale": 1.0,
    }
    return InputSpec.model_validate(keys | changes)


@pytest.mark.parametrize(
    ("size", "wanted"),
    [
        pytest.param((1080, 1920), (3, 256, 416), id="16:9"),
        pytest.param((288, 352), (3, 352, 416), id="pole camera"),
        pytest.param((640, 640), (3, 416, 416), id="square"),
        pytest.param((1920, 1080), (3, 416, 256), id="upright"),
        pytest.param((1, 500), (3, 32, 416), id="a line"),
    ],
)
def test_input_is_no_larger_than_the_picture_needs(
    size: tuple[int, int], wanted: tuple[int, int, int]
) -> None:
    """Sides shrink to the multiple of 32 that holds the picture."""
    image = np.full((*size, 3), 200, np.uint8)

    planes, _ = letterbox(image, _spec(trim=32))

    assert planes.shape == wanted


def test_pixels_and_scale_stay_as_they_were() -> None:
    """The trimmed input is the upper left part of the whole one."""
    image = np.random.default_rng(1).integers(0, 255, (90, 160, 3), np.uint8)

    whole, placement = letterbox(image, _spec())
    trimmed, same_placement = letterbox(image, _spec(trim=32))

    assert same_placement == placement
    assert np.array_equal(trimmed, whole[:, :256])


def test_decoder_of_another_size_has_its_own_grid() -> None:
    """A cell stands where the smaller input has it, by the strides that were found."""
    classes = 2
    hints = OutputHints(Path("x.onnx"), (64, 64), classes, decoded=False)
    decoder = decoder_for(np.zeros((84, 5 + classes), np.float32), hints)
    output = np.zeros((42, 5 + classes), np.float32)
    output[9, 4:6] = 1.0  # second row, second cell of stride 8 at 64 x 32

    found = decoder.at((64, 32)).decode(output, 0.5)

    assert found.boxes_px.tolist() == [[4.0, 4.0, 12.0, 12.0]]


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"trim": 32, "centred": True}, id="centred"),
        pytest.param({"trim": 32, "width": 400}, id="side not divided"),
        pytest.param({"trim": 0}, id="nought"),
    ],
)
def test_trim_that_cannot_be_is_refused(changes: dict[str, object]) -> None:
    """A picture in the middle, or a side 32 does not divide, cannot be trimmed."""
    with pytest.raises(ValidationError):
        _spec(**changes)


def test_fixed_graph_is_not_trimmed(
    tmp_path: Path, manifest_for: Callable[..., Path]
) -> None:
    """A network that takes one size only is refused with the key to take out."""
    output = np.zeros((84, 8), np.float32)
    weights = write_network(tmp_path, output, "fixed", input_shape=("batch", 3, 64, 64))
    side = {"width": 64, "height": 64, "colour": "bgr", "scale": 1.0, "trim": 32}
    manifest = manifest_for(weights, ("a", "b", "c"), input=side)

    with pytest.raises(ModelError, match="take `trim` out of the manifest"):
        open_network(manifest)
