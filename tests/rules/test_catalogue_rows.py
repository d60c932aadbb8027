"""Each row of confined space and height: true, false, and unknown where it can be.

A few seconds before the yard, one truth of the whole row at the last look; for how long
it must hold is the hold's matter, and when it opens that of the scenes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

import pytest

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
)
from rules.build import CameraRules, build_rules
from rules.catalogue import shipped_catalogue
from rules.clause import Truth
from rules.context import Context, Entered, Weather
from rules.moment import Area, Moment
from rules.people import People
from rules.permit import Activity, Permit
from rules.settings import Purpose, Regime, RuleSection, ZoneSection
from rules.view_scene import ViewScene
from tests.rules.yard import PIT, Walk, enters, looks, pit_zones, square, stands
from tests.scenes.scene import CAMERA, CLASSES, T0, VIEW

WORK, DECK, EDGE = ZoneName("work"), ZoneName("deck"), ZoneName("edge")
BELOW, LADDER = ZoneName("below"), ZoneName("ladder")
Zones = Mapping[ZoneName, ZoneSection]


def _zone(purpose: Purpose, x: float, y: float, half: float) -> ZoneSection:
    return ZoneSection(purpose=purpose, points=square(x, y, half))


YARD: Zones = {
    **pit_zones(),
    WORK: _zone(Purpose.WORK_AREA, 0.5, 0.6, 0.3),
    DECK: _zone(Purpose.HEIGHT_ZONE, 0.1, 0.3, 0.09),
    EDGE: _zone(Purpose.EDGE, 0.3, 0.2, 0.05),
    BELOW: _zone(Purpose.DROP_ZONE, 0.1, 0.9, 0.09),
    LADDER: _zone(Purpose.LADDER_BASE, 0.9, 0.9, 0.05),
}
NO_RING = {name: zone for name, zone in YARD.items() if name != "ring"}
NO_DECK = {name: zone for name, zone in YARD.items() if name not in {DECK, EDGE}}

ALONE = [enters(6)]
WATCHED = [enters(6), stands(0, 20, 0.65, 0.65)]
ON_DECK: list[Walk] = [((0, 0.07, 0.3), (9, 0.13, 0.3), (20, 0.13, 0.3))]
AT_EDGE: list[Walk] = [((0, 0.27, 0.2), (9, 0.33, 0.2), (20, 0.31, 0.2))]
BENEATH: list[Walk] = [((0, 0.07, 0.9), (9, 0.13, 0.9), (20, 0.11, 0.9))]
HOLDS = [stands(0, 20, 0.9, 0.9)]
AT_PIT = [stands(0, 20, 0.6, 0.65)]
NOBODY: list[Walk] = []


class _Book:
    def __init__(self, *permits: Permit) -> None:
        self._permits = permits

    def permits(
        self, camera: CameraId, view: ViewName, at: datetime
    ) -> Sequence[Permit]:
        del camera, view, at
        return self._permits


class _Station:
    def __init__(self, wind_mps: float, *, thunder: bool = False) -> None:
        self._told = Weather("s", T0, wind_mps, is_thunder=thunder)

    def weather(self, camera: CameraId, at: datetime) -> Weather:
        del camera, at
        return self._told


class _Register:
    def __init__(self, *lines: Entered) -> None:
        self._lines = lines

    def entered(
        self, camera: CameraId, view: ViewName, at: datetime
    ) -> Sequence[Entered]:
        del camera, view, at
        return self._lines


def _permit(activity: Activity) -> Permit:
    first, last = date(2026, 1, 1), date(2026, 12, 31)
    return Permit("P", frozenset({activity}), (), (), first, last)


NO_PERMITS = Context(permits=_Book())
ENTRY_PERMIT = Context(permits=_Book(_permit(Activity.CONFINED_SPACE_WORK)))
HEIGHT_PERMIT = Context(permits=_Book(_permit(Activity.WORK_AT_HEIGHT)))
STORM, CALM = Context(weather=_Station(12.0)), Context(weather=_Station(3.0))
LEVEL_6, LEVEL_5 = Context(weather=_Station(10.8)), Context(weather=_Station(8.0))
BELOW_6, BELOW_5 = Context(weather=_Station(10.7)), Context(weather=_Station(7.9))
IN, OUT = Entered(PIT, T0), Entered(PIT, T0, T0 + timedelta(seconds=5))
ELSEWHERE = Entered(ZoneName("other_pit"), T0)
WRITTEN_IN = Context(register=_Register(IN, OUT, ELSEWHERE))
WRITTEN_OUT = Context(register=_Register(OUT, ELSEWHERE))
AT_WORK = replace(WRITTEN_IN, permits=_Book(_permit(Activity.CONFINED_SPACE_WORK)))
THUNDER = Context(weather=_Station(3.0, thunder=True))


@dataclass(frozen=True)
class Case:
    """A few seconds, and how the row stands after them."""

    code: str
    truth: Truth
    walks: Sequence[Walk]
    context: Context = field(default_factory=Context)
    zones: Zones = field(default_factory=lambda: YARD)
    head: HeadState | None = None
    body: Body | None = None
    down_s: float = 99.0
    classes: frozenset[str] = CLASSES
    things: tuple[Track, ...] = ()
    things_from_s: float = 0.0
    differs: bool | None = None
    falling: bool | None = None

    def shown(self) -> list[Look]:
        """What the looks show."""
        return [self._changed(look) for look in looks(self.walks, 16)]

    def _changed(self, look: Look) -> Look:
        passed_s = (look.at - T0).total_seconds()
        head = None if self.head is None else Head(self.head, 0.9, 30.0)
        body = self.body if passed_s <= self.down_s else None
        tracks = tuple(replace(t, head=head, body=body) for t in look.tracks)
        openings = (OpeningState(PIT, None, why=Unseen.NO_REFERENCE),)
        if self.differs is not None:
            openings = (OpeningState(PIT, self.differs, 0.5),)
        fell = FallingThing(DECK, _small(), _small(), look.at, look.at, 5)
        return replace(
            look,
            tracks=tracks + (self.things if passed_s >= self.things_from_s else ()),
            classes=self.classes,
            openings=openings,
            falling=(fell,) if self.falling else (),
            falling_unseen=Unseen.NOT_WATCHED if self.falling is None else None,
        )


def _small() -> Box:
    """Something small."""
    return Box(0.1, 0.2, 0.11, 0.21)


def _thing(label: str, x: float, y: float) -> tuple[Track, ...]:
    return (Track(Box(x - 0.01, y - 0.03, x + 0.01, y), label, 0.8, 30.0),)


def _named(*labels: str) -> frozenset[str]:
    return CLASSES | frozenset(labels)


LYING = Body(Posture.LYING, 10.0, 10.0, fell=True)
CASES = [
    Case("CS-01", Truth.TRUE, ALONE),
    Case("CS-01", Truth.FALSE, WATCHED),
    Case("CS-01", Truth.UNKNOWN, ALONE, zones=NO_RING),
    Case("CS-02", Truth.TRUE, [enters(6), stands(0, 9, 0.65, 0.65)]),
    Case("CS-02", Truth.FALSE, WATCHED),
    Case("CS-02", Truth.UNKNOWN, ALONE, zones=NO_RING),
    Case("CS-02U", Truth.FALSE, WATCHED),
    Case("CS-02U", Truth.UNKNOWN, ALONE, zones=NO_RING),
    Case(
        "CS-02U",
        Truth.TRUE,
        WATCHED,
        things=(Track(Box(0.3, 0.4, 0.7, 0.95), "truck", 0.9, 500.0),),
        things_from_s=13.0,
    ),
    Case("CS-03", Truth.TRUE, ALONE),
    Case("CS-03", Truth.FALSE, WATCHED),
    Case("CS-03", Truth.UNKNOWN, AT_PIT),
    Case("CS-04", Truth.TRUE, ALONE, NO_PERMITS),
    Case("CS-04", Truth.FALSE, ALONE, ENTRY_PERMIT),
    Case("CS-04", Truth.TRUE, ALONE, HEIGHT_PERMIT),
    Case("CS-04", Truth.UNKNOWN, ALONE),
    Case("CS-05", Truth.TRUE, ALONE, classes=_named("blower")),
    Case("CS-05", Truth.UNKNOWN, [enters(3)], classes=_named("blower")),
    Case(
        "CS-05",
        Truth.FALSE,
        ALONE,
        classes=_named("blower"),
        things=_thing("blower", 0.6, 0.5),
    ),
    Case("CS-05", Truth.UNKNOWN, ALONE),
    Case("CS-06", Truth.TRUE, AT_PIT, head=HeadState.BARE),
    Case("CS-06", Truth.FALSE, AT_PIT, head=HeadState.HELMET),
    Case("CS-06", Truth.FALSE, AT_PIT, head=HeadState.OTHER),
    Case("CS-06", Truth.UNKNOWN, AT_PIT, head=HeadState.UNKNOWN),
    Case("CS-07", Truth.TRUE, NOBODY, differs=True, classes=_named("barrier")),
    Case("CS-07", Truth.FALSE, NOBODY, differs=False, classes=_named("barrier")),
    Case(
        "CS-07",
        Truth.FALSE,
        NOBODY,
        differs=True,
        classes=_named("barrier"),
        things=_thing("barrier", 0.6, 0.5),
    ),
    Case("CS-07", Truth.UNKNOWN, NOBODY, differs=True),
    Case("CS-07", Truth.UNKNOWN, NOBODY, classes=_named("barrier")),
    Case("CS-08", Truth.TRUE, ALONE),
    Case("CS-08", Truth.FALSE, AT_PIT),
    Case("CS-09", Truth.TRUE, AT_PIT, body=LYING),
    Case("CS-09", Truth.FALSE, AT_PIT, body=Body(Posture.LOW, 10.0, 10.0)),
    Case("CS-09", Truth.FALSE, AT_PIT, body=Body(Posture.UPRIGHT, 10.0)),
    Case("CS-09", Truth.UNKNOWN, AT_PIT, body=Body(Posture.UNKNOWN)),
    Case("CS-10", Truth.TRUE, [*AT_PIT, enters(8)], body=LYING, down_s=3.0),
    Case("CS-10", Truth.FALSE, [*AT_PIT, enters(8)]),
    Case("CS-11", Truth.TRUE, NOBODY, differs=True),
    Case("CS-11", Truth.FALSE, AT_PIT, differs=True),
    Case("CS-11", Truth.FALSE, NOBODY, differs=False),
    Case("CS-11", Truth.UNKNOWN, NOBODY),
    Case("CS-12", Truth.TRUE, ALONE, differs=False),
    Case("CS-12", Truth.FALSE, NOBODY, differs=False),
    Case("CS-12", Truth.FALSE, ALONE, ENTRY_PERMIT, differs=True),
    Case("CS-12", Truth.UNKNOWN, ALONE),
    Case("CS-12R", Truth.TRUE, NOBODY, WRITTEN_IN, differs=False),
    Case("CS-12R", Truth.FALSE, NOBODY, WRITTEN_OUT, differs=False),
    Case("CS-12R", Truth.FALSE, NOBODY, AT_WORK, differs=True),
    Case("CS-12R", Truth.FALSE, ALONE, WRITTEN_OUT, differs=False),
    Case("CS-12R", Truth.UNKNOWN, NOBODY, differs=False),
    Case("WH-01", Truth.TRUE, ON_DECK, head=HeadState.BARE),
    Case("WH-01", Truth.FALSE, ON_DECK, head=HeadState.HELMET),
    Case("WH-01", Truth.UNKNOWN, ON_DECK, head=HeadState.UNKNOWN),
    Case("WH-02", Truth.TRUE, ON_DECK, classes=_named("harness")),
    Case(
        "WH-02",
        Truth.FALSE,
        ON_DECK,
        classes=_named("harness"),
        things=_thing("harness", 0.13, 0.28),
    ),
    Case("WH-02", Truth.UNKNOWN, ON_DECK),
    Case("WH-03", Truth.TRUE, AT_EDGE, classes=_named("guard_rail")),
    Case(
        "WH-03",
        Truth.FALSE,
        AT_EDGE,
        classes=_named("guard_rail"),
        things=_thing("guard_rail", 0.3, 0.2),
    ),
    Case("WH-03", Truth.UNKNOWN, AT_EDGE),
    Case("WH-04", Truth.TRUE, ON_DECK),
    Case("WH-04", Truth.FALSE, [*ON_DECK, *HOLDS]),
    Case("WH-04", Truth.FALSE, NOBODY),
    Case("WH-04", Truth.UNKNOWN, NOBODY, zones=NO_DECK),
    Case("WH-05", Truth.TRUE, ON_DECK, NO_PERMITS),
    Case("WH-05", Truth.FALSE, ON_DECK, HEIGHT_PERMIT),
    Case("WH-05", Truth.UNKNOWN, ON_DECK),
    Case("WH-06", Truth.TRUE, ON_DECK, STORM),
    Case("WH-06", Truth.TRUE, ON_DECK, LEVEL_6),
    Case("WH-06", Truth.FALSE, ON_DECK, BELOW_6),
    Case("WH-06", Truth.TRUE, ON_DECK, THUNDER),
    Case("WH-06", Truth.FALSE, ON_DECK, CALM),
    Case("WH-06", Truth.UNKNOWN, ON_DECK),
    Case("WH-06W", Truth.TRUE, ON_DECK, LEVEL_5),
    Case("WH-06W", Truth.TRUE, ON_DECK, BELOW_6),
    Case("WH-06W", Truth.FALSE, ON_DECK, BELOW_5),
    Case("WH-06W", Truth.FALSE, ON_DECK, LEVEL_6),
    Case("WH-06W", Truth.FALSE, ON_DECK, THUNDER),
    Case("WH-06W", Truth.FALSE, NOBODY, LEVEL_5),
    Case("WH-06W", Truth.UNKNOWN, ON_DECK),
    Case("WH-07", Truth.TRUE, [*ON_DECK, *BENEATH]),
    Case("WH-07", Truth.FALSE, BENEATH),
    Case("WH-07", Truth.UNKNOWN, BENEATH, zones=NO_DECK),
    Case("WH-08", Truth.TRUE, ON_DECK, classes=_named("barrier")),
    Case(
        "WH-08",
        Truth.FALSE,
        ON_DECK,
        classes=_named("barrier"),
        things=_thing("barrier", 0.1, 0.9),
    ),
    Case("WH-08", Truth.UNKNOWN, ON_DECK),
    Case("WH-09", Truth.TRUE, ON_DECK, body=LYING),
    Case("WH-09", Truth.FALSE, ON_DECK, body=Body(Posture.LYING, 9.0, 9.0, fell=False)),
    Case("WH-09", Truth.UNKNOWN, ON_DECK, body=Body(Posture.LYING, 9.0, 9.0)),
    Case("WH-10", Truth.TRUE, NOBODY, falling=True),
    Case("WH-10", Truth.FALSE, NOBODY, falling=False),
    Case("WH-10", Truth.UNKNOWN, NOBODY),
]
NEVER_UNKNOWN = {"CS-08", "CS-10"}
"""Whether somebody is inside, or went in after a fall, is counted: never not told."""


def _truth(case: Case) -> Truth:
    """How the row stands at the last look, in its first zone."""
    scene = ViewScene(case.zones, Regime.INDUSTRY)
    four_s = {"none_seen_before_entry": {"before_s": 4}}
    on = {"WH-10": RuleSection(enabled=True), "CS-05": RuleSection(clauses=four_s)}
    settings = CameraRules(
        CAMERA, VIEW, case.zones, camera_rules=on, regime=Regime.INDUSTRY
    )
    inputs = build_rules(settings)[case.code].inputs
    people, shown = People(scene, gear_classes=case.classes), case.shown()
    for look in shown:
        people.watch(look, look.at, is_blind=False)
    moment = Moment(shown[-1], shown[-1].at, scene, people, case.context)
    zone = next(iter(inputs.zones))
    area = Area(zone, inputs.zones[zone])
    return inputs.compositions[zone].judge(area, moment).truth


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.code}-{case.truth}")
def test_a_row_reads_as_the_catalogue_tells(case: Case) -> None:
    """What was seen makes the whole row true, false or unknown."""
    assert _truth(case) is case.truth


def test_every_row_of_openings_and_heights_is_tried() -> None:
    """True and false for each, unknown for each that can be."""
    tried = {(case.code, case.truth) for case in CASES}
    codes = [c for c in shipped_catalogue().rules if c.startswith(("CS", "WH"))]

    for code in codes:
        assert {(code, Truth.TRUE), (code, Truth.FALSE)} <= tried, code
        assert ((code, Truth.UNKNOWN) in tried) is (code not in NEVER_UNKNOWN), code
