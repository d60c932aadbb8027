"""A pavement before a pole camera, permits and a calendar, for the street stories."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from base.ids import CameraId, ViewName, ZoneName
from rules.context import Context
from rules.permit import Activity, DayKind, Hours, Permit
from rules.permit_match import LOCAL
from rules.settings import Purpose, RuleSection, ZoneSection
from tests.scenes.actor import GOODS, Actor, Mark, arriving, person
from tests.scenes.noise import QUIET, NoiseLevel
from tests.scenes.pole import Pole, rectangle
from tests.scenes.scene import T0, Scene

KERB = ZoneName("kerb")
POLE = Pole(down_deg=18.0)
X, NEAR, FAR = 3.5, 9.0, 40.0
"""Middle of the pavement, where it begins and ends, metres."""
STALL_Z = 14.0
EVERYONE = frozenset(Activity)
Points = tuple[tuple[float, float], ...]


def pavement(rules: Mapping[str, RuleSection] | None = None) -> ZoneSection:
    """Five metres wide, thirty long, right of the road."""
    corners = rectangle(X, (NEAR + FAR) / 2, 5.0, FAR - NEAR)
    return ZoneSection(
        purpose=Purpose.PAVEMENT, points=POLE.zone(corners), rules=dict(rules or {})
    )


def on_street(
    actors: Sequence[Actor], level: NoiseLevel = QUIET, seed: int = 0
) -> Scene:
    """Actors before the street's camera, seen by a detector."""
    return Scene(actors, level, seed, POLE, period_s=2.0)


@dataclass(frozen=True)
class Book:
    """A registry of some permits."""

    held: tuple[Permit, ...] = ()

    def permits(
        self, camera: CameraId, view: ViewName, at: datetime
    ) -> Sequence[Permit]:
        """All of them."""
        del camera, view, at
        return self.held


@dataclass(frozen=True)
class Days:
    """A calendar in which every day is of one kind."""

    one: DayKind

    def kind(self, day: date) -> DayKind:
        """That kind."""
        del day
        return self.one


def minutes(start: float, end: float, days: frozenset[DayKind]) -> Hours:
    """A window counted in minutes from the beginning of the story."""

    def local(minute: float) -> time:
        return (T0 + timedelta(minutes=minute)).astimezone(LOCAL).time()

    return Hours(local(start), local(end), days)


def permit(
    *hours: Hours,
    points: Points = (),
    activities: frozenset[Activity] = EVERYONE,
) -> Permit:
    """A permit of this year."""
    return Permit(
        "P-1", activities, points, hours, date(2026, 1, 1), date(2026, 12, 31)
    )


def holding(
    *hours: Hours, points: Points = (), day: DayKind = DayKind.WORKDAY
) -> Context:
    """The registries of a street where one permit holds in these hours."""
    return Context(Book((permit(*hours, points=points),)), Days(day))


def until(minute: float) -> Hours:
    """From the beginning of the story to a minute of it, on every day."""
    return minutes(0, minute, frozenset(DayKind))


WORKDAYS = frozenset({DayKind.WORKDAY})
NO_PERMIT = Context(Book())
STALL = POLE.zone(rectangle(X, STALL_Z, 2.4, 3.0))
"""The painted line of a permitted stall; the goods stand in its middle."""
HALF_STALL = POLE.zone(rectangle(X - 1.3, STALL_Z, 2.4, 3.0))
"""The same line for a stall that stands half a metre over it."""


def goods(start: float, end: float, x: float = X, z: float = STALL_Z) -> Actor:
    """Something set down on the pavement."""
    return Actor(GOODS, (Mark(start, x, z), Mark(end, x, z)))


def vendor(end: float) -> Actor:
    """Somebody who stands beside the stall."""
    return person(0, X + 1.1, STALL_Z).stays(end)


def twice(away_s: float) -> tuple[Actor, ...]:
    """One car stands for seven minutes, is away for a time, and stands again."""
    back = 440 + away_s
    return arriving(20, 440, X, 15), arriving(back, back + 420, X, 15)
