"""The same thing or another: what thumbnails say, and what they cannot say."""

import math
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.box import Box
from detector.signature import Signature
from rules.errors import RuleError
from rules.geometry import boxes_of, touching
from rules.occupant import (
    Cells,
    SavedPortrait,
    Verdict,
    portrait_of,
    similarities,
    verdict_of,
    visible_cells,
)
from rules.state_text import read, text_of
from tests.scenes.actor import BLACK, BLUE, RED, WHITE
from tests.scenes.scene import signature_of

ALL = b"\xff" * 8
PIXELS = st.binary(min_size=192, max_size=192)


def _portrait(signature: Signature, visible: bytes = ALL) -> bytes:
    portrait = portrait_of(signature, visible)
    assert portrait is not None
    return portrait


@given(PIXELS, PIXELS)
def test_fully_visible_it_is_the_signatures_own_similarity(a: bytes, b: bytes) -> None:
    """With nothing hidden the correlation is the one signatures define."""
    one, two = Signature(a), Signature(b)

    found = float(similarities([_portrait(one)], [_portrait(two)])[0])

    assert math.isnan(found) or found == pytest.approx(one.similarity(two), abs=1e-3)


def test_hidden_cells_are_not_compared() -> None:
    """A car whose lower half is behind a red one is still the same white car."""
    chance = random.Random(1)
    white = signature_of(WHITE, chance, 4)
    red = signature_of(RED, chance, 4)
    behind = Signature(white.pixels[: 96 + 24] + red.pixels[96 + 24 :])
    upper = b"\xff" * 5 + b"\x00" * 3

    masked = similarities([_portrait(white)], [_portrait(behind, upper)])[0]
    whole = similarities([_portrait(white)], [_portrait(behind)])[0]

    assert verdict_of(masked) is Verdict.SAME
    assert whole < masked


@pytest.mark.parametrize("colour", [RED, BLACK, BLUE])
def test_another_colour_is_another_car(colour: tuple[int, int, int]) -> None:
    """A white car and one of another colour in its place are told apart."""
    chance = random.Random(2)
    pair = similarities(
        [_portrait(signature_of(WHITE, chance, 6))],
        [_portrait(signature_of(colour, chance, 6))],
    )

    assert verdict_of(pair[0]) is Verdict.DIFFERENT


@pytest.mark.parametrize(
    ("one", "two"),
    [
        pytest.param(bytes(192), bytes(range(192)), id="flat"),
        pytest.param(bytes(range(192)), bytes([7] * 192), id="flat too"),
    ],
)
def test_a_flat_picture_says_nothing(one: bytes, two: bytes) -> None:
    """A black car at night is neither the same nor another."""
    value = similarities([_portrait(Signature(one))], [_portrait(Signature(two))])[0]

    assert verdict_of(value) is Verdict.NOT_COMPARED


def test_too_few_visible_cells_say_nothing() -> None:
    """Where less than a quarter is seen in both, nothing is compared."""
    signature = signature_of(WHITE, random.Random(3), 4)

    value = similarities(
        [_portrait(signature, b"\xff" + bytes(7))], [_portrait(signature)]
    )[0]

    assert verdict_of(value) is Verdict.NOT_COMPARED


def test_a_nearer_thing_hides_the_cells_under_it() -> None:
    """What has its foot lower hides; what stands behind does not."""
    car = boxes_of([Box(0.2, 0.2, 0.4, 0.4)])
    things = boxes_of([Box(0.3, 0.1, 0.6, 0.6), Box(0.2, 0.0, 0.4, 0.3)])

    def cells(is_there: list[bool]) -> Cells:
        pairs = touching(car, things)
        visible = visible_cells(car, things, pairs, np.array(is_there))
        return visible.reshape(8, 8)

    assert np.array_equal(cells([True, True])[0], [True] * 4 + [False] * 4)
    assert cells([True, True])[:, :4].all()
    assert cells([False, True]).all()


@pytest.mark.parametrize("junk", ["", "%%%", "QUJD", "é", 7, None])
def test_a_damaged_portrait_is_a_named_error(junk: object) -> None:
    """What a store gives back is checked before it is believed."""
    with pytest.raises(RuleError):
        read(text_of(junk), SavedPortrait, "a portrait")


@given(PIXELS, st.binary(min_size=8, max_size=8))
def test_a_portrait_is_saved_as_text(pixels: bytes, visible: bytes) -> None:
    """And is the same when it is read again."""
    portrait = _portrait(Signature(pixels), visible)

    assert read(text_of(portrait), SavedPortrait, "a portrait") == portrait
