"""The machine-readable manifest of a network: `<name>.yaml` beside `<name>.onnx`.

Everything the detector must know stands here, nothing is guessed from file names:
input, colour order, normalisation, classes, thresholds. The prose is in
`models/cards/<name>.md`.
"""

import hashlib
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from models.errors import ModelError


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Task(StrEnum):
    """What a network does."""

    DETECT = "detect"
    HEAD = "head"


class Colour(StrEnum):
    """Order of the input channels."""

    BGR = "bgr"
    RGB = "rgb"


class InputSpec(_Section):
    """How a picture becomes the network's input: (pixel * scale - mean) / std.

    `mean` and `std` stand in the order of `colour`.
    """

    width: int = Field(gt=0, le=4096, description="input width, pixels")
    height: int = Field(gt=0, le=4096, description="input height, pixels")
    colour: Colour = Field(description="channel order")
    scale: float = Field(gt=0, description="factor on 0…255 pixel values")
    mean: tuple[float, float, float] = (0.0, 0.0, 0.0)
    std: tuple[float, float, float] = (1.0, 1.0, 1.0)
    pad: int = Field(default=114, ge=0, le=255, description="letterbox grey")
    centred: bool = Field(
        default=False,
        description="the picture lies in the middle of the grey, else top left",
    )
    trim: int | None = Field(
        default=None,
        ge=1,
        le=64,
        description="grey is cut off down to multiples of this many pixels; for "
        "networks that take any such size",
    )

    @model_validator(mode="after")
    def _grey_can_be_cut(self) -> "InputSpec":
        if self.trim is not None and (
            self.centred or self.width % self.trim or self.height % self.trim
        ):
            msg = "trim needs a picture at the top left and sides that it divides"
            raise ValueError(msg)
        return self


Score = Annotated[float, Field(gt=0, lt=1)]
View = Annotated[float, Field(ge=0.5, le=2)]


class Thresholds(_Section):
    """Scores at which the shipped network is used; measured, see the card."""

    score: float = Field(gt=0, lt=1, description="a detection counts from here")
    scores: dict[str, Score] = Field(
        default_factory=dict,
        description="of classes that count from another score: class to score",
    )
    nms_iou: float = Field(gt=0, lt=1, description="overlap that merges two boxes")
    track_high: float = Field(gt=0, lt=1, description="first association from here")
    track_low: float = Field(gt=0, lt=1, description="second association from here")
    track_new: float = Field(gt=0, lt=1, description="a new track starts from here")
    named: float = Field(
        default=0.4,
        gt=0,
        lt=1,
        description="best score from which a standing thing was named surely once",
    )
    named_mean: float = Field(
        default=0.33,
        gt=0,
        lt=1,
        description="mean score from which it is not the furniture of the street",
    )

    def score_of(self, name: str) -> float:
        """The score from which a detection of class `name` counts."""
        return self.scores.get(name, self.score)


class HeadThresholds(_Section):
    """Scores at which a head network is used; measured, see the card."""

    found: float = Field(gt=0, lt=1, description="a head is there from here")
    claim: float = Field(gt=0, lt=1, description="below it nothing is said of a head")
    merge_iou: float = Field(gt=0, lt=1, description="overlap that makes two heads one")
    smallest_px: float = Field(gt=0, description="nothing is said of smaller heads")
    detector_weight: float = Field(
        default=0.0,
        ge=0,
        le=4,
        description="how much the detector's own helmet and bare head boxes count "
        "beside the network: factor on their log odds",
    )
    views: tuple[View, ...] = Field(
        default=(1.0, 1.0),
        min_length=1,
        max_length=6,
        description="a head is judged in squares of these sides, 1 being the usual "
        "one, the first, third, … mirrored, and by the mean of what they say",
    )


class Manifest(_Section):
    """All that is known of one network file."""

    name: str = Field(pattern=r"^[a-z0-9_.-]+$", description="as used in site files")
    file: str = Field(description="file name beside this manifest")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    task: Task = Task.DETECT
    url: str | None = Field(default=None, description="where `models fetch` finds it")
    input: InputSpec
    classes: tuple[str, ...] = Field(min_length=1, description="in output order")
    decoded: bool | None = Field(
        default=None,
        description="YOLOX grid: boxes come in input pixels; left out: it is measured",
    )
    thresholds: Thresholds | None = None
    head: HeadThresholds | None = Field(
        default=None, description="for networks of the task `head`"
    )
    temperature: float = Field(default=1.0, gt=0, description="calibration of logits")
    licence: str
    data: tuple[str, ...] = ()
    seed: int | None = None
    figures: dict[str, float] = Field(default_factory=dict)
    known_failures: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _scores_are_of_classes(self) -> "Manifest":
        own = self.thresholds.scores if self.thresholds else {}
        for name in own:
            if name not in self.classes:
                msg = f"thresholds.scores: {name!r} is not one of the classes"
                raise ValueError(msg)
        return self


def read_manifest(path: Path) -> Manifest:
    """Read `<name>.yaml`.

    Raises:
        ModelError: The file is missing, no YAML, or breaks the schema.
    """
    try:
        raw = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ModelError(path, f"cannot be read: {error}", "restore it") from error
    try:
        return Manifest.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ModelError(path, f"{where}: {first['msg']}", "correct it") from error


def verified_file(manifest_path: Path) -> tuple[Manifest, Path]:
    """The manifest and its weights, after the weights' SHA-256 was checked.

    Raises:
        ModelError: Missing weights or another digest than the manifest states.
    """
    manifest = read_manifest(manifest_path)
    weights = manifest_path.parent / manifest.file
    try:
        digest = hashlib.sha256(weights.read_bytes()).hexdigest()
    except OSError as error:
        fix = f"copy it there or run `nonsite models fetch {manifest.name}`"
        raise ModelError(weights, "cannot be read", fix) from error
    if digest != manifest.sha256:
        problem = f"sha256 is {digest[:12]}…, the manifest says {manifest.sha256[:12]}…"
        raise ModelError(weights, problem, "restore the file or its manifest")
    return manifest, weights
