"""The recipe of the head classifier: one YAML file and its seed fix a run.

In: a YAML file. Out: a frozen `HeadRecipe`. Paths in it are relative to the folders of
`training.material`.
"""

from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from models.manifest import HeadThresholds
from training.errors import RecipeError


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class HeadSource(_Section):
    """A folder of pictures with labelled heads."""

    name: str = Field(description="name in reports")
    images: Path = Field(description="folder of pictures")
    labels: Path = Field(description="folder of YOLO text files")
    classes: tuple[str, ...] = Field(
        description="of each of the set's classes: person, helmet, other, bare, "
        "no_helmet, or '-' to leave it out"
    )
    stretch: tuple[float, float] = Field(
        default=(1.0, 1.0),
        description="range of width factors that undo a stretched picture",
    )
    licence: str = Field(description="as stated by the source")


class HeadLoop(_Section):
    """The optimisation."""

    steps: int = Field(ge=1)
    batch_heads: int = Field(ge=1, description="heads to classify in a batch")
    batch_searches: int = Field(ge=1, description="squares to find heads in, a batch")
    rate: float = Field(gt=0, description="AdamW step size of the new layers, at peak")
    trunk_factor: float = Field(gt=0, description="of that rate for the trunk")
    weight_decay: float = Field(ge=0)
    warmup_steps: int = Field(ge=0)
    ema: float = Field(gt=0, lt=1, description="decay of the averaged weights")
    dropout: float = Field(ge=0, lt=1)
    label_smoothing: float = Field(ge=0, lt=1)
    threads: int = Field(default=1, ge=1)
    precision: Literal["float32", "bfloat16"] = Field(
        default="float32",
        description="of the products in a step; weights stay float32",
    )


class HeadSampling(_Section):
    """What a batch is made of and how far crops wander."""

    shares: dict[str, float] = Field(description="of helmet, other, bare, unknown")
    head_px: tuple[float, float] = Field(
        description="heads are shrunk to a height in this range, log-uniform"
    )
    native: float = Field(ge=0, le=1, description="share of heads left at their size")
    shift: float = Field(ge=0, description="of the crop, in head sizes")
    zoom: float = Field(ge=0, description="of the crop, spread of the logarithm")
    cut_below: float = Field(ge=0, le=1, description="persons cut off below")


class HeadDegradation(_Section):
    """Shares of crops each degradation touches, after a camera on a pole."""

    recolour: float = Field(ge=0, le=1, description="channels exchanged")
    grey: float = Field(ge=0, le=1, description="no colour, as an infrared camera")
    night: float = Field(ge=0, le=1, description="dark and noisy")
    blur: float = Field(ge=0, le=1, description="out of focus or moving")
    compress: float = Field(ge=0, le=1, description="block compression")
    tilt: float = Field(ge=0, le=1, description="turned, sheared, in perspective")
    overturn: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="heads to classify on their side or upside down: seen from above, "
        "bent over, lying",
    )


class HeadRecipe(_Section):
    """A whole run."""

    name: str = Field(pattern=r"^[a-z0-9_]+$", description="of the network made")
    seed: int = Field(ge=0)
    start: Path = Field(
        description="YOLOX-nano ONNX file that gives the trunk, or an earlier run's .pt"
    )
    input_px: int = Field(ge=48, multiple_of=16, description="side of the square input")
    thresholds: HeadThresholds = Field(description="shipped in the manifest")
    sampling: HeadSampling
    degradation: HeadDegradation
    loop: HeadLoop
    train: tuple[HeadSource, ...] = Field(min_length=1)
    validation: tuple[HeadSource, ...] = Field(min_length=1)
    judged: tuple[HeadSource, ...] = Field(min_length=1, description="never learned")


def read_head_recipe(path: Path) -> HeadRecipe:
    """Read a recipe.

    Raises:
        RecipeError: The file is missing, no YAML, or a key in it is wrong; the message
            names the key.
    """
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise RecipeError(str(path), f"cannot be read: {error}") from error
    try:
        return HeadRecipe.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise RecipeError(f"{path}: {key}", first["msg"]) from error
