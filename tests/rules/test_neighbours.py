"""Who is beside a standing thing, who stays there, which vehicle it came from."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from base.ids import ZoneName
from detector.box import Box
from detector.look import PERSON, Look, Track
from rules.beside import Minder
from rules.context import Context
from rules.moment import Moment
from rules.neighbours import note_minders, note_vehicles
from rules.people import People
from rules.place import SlotId
from rules.slot import Slot
from rules.view_scene import ViewScene
from tests.scenes.scene import CAMERA, CLASSES, T0, VIEW

HEAP = Box(0.4, 0.5, 0.5, 0.6)
HIGH = 0.2
"""Of a person; beside is within 0.16 of the thing, half a step within 0.07."""
SQUARE, WIDE = (1000, 1000), (2000, 1000)


def _slot() -> Slot:
    return Slot(
        SlotId("x45y60"), ZoneName("kerb"), HEAP, "", 0.5, 0.5, 90.0, T0, T0, T0, T0
    )


def _person(x: float, foot: float = 0.6, high: float = HIGH) -> Track:
    return Track(Box(x - 0.02, foot - high, x + 0.02, foot), PERSON, 0.8, 200.0)


def _van(x1: float, foot: float = 0.6, label: str = "truck") -> Track:
    return Track(Box(x1, foot - 0.2, x1 + 0.2, foot), label, 0.8, 200.0)


def _look(
    slot: Slot, at_s: float, *tracks: Track, size: tuple[int, int] = SQUARE
) -> Slot:
    """One look that shows the thing and these beside it."""
    at, scene = T0 + timedelta(seconds=at_s), ViewScene()
    slot.last_look, slot.sightings = at, slot.sightings + 1
    look = Look(CAMERA, VIEW, at, size, tracks, classes=CLASSES)
    moment = Moment(look, at, scene, People(scene), Context())
    note_minders([slot], moment)
    note_vehicles([slot], moment)
    return slot


def _looks(shown: Sequence[Sequence[Track]], period_s: float = 1.0) -> Slot:
    slot = _slot()
    for n, tracks in enumerate(shown, start=1):
        _look(slot, n * period_s, *tracks)
    return slot


@pytest.mark.parametrize(
    ("x", "foot", "is_beside"),
    [
        pytest.param(0.45, 0.6, True, id="before it"),
        pytest.param(0.675, 0.6, True, id="right"),
        pytest.param(0.685, 0.6, False, id="too far right"),
        pytest.param(0.225, 0.6, True, id="left"),
        pytest.param(0.215, 0.6, False, id="too far left"),
        pytest.param(0.45, 0.755, True, id="nearer to the camera"),
        pytest.param(0.45, 0.765, False, id="much nearer"),
        pytest.param(0.45, 0.345, True, id="behind it"),
        pytest.param(0.45, 0.335, False, id="far behind it"),
        pytest.param(0.675, 0.755, True, id="aside and nearer"),
        pytest.param(0.675, 0.765, False, id="aside, much nearer"),
    ],
)
def test_beside_is_within_four_fifths_of_a_persons_height(
    x: float, foot: float, *, is_beside: bool
) -> None:
    """From the nearest side of the thing to the nearest of the foot line."""
    slot = _look(_slot(), 1, _person(x, foot))

    assert bool(slot.minders) is is_beside


def test_who_is_twice_as_high_is_beside_from_twice_as_far() -> None:
    """Reach is counted in heights of the person."""
    assert _look(_slot(), 1, _person(0.83, high=0.4)).minders
    assert not _look(_slot(), 1, _person(0.85, high=0.4)).minders


def test_somebody_minds_a_thing_who_has_stayed_ten_seconds() -> None:
    """Not before; and then each look that shows him counts."""
    stays = [_person(0.55)]
    early, late = _looks([stays] * 10), _looks([stays] * 11)

    assert early.attended == 0
    # the twelfth sighting of the thing, and one of them shows somebody who has stayed
    assert late.attended == pytest.approx(1 / 13)
    assert late.minders == [Minder(stays[0].box, T0 + timedelta(seconds=1))]


def test_the_share_fades_over_forty_looks() -> None:
    """Minded all along it goes to one; left alone it falls by a fortieth a look."""
    slot = _looks([[_person(0.55)]] * 200)
    minded = slot.attended
    _look(slot, 201)

    assert minded > 0.97
    assert slot.attended == pytest.approx(minded * 39 / 40)


@pytest.mark.parametrize(
    ("step", "is_same"), [(0.0, True), (0.069, True), (0.071, False)]
)
def test_who_stays_is_found_again_within_half_a_step(
    step: float, *, is_same: bool
) -> None:
    """Farther off it is somebody else, who has only just come."""
    slot = _looks([[_person(0.5)], [_person(0.5 + step)]])

    assert slot.minders[0].since == T0 + timedelta(seconds=1)
    assert (len(slot.minders) == 1) is is_same
    assert slot.minders[0].missed == (0 if is_same else 1)


def test_half_a_step_is_the_same_along_and_across_a_wide_picture() -> None:
    """In a picture twice as wide as high, half as many shares of it aside."""
    for aside, along, is_same in [
        (0.034, 0.0, True),
        (0.036, 0.0, False),
        (0.0, 0.069, True),
        (0.0, 0.071, False),
        (0.026, 0.05, False),
    ]:
        slot = _slot()
        _look(slot, 1, _person(0.5), size=WIDE)
        _look(slot, 2, _person(0.5 + aside, 0.6 + along), size=WIDE)
        assert (len(slot.minders) == 1) is is_same, (aside, along)


def test_one_missed_look_is_bridged_and_two_are_not() -> None:
    """Who was missed once has been there all along; twice, he comes anew."""
    there, gone = [_person(0.5)], list[Track]()
    once = _looks([there, gone, there])
    missed = _looks([there, gone])
    twice = _looks([there, gone, gone, there])

    assert once.minders == [Minder(there[0].box, T0 + timedelta(seconds=1))]
    assert [one.missed for one in missed.minders] == [1]
    assert _looks([there, gone, gone]).minders == []
    assert [one.since for one in twice.minders] == [T0 + timedelta(seconds=4)]


def test_a_look_that_misses_who_stays_shows_nobody_minding() -> None:
    """He is remembered, but only what is seen counts."""
    shown = [[_person(0.5)]] * 11
    there, missed = _looks([*shown, [_person(0.5)]]), _looks([*shown, []])

    assert missed.attended < _looks(shown).attended < there.attended
    assert _looks([*shown, [], [_person(0.5)]]).attended > missed.attended


def test_two_who_stand_there_are_each_found_again_where_they_were() -> None:
    """The one there longest chooses first, and the nearest; a third comes anew."""
    one, two, third = _person(0.42), _person(0.52), _person(0.62)
    slot = _looks([[one], [one, two], [two, one, third]])

    assert [(m.box, (m.since - T0).total_seconds()) for m in slot.minders] == [
        (one.box, 1),
        (two.box, 2),
        (third.box, 3),
    ]


def test_a_vehicle_that_stands_beside_it_unloads() -> None:
    """In three looks in a row at one place; dated by the newest."""
    slot = _looks([[_van(0.55)], [_van(0.55)], [_van(0.56)], []])

    assert slot.vehicle_at == T0 + timedelta(seconds=3)
    assert slot.waiting == []


def test_the_vehicle_it_came_with_is_there_until_it_leaves() -> None:
    """Found again after looks that missed it, long after it came; gone, it is told."""
    van, elsewhere = [_van(0.55)], [_van(0.25)]
    slot = _looks([van] * 3 + [[]] * 100 + [van] * 3 + [[]] * 5 + [elsewhere] * 3)

    assert slot.vehicle_at == T0 + timedelta(seconds=106)


def test_a_vehicle_cut_by_what_passes_is_followed_from_that_look_on() -> None:
    """Its box overlaps the known place by less than half in one of three looks."""
    slot = _looks([[_van(0.55)]] * 3 + [[], [_van(0.48)], [_van(0.52)], [_van(0.55)]])

    assert slot.vehicle_at == T0 + timedelta(seconds=7)
    assert [one.looks for one in slot.waiting] == [3]


def test_who_stops_beside_it_later_is_not_followed() -> None:
    """It has brought nothing; once the vehicle it came with is known, no other is."""
    assert _looks([[]] * 61 + [[_van(0.55)]] * 5).waiting == []
    assert _looks([[_van(0.55)]] * 3 + [[_van(0.25)]] * 3).waiting == []


@pytest.mark.parametrize(("comes_s", "brought"), [(60, True), (61, False)])
def test_a_vehicle_that_stops_there_later_has_not_brought_it(
    comes_s: int, brought: bool
) -> None:
    """A queue of the road beside a heap that lay there before."""
    slot = _looks([[]] * comes_s + [[_van(0.55)]] * 5)

    assert (slot.vehicle_at is not None) is brought


@pytest.mark.parametrize(
    "shown",
    [
        pytest.param([[_van(0.55)], []], id="a flash"),
        pytest.param([[_van(0.55)]] * 2, id="two cars of the traffic"),
        pytest.param([[_van(0.55)] * 2, [], [_van(0.55)]], id="not in a row"),
        pytest.param([[_van(0.5)], [_van(0.6)], [_van(0.7)]], id="drives past"),
        pytest.param([[_van(0.63)]] * 3, id="stands elsewhere"),
        pytest.param([[_person(0.5)]] * 3, id="is a person"),
        pytest.param([[_van(0.55, label="bicycle")]] * 3, id="is a bicycle"),
    ],
)
def test_what_does_not_stand_beside_it_unloads_nothing(
    shown: Sequence[Sequence[Track]],
) -> None:
    """Half of its box must be where it was, within six tenths of its height."""
    assert _looks(shown).vehicle_at is None


def test_a_vehicle_is_no_minder_and_a_person_no_vehicle() -> None:
    """Each is counted for what it is."""
    slot = _looks([[_van(0.55), _person(0.45)]])

    assert [one.box for one in slot.minders] == [_person(0.45).box]
    assert [one.box for one in slot.waiting] == [_van(0.55).box]


def test_a_thing_this_look_does_not_show_learns_nothing() -> None:
    """Only slots judged at this very look move on; each by what is beside itself."""
    old, new = _slot(), _slot()
    new.anchor = Box(0.8, 0.5, 0.9, 0.6)
    new.last_look = at = T0 + timedelta(seconds=5)
    scene = ViewScene()
    look = Look(CAMERA, VIEW, at, SQUARE, (_person(0.45),), classes=CLASSES)

    moment = Moment(look, at, scene, People(scene), Context())
    note_minders([old, new], moment)
    note_vehicles([old, new], moment)

    assert (old.minders, new.minders) == ([], [])
