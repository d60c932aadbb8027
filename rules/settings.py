"""The `zones:` and `rules:` sections of the site file."""

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue
from shapely import Polygon
from shapely.validation import explain_validity

MAX_POINTS = 200
"""A zone drawn by a person has a dozen corners; thousands are a broken export."""

RuleCode = str


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Purpose(StrEnum):
    """What a zone is for."""

    PAVEMENT = "pavement"
    BLIND_PATH = "blind_path"
    FIRE_LANE = "fire_lane"
    PARKING_BAY = "parking_bay"
    SHOPFRONT = "shopfront"
    OPENING = "opening"
    ATTENDANT_RING = "attendant_ring"
    WORK_AREA = "work_area"
    HEIGHT_ZONE = "height_zone"
    EDGE = "edge"
    DROP_ZONE = "drop_zone"
    LADDER_BASE = "ladder_base"
    MASK = "mask"


class Regime(StrEnum):
    """Which body of law a site falls under; it picks the legal basis of a code."""

    INDUSTRY = "industry"
    CONSTRUCTION = "construction"
    CHEMICAL = "chemical"
    MUNICIPAL = "municipal"
    STREET = "street"


class RuleSection(_Section):
    """Overrides of one rule's defaults; what is left out stands in the catalogue."""

    enabled: bool | None = Field(
        default=None,
        description="whether the rule is judged; null: as the camera, the site or the "
        "catalogue says",
    )
    dwell_s: float | None = Field(
        default=None, gt=0, le=7 * 86400, description="how long before it opens, s"
    )
    grace_s: float | None = Field(
        default=None, ge=0, le=86400, description="grace after opening, s of media time"
    )
    gap_s: float | None = Field(
        default=None,
        gt=0,
        le=86400,
        description="absence after which a return is a new violation, s",
    )
    min_overlap: float | None = Field(
        default=None, gt=0, le=1, description="share of the footprint in the zone"
    )
    clauses: dict[str, dict[str, JsonValue]] = Field(
        default_factory=dict,
        description="parameters of its clauses, by clause and parameter",
    )


def _polygon(
    points: tuple[tuple[float, float], ...],
) -> tuple[tuple[float, float], ...]:
    if len(points) < 3:
        msg = "needs 3 points"
        raise ValueError(msg)
    if len(points) > MAX_POINTS:
        msg = f"has {len(points)} points, at most {MAX_POINTS} are taken"
        raise ValueError(msg)
    if any(not (0 <= x <= 1 and 0 <= y <= 1) for x, y in points):
        msg = "points lie between 0 and 1, from the top left of the picture"
        raise ValueError(msg)
    polygon = Polygon(points)
    if not polygon.is_valid:
        msg = f"is no simple polygon: {explain_validity(polygon)}"
        raise ValueError(msg)
    if polygon.area <= 0:
        msg = "encloses nothing"
        raise ValueError(msg)
    return points


ZonePoints = Annotated[tuple[tuple[float, float], ...], AfterValidator(_polygon)]
"""Corners of a simple polygon, 0…1 from the top left of the picture."""


class ZoneSection(_Section):
    """A named polygon with a purpose."""

    purpose: Purpose = Field(description="what the zone is for")
    points: ZonePoints = Field(
        description="corners, [x, y] each, 0…1 from the top left of the picture"
    )
    ground: str | None = Field(
        default=None,
        pattern=r"^[a-z0-9_-]+$",
        description="name of ground that other cameras see too: one alert, two sources",
    )
    height_m: float | None = Field(
        default=None, gt=0, le=500, description="height above the fall datum, metres"
    )
    belongs_to: str | None = Field(
        default=None,
        description="zone of this view it serves: the opening of an attendant ring or "
        "a work area, the height zone of a drop zone; null: every one of the view",
    )
    rules: dict[RuleCode, RuleSection] = Field(
        default_factory=dict, description="overrides for this zone, by code"
    )
