"""When somebody crossed an outline between two sightings."""

from datetime import datetime, timedelta

import pytest

from detector.box import Box
from rules.geometry import Floats, ZoneAreas
from rules.walker import Walker
from rules.way import crossed_at
from tests.rules.yard import square
from tests.scenes.scene import T0

PIT = ZoneAreas([square(0.5, 0.6, 0.1)])
"""Its left side lies at 0.4; half of the soles are over it when the feet are there."""


def at(seconds: float) -> datetime:
    """That long after the beginning."""
    return T0 + timedelta(seconds=seconds)


def _box(x: float) -> Box:
    return Box(x - 0.02, 0.4, x + 0.02, 0.6)


def _inside(boxes: Floats) -> Floats:
    return PIT.shares(boxes)[:, 0]


def _crossed(
    first: tuple[float, float], before: tuple[float, float], now: tuple[float, float]
) -> float:
    """Seconds, from where the feet were when: first seen, last outside, inside."""
    walker = Walker(1, _box(now[1]), 0.8, at(first[0]), at(now[0]))
    walker.origin = _box(first[1])
    outside = _box(before[1]), at(before[0])
    return (crossed_at(walker, outside, _inside, 16 / 9) - T0).total_seconds()


@pytest.mark.parametrize(
    ("before", "now", "crossed"),
    [
        ((8, 0.3), (9, 0.5), 8.5),
        ((8, 0.38), (9, 0.48), 8.2),
        ((8, 0.2), (10, 0.41), 9.9),
    ],
    ids=["in the middle", "early", "late, after a look that missed it"],
)
def test_who_walks_evenly_crosses_where_the_outline_is(
    before: tuple[float, float], now: tuple[float, float], crossed: float
) -> None:
    """Not halfway between the looks: at the pace it came, or a slower one."""
    pace = (now[1] - before[1]) / (now[0] - before[0])
    first = (before[0] - 1, before[1] - pace)

    assert _crossed(first, before, now) == pytest.approx(crossed, abs=0.05)
    assert _crossed((before[0], before[1]), before, now) == pytest.approx(
        crossed, abs=0.05
    )


def test_who_walked_in_and_stood_there_did_not_creep() -> None:
    """Missed for three seconds after the step in: the approach tells the pace."""
    crossed = _crossed((4, 0.1), (6, 0.3), (10, 0.5))

    assert crossed == pytest.approx(7.0, abs=0.1)  # evenly it would be 8


def test_who_stood_and_then_stepped_in_is_not_dated_by_standing() -> None:
    """An attendant of ten minutes has no pace; even walking is the best there is."""
    assert _crossed((-600, 0.31), (6, 0.3), (8, 0.5)) == pytest.approx(7.0, abs=0.1)
