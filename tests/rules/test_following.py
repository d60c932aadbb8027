"""Who is who among persons: flashes of a detector, losses, entries dated well."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from detector.box import Box
from detector.look import PERSON, Look, Track
from rules.following import AtOpenings, Following
from tests.rules.judging import engine_on, newest
from tests.scenes.actor import person
from tests.scenes.feed import play
from tests.scenes.noise import NoiseLevel, measured, worse
from tests.scenes.pit import PIT_M, X, Z, pit_zones
from tests.scenes.scene import CAMERA, T0, VIEW, Scene

Places = Sequence[Sequence[tuple[float, float]]]


def _person(x: float, y: float) -> Track:
    """A person a fifth of the picture high, feet at a point."""
    return Track(Box(x - 0.02, y - 0.2, x + 0.02, y), PERSON, 0.7, 216.0)


def _follow(places: Places, period_s: float = 0.5) -> list[set[int]]:
    """The walkers seen in each look; feet of the persons of each look in."""
    following, seen = Following(), list[set[int]]()
    for n, feet in enumerate(places):
        at = T0 + timedelta(seconds=n * period_s)
        persons = tuple(_person(x, y) for x, y in feet)
        look = Look(CAMERA, VIEW, at, (1920, 1080), persons)
        following.follow(persons, look, at, AtOpenings())
        seen.append(set(following.now))
    return seen


HERE, STEP_ON, FAR, FARTHER = (0.2, 0.6), (0.25, 0.6), (0.5, 0.6), (0.52, 0.6)


def test_a_person_who_walks_stays_one_through_a_missed_look() -> None:
    """A step a look, one look without a box."""
    seen = _follow([[HERE], [STEP_ON], [], [(0.35, 0.6)], [(0.4, 0.6)]])

    assert seen == [{1}, {1}, set(), {1}, {1}]


def test_a_flash_far_off_is_not_the_person_lost() -> None:
    """Two seconds after the loss, three heights away, once: somebody new."""
    seen = _follow([[HERE], [HERE], [HERE], [], [], [], [FAR], [], [HERE]])

    assert seen == [{1}, {1}, {1}, set(), set(), set(), {2}, set(), {1}]


def test_who_is_seen_twice_far_off_is_the_person_lost() -> None:
    """The same, and seen there again: it was the one who walked on unseen."""
    seen = _follow([[HERE], [HERE], [HERE], [], [], [], [FAR], [FARTHER]])

    assert seen[-2:] == [{2}, {1}]


def test_who_was_in_view_all_along_is_nobody_lost() -> None:
    """A second person cannot be the first, who was lost after the second came."""
    both = [HERE, FAR]
    seen = _follow([both, both, both, [FAR], [FAR], [FAR], [FAR]])

    assert seen[0] == {1, 2}
    assert all(look == seen[-1] and len(look) == 1 for look in seen[3:])


def test_flashes_are_soon_forgotten() -> None:
    """A lone box is no walker three seconds later."""
    following = Following()
    for n in range(8):
        at = T0 + timedelta(seconds=n * 0.5)
        persons = (_person(*HERE),) if n == 0 else ()
        following.follow(
            persons, Look(CAMERA, VIEW, at, (1920, 1080), persons), at, AtOpenings()
        )

    assert following.walkers == []


def test_one_who_sinks_where_he_stands_is_the_same() -> None:
    """Down a ladder a person is half as high, then a quarter, on one foot."""
    following = Following()
    for n, high in enumerate((0.2, 0.2, 0.2, 0.08, 0.04)):
        at = T0 + timedelta(seconds=n * 0.5)
        persons = (Track(Box(0.48, 0.6 - high, 0.52, 0.6), PERSON, 0.7, 100.0),)
        following.follow(
            persons, Look(CAMERA, VIEW, at, (1920, 1080), persons), at, AtOpenings()
        )

    assert [walker.number for walker in following.walkers] == [1]


def test_a_flash_nearer_by_takes_nobodys_place_for_long() -> None:
    """One look shows a flash behind and the person before: the next look tells."""
    walks = [[(0.2 + 0.02 * n, 0.6)] for n in range(4)]
    seen = _follow([*walks, [(0.24, 0.6), (0.32, 0.6)], [(0.34, 0.6)], [(0.36, 0.6)]])

    assert seen[-2:] == [{1}, {1}]


def test_two_who_walk_on_stay_two() -> None:
    """A second person comes up beside the first, and both are seen again."""
    seen = _follow([[HERE], [HERE], [HERE], [HERE, STEP_ON], [HERE, STEP_ON]])

    assert seen[-1] == {1, 2}


def test_who_is_missed_in_an_opening_is_found_on_the_spot_alone() -> None:
    """A flash a step away does not take him out; seen there twice it was he."""
    at_pit = AtOpenings(held={1})
    following, seen = Following(), []
    for n, feet in enumerate([[HERE]] * 3 + [[], [STEP_ON], [STEP_ON]]):
        at = T0 + timedelta(seconds=n * 0.5)
        persons = tuple(_person(x + 0.02 * (n > 3), y) for x, y in feet)
        look = Look(CAMERA, VIEW, at, (1920, 1080), persons)
        following.follow(persons, look, at, at_pit)
        seen.append(set(following.now))

    assert seen[3:] == [set(), {2}, {1}]


@pytest.mark.parametrize(
    ("after", "who"),
    [
        pytest.param([[STEP_ON], [HERE]], [{2}, {1}], id="twice, then in it again"),
        pytest.param([[STEP_ON], [STEP_ON]], [{2}, {1}], id="three times"),
        pytest.param([[HERE, STEP_ON], [STEP_ON]], [{1, 2}, {2}], id="two people"),
    ],
)
def test_who_is_seen_in_an_opening_comes_out_where_three_looks_show_it(
    after: list[list[tuple[float, float]]], who: list[set[int]]
) -> None:
    """Two flashes a step away from somebody in the pit are nobody who came out."""
    following, seen = Following(), []
    for n, feet in enumerate([[HERE]] * 3 + [[HERE, STEP_ON], *after]):
        at = T0 + timedelta(seconds=n * 0.5)
        persons = tuple(_person(x, y) for x, y in feet)
        look = Look(CAMERA, VIEW, at, (1920, 1080), persons)
        following.follow(persons, look, at, AtOpenings(held={1}))
        seen.append(set(following.now))

    assert seen[3:] == [{1, 2}, *who]


def test_who_stands_behind_a_car_is_kept_for_ten_minutes() -> None:
    """Hidden all the while: the same person comes out; after eleven, another."""
    car = Track(Box(0.1, 0.3, 0.3, 0.65), "car", 0.8, 378.0)
    ever = []
    for minutes in (9.5, 11):
        following = Following()
        for s in (0.0, 0.5, 1.0, *range(5, int(60 * minutes), 5), 60 * minutes):
            at = T0 + timedelta(seconds=s)
            shown = (_person(*HERE),) if s <= 1 or s == 60 * minutes else ()
            look = Look(CAMERA, VIEW, at, (1920, 1080), (*shown, car))
            following.follow(shown, look, at, AtOpenings())
        ever.append(set(following.now))

    assert ever == [{1}, {2}]


def test_a_box_without_a_size_is_behind_nothing() -> None:
    """It is missed like any other: what covers all of nothing hides nobody."""
    flat = Track(Box(0.5, 0.6, 0.5, 0.6), PERSON, 0.7, 0.0)
    following = Following()
    for n, persons in enumerate(((flat,), (flat,), ())):
        at = T0 + timedelta(seconds=n * 0.5)
        look = Look(CAMERA, VIEW, at, (1920, 1080), persons)
        following.follow(persons, look, at, AtOpenings())

    (walker,) = following.walkers
    assert (walker.misses, walker.is_hidden) == (1, False)


@pytest.mark.parametrize("gop_s", [2.0, 10.0])
@pytest.mark.parametrize("seed", [*range(20), 77])
def test_an_entry_is_told_and_dated_at_the_measured_noise(
    gop_s: float, seed: int
) -> None:
    """Appears 40 ms after a key frame, is over the pit 3 s later: CS-01 in every seed.

    Dated within half a second of the crossing, once. In seed 77 two flashes in a row
    take the walker's place, and he himself is a newcomer first seen inside.
    """
    assert abs(_entered_late_s(measured(), seed, gop_s)) <= 0.5


@pytest.mark.parametrize("seed", [6, 10])
def test_an_entry_between_looks_that_missed_it_is_dated_by_the_way(seed: int) -> None:
    """At twice the noise: missed for 1.5 s before the outline, or for 2 s after it."""
    assert abs(_entered_late_s(worse(), seed, 2.0)) <= 0.5


def _entered_late_s(level: NoiseLevel, seed: int, gop_s: float) -> float:
    """How much later than the crossing the one CS-01 says somebody entered."""
    walk = person(20.04, X - 3.75, Z).walks(X, Z, 1.25).sinks()
    crossed = T0 + timedelta(seconds=23.04 - PIT_M / 2 / 1.25)
    found, _ = play(Scene([walk], level, seed), engine_on(pit_zones()), 38, gop_s)
    (alert,) = [v for v in newest(found).values() if v.code == "CS-01"]
    entered = next(c.since for c in alert.clauses if c.clause == "entered_unattended")
    assert entered is not None
    return (entered - crossed).total_seconds()
