"""The `detector:` section of a camera in the site file."""

from pydantic import BaseModel, ConfigDict, Field


class DetectorSection(BaseModel):
    """How pictures of one camera are looked at."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: str | None = Field(
        default=None, description="name of the network; left out: the embedded one"
    )
    crops: int | None = Field(
        default=None,
        ge=1,
        le=16,
        description="most crops a look; left out: as many as the zones need, at most 4",
    )
    smallest_person_px: int = Field(
        default=40,
        ge=12,
        le=400,
        description="people of this height in the picture must still be found; decides "
        "how much a crop may be shrunk",
    )
    score: float | None = Field(
        default=None,
        gt=0,
        lt=1,
        description="a detection counts from here; left out: the model's own threshold",
    )
