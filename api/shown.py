"""Base of all answers: what every pydantic model of the API has in common.

Times are written as UTC with `Z`, microseconds dropped to milliseconds: no source of
ours is finer, and one form only is easier for every client.
"""

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

from detector.box import Box
from rules.violation import Gap


class Shown(BaseModel):
    """An answer: frozen, nothing beyond its fields."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def utc_text(at: datetime) -> str:
    """`2026-11-23T02:00:00.000Z`."""
    text = at.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.removesuffix("+00:00") + "Z"


UtcTime = Annotated[
    datetime,
    PlainSerializer(utc_text, return_type=str, when_used="json"),
]
"""A time as answers write it."""


class ShownBox(Shown):
    """A rectangle in a picture."""

    x1: Annotated[float, Field(description="left edge, 0…1 of the picture's width")]
    y1: Annotated[float, Field(description="upper edge, 0…1 of its height")]
    x2: Annotated[float, Field(description="right edge, 0…1")]
    y2: Annotated[float, Field(description="lower edge, 0…1")]

    @classmethod
    def of(cls, box: Box) -> "ShownBox":
        """From the house's own box."""
        return cls(x1=box.x1, y1=box.y1, x2=box.x2, y2=box.y2)


class ShownGap(Shown):
    """A stretch of media time in which the place was not observed."""

    start: Annotated[UtcTime, Field(description="media time it begins")]
    end: Annotated[UtcTime, Field(description="media time it ends")]

    @classmethod
    def of(cls, gap: Gap) -> "ShownGap":
        """From the house's own gap."""
        return cls(start=gap.start, end=gap.end)


class Health(Shown):
    """The process answers."""

    status: Annotated[Literal["alive"], Field(description="always alive")] = "alive"


class Readiness(Shown):
    """What the service stands on answers."""

    status: Annotated[Literal["ready"], Field(description="always ready")] = "ready"
    checked: Annotated[tuple[str, ...], Field(description="what was asked")]
