"""Standing things through a whole rule in few looks: taken places, worthless looks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from base.ids import ZoneName
from detector.box import Box
from detector.look import Look, Track, ViewMatch
from detector.signature import Signature
from rules.settings import Purpose, RuleSection, ZoneSection
from rules.violation import Life, Violation
from streams.faults import FeedFault
from tests.rules.judging import engine_on, judged, newest
from tests.rules.yard import square
from tests.scenes.actor import BLACK, WHITE
from tests.scenes.scene import CAMERA, CLASSES, T0, VIEW, signature_of

KERB, LANE = ZoneName("kerb"), ZoneName("lane")
PLACE = Box(0.4, 0.4, 0.5, 0.5)
RULE = {"SW-01": RuleSection(dwell_s=10, grace_s=0)}
SILENT = {
    code: RuleSection(enabled=False)
    for code in ("SW-02", "SW-02P", "SW-03", "SW-04", "SW-05", "SW-06", "SW-07")
}


def _zone(x: float, half: float) -> ZoneSection:
    points = square(x, 0.5, half)
    return ZoneSection(purpose=Purpose.PAVEMENT, points=points, rules=RULE)


def _car(box: Box = PLACE, colour: tuple[int, int, int] = WHITE) -> Track:
    picture: Signature = signature_of(colour, Random(7), 2.0)
    return Track(box, "car", 0.8, 100.0, signature=picture)


def _looks(shown: Sequence[Sequence[Track]], first: int = 0) -> Iterator[Look]:
    """One look a second."""
    for n, tracks in enumerate(shown, start=first):
        at = T0 + timedelta(seconds=n)
        yield Look(CAMERA, VIEW, at, (1000, 1000), tuple(tracks), classes=CLASSES)


def _judged(
    shown: Sequence[Sequence[Track]], zones: dict[ZoneName, ZoneSection] | None = None
) -> list[Violation]:
    engine = engine_on(zones or {KERB: _zone(0.45, 0.2)}, rules=SILENT)
    return [v for v in judged(_looks(shown), engine) if v.code == "SW-01"]


def test_whose_place_is_taken_is_told_to_be_over() -> None:
    """The white car's last word comes though a black one stands there at once."""
    shown = [[_car()]] * 15 + [[_car(colour=BLACK)]] * 20
    white, black = newest(_judged(shown)).values()

    assert (white.life, white.first_seen) == (Life.CLEARED, T0)
    assert white.cleared_at == T0 + timedelta(seconds=15)
    assert (black.life, black.first_seen) == (Life.OPEN, white.cleared_at)
    assert black.opened_at == T0 + timedelta(seconds=25)
    assert (white.place, white.id != black.id) == (black.place, True)


@pytest.mark.parametrize(
    ("x1", "zone"),
    [
        pytest.param(0.30, KERB, id="in the first"),
        pytest.param(0.52, LANE, id="in the second"),
        pytest.param(0.44, KERB, id="six tenths in the first"),
        pytest.param(0.46, LANE, id="six tenths in the second"),
        pytest.param(0.16, KERB, id="over the edge by four tenths"),
        pytest.param(0.14, None, id="over the edge by six tenths"),
        pytest.param(0.05, None, id="outside"),
    ],
)
def test_a_car_stands_in_the_zone_that_holds_most_of_it(
    x1: float, zone: ZoneName | None
) -> None:
    """Of two side by side, 0.2…0.5 and 0.5…0.8, each holding half or more."""
    zones = {KERB: _zone(0.35, 0.15), LANE: _zone(0.65, 0.15)}
    found = newest(_judged([[_car(Box(x1, 0.4, x1 + 0.1, 0.5))]] * 15, zones))

    assert [v.place.zone for v in found.values()] == ([] if zone is None else [zone])


@pytest.mark.parametrize(
    "blind",
    [
        pytest.param({"classes": frozenset({"person"})}, id="knows no vehicle"),
        pytest.param({"view_match": ViewMatch.MOVED}, id="camera moved"),
        pytest.param({"faults": frozenset({FeedFault.FROZEN})}, id="picture frozen"),
    ],
)
def test_looks_that_are_worth_nothing_end_nothing(blind: Mapping[str, object]) -> None:
    """However many they are; and then an empty place is one."""
    engine = engine_on({KERB: _zone(0.45, 0.2)}, rules=SILENT)
    opened = newest(judged(_looks([[_car()]] * 15), engine))
    (car,) = opened.values()
    for look in _looks([[]] * 60, first=15):
        worthless = replace(look, **blind)  # type: ignore[arg-type]
        assert all(v.life is not Life.CLEARED for v in engine.judge(worthless))

    assert car.life is Life.OPEN
    gone = newest([*opened.values(), *judged(_looks([[]] * 60, first=75), engine)])
    assert gone[car.id].life is Life.CLEARED


def test_each_standing_car_is_a_violation_of_its_own_and_told_again() -> None:
    """Two at a kerb: both stand in what is told after a restart."""
    engine = engine_on({KERB: _zone(0.45, 0.2)}, rules=SILENT)
    shown = [[_car(), _car(Box(0.3, 0.5, 0.4, 0.6), BLACK)]] * 15
    found = newest(judged(_looks(shown), engine))

    assert len(found) == 2
    standing = {v.id for v in engine.standing() if v.code == "SW-01"}
    assert standing == found.keys()
