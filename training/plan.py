"""What a network is measured on: a YAML plan beside the recipe.

In: a YAML file. Out: a frozen `Plan`: labelled sets, and which of their figures matter
so much that a quantised copy may not lose a point of them.
"""

from pathlib import Path

import yaml
from pydantic import Field, ValidationError

from training.config import MeasuredSet, Section
from training.errors import RecipeError


class CalibrationSource(Section):
    """Frames whose activations fix the ranges of an int8 copy."""

    name: str = Field(description="name in reports")
    images: Path | None = Field(default=None, description="folder of pictures")
    video: Path | None = Field(default=None, description="or a video file")
    every: int = Field(default=1, ge=1, description="take each n-th picture or frame")
    most: int = Field(default=64, ge=1, description="take at most so many")


class Plan(Section):
    """A whole evaluation."""

    sets: tuple[MeasuredSet, ...] = Field(min_length=1)
    matters: tuple[str, ...] = Field(
        description="'set.class' figures a quantised copy may not lose a point of"
    )
    calibration: tuple[CalibrationSource, ...] = ()


def read_plan(path: Path) -> Plan:
    """Read a plan.

    Raises:
        RecipeError: the file is missing, not YAML, or a key in it is wrong.
    """
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise RecipeError(str(path), f"cannot be read: {error}") from error
    try:
        return Plan.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise RecipeError(f"{path}: {key}", first["msg"]) from error
