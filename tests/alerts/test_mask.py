"""Inverse blur: outside the object nothing can be made out, heads inside it neither."""

import io

import numpy as np
import pytest
from PIL import Image

from alerts import mask
from alerts.errors import StillError
from alerts.mask import masked, veiled_bystanders
from alerts.plates import PlateKeys, mask_plate
from detector.box import Box
from tests.alerts.blurred_heads import (
    CHECKED_ON,
    CHOSEN_ON,
    DATASETS,
    LIMIT,
    NEXT_GRID,
    Heads,
    Left,
    detail,
    grey,
    left_when_unreadable,
    what_is_left,
)
from tests.alerts.evidence_rig import noise


def jpeg_of(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=95)
    return out.getvalue()


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


def test_a_copy_drawn_on_shows_no_head_and_no_plate_of_others() -> None:
    """What it is about and the street around it stay as they are, to the pixel."""
    picture = Image.open(io.BytesIO(noise())).convert("RGB")
    accused, passer = Box(0.25, 0.25, 0.5, 0.5), Box(0.45, 0.1, 0.55, 0.9)
    other = Box(0.4, 0.4, 0.7, 0.6)  # stands in front of a part of it

    copy = veiled_bystanders(picture, accused, (passer,), (accused, other))

    was, shown = np.asarray(picture), np.asarray(copy)
    head, plate = (slice(80, 240), slice(590, 690)), (slice(350, 430), slice(645, 890))
    assert detail(grey(jpeg_of(copy))[head]) < 5
    assert detail(grey(jpeg_of(copy))[plate]) < 5
    kept = np.ones((720, 1280), bool)
    kept[72:246, 570:710] = False
    kept[340:435, 505:900] = False
    kept[246:360, 320:640] = True  # the accused itself, below the passer's head
    assert (was[kept] == shown[kept]).all()


def test_the_head_of_whom_it_is_about_stays() -> None:
    """Whether somebody wears a helmet is what a reviewer looks at."""
    picture = Image.open(io.BytesIO(noise())).convert("RGB")
    worker = Box(0.25, 0.25, 0.5, 0.9)

    copy = veiled_bystanders(picture, worker, (worker,))

    assert (np.asarray(copy) == np.asarray(picture)).all()


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


def _needs(heads: Heads) -> None:
    if not heads.images.is_dir():
        pytest.skip(f"needs ../shared/datasets/{heads.images.relative_to(DATASETS)}")


def _most_left(heads: Heads) -> tuple[Left, int]:
    """The head of which most is left, and how many there are."""
    found = list(what_is_left(heads, lambda raw: masked(raw, None, "car")))
    return max(found, key=lambda one: one.share), len(found)


@pytest.mark.shared
def test_limit_and_grid_are_what_the_choosing_set_gives(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The limit is measured, not felt; the grid is the finest one that keeps it."""
    _needs(CHOSEN_ON)
    unreadable = np.array(list(left_when_unreadable(CHOSEN_ON)))
    assert len(unreadable) > 400
    assert np.quantile(unreadable, 0.05) == pytest.approx(LIMIT, abs=0.002)

    worst, count = _most_left(CHOSEN_ON)
    assert count > 500
    assert worst.share < LIMIT
    monkeypatch.setattr(mask, "GRID", NEXT_GRID)
    assert _most_left(CHOSEN_ON)[0].share >= LIMIT


@pytest.mark.shared
def test_no_labelled_head_is_readable_outside() -> None:
    """On a set nothing was chosen on: less is left than of a head of 11 pixels.

    A head that fills more than half of the picture is a portrait, no street camera's.
    """
    _needs(CHECKED_ON)
    worst, count = _most_left(CHECKED_ON)
    print(f"{count} heads, worst: {worst}")  # noqa: T201

    assert count > 300
    assert worst.share < LIMIT
