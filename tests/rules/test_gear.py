"""When gear was last seen in a zone, and since when anybody looked for it."""

from datetime import datetime, timedelta

import pytest

from base.ids import ZoneName
from detector.box import Box
from detector.look import Look, Track
from rules.gear import BREAK_S, Gear
from rules.people import People
from rules.settings import Purpose, ZoneSection
from rules.view_scene import ViewScene
from tests.rules.yard import PIT, look_at, pit_zones, square
from tests.scenes.scene import T0

WORK, BLOWER = ZoneName("work"), frozenset({"blower"})
SCENE = ViewScene(
    {
        **pit_zones(),
        WORK: ZoneSection(purpose=Purpose.WORK_AREA, points=square(0.2, 0.2, 0.1)),
    }
)


def at(seconds: float) -> datetime:
    """That long after the beginning."""
    return T0 + timedelta(seconds=seconds)


def _look(t: float, label: str, x: float, half: float = 0.02) -> Look:
    thing = Track(Box(x - half, 0.2, x + half, 0.25), label, 0.8, 54.0)
    look = look_at(t)
    return Look(
        look.camera, look.view, look.at, look.size_px, (thing,), classes=look.classes
    )


def _watched(*looks: Look) -> Gear:
    people = People(SCENE, gear_classes=BLOWER)
    for look in looks:
        people.watch(look, look.at, is_blind=False)
    again = People(SCENE, gear_classes=BLOWER)
    again.restore(people.state())  # what a restart brings back is judged
    return again.gear


def test_gear_is_remembered_where_and_when_it_was_seen_last() -> None:
    """In its zone only, and only classes that are asked for."""
    gear = _watched(
        _look(0, "blower", 0.2), _look(3, "blower", 0.2), _look(5, "cone", 0.2)
    )

    assert gear.last_seen([WORK], BLOWER) == at(3)
    assert gear.last_seen([PIT], BLOWER) is None
    assert gear.last_seen([PIT, WORK], {"cone"}) is None
    assert len(gear.seen) == 1


@pytest.mark.parametrize(("x", "is_there"), [(0.304, True), (0.318, False)])
def test_gear_belongs_to_a_zone_that_holds_a_third_of_it(
    x: float, *, is_there: bool
) -> None:
    """The zone ends at 0.3; the box is 0.04 wide."""
    gear = _watched(_look(0, "blower", x))

    assert (gear.last_seen([WORK], BLOWER) is not None) is is_there


@pytest.mark.parametrize(
    ("gap_s", "since_s"), [(BREAK_S, 0.0), (BREAK_S + 0.5, BREAK_S + 0.5)]
)
def test_after_a_minute_without_a_look_watching_begins_anew(
    gap_s: float, since_s: float
) -> None:
    """What stood there meanwhile nobody can say; what was seen before stays known."""
    gear = _watched(_look(0, "blower", 0.2), look_at(gap_s))

    assert gear.since == at(since_s)
    assert gear.last_seen([WORK], BLOWER) == at(0)


def test_a_blind_look_is_no_look() -> None:
    """Nobody looked for gear in a frozen picture."""
    people = People(SCENE, gear_classes=BLOWER)
    people.watch(_look(0, "blower", 0.2), at(0), is_blind=True)

    assert people.gear == Gear()
