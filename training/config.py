"""The training recipe: one YAML file fixes a run, together with the seed in it.

In: a YAML file. Out: a frozen `Recipe`. Paths in it are relative to the folder given as
``--material``, so that the same recipe serves wherever the pictures lie.
"""

from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from training.errors import RecipeError


class Section(BaseModel):
    """A part of the recipe: unknown keys are refused, values are frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PhotographSource(Section):
    """A folder of labelled pictures."""

    kind: Literal["photographs"]
    name: str = Field(description="name in reports")
    licence: str = Field(description="of the pictures, for manifest and card")
    images: Path = Field(description="folder of pictures")
    labels: Path = Field(description="folder of YOLO text files")
    classes: tuple[str, ...] = Field(
        description="our class of each of the set's classes; 'a|b' lets the teacher "
        "choose, '-' means an object to ignore"
    )
    exhaustive: tuple[str, ...] = Field(
        default=(), description="classes of which every instance is labelled"
    )
    stretch: tuple[float, float] = Field(
        default=(1.0, 1.0),
        description="range of width factors that undo a stretched picture",
    )
    grow: dict[str, tuple[float, float, float]] = Field(
        default={},
        description="shares of its size by which a class's boxes grow at each side, at "
        "the top and at the bottom: where a set draws the hat and others the head",
    )
    share: float = Field(default=1.0, gt=0, description="times seen per epoch")


class EvaluationSet(Section):
    """Labelled pictures a network is measured on."""

    kind: Literal["photographs"] = "photographs"
    name: str = Field(description="name in reports")
    images: Path = Field(description="folder of pictures")
    labels: Path = Field(description="folder of YOLO text files")
    classes: tuple[str, ...] = Field(
        description="measured name of each of the set's classes, '-' to ignore it"
    )
    measured: dict[str, tuple[str, ...]] = Field(
        description="measured name to the network's classes that count as it"
    )
    by_head: bool = Field(
        default=False,
        description="the labels are heads, the network's boxes whole people: a person "
        "is found when a box has their head in its upper part",
    )
    mirrored: bool = Field(
        default=False,
        description="the pictures were squared with their own mirror image: what is "
        "labelled in it, upside down, is neither to be found nor wrong to find",
    )


class StandingSet(Section):
    """A clip with the boxes of what stands still in it: recall only."""

    kind: Literal["standing"]
    name: str = Field(description="name in reports")
    video: Path = Field(description="video file")
    truth: Path = Field(description="JSON beside it with the standing boxes")
    every: int = Field(ge=1, description="take each n-th frame")
    measured: dict[str, tuple[str, ...]] = Field(
        description="one measured name to the network's classes that count as it"
    )


class ReferenceSet(Section):
    """A clip nobody labelled, compared with what a larger network sees in it.

    What it sees surely is to be found, what it half sees counts neither way. The
    figures are agreement with that network, not truth, and are reported so.
    """

    kind: Literal["reference"]
    name: str = Field(description="name in reports")
    video: Path = Field(description="video file")
    every: int = Field(ge=1, description="take each n-th frame")
    first: int = Field(default=0, ge=0, description="first frame")
    reference: Path = Field(description="ONNX file or manifest of the larger network")
    sure: float = Field(default=0.5, description="its score from which a box counts")
    half: float = Field(default=0.2, description="its score from which it is ignored")
    measured: dict[str, tuple[str, ...]] = Field(
        description="measured name to the classes, of both networks, that count as it"
    )


MeasuredSet = EvaluationSet | StandingSet | ReferenceSet
"""What a network can be measured on."""


class ClipSource(Section):
    """Frames of a video, labelled by the teacher alone."""

    kind: Literal["clip"]
    name: str = Field(description="name in reports")
    licence: str = Field(description="of the clip, for manifest and card")
    video: Path = Field(description="video file")
    every: int = Field(ge=1, description="take each n-th frame")
    first: int = Field(default=0, ge=0, description="first frame")
    last: int | None = Field(default=None, description="last frame")
    only: str | None = Field(
        default=None,
        description="every object found is of this class (a clip that shows no other)",
    )
    label_score: float | None = Field(
        default=None, description="replaces the teacher's label_score for this clip"
    )
    share: float = Field(default=1.0, gt=0, description="times seen per epoch")


class TeacherSettings(Section):
    """How the starting network labels what a set does not."""

    sizes: tuple[int, ...] = Field(description="input sides, each also mirrored")
    clip_sizes: tuple[int, ...] = Field(description="the same for frames of clips")
    label_score: float = Field(description="mean score from which a box is a label")
    ignore_score: float = Field(
        description="mean score from which it is not background"
    )


class AugmentSettings(Section):
    """Shares of pictures each degradation touches, after a camera on a pole."""

    mosaic: float = Field(ge=0, le=1, description="four pictures in one")
    scale: tuple[float, float] = Field(description="zoom against fitting the picture")
    mosaic_scale: tuple[float, float] = Field(description="the same inside a mosaic")
    perspective: float = Field(ge=0, le=1, description="tilted or turned")
    downscale: float = Field(ge=0, le=1, description="shrunk and enlarged again")
    compress: float = Field(ge=0, le=1, description="block compression")
    blur: float = Field(ge=0, le=1, description="out of focus or moving")
    night: float = Field(ge=0, le=1, description="dark and noisy")
    rain: float = Field(ge=0, le=1, description="streaks")
    shade: float = Field(default=0.0, ge=0, le=1, description="half under a tree")
    pole: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="cut out of a small camera's picture: encoded small, enlarged",
    )
    queue: float = Field(
        default=0.0, ge=0, le=1, description="vehicles copied in, bumper to bumper"
    )


class LoopSettings(Section):
    """The optimisation."""

    epochs: int = Field(ge=1)
    batch: int = Field(ge=1)
    rate: float = Field(gt=0, description="AdamW step size at its peak")
    class_rate_factor: float = Field(gt=0, description="of the class prediction rows")
    weight_decay: float = Field(ge=0)
    warmup_steps: int = Field(ge=0)
    ema: float = Field(gt=0, lt=1, description="decay of the averaged weights")
    distil_scores: float = Field(ge=0, description="weight of the teacher's classes")
    distil_boxes: float = Field(ge=0, description="weight of the teacher's boxes")
    stop_after: int | None = Field(
        default=None, description="epochs after which the run ends before its schedule"
    )
    blend: float = Field(
        default=1.0,
        gt=0,
        le=1,
        description="share of the trained weights in what ships, the rest is the start",
    )
    patience: int = Field(ge=1, description="epochs without gain before stopping")
    threads: int = Field(default=2, ge=1)
    precision: Literal["float32", "bfloat16"] = Field(
        default="float32",
        description="of the products in a step; weights stay float32. bfloat16 takes "
        "0.43 of the time on a processor with AMX, and longer on one without",
    )


class Recipe(Section):
    """A whole run."""

    name: str = Field(pattern=r"^[a-z0-9_]+$", description="of the network made")
    seed: int = Field(ge=0)
    start: Path = Field(description="ONNX file whose weights are the start")
    teacher_weights: Path = Field(
        description="ONNX file of the teacher, COCO's classes"
    )
    blend_with: Path | None = Field(
        default=None, description="ONNX file blended with; left out: the start"
    )
    input_px: int = Field(ge=64, multiple_of=32, description="side of the square input")
    also_px: tuple[int, ...] = Field(
        default=(), description="other sides a step may be taken at, multiples of 32"
    )
    teacher: TeacherSettings
    augment: AugmentSettings
    loop: LoopSettings
    sources: tuple[PhotographSource | ClipSource, ...] = Field(min_length=1)
    validation: tuple[EvaluationSet, ...] = Field(min_length=1)


def read_recipe(path: Path) -> Recipe:
    """Read a recipe.

    With `like: OTHER.yaml`, a recipe beside it, it is that one but for what it says
    itself: each key, or each key of a section.

    Raises:
        RecipeError: the file is missing, not YAML, or a key in it is wrong; the message
            names the key.
    """
    raw = _content(path)
    try:
        return Recipe.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise RecipeError(f"{path}: {key}", first["msg"]) from error


def _content(path: Path, likened: tuple[Path, ...] = ()) -> dict[str, object]:
    """The keys of a recipe, those of what it is like included."""
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise RecipeError(str(path), f"cannot be read: {error}") from error
    if not isinstance(raw, dict):
        raise RecipeError(str(path), "a recipe is a mapping of keys to values")
    like = raw.pop("like", None)
    if like is None:
        return raw
    other, likened = path.parent / str(like), (path.resolve(), *likened)
    if other.resolve() in likened:
        raise RecipeError(f"{path}: like", f"{like} is like this one again")
    base = _content(other, likened)
    return base | {key: _over(base.get(key), value) for key, value in raw.items()}


def _over(known: object, value: object) -> object:
    """A key's value, or a section's with those keys of `known` it does not say."""
    is_section = isinstance(known, dict) and isinstance(value, dict)
    return {**known, **value} if is_section else value  # type: ignore[dict-item]
