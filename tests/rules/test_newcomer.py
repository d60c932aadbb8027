"""What stands nowhere yet: passing things forgotten, still ones handed over."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

import pytest
from msgspec.structs import replace

from base.ids import ZoneName
from detector.box import Box
from rules.geometry import boxes_of
from rules.newcomer import MAX_NEWCOMERS, Newcomer, Newcomers
from rules.occupant import portrait_of
from rules.place import SlotId
from rules.sighting import Sighting
from rules.slot import Limits, Slot
from tests.scenes.actor import RED, WHITE
from tests.scenes.scene import T0, signature_of

KERB = ZoneName("kerb")
LIMITS = {KERB: Limits(dwell_s=60.0, gap_s=480.0)}
"""Still after 2 s (nine tenths of it), looked at every 6 s, sampled up to 15 s."""
BOX = Box(0.2, 0.2, 0.4, 0.4)
CAR = Sighting(BOX, "car", 0.5, 100.0)
FAR = CAR._replace(box=Box(0.7, 0.7, 0.9, 0.9))
ANOTHER = portrait_of(signature_of(RED, Random(2), 0.0), b"\xff" * 8)
LIKE = portrait_of(signature_of(WHITE, Random(2), 6.0), b"\xff" * 8)


def at(seconds: float) -> datetime:
    """That long after the first look."""
    return T0 + timedelta(seconds=seconds)


def watch(
    newcomers: Newcomers,
    seconds: float,
    *sightings: Sighting,
    zone: ZoneName | None = KERB,
    held: Sequence[tuple[Slot, bool]] = (),
) -> list[Newcomer]:
    """One look."""
    return newcomers.watch(at(seconds), [(s, zone) for s in sightings], held, LIMITS)


def test_what_is_found_twice_over_two_seconds_stands_still() -> None:
    """It is handed over once, with the time it was first found there."""
    newcomers = Newcomers()
    assert watch(newcomers, 0, CAR) == []
    assert watch(newcomers, 1.7, CAR) == []
    (one,) = watch(newcomers, 1.8, CAR)

    assert (one.since, one.last, one.count, one.apart) == (T0, at(1.8), 3, 3)
    assert newcomers.waiting == []


def test_a_newcomer_is_the_mean_of_what_was_seen() -> None:
    """Box and score are means, name and height the best."""
    newcomers = Newcomers()
    watch(newcomers, 0, CAR)
    second = Sighting(Box(0.22, 0.21, 0.43, 0.44), "truck", 0.8, 120.0, b"portrait")
    (one,) = watch(newcomers, 2, second)

    assert one.box.x1 == pytest.approx(0.21)
    assert one.box.y1 == pytest.approx(0.205)
    assert one.box.x2 == pytest.approx(0.415)
    assert one.box.y2 == pytest.approx(0.42)
    assert (one.label, one.score, one.height_px) == ("truck", 0.8, 120.0)
    assert one.mean_score == pytest.approx(0.65)
    assert one.portrait == b"portrait"


def test_a_worse_look_takes_nothing_away() -> None:
    """The name of the better score, the greater height, the portrait there was."""
    newcomers = Newcomers()
    watch(newcomers, 0, CAR._replace(portrait=b"first"))
    (one,) = watch(newcomers, 2, Sighting(BOX, "bus", 0.5, 80.0))

    assert (one.label, one.score, one.height_px) == ("car", 0.5, 100.0)
    assert one.portrait == b"first"


def test_what_moves_on_is_forgotten() -> None:
    """Every look elsewhere: nothing stands."""
    newcomers = Newcomers()
    for n in range(8):
        moved = CAR._replace(box=Box(0.1 * n, 0.2, 0.1 * n + 0.2, 0.4))
        assert watch(newcomers, n, moved) == []

    watch(newcomers, 30)
    assert newcomers.waiting == []


@pytest.mark.parametrize(
    ("looks", "is_kept"),
    [
        pytest.param([15.0], True, id="sampled"),
        pytest.param([15.1], False, id="longer away than sampling"),
        pytest.param([1.0, 2.0, 2.9, 3.0], True, id="missed for three seconds"),
        pytest.param([1.0, 2.0, 2.9, 3.1], False, id="missed thrice and longer"),
        pytest.param([1.0, 3.5, 4.0], True, id="missed twice"),
    ],
)
def test_a_newcomer_missed_is_kept_for_a_while(
    looks: list[float], *, is_kept: bool
) -> None:
    """Three misses and more than three seconds, or no look for the sampled time."""
    newcomers = Newcomers()
    watch(newcomers, 0, CAR)
    for second in looks:
        watch(newcomers, second)

    assert bool(newcomers.waiting) is is_kept


def test_found_again_it_is_missed_no_more() -> None:
    """A miss or two between two sightings are the detector's."""
    newcomers = Newcomers()
    watch(newcomers, 0, CAR)
    watch(newcomers, 0.5)
    assert newcomers.waiting[0].missed == 1
    watch(newcomers, 1.0, CAR)

    assert newcomers.waiting[0].missed == 0


def test_what_is_in_no_zone_or_mostly_hidden_is_not_watched() -> None:
    """It could have no place, or no outline to anchor one to."""
    newcomers = Newcomers()
    watch(newcomers, 0, CAR, zone=None)
    watch(newcomers, 1, CAR._replace(covered=0.61))
    assert newcomers.waiting == []

    watch(newcomers, 2, CAR._replace(covered=0.6))
    assert len(newcomers.waiting) == 1


def test_a_zone_that_is_no_more_forgets_its_newcomers() -> None:
    """After a change of the site."""
    newcomers = Newcomers()
    watch(newcomers, 0, CAR)
    newcomers.watch(at(1), [], (), {})

    assert newcomers.waiting == []


def test_a_thing_known_to_stand_since_earlier_began_then() -> None:
    """A static region says since when; never later than this look."""
    newcomers = Newcomers()
    watch(newcomers, 0, CAR._replace(since=at(-30)), FAR._replace(since=at(9)))

    assert [one.since for one in newcomers.waiting] == [at(-30), T0]


def test_boxes_are_bounded() -> None:
    """A look full of boxes does not fill the memory."""
    newcomers = Newcomers()
    boxes = [
        CAR._replace(box=Box(0.05 * x, 0.05 * y, 0.05 * x + 0.01, 0.05 * y + 0.01))
        for x in range(19)
        for y in range(19)
    ]
    watch(newcomers, 0, *boxes)

    assert len(newcomers.waiting) == MAX_NEWCOMERS


def test_settled_is_where_something_was_found_three_times() -> None:
    """At six tenths of overlap."""
    newcomers = Newcomers()
    there = boxes_of([BOX, Box(0.24, 0.2, 0.44, 0.4), Box(0.26, 0.2, 0.46, 0.4)])
    for n in range(3):
        assert not newcomers.settled(there).any()
        watch(newcomers, 0.1 * n, CAR)

    assert newcomers.settled(there).tolist() == [True, True, False]


def _held(box: Box) -> list[tuple[Slot, bool]]:
    slot = Slot(SlotId("x"), KERB, box, "car", 0.5, 0.5, 100.0, T0, T0, T0, T0)
    return [(slot, False)]


@pytest.mark.parametrize(
    ("place", "is_apart"),
    [
        # moved by a, 0.2 wide: overlap (0.2 - a) / (0.2 + a)
        pytest.param(Box(0.285, 0.2, 0.485, 0.4), False, id="overlap of 0.404"),
        pytest.param(Box(0.287, 0.2, 0.487, 0.4), True, id="overlap of 0.394"),
        pytest.param(Box(0.2, 0.1, 0.4, 0.36), False, id="little lower"),
        pytest.param(Box(0.2, 0.14, 0.4, 0.34), True, id="well in front"),
        pytest.param(Box(0.2, 0.0, 0.4, 0.34), True, id="in front of a taller one"),
        pytest.param(Box(0.2, 0.31, 0.4, 0.39), False, id="not in front of a low one"),
        pytest.param(Box(0.3, 0.3, 0.44, 0.4), False, id="seven tenths of the smaller"),
        pytest.param(Box(0.35, 0.3, 0.49, 0.4), True, id="a third of the smaller"),
    ],
)
def test_beside_an_unseen_occupant_nothing_new_begins(
    place: Box, *, is_apart: bool
) -> None:
    """A box over its place may be that occupant with another outline."""
    newcomers = Newcomers()
    found = [watch(newcomers, 2 * n, CAR, held=_held(place)) for n in range(4)]

    assert any(found) is is_apart


def test_beside_a_seen_occupant_it_is_another_thing() -> None:
    """Both in one look are two."""
    newcomers = Newcomers()
    held = [(slot, True) for slot, _ in _held(BOX)]
    watch(newcomers, 0, CAR, held=held)

    assert len(watch(newcomers, 2, CAR, held=held)) == 1


def test_one_look_apart_is_not_enough() -> None:
    """It must have been seen apart from the occupant twice."""
    newcomers, held = Newcomers(), _held(BOX)
    watch(newcomers, 0, CAR, held=held)
    watch(newcomers, 2, CAR, held=held)
    assert watch(newcomers, 4, CAR) == []
    assert len(watch(newcomers, 6, CAR)) == 1


def test_each_box_continues_one_newcomer_the_nearest_first() -> None:
    """Two side by side stay two."""
    newcomers = Newcomers()
    beside = CAR._replace(box=Box(0.24, 0.2, 0.44, 0.4))
    watch(newcomers, 0, CAR, beside)
    watch(newcomers, 1, beside, CAR)

    assert [one.count for one in newcomers.waiting] == [2, 2]
    assert [one.box.x1 for one in newcomers.waiting] == pytest.approx([0.2, 0.24])


@pytest.mark.parametrize(
    ("portrait", "since", "waiting"),
    [
        pytest.param(LIKE, 0, [], id="looks the same"),
        pytest.param(ANOTHER, 2, [T0], id="looks different"),
        pytest.param(None, 2, [T0], id="cannot be compared"),
    ],
)
def test_a_car_whose_first_boxes_differ_has_one_place_since_the_first(
    portrait: bytes | None, since: float, waiting: list[datetime]
) -> None:
    """The second box overlaps the first by half only, the third takes both in."""
    first = CAR._replace(portrait=portrait)
    later = CAR._replace(portrait=LIKE)
    newcomers = Newcomers()
    watch(newcomers, 0, first)
    watch(newcomers, 2, later._replace(box=Box(0.26, 0.2, 0.46, 0.4)))
    (one,) = watch(newcomers, 4, later._replace(box=Box(0.235, 0.2, 0.435, 0.4)))

    assert one.since == at(since)
    assert [other.since for other in newcomers.waiting] == waiting


def test_two_shown_in_one_look_are_two_however_alike() -> None:
    """Neighbours of one fleet."""
    newcomers, car = Newcomers(), CAR._replace(portrait=LIKE)
    watch(newcomers, 0, car)
    assert len(watch(newcomers, 3, car, car._replace(box=Box(0.23, 0.2, 0.43, 0.4))))

    assert [other.since for other in newcomers.waiting] == [at(3)]


def test_a_newcomer_is_still_by_looks_and_time() -> None:
    """Two looks apart, nine tenths of the time asked."""
    one = Newcomer(BOX, KERB, "car", 0.5, 0.5, 100.0, T0, at(1.8), 2, 2)

    assert one.is_still(LIMITS[KERB])
    assert not replace(one, apart=1).is_still(LIMITS[KERB])
    assert not replace(one, count=1).is_still(LIMITS[KERB])
    assert not replace(one, last=at(1.79)).is_still(LIMITS[KERB])
