"""The files behind `inputs:`: YAML or JSON in, checked registries of the rules out.

Every list must be there, even if empty: a file cut off while written says nothing. What
begins with `{` is JSON, a hundred times faster to read than YAML.
"""

from datetime import date, time
from typing import Annotated, Literal, TypeVar

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
)

from base.errors import ConfigError
from base.ids import ZoneName
from rules.context import Entered, Weather
from rules.permit import Activity, DayKind, Hours, Permit
from rules.settings import ZonePoints
from sites.yaml_text import MAX_BYTES, KeyPath, parse_yaml, problems_of

MOST_PERMITS = 10_000
MOST_REPORTS = 10_000
MOST_ENTRIES = 10_000


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _quoted(value: object) -> object:
    """YAML reads 18:00 without quotes as a number, and 09:00 not."""
    if isinstance(value, int | float):
        msg = 'write a time of day in quotes, "18:00"'
        raise ValueError(msg)  # noqa: TRY004 - pydantic turns it into a problem
    return value


TimeOfDay = Annotated[time, BeforeValidator(_quoted)]


class HoursPart(_Part):
    """A daily window, local time; `end` not after `start`: over midnight."""

    start: TimeOfDay = Field(description="from, +08:00, inside")
    end: TimeOfDay = Field(description="to, +08:00, inside")
    days: frozenset[DayKind] = Field(
        default=frozenset(DayKind), min_length=1, description="workday, holiday"
    )


class PermitPart(_Part):
    """One permit."""

    camera: str = Field(min_length=1, description="the camera that sees its place")
    view: str = Field(default="home", min_length=1, description="the preset")
    activities: frozenset[Activity] = Field(min_length=1, description="what it allows")
    points: ZonePoints | None = Field(
        default=None, description="polygon in the picture, 0…1; null: the whole zone"
    )
    hours: tuple[HoursPart, ...] = Field(default=(), description="none: all day")
    valid_from: date = Field(description="first day")
    valid_to: date = Field(description="last day, inside")
    max_area_m2: float | None = Field(
        default=None, gt=0, description="largest footprint; needs a ground plane"
    )
    holder: str = Field(default="", max_length=200, description="as printed")


class PermitsFile(_Part):
    """A permits file."""

    version: Literal[1]
    as_of: AwareDatetime = Field(description="when the registry told this")
    permits: dict[str, PermitPart] = Field(
        max_length=MOST_PERMITS, description="by number; {} for none"
    )

    def of(self, camera: str, view: str) -> tuple[Permit, ...]:
        """The permits that touch one view, whatever their validity."""
        return tuple(
            Permit(
                id=number,
                activities=one.activities,
                points=one.points or (),
                hours=tuple(Hours(h.start, h.end, h.days) for h in one.hours),
                valid_from=one.valid_from,
                valid_to=one.valid_to,
                max_area_m2=one.max_area_m2,
                holder=one.holder,
            )
            for number, one in self.permits.items()
            if (one.camera, one.view) == (camera, view)
        )


class ReportPart(_Part):
    """One report of a station."""

    at: AwareDatetime = Field(description="when it was measured")
    wind_mps: float = Field(ge=0, le=120, description="wind, m/s")
    rain_mm_h: float = Field(default=0, ge=0, le=500, description="rain, mm/h")
    thunder: bool = Field(default=False, description="thunder, or its warning in force")
    fog: bool = Field(default=False, description="a fog warning in force")


class WeatherReports(_Part):
    """A weather file."""

    version: Literal[1]
    station: str = Field(min_length=1, max_length=200, description="its name")
    reports: tuple[ReportPart, ...] = Field(
        max_length=MOST_REPORTS, description="in any order; [] for none"
    )

    def told(self) -> tuple[Weather, ...]:
        """Every report as rules see it, oldest first."""
        return tuple(
            Weather(
                station=self.station,
                at=one.at,
                wind_mps=one.wind_mps,
                rain_mm_h=one.rain_mm_h,
                is_thunder=one.thunder,
                is_fog=one.fog,
            )
            for one in sorted(self.reports, key=lambda report: report.at)
        )


class EntryPart(_Part):
    """One line of a register."""

    camera: str = Field(min_length=1, description="the camera that sees the opening")
    view: str = Field(default="home", min_length=1, description="the preset")
    zone: str = Field(min_length=1, description="the opening")
    came_in: AwareDatetime = Field(description="when the person was written in")
    came_out: AwareDatetime | None = Field(default=None, description="null: inside")


class RegisterFile(_Part):
    """An entry and exit register."""

    version: Literal[1]
    as_of: AwareDatetime = Field(description="when the register told this")
    entries: tuple[EntryPart, ...] = Field(max_length=MOST_ENTRIES)

    def of(self, camera: str, view: str) -> tuple[Entered, ...]:
        """The lines of one view."""
        return tuple(
            Entered(ZoneName(one.zone), one.came_in, one.came_out)
            for one in self.entries
            if (one.camera, one.view) == (camera, view)
        )


F = TypeVar("F", bound=BaseModel)


def parsed(raw: bytes, form: type[F]) -> F:
    """A file of one of the forms above.

    Raises:
        ConfigError: One line for each problem: `key.path: what is wrong (line n)`.
    """
    if len(raw) > MAX_BYTES:
        raise ConfigError((f"the file has {len(raw)} bytes, at most {MAX_BYTES}",))
    lines: dict[KeyPath, int] = {}
    try:
        if raw.lstrip().startswith(b"{"):
            return form.model_validate_json(raw)
        content, lines = parse_yaml(raw)
        return form.model_validate(content)
    except ValidationError as error:
        raise ConfigError(problems_of(error, lines)) from error
    except RecursionError as error:
        raise ConfigError(("the file is nested too deeply",)) from error
