"""Recipes as files: complete ones, ones that are like another, and junk."""

from pathlib import Path

import pytest

from training.config import Recipe, read_recipe
from training.errors import RecipeError

CONFIGS = Path(__file__).parents[2] / "training" / "configs"
RECIPES = sorted(CONFIGS.glob("nonsite_*.yaml"))


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_every_recipe_kept_is_whole(path: Path) -> None:
    """And is named as its file; the shipped one as its network."""
    recipe = read_recipe(path)

    assert recipe.name in {path.stem, path.stem.removesuffix("_heads")}


def test_a_recipe_like_another_differs_in_what_it_says() -> None:
    """Keys of a section one by one; through a recipe that is like a third."""
    first = read_recipe(CONFIGS / "nonsite_pole_first.yaml")
    third = read_recipe(CONFIGS / "nonsite_pole.yaml")

    assert third.sources == first.sources
    assert third.loop.rate == first.loop.rate
    assert (third.augment.pole, first.augment.pole) == (0.45, 0.35)
    assert third.augment.blur == first.augment.blur
    assert (third.loop.blend, third.loop.stop_after) == (1.0, 3)
    assert third.seed != first.seed


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("like: new.yaml", "new.yaml: like: new.yaml is like this one again"),
        ("like: circle.yaml", "like: new.yaml is like this one again"),
        ("like: ./../FOLDER/new.yaml", "new.yaml is like this one again"),
        ("like: gone.yaml", "gone.yaml: cannot be read"),
        ("like: base.yaml\nloop: {epochs: 0}", "new.yaml: loop.epochs"),
        ("like: base.yaml\nlop: {}", "new.yaml: lop"),
        ("[]", "a recipe is a mapping"),
        ("", "a recipe is a mapping"),
        ("name: [", "new.yaml: cannot be read"),
    ],
)
def test_junk_is_refused_with_its_place(tmp_path: Path, text: str, told: str) -> None:
    """The file and the key; a circle is no endless loop."""
    base = (CONFIGS / "nonsite_pole_first.yaml").read_text("utf-8")
    (tmp_path / "base.yaml").write_text(base, encoding="utf-8")
    (tmp_path / "circle.yaml").write_text("like: new.yaml", encoding="utf-8")
    path = tmp_path / "new.yaml"
    path.write_text(text.replace("FOLDER", tmp_path.name), encoding="utf-8")

    with pytest.raises(RecipeError) as refused:
        read_recipe(path)

    assert told in str(refused.value)


def test_a_recipe_is_frozen() -> None:
    """A run is fixed by its file and the seed in it."""
    recipe: Recipe = read_recipe(CONFIGS / "nonsite_nano_first.yaml")

    with pytest.raises(ValueError, match="frozen"):
        recipe.seed = 1  # type: ignore[misc]
