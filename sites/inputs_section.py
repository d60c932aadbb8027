"""The `inputs:` section of the site file: what no picture shows, and where it is told.

Every input is a file that somebody else writes; it is read again when it changes. An
input that is not named, cannot be read or is too old leaves its clauses *unknown*.
"""

from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class InputFile(_Section):
    """One file of an input."""

    path: Path = Field(description="the file, relative to the site file")
    stale_s: float | None = Field(
        default=None,
        gt=0,
        le=366 * 86400,
        description="told longer ago than this, by the file's own `as_of`, it is not "
        "believed any more; null: never too old",
    )


class WeatherFile(_Section):
    """The file of a weather station."""

    path: Path = Field(description="the file, relative to the site file")
    stale_s: float = Field(
        default=3600,
        gt=0,
        le=86400,
        description="a report older than this tells nothing of now",
    )


class Calendar(StrEnum):
    """Which working calendar holds."""

    CHINA = "china"
    NONE = "none"


class InputsSection(_Section):
    """What rules are told beside the pictures."""

    permits: InputFile | None = Field(
        default=None, description="permits: polygon, activities, hours, validity"
    )
    weather: WeatherFile | None = Field(
        default=None, description="reports of the nearest weather station"
    )
    entries: InputFile | None = Field(
        default=None, description="entry and exit register of the openings"
    )
    calendar: Calendar = Field(
        default=Calendar.CHINA,
        description="china: public holidays and make-up days of the State Council; "
        "none: every day is unknown",
    )

    def files(self) -> dict[str, InputFile | WeatherFile]:
        """The files named, by the key that names them."""
        named = {
            "permits": self.permits,
            "weather": self.weather,
            "entries": self.entries,
        }
        return {key: file for key, file in named.items() if file is not None}
