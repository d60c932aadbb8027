"""Pictures squared with their own mirror image, and what is labelled in it."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

pytest.importorskip(
    "faster_coco_eval", reason="the train extra is missing: run `make test-train`"
)

from training.config import EvaluationSet
from training.evaluation import pictures_of
from training.material import Material
from training.mirrored import Bands, bands_of

pytestmark = pytest.mark.train
WIDE_PX, HIGH_PX, BAND_PX = 416, 292, 62
SIDES = {"top and bottom": (BAND_PX, 0), "left and right": (0, BAND_PX)}


def _squared(street: NDArray[np.uint8], rows: int, columns: int) -> NDArray[np.uint8]:
    """The street padded as such sets are, and compressed."""
    size = (WIDE_PX, HIGH_PX) if rows else (HIGH_PX, WIDE_PX)
    picture = cv2.resize(street, size, interpolation=cv2.INTER_AREA)
    sides = (rows, rows, columns, columns)
    padded = cv2.copyMakeBorder(picture, *sides, cv2.BORDER_REFLECT)
    _, packed = cv2.imencode(".jpg", padded, [cv2.IMWRITE_JPEG_QUALITY, 80])
    read = cv2.imdecode(packed, cv2.IMREAD_COLOR)
    assert read is not None
    return read.astype(np.uint8, copy=False)


@pytest.mark.parametrize(("rows", "columns"), SIDES.values(), ids=SIDES)
def test_bands_are_found_to_two_pixels(
    street: NDArray[np.uint8], rows: int, columns: int
) -> None:
    """At two opposite sides, whichever they are."""
    bands = bands_of(_squared(street, rows, columns))

    assert bands.rows == pytest.approx(rows, abs=2)
    assert bands.columns == pytest.approx(columns, abs=2)


def test_a_picture_as_a_camera_gives_it_has_none(street: NDArray[np.uint8]) -> None:
    """Nor has one that is a single grey, which would mirror itself."""
    assert bands_of(street) == Bands(0, 0)
    assert bands_of(np.full((96, 96, 3), 90, np.uint8)) == Bands(0, 0)


@pytest.mark.parametrize("mirrored", [True, False])
def test_what_is_labelled_in_a_band_is_ignored(
    street: NDArray[np.uint8], tmp_path: Path, mirrored: bool
) -> None:
    """A head upside down in the band, a head in the picture: only where asked for."""
    for name in ("images", "labels"):
        (tmp_path / name).mkdir()
    picture = _squared(street, BAND_PX, 0)
    cv2.imwrite(str(tmp_path / "images" / "one.png"), picture)
    rows = "0 0.5 0.07 0.1 0.1\n0 0.5 0.5 0.1 0.1\n"
    (tmp_path / "labels" / "one.txt").write_text(rows, encoding="utf-8")
    chosen = EvaluationSet(
        name="heads",
        images=Path("images"),
        labels=Path("labels"),
        classes=("helmet",),
        measured={"helmet": ("helmet",)},
        mirrored=mirrored,
    )

    ((_, truth),) = pictures_of(chosen, Material((tmp_path,)), ("helmet",))

    assert truth.ignored.tolist() == [mirrored, False]
