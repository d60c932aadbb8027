"""Inverse blur: outside the object nothing can be made out, heads inside it neither."""

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from alerts.errors import StillError
from alerts.mask import masked
from alerts.plates import PlateKeys, mask_plate
from detector.box import Box

HEADS = Path(__file__).resolve().parents[3] / "shared" / "datasets" / "hardhat"
SMALLEST_PX = 12
FEATURE_SHARE = SMALLEST_PX
"""A head of less than 12 pixels is not readable: so what is finer than a twelfth of a
head must be gone."""

Grey = NDArray[np.float64]


def jpeg_of(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=95)
    return out.getvalue()


def grey(jpeg: bytes) -> Grey:
    with Image.open(io.BytesIO(jpeg)) as picture:
        return np.asarray(picture.convert("L"), np.float64)


def noise() -> bytes:
    """A fine pattern everywhere."""
    rng = np.random.default_rng(7)
    return jpeg_of(Image.fromarray(rng.integers(0, 255, (720, 1280, 3), np.uint8)))


def detail(part: Grey) -> float:
    return float(np.abs(np.diff(part, axis=1)).mean())


def test_outside_the_object_no_detail_is_left() -> None:
    """The object's own pixels stay."""
    shown = grey(masked(noise(), Box(0.25, 0.25, 0.5, 0.5), "car"))

    assert detail(shown[200:340, 340:620]) > 20
    assert detail(shown[400:]) < 1.5
    assert detail(shown[:, 680:]) < 1.5


def test_heads_inside_the_object_are_blurred() -> None:
    """A person's own head, and that of a person seen in a vehicle."""
    box = Box(0.25, 0.0, 0.5, 1.0)

    own = grey(masked(noise(), box, "person"))
    driver = grey(masked(noise(), box, "car", (Box(0.3, 0.5, 0.4, 1.0),)))

    assert detail(own[10:200, 330:630]) < 2
    assert detail(own[300:, 330:630]) > 20
    assert detail(driver[365:460, 390:510]) < 5
    assert detail(driver[10:200, 330:630]) > 20


def test_without_a_box_nothing_is_shown() -> None:
    """It is not known what may be seen."""
    assert detail(grey(masked(noise(), None, "car"))) < 1.5


def test_junk_is_no_picture() -> None:
    """Half a JPEG is refused."""
    with pytest.raises(StillError):
        masked(noise()[:2000], None, "car")


@pytest.mark.parametrize(
    ("plate", "shown"),
    [
        pytest.param("浙F·12348", "浙F****8", id="usual"),
        pytest.param("浙f 12348", "浙F****8", id="as typed"),
        pytest.param("浙FD12348", "浙F*****8", id="electric"),
        pytest.param("12", "**", id="too short to show any"),
    ],
)
def test_plates_are_masked(plate: str, shown: str) -> None:
    """Enough to tell two apart, not enough to find the owner."""
    assert mask_plate(plate) == shown


def test_a_plate_is_found_again_across_a_change_of_keys() -> None:
    """New ones go under the new key; without the old one they cannot be linked."""
    old = PlateKeys({"2026": b"a" * 32}, "2026")
    both = PlateKeys({"2026": b"a" * 32, "2027": b"b" * 32}, "2027")
    new = PlateKeys({"2027": b"b" * 32}, "2027")
    stored = old.digest("浙F·12348")

    assert stored in both.candidates("浙f12348")
    assert both.digest("浙F12348").key == "2027"
    assert stored not in new.candidates("浙F12348")
    with pytest.raises(ValueError, match="32 bytes"):
        PlateKeys({"2027": b"short"}, "2027")


def labelled_heads() -> Iterator[tuple[Path, list[tuple[int, int, int, int]]]]:
    """Pictures with the boxes of their heads of at least `SMALLEST_PX`."""
    for label in sorted((HEADS / "labels" / "valid").glob("*.txt")):
        picture = HEADS / "images" / "valid" / f"{label.stem}.jpg"
        if not picture.is_file():
            continue
        with Image.open(picture) as opened:
            width, height = opened.size
        boxes = []
        for line in label.read_text().splitlines():
            kind, *rest = line.split()
            x, y, w, h = (float(word) for word in rest)
            if kind != "3" and min(w * width, h * height) >= SMALLEST_PX:
                left, top = int((x - w / 2) * width), int((y - h / 2) * height)
                boxes.append((left, top, int(w * width), int(h * height)))
        yield picture, boxes


def features(part: Grey) -> Grey:
    """What is finer than `FEATURE_SHARE` of the head: the part minus its own blur."""
    height, width = part.shape
    picture = Image.fromarray(part.astype(np.uint8))
    coarse = picture.resize((FEATURE_SHARE, FEATURE_SHARE), Image.Resampling.BOX)
    smooth = coarse.resize((width, height), Image.Resampling.BICUBIC)
    return part - np.asarray(smooth, np.float64)


@pytest.mark.shared
def test_no_labelled_head_is_readable_outside() -> None:
    """Every one of up to half the picture is left with less than one of 12 pixels.

    A head that fills more of the picture than that is a portrait, no street camera's.
    """
    if not HEADS.is_dir():
        pytest.skip("needs ../shared/datasets/hardhat")
    left = []
    for picture, boxes in labelled_heads():
        raw = picture.read_bytes()
        before, after = grey(raw), grey(masked(raw, None, "car"))
        for x, y, w, h in boxes:
            was = features(before[max(y, 0) : y + h, max(x, 0) : x + w]).std()
            now = features(after[max(y, 0) : y + h, max(x, 0) : x + w]).std()
            if was > 2 and max(w, h) <= max(before.shape) / 2:
                left.append((now / was, w, picture.name))
    told = sorted(left)[-5:]
    print(f"{len(left)} heads, worst: {told}")  # noqa: T201

    assert len(left) > 500
    assert max(left)[0] < 0.25  # a sixteenth of the energy
