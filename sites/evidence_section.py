"""The `evidence:` section of the site file.

It stands here and not in alerts because alerts is the later folder; alerts reads it.
"""

from pydantic import BaseModel, ConfigDict, Field

FLOOD_ALERTS = 30
"""A row of stalls at closing time stays below it, a shaking camera does not: the scene
of domain.md scenario 21 makes 500."""


class EvidenceSection(BaseModel):
    """What is kept of each alert."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    clip_before_s: float = Field(
        default=10.0, ge=0, le=60, description="clip begins this long before opening, s"
    )
    clip_after_s: float = Field(
        default=20.0, ge=1, le=120, description="clip ends this long after opening, s"
    )
    cooldown_s: float = Field(
        default=300.0,
        ge=0,
        le=86400,
        description="shortest time between two deliveries for one place and rule; "
        "recording is never limited",
    )
    flood_alerts: int = Field(
        default=FLOOD_ALERTS,
        ge=5,
        le=1000,
        description="more new alerts of one camera within a minute become one group: a "
        "shaking camera; S1 is never counted and never grouped",
    )
