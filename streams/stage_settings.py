"""The `stage:` section of a replay case: what is done to a recording before it plays.

Each step is a fact of the street or of a network that real footage of it would show:
night, rain, a camera that was bumped. The same steps give the same bytes on one
machine.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Share = Annotated[float, Field(ge=0, le=1)]
BoxOnPicture = tuple[Share, Share, Share, Share]
"""Left, top, right, bottom, 0…1 from the top left."""


class _Step(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    from_s: float = Field(default=0.0, ge=0, description="acts from here on, seconds")
    to_s: float | None = Field(default=None, gt=0, description="and until here")

    @model_validator(mode="after")
    def _in_order(self) -> "_Step":
        if self.to_s is not None and self.to_s <= self.from_s:
            msg = "to_s lies before from_s"
            raise ValueError(msg)
        return self


class Night(_Step):
    """Little light: dark, with a sensor's noise."""

    kind: Literal["night"]
    gain: float = Field(default=0.25, gt=0, le=1, description="light that is left")
    noise: float = Field(default=6.0, ge=0, le=60, description="spread, grey levels")
    seed: int = Field(default=1, description="of the noise")


class Rain(_Step):
    """Bright streaks that fall, and less contrast."""

    kind: Literal["rain"]
    streaks: int = Field(default=250, ge=1, le=5000, description="in one picture")
    length_px: int = Field(default=18, ge=2, le=200, description="of a streak")
    seed: int = Field(default=1, description="of where they fall")


class Blur(_Step):
    """Out of focus, or a wet lens."""

    kind: Literal["blur"]
    sigma_px: float = Field(default=2.0, gt=0, le=50, description="of the blur")


class Bump(_Step):
    """Somebody moved the camera: the picture is another one from then on."""

    kind: Literal["bump"]
    shift: tuple[float, float] = Field(
        default=(0.0, 0.0), description="right and down, as a share of the picture"
    )
    degrees: float = Field(default=0.0, ge=-180, le=180, description="turned by")
    zoom: float = Field(default=1.0, gt=0.2, le=5, description="enlarged by")


class Freeze(_Step):
    """The camera repeats one picture."""

    kind: Literal["freeze"]


class Drop(_Step):
    """Pictures that never arrive."""

    kind: Literal["drop"]
    share: float = Field(ge=0, lt=1, description="of the pictures that are lost")
    seed: int = Field(default=1, description="of which are lost")


class Erase(_Step):
    """What stands in the box is gone: the ground around it closes over it."""

    kind: Literal["erase"]
    box: BoxOnPicture = Field(description="where")


class Paste(_Step):
    """A piece of the recording's first picture stands somewhere else."""

    kind: Literal["paste"]
    source: BoxOnPicture = Field(description="where it is taken from")
    at: tuple[Share, Share] = Field(description="left and top of where it is put")
    scale: float = Field(default=1.0, gt=0.1, le=10, description="enlarged by")
    mirrored: bool = Field(default=False, description="turned the other way")


Step = Annotated[
    Night | Rain | Blur | Bump | Freeze | Drop | Erase | Paste,
    Field(discriminator="kind"),
]


class StageSection(BaseModel):
    """How a recording is made from another one."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    steps: tuple[Step, ...] = Field(default=(), description="in this order")
    codec: Literal["h264", "h265"] = Field(default="h264", description="it is sent in")
    gop_s: float = Field(default=2.0, gt=0, le=60, description="between key frames")
    kbps: int | None = Field(
        default=None, ge=16, le=50_000, description="bitrate; null: as good as needed"
    )
