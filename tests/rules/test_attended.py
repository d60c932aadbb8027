"""Who minds a thing or a ring: somebody who stays, not everybody who comes by."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from random import Random

import pytest

from detector.box import Box
from detector.look import PERSON, Look, Region, Track
from rules.violation import Violation
from tests.rules.judging import engine_on, judged, newest
from tests.rules.test_goods import HEAP, codes, pavement
from tests.rules.yard import Walk, enters, looks, pit_zones, stands
from tests.scenes.pole import SIZE_PX
from tests.scenes.scene import CAMERA, CLASSES, T0, VIEW

HIGH, WIDE = 0.2, 0.04
PACE = 1.25 / 15.0
"""Shares of the picture a second: a walk past, where 1.7 m are `HIGH` of the height."""


def _person(x: float) -> Track:
    """Somebody whose feet are on the heap's lower edge, at `x`."""
    box = Box(x - WIDE / 2, HEAP.y2 - HIGH, x + WIDE / 2, HEAP.y2)
    return Track(box, PERSON, 0.8, HIGH * SIZE_PX[1])


def _heap(t: float, people: Sequence[float]) -> Look:
    """The heap, known since 20 s, and people at these places."""
    region = Region(HEAP, HEAP.area, t, T0)
    return Look(
        CAMERA,
        VIEW,
        T0 + timedelta(seconds=t),
        SIZE_PX,
        tuple(_person(x) for x in people),
        regions=(region,) if t >= 20 else (),
        regions_unseen=None,
        classes=CLASSES,
    )


def _stream(longest_s: float, period_s: float, seed: int) -> Iterator[Look]:
    """Somebody new walks past the heap again and again, for twenty minutes."""
    dice, began = Random(seed), [0.0]
    while began[-1] < 1200:
        began.append(began[-1] + dice.uniform(1.0, longest_s))
    for n in range(int(1200 / period_s)):
        t = n * period_s
        places = [(t - start) * PACE for start in began]
        yield _heap(t, [x for x in places if 0.02 <= x <= 0.98])


@pytest.mark.parametrize("period_s", [0.5, 2.0])
@pytest.mark.parametrize("seed", range(3))
def test_passers_by_mind_no_heap(period_s: float, seed: int) -> None:
    """Somebody is beside it in most looks, and never the same: SW-04, not SW-02."""
    shown = list(_stream(5.0, period_s, seed))
    beside = [any(abs(t.box.foot[0] - 0.5) < 0.13 for t in s.tracks) for s in shown]

    assert sum(beside) > len(beside) / 2
    assert codes(judged(shown, engine_on(pavement()))) == ["SW-04"]


@pytest.mark.parametrize("period_s", [0.5, 2.0, 10.0])
def test_who_stays_minds_a_stall_though_a_look_in_four_misses_him(
    period_s: float,
) -> None:
    """He shifts from foot to foot; passers-by change nothing."""
    shown = []
    for n in range(int(600 / period_s)):
        t = n * period_s
        walks = (t % 30.0) * PACE
        people = [walks] if 0.02 <= walks <= 0.98 else []
        people += [] if n % 4 == 3 else [0.58 + 0.01 * (n % 2)]
        shown.append(_heap(t, people))

    assert codes(judged(shown, engine_on(pavement()))) == ["SW-02"]


def _ring(walks: Sequence[Walk], until: float) -> dict[str, Violation]:
    """What was raised at the pit, by code."""
    found = newest(judged(looks(walks, until), engine_on(pit_zones())))
    return {v.code: v for v in found.values()}


def _passes(at: float) -> Walk:
    """Somebody who walks through the ring past the pit, in 4 s."""
    return ((at - 4, 0.1, 0.72), (at + 4, 0.9, 0.72))


def test_a_passer_by_at_the_entry_is_no_attendant() -> None:
    """He is in the ring as somebody enters, and a second later gone: CS-01."""
    told = _ring([enters(6), _passes(6)], 30)

    assert list(told) == ["CS-01"]


def test_a_passer_by_does_not_end_what_an_attendant_left() -> None:
    """The attendant leaves at 20 s, somebody passes at 55 s: one CS-02, not cleared."""
    told = _ring([enters(10), stands(0, 20, 0.65, 0.65), _passes(55)], 75)

    assert list(told) == ["CS-02"]
    assert told["CS-02"].cleared_at is None


def test_an_attendant_who_comes_back_and_stays_ends_it() -> None:
    """Back at 70 s: known after he has stayed five seconds, cleared three later."""
    back = stands(70, 100, 0.65, 0.65)
    told = _ring([enters(10), stands(0, 20, 0.65, 0.65), back], 100)

    cleared = told["CS-02"].cleared_at
    assert cleared is not None
    assert timedelta(seconds=70) <= cleared - T0 <= timedelta(seconds=80)


def test_one_relieved_by_another_is_nothing() -> None:
    """The new one comes five seconds before the old one leaves (scene 3)."""
    told = _ring(
        [enters(10), stands(0, 40, 0.65, 0.65), stands(35, 120, 0.4, 0.7)], 120
    )

    assert told == {}
