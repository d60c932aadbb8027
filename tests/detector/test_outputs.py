"""Output families are told by shape, and decoded as their makers decode them."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from detector.outputs import Decoder, Family, OutputHints, decoder_for
from models.errors import ModelError

CELLS = 8 * 8 + 4 * 4 + 2 * 2  # strides 8, 16, 32 at 64x64


def _hints(classes: int = 3, **changes: object) -> OutputHints:
    return OutputHints(Path("net.onnx"), (64, 64), classes, **changes)  # type: ignore[arg-type]


def _random(shape: tuple[int, int], seed: int = 0) -> NDArray[np.float32]:
    return np.random.default_rng(seed).random(shape, np.float32)


@pytest.mark.parametrize(
    ("shape", "classes", "family"),
    [
        pytest.param((CELLS, 8), 3, Family.YOLOX_RAW, id="YOLOX"),
        pytest.param((CELLS, 6), 1, Family.YOLOX_RAW, id="one-class YOLOX"),
        pytest.param((7, CELLS), 3, Family.ULTRALYTICS, id="v8 and v11"),
        pytest.param((5, CELLS), 1, Family.ULTRALYTICS, id="one-class v8"),
        pytest.param((6, CELLS), 2, Family.ULTRALYTICS, id="two-class v8"),
        pytest.param((300, 6), 3, Family.END_TO_END, id="v10 and 26"),
        pytest.param((7, 500), 3, Family.ULTRALYTICS, id="v8 with other strides"),
    ],
)
def test_family_follows_from_shape(
    shape: tuple[int, int], classes: int, family: Family
) -> None:
    """The shape, the input size and the number of classes name the family."""
    decoder = decoder_for(_random(shape), _hints(classes))

    assert decoder.family is family


@pytest.mark.parametrize(
    "shape", [(10, 10), (CELLS, 5), (4, CELLS), (0, 0), (1, 1), (CELLS,)]
)
def test_foreign_output_is_refused(shape: tuple[int, int]) -> None:
    """A shape of no known family is an error naming the file."""
    with pytest.raises(ModelError, match=r"net\.onnx"):
        decoder_for(np.zeros(shape, np.float32), _hints())


@pytest.mark.parametrize("shape", [(CELLS, 9), (8, CELLS)])
def test_another_number_of_classes_is_refused(shape: tuple[int, int]) -> None:
    """Four classes in the output and three names cannot both be right."""
    with pytest.raises(ModelError, match="4 classes, 3 are named"):
        decoder_for(np.zeros(shape, np.float32), _hints())


def test_metadata_tells_a_long_end_to_end_output_from_one_class_yolox() -> None:
    """With `end2end` said, as many rows as cells are still final detections."""
    decoder = decoder_for(_random((CELLS, 6)), _hints(end_to_end=True))

    assert decoder.family is Family.END_TO_END


@pytest.mark.parametrize(
    ("decoded", "spread", "family"),
    [
        pytest.param(None, 3.0, Family.YOLOX_RAW, id="offsets of a few cells"),
        pytest.param(None, 60.0, Family.YOLOX_DECODED, id="centres over the input"),
        pytest.param(True, 3.0, Family.YOLOX_DECODED, id="the manifest wins"),
        pytest.param(False, 60.0, Family.YOLOX_RAW, id="the manifest wins again"),
    ],
)
def test_decoded_grid_is_told_from_raw_one(
    decoded: bool | None, spread: float, family: Family
) -> None:
    """Unless the manifest says so, the spread of the centres does."""
    output = _random((CELLS, 8))
    output[:, 0] = np.linspace(0, spread, CELLS)

    assert decoder_for(output, _hints(decoded=decoded)).family is family


def _reference_yolox(
    output: NDArray[np.float32], score: float
) -> list[tuple[float, ...]]:
    """The published decoding, one cell at a time."""
    found, row = [], 0
    for stride in (8, 16, 32):
        for y in range(64 // stride):
            for x in range(64 // stride):
                cell = output[row].astype(float)
                row += 1
                class_id = int(np.argmax(cell[5:]))
                confidence = cell[4] * cell[5 + class_id]
                if confidence < score:
                    continue
                cx, cy = (cell[0] + x) * stride, (cell[1] + y) * stride
                w, h = np.exp(cell[2]) * stride, np.exp(cell[3]) * stride
                box = (cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2)
                found.append((confidence, class_id, *box))
    return sorted(found, reverse=True)


def test_yolox_grid_decodes_as_published() -> None:
    """Vectorised decoding equals the loop over cells."""
    output = _random((CELLS, 8), seed=7)
    decoder = decoder_for(output, _hints())

    found = decoder.decode(output, 0.4)

    wanted = np.array(_reference_yolox(output, 0.4))
    assert 5 < len(found) < CELLS
    assert np.allclose(found.scores, wanted[:, 0], atol=1e-6)
    assert np.array_equal(found.class_ids, wanted[:, 1])
    assert np.allclose(found.boxes_px, wanted[:, 2:], atol=1e-3)


def test_decoded_yolox_equals_raw_yolox() -> None:
    """The same grid, decoded by the network or by us, gives the same boxes."""
    raw = _random((CELLS, 8), seed=3)
    raw_decoder = decoder_for(raw, _hints(decoded=False))
    done = raw.copy()
    grid = raw_decoder.grid
    done[:, :2] = (raw[:, :2] + grid[:, :2]) * grid[:, 2:]
    done[:, 2:4] = np.exp(raw[:, 2:4]) * grid[:, 2:]

    theirs = decoder_for(done, _hints(decoded=True)).decode(done, 0.3)

    ours = raw_decoder.decode(raw, 0.3)
    assert np.allclose(ours.boxes_px, theirs.boxes_px, atol=1e-3)
    assert np.array_equal(ours.scores, theirs.scores)


def test_ultralytics_columns_become_boxes() -> None:
    """Centre and size in pixels, scores as they stand, best class of each column."""
    output = np.zeros((7, CELLS), np.float32)
    output[:, 5] = (30, 20, 10, 4, 0.1, 0.9, 0.2)

    found = decoder_for(output, _hints()).decode(output, 0.3)

    assert found.boxes_px.tolist() == [[25, 18, 35, 22]]
    assert found.class_ids.tolist() == [1]
    assert found.scores.tolist() == pytest.approx([0.9])


def test_end_to_end_rows_are_taken_as_they_are() -> None:
    """Corners, score and class come ready; no merging is asked for."""
    output = np.zeros((300, 6), np.float32)
    output[0] = (1, 2, 30, 40, 0.8, 2)
    output[1] = (1, 2, 30, 41, 0.7, 2)
    decoder = decoder_for(output, _hints())

    found = decoder.decode(output, 0.3)

    assert decoder.merges_itself
    assert found.boxes_px.tolist() == [[1, 2, 30, 40], [1, 2, 30, 41]]
    assert found.class_ids.tolist() == [2, 2]


@pytest.mark.parametrize("class_id", [3.0, -1.0, 80.0])
def test_end_to_end_class_without_a_name_is_refused(class_id: float) -> None:
    """A class id outside the names is an error, not a wrong label."""
    output = np.zeros((300, 6), np.float32)
    output[0] = (1, 2, 30, 40, 0.8, class_id)

    with pytest.raises(ModelError, match="correct `classes`"):
        decoder_for(output, _hints()).decode(output, 0.3)


@pytest.mark.parametrize("poison", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("shape", [(CELLS, 8), (7, CELLS), (300, 6)])
def test_values_that_are_no_numbers_are_an_error(
    shape: tuple[int, int], poison: float
) -> None:
    """A single NaN or infinity anywhere is a broken network, not an empty street."""
    output = _random(shape)
    decoder: Decoder = decoder_for(output, _hints())
    output[1, 2] = poison

    with pytest.raises(ModelError, match="no finite numbers"):
        decoder.decode(output, 0.3)


def test_huge_exponents_do_not_overflow() -> None:
    """A raw size of a thousand stays a finite box."""
    output = np.zeros((CELLS, 8), np.float32)
    output[0] = (0, 0, 1000, 1000, 1, 1, 0, 0)

    found = decoder_for(output, _hints(decoded=False)).decode(output, 0.3)

    assert np.isfinite(found.boxes_px).all()
