"""Labelled folders and recipes are read, or refused with the reason."""

from pathlib import Path

import numpy as np
import pytest

from tests.training.head_pictures import CLASSES, RECIPE, labelled_folder, picture
from training.errors import DatasetError, RecipeError
from training.head_config import read_head_recipe
from training.head_examples import Worn, read_pictures
from training.material import Material


def test_heads_are_given_to_their_persons(tmp_path: Path) -> None:
    """Each person of the folder owns the head drawn on it."""
    source = labelled_folder(tmp_path, 3)

    read = list(read_pictures(source, Material((tmp_path,))))

    assert [one.name for one in read] == ["drawn/0.png", "drawn/1.png", "drawn/2.png"]
    assert [one.owned for one in read] == [(0, 1)] * 3
    assert [one.worn for one in read] == [picture(n).worn for n in range(3)]
    assert read[0].heads == pytest.approx(picture(0).heads, abs=0.01)


def test_classes_may_be_left_out(tmp_path: Path) -> None:
    """A set that tells helmet from none only is read as such; '-' is dropped."""
    source = labelled_folder(tmp_path, 1)
    other = source.model_copy(
        update={"classes": ("helmet", "no_helmet", "-", "person")}
    )

    read = next(read_pictures(other, Material((tmp_path,))))

    assert read.worn == (Worn.HELMET, Worn.NO_HELMET)
    assert CLASSES[1] is Worn.OTHER


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    """Nothing is guessed where the material is not there."""
    source = labelled_folder(tmp_path, 1)

    with pytest.raises(DatasetError, match="images"):
        list(read_pictures(source, Material((tmp_path / "elsewhere",))))


def test_the_committed_recipe_never_learns_what_it_judges() -> None:
    """No judged or validation folder is among those learned from."""
    recipe = read_head_recipe(RECIPE)

    learned = {source.images for source in recipe.train}
    held_back = {source.images for source in (*recipe.validation, *recipe.judged)}
    assert not learned & held_back
    assert sum(recipe.sampling.shares.values()) == pytest.approx(1)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        pytest.param("seed: [", "cannot be read", id="no YAML"),
        pytest.param("seed: 1", "name", id="a key missing"),
        pytest.param(
            RECIPE.read_text(encoding="utf-8") + "\nsurprise: 1\n",
            "surprise",
            id="extra",
        ),
        pytest.param(
            RECIPE.read_text(encoding="utf-8").replace("input_px: ", "input_px: 1"),
            "input_px",
            id="a side of no 16",
        ),
    ],
)
def test_a_wrong_recipe_is_refused(tmp_path: Path, text: str, key: str) -> None:
    """The message names file and key."""
    path = tmp_path / "recipe.yaml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(RecipeError, match=key):
        read_head_recipe(path)


def test_arrays_have_the_promised_shapes() -> None:
    """Persons and heads are (n, 4) float32."""
    drawn = picture(0)

    assert drawn.persons.dtype == drawn.heads.dtype == np.float32
    assert drawn.persons.shape == drawn.heads.shape == (2, 4)
