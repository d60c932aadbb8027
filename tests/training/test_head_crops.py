"""Training crops: drawn by seed, of the right size, heads where the boxes say."""

import numpy as np
import pytest

from detector.look import HeadState
from tests.training.head_pictures import COLOURS, picture, recipe
from training.head_config import HeadRecipe
from training.head_crops import NO_STATE, HeadCropper
from training.head_degrade import degrade_crop
from training.head_examples import STATES, Worn


@pytest.fixture(scope="module")
def cropper() -> HeadCropper:
    """Crops of six drawn pictures."""
    return HeadCropper([picture(number) for number in range(6)], recipe())


def test_the_same_seed_draws_the_same_crops(cropper: HeadCropper) -> None:
    """Everything comes from the generator given."""
    first, again = (
        [cropper.head(rng).image.tobytes(), cropper.search(rng).image.tobytes()]
        for rng in (np.random.default_rng(3), np.random.default_rng(3))
    )

    assert first == again


def test_crops_have_the_networks_size_and_all_states(cropper: HeadCropper) -> None:
    """Two hundred crops show every state, "cannot tell" among them."""
    rng = np.random.default_rng(1)
    side = cropper.recipe.input_px

    crops = [cropper.head(rng) for _ in range(200)]

    assert {crop.image.shape for crop in crops} == {(side, side, 3)}
    assert {crop.state for crop in crops} == set(range(len(STATES)))
    assert STATES[-1] is HeadState.UNKNOWN


def test_searched_squares_keep_their_heads_in_place() -> None:
    """Where a box says there is a head, its colour is found."""
    clear = recipe().model_copy(
        update={
            "degradation": recipe().degradation.model_copy(
                update=dict.fromkeys(("recolour", "grey", "night", "blur", "tilt"), 0.0)
            ),
            "sampling": recipe().sampling.model_copy(update={"native": 1.0}),
        }
    )
    pictures = [picture(0)]
    cropper = HeadCropper(pictures, clear)
    rng = np.random.default_rng(2)
    body = np.array((60, 60, 60))

    for _ in range(40):
        crop = cropper.search(rng)
        assert crop.state == NO_STATE
        assert crop.heads is not None
        inner = [box for box in crop.heads if box.min() > 2 and box.max() < 62]
        for x1, y1, x2, y2 in inner:
            pixel = crop.image[int((y1 + y2) / 2), int((x1 + x2) / 2)].astype(int)
            colour = min(
                (np.abs(pixel - np.array(c)).sum(), worn)
                for worn, c in ({None: body} | COLOURS).items()
                if worn is None or worn in pictures[0].worn
            )
            assert colour[1] is not None or np.ptp(pixel) > 20


def test_heads_of_unknown_kind_are_not_learned() -> None:
    """A set that does not tell hats from hair teaches no state."""
    drawn = picture(0)
    vague = type(drawn)(
        name=drawn.name,
        image=drawn.image,
        persons=drawn.persons,
        heads=drawn.heads,
        worn=(Worn.HELMET, Worn.NO_HELMET),
        owned=drawn.owned,
    )
    only_known = recipe().sampling.model_copy(
        update={"shares": {"helmet": 1.0, "other": 0, "bare": 0, "unknown": 0}}
    )
    cropper = HeadCropper([vague], recipe().model_copy(update={"sampling": only_known}))

    states = {cropper.head(np.random.default_rng(n)).state for n in range(10)}

    assert states == {STATES.index(HeadState.HELMET)}


@pytest.mark.parametrize("side", [4, 7, 20, 200])
def test_degrading_keeps_the_shape(side: int) -> None:
    """Crops of any size survive every degradation."""
    every = recipe().degradation.model_copy(
        update=dict.fromkeys(("recolour", "grey", "night", "blur", "compress"), 1.0)
    )
    image = np.full((side, side, 3), 120, np.uint8)

    worse = degrade_crop(image, every, np.random.default_rng(0))

    assert worse.shape == image.shape
    assert worse.dtype == np.uint8


def _with_overturn(share: float) -> HeadRecipe:
    drawn = recipe()
    worse = drawn.degradation.model_copy(update={"overturn": share})
    return drawn.model_copy(update={"degradation": worse})


def test_overturned_heads_are_the_same_heads_turned() -> None:
    """Every crop to classify is turned, and nothing else of it changes."""
    pictures = [picture(number) for number in range(6)]
    upright = HeadCropper(pictures, _with_overturn(0.0))
    overturned = HeadCropper(pictures, _with_overturn(1.0))

    for seed in range(10):
        plain = upright.head(np.random.default_rng(seed))
        turned = overturned.head(np.random.default_rng(seed))
        turns = [np.rot90(plain.image, k) for k in (1, 2, 3)]
        assert any(np.array_equal(turned.image, one) for one in turns)
        assert turned.state == plain.state


def test_searched_squares_are_never_overturned() -> None:
    """Heads are sought at the top of people who stand."""
    pictures = [picture(0)]
    plain, turned = (
        HeadCropper(pictures, _with_overturn(share)).search(np.random.default_rng(4))
        for share in (0.0, 1.0)
    )

    assert np.array_equal(plain.image, turned.image)
