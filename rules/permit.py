"""What makes something lawful: a polygon, activities, hours and a validity.

The case service will feed permits; a file feeds them now. A rule that needs to know and
has no book to ask gets None, which makes its clause unknown, never true.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import Protocol

from base.ids import CameraId, ViewName


class Activity(StrEnum):
    """What a permit allows."""

    REPAIR_STALL = "repair_stall"
    OUTDOOR_DISPLAY = "outdoor_display"
    WORKS = "works"
    LOADING = "loading"
    SHARED_BAY = "shared_bay"
    CONFINED_SPACE_WORK = "confined_space_work"
    WORK_AT_HEIGHT = "work_at_height"


class DayKind(StrEnum):
    """Working calendar, make-up days (调休) taken into account."""

    WORKDAY = "workday"
    HOLIDAY = "holiday"


EVERY_DAY = frozenset(DayKind)


@dataclass(frozen=True, slots=True)
class Hours:
    """A daily window in local time (+08:00); `end` <= `start` crosses midnight.

    Both bounds are inside: a stall open 09–18 is lawful at 09:00 and at 18:00.
    """

    start: time
    end: time
    days: frozenset[DayKind] = EVERY_DAY


@dataclass(frozen=True, slots=True)
class Permit:
    """One permit as rules see it.

    Attributes:
        id: The registry's number.
        activities: What it allows.
        points: Polygon in the camera's view, 0…1; empty: the whole named zone.
        hours: Daily windows; empty: all day.
        valid_from: First day.
        valid_to: Last day, inside.
        max_area_m2: Largest allowed footprint, None: not limited.
        holder: Who holds it, as printed.
    """

    id: str
    activities: frozenset[Activity]
    points: tuple[tuple[float, float], ...]
    hours: tuple[Hours, ...]
    valid_from: date
    valid_to: date
    max_area_m2: float | None = None
    holder: str = ""


class PermitBook(Protocol):
    """The permits that touch a view."""

    def permits(
        self, camera: CameraId, view: ViewName, at: datetime
    ) -> Sequence[Permit] | None:
        """Permits valid on the day of `at`; None when the registry cannot be asked."""
        ...


class NoPermitBook:
    """No registry is connected: every question is unknown."""

    def permits(
        self, camera: CameraId, view: ViewName, at: datetime
    ) -> Sequence[Permit] | None:
        """Always None."""
        del camera, view, at
        return None
