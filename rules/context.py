"""Ports to what a look cannot show: permits, working days, weather, the entry register.

Each has a form that knows nothing; what it is asked is then *unknown*, never true.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

import structlog

from base.ids import CameraId, ViewName, ZoneName
from rules.permit import DayKind, NoPermitBook, PermitBook


class WorkCalendar(Protocol):
    """Working days and holidays, make-up days (调休) taken into account."""

    def kind(self, day: date) -> DayKind | None:
        """Workday or holiday, local date; None where the year is not published."""
        ...


@dataclass(frozen=True, slots=True)
class Weather:
    """What a station reports.

    Attributes:
        station: Its name.
        at: When it was measured, UTC.
        wind_mps: Wind, m/s.
        rain_mm_h: Rain, mm/h.
        is_thunder: Thunder or a thunderstorm warning in force.
        is_fog: A fog warning in force.
    """

    station: str
    at: datetime
    wind_mps: float
    rain_mm_h: float = 0.0
    is_thunder: bool = False
    is_fog: bool = False


class WeatherFeed(Protocol):
    """The weather at a camera."""

    def weather(self, camera: CameraId, at: datetime) -> Weather | None:
        """The newest report not later than `at` and still valid; None: not told."""
        ...


@dataclass(frozen=True, slots=True)
class Entered:
    """One line of an entry and exit register.

    Attributes:
        zone: The opening.
        came_in: When the person was written in, UTC.
        came_out: When written out; None while inside.
    """

    zone: ZoneName
    came_in: datetime
    came_out: datetime | None = None


class EntryRegister(Protocol):
    """Who was written in and out at an opening."""

    def entered(
        self, camera: CameraId, view: ViewName, at: datetime
    ) -> Sequence[Entered] | None:
        """Lines up to `at`; None when the register cannot be asked."""
        ...


class NoCalendar:
    """No calendar is connected; the log says so when one is asked for."""

    def __init__(self) -> None:
        self._is_told = False

    def kind(self, day: date) -> DayKind | None:
        """Always None."""
        if not self._is_told:
            self._is_told = True
            structlog.get_logger().warning("calendar.not_connected", day=str(day))
        return None


class NoWeather:
    """No station is connected."""

    def weather(self, camera: CameraId, at: datetime) -> Weather | None:
        """Always None."""
        del camera, at
        return None


class NoRegister:
    """No register is connected."""

    def entered(
        self, camera: CameraId, view: ViewName, at: datetime
    ) -> Sequence[Entered] | None:
        """Always None."""
        del camera, view, at
        return None


@dataclass(frozen=True, slots=True)
class Context:
    """The registries of one site."""

    permits: PermitBook = field(default_factory=NoPermitBook)
    calendar: WorkCalendar = field(default_factory=NoCalendar)
    weather: WeatherFeed = field(default_factory=NoWeather)
    register: EntryRegister = field(default_factory=NoRegister)
