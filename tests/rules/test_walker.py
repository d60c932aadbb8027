"""Which person is which walker: reach, height, order; who is proven, moved, gone."""

import dataclasses
from collections.abc import Sequence
from datetime import timedelta

import numpy as np
import pytest
from msgspec.structs import replace

from base.ids import ZoneName
from detector.box import Box
from detector.look import PERSON, Look, Track
from rules.walker import Walker, lost_near, pair, persons_in, soles
from tests.scenes.scene import CAMERA, T0, VIEW

SQUARE = (1000, 1000)


def _box(x: float, y: float, high: float = 0.2, wide: float = 0.08) -> Box:
    return Box(x - wide / 2, y - high, x + wide / 2, y)


def _person(x: float, y: float, high: float = 0.2, score: float = 0.7) -> Track:
    return Track(_box(x, y, high), PERSON, score, 200.0)


def _walker(number: int, x: float, y: float, seen_s: float = 0.0) -> Walker:
    since = T0 + timedelta(seconds=seen_s)
    return Walker(number, _box(x, y), 0.7, since, since, hits=5, judged=5)


def _look(at_s: float, *persons: Track, size: tuple[int, int] = SQUARE) -> Look:
    return Look(CAMERA, VIEW, T0 + timedelta(seconds=at_s), size, persons)


def _paired(
    walkers: Sequence[Walker], at_s: float, *persons: Track, below: Sequence[int] = ()
) -> dict[int, int]:
    return pair(walkers, persons, _look(at_s, *persons), below)


@pytest.mark.parametrize(
    ("far", "missed_s", "is_found"),
    [
        # reach in heights: 0.35 + 1.3 a second; a height is 0.2
        pytest.param(0.069, 0.0, True, id="on the spot"),
        pytest.param(0.071, 0.0, False, id="farther at once"),
        pytest.param(0.199, 0.5, True, id="half a second's walk"),
        pytest.param(0.201, 0.5, False, id="more than that"),
        pytest.param(0.459, 1.5, True, id="a second and a half"),
        pytest.param(0.069, 1.6, True, id="missed longer: on the spot"),
        pytest.param(0.071, 1.6, False, id="missed longer: nowhere else"),
    ],
)
def test_a_walker_is_found_within_a_hurried_walk(
    far: float, missed_s: float, *, is_found: bool
) -> None:
    """The longer missed the farther, until nobody can be sure any more."""
    found = _paired([_walker(1, 0.3, 0.6)], missed_s, _person(0.3 + far, 0.6))

    assert found == ({0: 0} if is_found else {})


@pytest.mark.parametrize(
    ("was", "far", "is_found"),
    [
        # a foot's length high, a person's length wide: 0.35 of 0.2
        pytest.param((0.04, 0.2), 0.069, True, id="lies and shakes by the width"),
        pytest.param((0.04, 0.2), 0.071, False, id="farther off"),
        pytest.param((0.2, 0.08), 0.069, True, id="stood a moment ago"),
        pytest.param((0.04, 0.04), 0.069, False, id="one all but down a pit"),
    ],
)
def test_who_lies_is_as_long_as_he_was_high(
    was: tuple[float, float], far: float, *, is_found: bool
) -> None:
    """A lying person's box is low; how far it may shake is told by its length."""
    walker = replace(_walker(1, 0.3, 0.6), box=_box(0.3, 0.6, *was))
    box = _box(0.3 + far, 0.6, 0.04, 0.2)
    lying = dataclasses.replace(_person(0.3 + far, 0.6), box=box)

    assert _paired([walker], 0.0, lying) == ({0: 0} if is_found else {})


def test_reach_is_the_same_along_and_across_a_wide_picture() -> None:
    """A step to the side is fewer shares of a picture twice as wide as high."""
    walker = [_walker(1, 0.3, 0.6)]
    near, far = _person(0.3 + 0.034, 0.6), _person(0.3 + 0.036, 0.6)
    wide = (2000, 1000)

    assert pair(walker, [near], _look(0, near, size=wide)) == {0: 0}
    assert pair(walker, [far], _look(0, far, size=wide)) == {}


@pytest.mark.parametrize(
    ("high", "far", "is_found"),
    [
        pytest.param(0.4, 0.1, True, id="twice as high"),
        pytest.param(0.41, 0.1, False, id="higher"),
        pytest.param(0.101, 0.1, True, id="half as high"),
        pytest.param(0.099, 0.1, False, id="lower, a step off"),
        pytest.param(0.03, 0.06, True, id="sinks where he stands"),
    ],
)
def test_nobody_is_twice_or_half_as_high_as_before(
    high: float, far: float, *, is_found: bool
) -> None:
    """But for who goes down a ladder on the spot."""
    found = _paired([_walker(1, 0.3, 0.6)], 0.5, _person(0.3 + far, 0.6, high))

    assert bool(found) is is_found


def test_the_nearest_pair_first_and_each_once() -> None:
    """Two who walk side by side stay who they are."""
    walkers = [_walker(1, 0.3, 0.6), _walker(2, 0.36, 0.6)]

    assert _paired(walkers, 0.5, _person(0.37, 0.6), _person(0.31, 0.6)) == {0: 1, 1: 0}
    assert _paired(walkers, 0.5, _person(0.34, 0.6)) == {0: 1}


def test_who_is_below_ground_is_nobody_in_view() -> None:
    """The person at the pit is not the one inside it."""
    walkers = [_walker(1, 0.3, 0.6), _walker(2, 0.4, 0.6)]

    assert _paired(walkers, 0.5, _person(0.31, 0.6), below=[1]) == {0: 1}


def test_nobody_pairs_with_nobody() -> None:
    """No walkers, or no persons."""
    assert _paired([], 0.5, _person(0.3, 0.6)) == {}
    assert _paired([_walker(1, 0.3, 0.6)], 0.5) == {}


@pytest.mark.parametrize(
    ("far", "since_s", "is_found"),
    [
        (0.58, 2.0, True),
        (0.60, 2.0, False),
        (0.84, 3.0, True),
        (0.86, 3.0, False),
        (0.86, 9.0, False),
    ],
)
def test_who_was_lost_may_have_walked_for_three_seconds(
    far: float, since_s: float, *, is_found: bool
) -> None:
    """From where he was last to where somebody came up; then he may be anywhere."""
    lost = _walker(1, 0.05, 0.6)
    fresh = _walker(2, 0.05 + far, 0.6, since_s)

    found = lost_near(fresh, [lost], _look(since_s))

    assert (found is lost) is is_found


def test_the_nearest_of_the_lost_is_meant() -> None:
    """And where the newcomer came up first, not where it is now."""
    near, far = _walker(1, 0.5, 0.6), _walker(2, 0.3, 0.6)
    fresh = replace(_walker(3, 0.9, 0.6, 2.0), origin=_box(0.55, 0.6))

    assert lost_near(fresh, [far, near], _look(2)) is near
    assert lost_near(fresh, [], _look(2)) is None


def test_two_boxes_on_one_person_are_one() -> None:
    """From three quarters of overlap; the better scored stays."""
    one, twice = _person(0.5, 0.6, score=0.7), _person(0.505, 0.6, score=0.8)
    apart = _person(0.516, 0.6, score=0.6)
    car = Track(_box(0.5, 0.6), "car", 0.9, 200.0)

    assert persons_in(_look(0, one, twice)) == [twice]
    assert persons_in(_look(0, one, apart)) == [one, apart]
    assert persons_in(_look(0, car, one)) == [one]
    assert persons_in(_look(0)) == []


def test_soles_are_a_patch_under_the_feet() -> None:
    """Half as wide and a tenth as high as the box, centred on its lower edge."""
    patch = soles(np.array([[0.4, 0.2, 0.6, 0.7]]))

    assert patch[0] == pytest.approx([0.45, 0.675, 0.55, 0.725])


@pytest.mark.parametrize(
    ("x", "y", "has_moved"),
    [(0.539, 0.6, False), (0.541, 0.6, True), (0.5, 0.699, False), (0.5, 0.701, True)],
)
def test_a_walker_has_moved_by_half_a_width_or_half_a_height(
    x: float, y: float, *, has_moved: bool
) -> None:
    """What never leaves its place is a poster or a mannequin."""
    walker = _walker(1, 0.5, 0.6)
    walker.seen(_person(x, y), T0)

    assert walker.has_moved is has_moved
    walker.seen(_person(0.5, 0.6), T0)
    assert walker.has_moved is has_moved


def test_a_walker_counts_its_looks() -> None:
    """Hits and misses, the first miss in a row, and that it was found again."""
    walker = Walker(1, _box(0.5, 0.6), 0.7, T0, T0)
    assert not walker.is_proven
    walker.seen(_person(0.5, 0.6, score=0.5), T0 + timedelta(seconds=1))
    assert walker.is_proven
    assert not walker.is_steady
    walker.missed(T0 + timedelta(seconds=2))
    walker.missed(T0 + timedelta(seconds=3))

    assert (walker.hits, walker.judged, walker.misses) == (2, 4, 2)
    assert walker.missing_since == T0 + timedelta(seconds=2)
    assert (walker.score, walker.last) == (0.5, T0 + timedelta(seconds=1))

    walker.is_hidden = True
    walker.seen(_person(0.5, 0.6), T0 + timedelta(seconds=4))
    assert (walker.misses, walker.missing_since, walker.is_hidden) == (0, None, False)
    assert walker.is_steady


@pytest.mark.parametrize(
    ("hits", "judged", "misses", "is_steady"),
    [(3, 6, 0, True), (3, 7, 0, False), (3, 9, 3, True), (2, 2, 0, False)],
)
def test_steady_is_seen_in_half_of_the_looks_before_it_was_lost(
    hits: int, judged: int, misses: int, *, is_steady: bool
) -> None:
    """Two flashes in one place are nobody."""
    walker = replace(_walker(1, 0.5, 0.6), hits=hits, judged=judged, misses=misses)

    assert walker.is_steady is is_steady


@pytest.mark.parametrize(
    ("hits", "judged", "needed"), [(30, 30, 4), (10, 20, 8), (2, 20, 12), (5, 5, 4)]
)
def test_how_many_misses_mean_gone(hits: int, judged: int, needed: int) -> None:
    """Four at least, twelve at most: three in a thousand that it is the detector."""
    walker = replace(_walker(1, 0.5, 0.6), hits=hits, judged=judged)
    gone = replace(walker, misses=needed, judged=judged + needed)
    there = replace(walker, misses=needed - 1, judged=judged + needed - 1)

    assert walker.misses_needed == needed
    assert gone.is_gone
    assert not there.is_gone


@pytest.mark.parametrize(
    ("missed_s", "hits", "is_there"),
    [(2.0, 5, True), (2.1, 5, False), (1.0, 2, False)],
)
def test_who_was_seen_steadily_is_still_there_through_a_lapse(
    missed_s: float, hits: int, *, is_there: bool
) -> None:
    """Two seconds at most, and never a flash."""
    walker = replace(_walker(1, 0.3, 0.6), hits=hits, zones=(ZoneName("deck"),))

    there = walker.still_in(T0 + timedelta(seconds=missed_s))

    assert there == (("deck",) if is_there else ())


def test_one_look_beside_a_zone_is_jitter_and_two_are_not() -> None:
    """A step beside it; farther off there is nothing to forgive."""
    deck = ZoneName("deck")
    walker = replace(_walker(1, 0.3, 0.6), zones=(deck,))

    assert walker.jittered([deck]) == (deck,)
    assert walker.jittered([]) == ()
    assert replace(walker, edges=(deck,)).jittered([deck]) == ()
