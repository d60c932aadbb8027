"""Which bicycles stand in one row: alone, in the zone, next to each other."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from base.ids import ZoneName
from detector.box import Box
from detector.look import PERSON, Look, Track
from rules.bicycles import Bicycles
from rules.clause import Truth, Why
from rules.clause_table import CLAUSES
from rules.context import Context
from rules.moment import Area, Moment
from rules.people import People
from rules.settings import Purpose, ZoneSection
from rules.view_scene import ViewScene
from tests.rules.yard import square
from tests.scenes.scene import CAMERA, CLASSES, T0, VIEW

KERB, RACK = ZoneName("kerb"), ZoneName("rack")
ZONES = {
    RACK: ZoneSection(purpose=Purpose.PARKING_BAY, points=square(0.9, 0.5, 0.08)),
    KERB: ZoneSection(purpose=Purpose.PAVEMENT, points=square(0.4, 0.5, 0.3)),
}
WIDE, HIGH = 0.04, 0.06


def _bicycle(x: float, foot: float = 0.56, label: str = "bicycle") -> Track:
    return Track(Box(x, foot - HIGH, x + WIDE, foot), label, 0.7, 60.0)


def _moment(tracks: Sequence[Track]) -> Moment:
    scene = ViewScene(ZONES)
    look = Look(CAMERA, VIEW, T0, (1000, 1000), tuple(tracks), classes=CLASSES)
    return Moment(look, T0, scene, People(scene), Context())


def _row(*tracks: Track) -> list[float]:
    """Where the largest row of the pavement stands, left edges."""
    moment = _moment(tracks)
    row = Bicycles.of(moment).rows.get(KERB, ())
    return [track.box.x1 for track in row]


@pytest.mark.parametrize(("gap", "count"), [(0.0, 2), (0.039, 2), (0.041, 1), (0.3, 1)])
def test_a_bicycles_width_apart_is_one_row(gap: float, count: int) -> None:
    """Side by side, up to the width of one between them."""
    assert len(_row(_bicycle(0.2), _bicycle(0.2 + WIDE + gap))) == count


@pytest.mark.parametrize(("lower", "count"), [(0.09, 2), (0.11, 1)])
def test_one_behind_the_other_is_one_row_too(lower: float, count: int) -> None:
    """The same along the picture."""
    assert len(_row(_bicycle(0.2), _bicycle(0.2, 0.56 + lower))) == count


def test_a_row_is_a_chain_and_the_longest_counts() -> None:
    """Each next to another of it; a second group elsewhere is another row."""
    pair = [_bicycle(0.12), _bicycle(0.17)]
    chain = [_bicycle(0.4 + 0.06 * n) for n in range(4)]

    assert _row(*pair, *chain) == pytest.approx([0.4, 0.46, 0.52, 0.58])
    assert _row(*chain, *pair) == pytest.approx([0.4, 0.46, 0.52, 0.58])
    assert _row() == []


def test_motorcycles_stand_in_the_same_row() -> None:
    """Two wheels are two wheels; a car is none of them."""
    assert len(_row(_bicycle(0.2), _bicycle(0.25, label="motorcycle"))) == 2
    assert len(_row(_bicycle(0.2), _bicycle(0.25, label="car"))) == 1


@pytest.mark.parametrize(
    ("covered", "stands"), [(0.0, True), (0.28, True), (0.32, False), (1.0, False)]
)
def test_one_somebody_rides_or_pushes_does_not_stand(
    covered: float, *, stands: bool
) -> None:
    """From three tenths of it under one person."""
    rider = Track(Box(0.1, 0.3, 0.2 + covered * WIDE, 0.7), PERSON, 0.8, 400.0)

    assert bool(_row(_bicycle(0.2), rider)) is stands


def test_two_persons_who_each_cover_a_little_ride_nothing() -> None:
    """The most one of them covers counts."""
    left = Track(Box(0.1, 0.3, 0.208, 0.7), PERSON, 0.8, 400.0)
    right = Track(Box(0.232, 0.3, 0.3, 0.7), PERSON, 0.8, 400.0)

    assert _row(_bicycle(0.2), left, right) == [0.2]


@pytest.mark.parametrize(
    ("x", "stands"), [(0.2, True), (0.675, True), (0.685, False), (0.88, False)]
)
def test_half_of_the_wheels_in_the_zone_and_none_in_a_rack(
    x: float, *, stands: bool
) -> None:
    """The pavement ends at 0.7; at 0.9 there is a rack."""
    assert bool(_row(_bicycle(x))) is stands


def test_a_rack_in_the_pavement_takes_its_bicycles_out() -> None:
    """From half of the footprint on."""
    scene = ViewScene(
        {
            **ZONES,
            RACK: ZoneSection(
                purpose=Purpose.PARKING_BAY, points=square(0.3, 0.5, 0.1)
            ),
        }
    )
    moment = replace(_moment([_bicycle(0.3), _bicycle(0.385)]), scene=scene)

    row = Bicycles.of(moment).rows.get(KERB, ())

    assert [track.box.x1 for track in row] == [0.385]


@pytest.mark.parametrize(("count", "truth"), [(5, Truth.TRUE), (4, Truth.FALSE)])
def test_the_clause_counts_the_row_and_shows_its_first(
    count: int, truth: Truth
) -> None:
    """Five by default, held against what the row asks for."""
    kind = CLAUSES["bicycles_together"]
    assert kind.on_zone is not None
    moment = _moment([_bicycle(0.2 + 0.05 * n) for n in range(count)])
    area = Area(KERB, ZONES[KERB])

    told = kind.on_zone(area, moment, kind.params())
    two = kind.on_zone(area, moment, kind.params.model_validate({"count": 2}))

    assert (told.truth, told.value, told.limit) == (truth, count, 5)
    assert (two.truth, two.limit) == (Truth.TRUE, 2)
    assert told.thing is not None
    assert (told.thing.label, told.thing.score) == ("bicycle", 0.7)
    assert told.thing.box.x1 == pytest.approx(0.2)


def test_a_model_without_two_wheelers_cannot_tell() -> None:
    """And where there is none, nothing is shown."""
    kind = CLAUSES["bicycles_together"]
    assert kind.on_zone is not None
    area = Area(KERB, ZONES[KERB])
    blind = _moment([])
    blind.look = replace(blind.look, classes=frozenset({"car"}))

    assert kind.on_zone(area, blind, kind.params()).why is Why.NO_SUCH_CLASS
    none = kind.on_zone(area, _moment([]), kind.params())
    assert (none.truth, none.value, none.thing) == (Truth.FALSE, 0, None)
