"""Which boxes of a look may stand somewhere: each thing once, best first."""

from datetime import timedelta

import pytest

from detector.box import Box
from detector.look import Look, Region, Track
from rules.sighting import regions_in, vehicles_in
from tests.scenes.scene import CAMERA, T0, VIEW

VAN = Track(Box(0.2, 0.2, 0.6, 0.6), "truck", 0.8, 400.0, covered=0.25)


def _look(*tracks: Track, regions: tuple[Region, ...] = ()) -> Look:
    return Look(CAMERA, VIEW, T0, (1000, 1000), tracks, regions=regions)


def _kept(*tracks: Track) -> list[str]:
    return [sighting.label for sighting in vehicles_in(_look(*tracks))]


def _car(x1: float, y1: float, x2: float, y2: float, score: float = 0.5) -> Track:
    return Track(Box(x1, y1, x2, y2), "car", score, 100.0)


def test_a_sighting_carries_what_the_track_says() -> None:
    """Box, name, score, height and how much is hidden."""
    (only,) = vehicles_in(_look(VAN))

    assert (only.box, only.label, only.score) == (VAN.box, "truck", 0.8)
    assert (only.height_px, only.covered, only.portrait) == (400.0, 0.25, None)
    assert only.since is None


def test_the_best_scored_comes_first() -> None:
    """Whatever the order of the tracks."""
    low, high = _car(0.7, 0.7, 0.8, 0.8, 0.3), _car(0.1, 0.1, 0.15, 0.15, 0.9)

    found = vehicles_in(_look(low, VAN, high))

    assert [one.score for one in found] == [0.9, 0.8, 0.3]


@pytest.mark.parametrize(
    ("other", "kept"),
    [
        # 0.4 wide: moved by a, two equal boxes overlap by (0.4 - a) / (0.4 + a)
        pytest.param(_car(0.27, 0.2, 0.67, 0.6), ["truck"], id="0.702: one van"),
        pytest.param(_car(0.272, 0.2, 0.672, 0.6), ["truck", "car"], id="0.695: two"),
        pytest.param(_car(0.3, 0.4, 0.4, 0.6), ["truck"], id="a door, feet level"),
        pytest.param(_car(0.3, 0.382, 0.4, 0.582), ["truck"], id="nearly level"),
        pytest.param(_car(0.3, 0.37, 0.4, 0.57), ["truck", "car"], id="behind it"),
        pytest.param(_car(0.591, 0.5, 0.691, 0.6), ["truck", "car"], id="beside it"),
        pytest.param(_car(0.505, 0.4, 0.61, 0.6), ["truck"], id="nine tenths inside"),
        pytest.param(_car(0.52, 0.4, 0.62, 0.6), ["truck", "car"], id="four fifths"),
    ],
)
def test_one_thing_with_two_boxes_is_one_sighting(
    other: Track, kept: list[str]
) -> None:
    """The same box under another name, or a part of it standing on the same line."""
    assert _kept(VAN, other) == kept


def test_what_repeats_a_dropped_box_is_not_dropped_for_it() -> None:
    """A chain of three: the middle one repeats the best, the last only the middle."""
    first = _car(0.2, 0.2, 0.6, 0.6, 0.9)
    second = _car(0.25, 0.2, 0.65, 0.6, 0.8)
    third = _car(0.3, 0.2, 0.7, 0.6, 0.7)

    found = vehicles_in(_look(first, second, third))

    assert [one.score for one in found] == [0.9, 0.7]


@pytest.mark.parametrize("label", ["person", "bicycle", "wheelchair", "pram"])
def test_a_better_claim_of_another_sort_takes_the_box(label: str) -> None:
    """A wheelchair also called a car is no car; a passenger does not hide one."""
    car = _car(0.2, 0.2, 0.6, 0.6, 0.5)
    better = Track(Box(0.2, 0.2, 0.6, 0.6), label, 0.6, 100.0)
    equal = Track(Box(0.2, 0.2, 0.6, 0.6), label, 0.5, 100.0)
    # moved by a tenth: 0.3 / 0.5 = 0.6; by more: less
    just = Track(Box(0.299, 0.2, 0.699, 0.6), label, 0.6, 100.0)
    aside = Track(Box(0.31, 0.2, 0.71, 0.6), label, 0.6, 100.0)

    assert _kept(car, better) == []
    assert _kept(car, just) == []
    assert _kept(car, equal) == ["car"]
    assert _kept(car, aside) == ["car"]


def test_a_cone_claims_nothing() -> None:
    """Only what could be mistaken for a person's vehicle."""
    cone = Track(Box(0.2, 0.2, 0.6, 0.6), "cone", 0.9, 100.0)

    assert _kept(_car(0.2, 0.2, 0.6, 0.6), cone) == ["car"]


def test_static_things_come_largest_first_with_their_age() -> None:
    """A region has no class and no score, but a beginning."""
    began = T0 - timedelta(seconds=40)
    small = Region(Box(0.1, 0.1, 0.2, 0.15), 0.004, 40.0, began)
    large = Region(Box(0.5, 0.5, 0.7, 0.6), 0.015, 40.0, began, 0.3)

    first, second = regions_in(_look(regions=(small, large)))

    assert (first.box, second.box) == (large.box, small.box)
    assert (first.label, first.score, first.since) == ("thing", 1.0, began)
    assert first.height_px == pytest.approx(100.0)
    assert (first.covered, second.covered) == (0.3, 0.0)


def test_a_claim_takes_its_own_box_alone() -> None:
    """The other cars of the look stay; any of several others may claim one."""
    claimed, free = _car(0.2, 0.2, 0.6, 0.6), _car(0.7, 0.2, 0.9, 0.4, 0.6)
    better = Track(Box(0.2, 0.2, 0.6, 0.6), "wheelchair", 0.7, 100.0)
    passer = Track(Box(0.65, 0.6, 0.7, 0.8), "person", 0.9, 100.0)

    found = vehicles_in(_look(claimed, free, passer, better))

    assert [one.box for one in found] == [free.box]
