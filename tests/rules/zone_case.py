"""A clause on a zone after sixteen seconds, and what it must say: for the tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

import pytest
from pydantic import JsonValue

from base.ids import CameraId, ViewName, ZoneName
from detector.box import Box
from detector.look import (
    Body,
    FallingThing,
    Head,
    HeadState,
    Look,
    OpeningState,
    Posture,
    Track,
    Unseen,
    UnseenArea,
)
from rules.clause import ALWAYS, Outcome, Truth, Why
from rules.clause_table import CLAUSES
from rules.context import Context, Entered, Weather
from rules.moment import Area, Moment
from rules.people import People
from rules.permit import Activity, Hours, Permit
from rules.settings import Purpose, ZoneSection
from rules.view_scene import ViewScene
from tests.rules.yard import PIT, RING, Walk, enters, looks, pit_zones, square, stands
from tests.scenes.scene import CLASSES, T0
from tests.scenes.street import Book

WORK, DECK, BELOW = ZoneName("work"), ZoneName("deck"), ZoneName("below")
Zones = Mapping[ZoneName, ZoneSection]
UNTIL = 16.0
LAST_S = 15.5


def _zone(
    purpose: Purpose, x: float, y: float, half: float, **more: object
) -> ZoneSection:
    points = square(x, y, half)
    return ZoneSection.model_validate({"purpose": purpose, "points": points, **more})


YARD: Zones = {
    **pit_zones(),
    WORK: _zone(Purpose.WORK_AREA, 0.5, 0.6, 0.3),
    DECK: _zone(Purpose.HEIGHT_ZONE, 0.1, 0.3, 0.09, height_m=5.0),
    BELOW: _zone(Purpose.DROP_ZONE, 0.1, 0.9, 0.09, belongs_to=DECK),
}
NO_RING = {name: zone for name, zone in YARD.items() if name != RING}
NO_DECK = {name: zone for name, zone in YARD.items() if name != DECK}

NOBODY: list[Walk] = []
INSIDE = [enters(6)]
"""Half of the soles are inside at 5.56 s."""
AT_PIT = stands(0, 20, 0.6, 0.65)
ON_DECK = ((0, 0.07, 0.3), (9, 0.13, 0.3), (20, 0.13, 0.3))
FAR = stands(0, 20, 0.9, 0.95)
VAN = Track(Box(0.3, 0.4, 0.7, 0.95), "truck", 0.9, 500.0)


@dataclass(frozen=True)
class Station:
    """A weather station; before its reading it has none."""

    told: Weather | None

    def weather(self, camera: CameraId, at: datetime) -> Weather | None:
        """What it tells."""
        return self.told if self.told is not None and self.told.at <= at else None


@dataclass(frozen=True)
class Register:
    """A book at the opening."""

    lines: tuple[Entered, ...]

    def entered(
        self, camera: CameraId, view: ViewName, at: object
    ) -> Sequence[Entered]:
        """Its lines."""
        return self.lines


def weather(**changes: float | bool) -> Context:
    plain = Weather("s", T0 - timedelta(minutes=5), 3.0)
    return Context(weather=Station(replace(plain, **changes)))  # type: ignore[arg-type]


def permit(
    activity: Activity,
    hours: tuple[Hours, ...] = (),
    points: tuple[tuple[float, float], ...] = (),
) -> Context:
    first, last = date(2026, 1, 1), date(2026, 12, 31)
    permit = Permit("P", frozenset({activity}), points, hours, first, last)
    return Context(permits=Book((permit,)))


def line(came_s: float, out_s: float | None = None, zone: ZoneName = PIT) -> Entered:
    out = None if out_s is None else T0 + timedelta(seconds=out_s)
    return Entered(zone, T0 + timedelta(seconds=came_s), out)


ENTRY, HEIGHT = Activity.CONFINED_SPACE_WORK, Activity.WORK_AT_HEIGHT
NO_PERMITS = Context(permits=Book())
UNTIL_TEN = (Hours(time(8), time(10, 0, 10)),)
"""Until ten seconds after the first look."""
TOMORROW = (Hours(time(11), time(12)),)
LYING = Body(Posture.LYING, 9.0, 9.0, fell=True)
BARE, HELMET = Head(HeadState.BARE, 0.9, 30.0), Head(HeadState.HELMET, 0.9, 30.0)


@dataclass(frozen=True)
class Case:
    """A clause on a zone after sixteen seconds, and what it must say."""

    clause: str
    zone: ZoneName
    truth: Truth
    value: float | None = None
    limit: float | None = None
    why: Why | None = None
    since_s: float | None = None
    walks: Sequence[Walk] = ()
    params: Mapping[str, JsonValue] = field(default_factory=dict)
    zones: Zones = field(default_factory=lambda: YARD)
    context: Context = field(default_factory=Context)
    things: tuple[Track, ...] = ()
    things_from_s: float = 0.0
    head: Head | None = None
    body: Body | None = None
    height_px: float = 216.0
    openings: tuple[OpeningState, ...] = ()
    falling: tuple[FallingThing, ...] = ()
    falling_unseen: Unseen | None = None
    unseen: tuple[UnseenArea, ...] = ()
    classes: frozenset[str] = CLASSES
    down: tuple[datetime, datetime] | None = None

    def shown(self) -> list[Look]:
        """What the looks show."""
        return [self._changed(look) for look in looks(self.walks, UNTIL)]

    def _changed(self, look: Look) -> Look:
        people = tuple(
            replace(t, head=self.head, body=self.body, height_px=self.height_px)
            for t in look.tracks
        )
        has_things = (look.at - T0).total_seconds() >= self.things_from_s
        return replace(
            look,
            tracks=people + (self.things if has_things else ()),
            classes=self.classes,
            openings=self.openings,
            falling=self.falling,
            falling_unseen=self.falling_unseen,
            unseen=self.unseen if has_things else (),
        )


TRUE, FALSE, UNKNOWN = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
MOVED = OpeningState(PIT, differs=True, changed=0.7)
SAME = OpeningState(PIT, differs=False, changed=0.02)
DARK = OpeningState(PIT, None, None, Unseen.TOO_DARK)
SMALL = Box(0.1, 0.2, 0.11, 0.21)
FELL = FallingThing(DECK, SMALL, SMALL, T0, T0 + timedelta(seconds=1), 5)
COVER = (UnseenArea(Box(0.3, 0.4, 0.7, 0.8), Unseen.NOT_COVERED),)
BARRIER = CLASSES | {"barrier"}


def barrier(x: float, y: float) -> tuple[Track, ...]:
    return (Track(Box(x - 0.02, y - 0.03, x + 0.02, y), "barrier", 0.8, 30.0),)


def judged(case: Case) -> Outcome:
    """What its clause says at the last look."""
    kind = CLAUSES[case.clause]
    assert kind.on_zone is not None
    scene, shown = ViewScene(case.zones), case.shown()
    params = kind.params.model_validate(case.params)
    people = People(scene, gear_classes=params.remembered)
    for look in shown:
        people.watch(look, look.at, is_blind=False)
    people.down = case.down
    moment = Moment(shown[-1], shown[-1].at, scene, people, case.context)
    area = Area(case.zone, case.zones[case.zone])
    return kind.on_zone(area, moment, params)


def check(case: Case) -> None:
    """It says what it must."""
    told = judged(case)

    assert (told.truth, told.why) == (case.truth, case.why)
    assert told.value == pytest.approx(case.value, abs=1e-3)
    assert told.limit == pytest.approx(case.limit)
    if case.since_s is not None:
        assert told.since == T0 + timedelta(seconds=case.since_s)
    else:
        assert told.since in {None, ALWAYS}
