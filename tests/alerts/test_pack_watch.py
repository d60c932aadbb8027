"""Which stills are kept of a violation nobody knows the length of."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.errors import StoreError
from alerts.pack import Role, Shortfall
from alerts.pack_watch import (
    INSIDE,
    Still,
    Watch,
    box_in,
    decode_watch,
    earliest_due,
    encode_watch,
)
from detector.box import Box
from rules.violation import Life
from tests.alerts.evidence_rig import BOX, at, look, violation


def _still(seconds: float, box: Box | None = BOX) -> Still:
    return Still(at(seconds), f"{seconds}.jpg", 1000, box)


def _watched(until_s: int, step_s: int = 2) -> Watch:
    watch = Watch(violation(Life.CANDIDATE, step_s))
    for seconds in range(step_s, until_s, step_s):
        if watch.wants(at(seconds), BOX):
            watch, _ = watch.keep(_still(seconds))
    return watch


def _opened(watch: Watch, seconds: float) -> Watch:
    said = violation(Life.OPEN, seconds)
    return watch.open(said, at(seconds - 10), at(seconds + 20))[0]


@given(
    steps=st.lists(st.floats(0.2, 30), min_size=3, max_size=400),
)
def test_few_stills_and_one_near_the_middle(steps: list[float]) -> None:
    """However long and uneven the looks, a handful of stills covers the time."""
    watch = Watch(violation(Life.CANDIDATE, 0))
    seconds, longest = 0.0, 0.0
    shelf: set[Still] = set()
    for step in steps:
        seconds += step
        longest = max(longest, step)
        if watch.wants(at(seconds), BOX):
            watch, gone = watch.keep(_still(seconds))
            shelf = (shelf | {watch.stills[-1]}) - set(gone)

        assert len(watch.stills) <= INSIDE + 2
        assert shelf == set(watch.stills)

    watch = _opened(watch, seconds + longest)
    middle = (watch.stills[0].at - at(0)).total_seconds()
    middle = (middle + seconds + longest) / 2
    mids = [still for role, still in watch.roles() if role is Role.MID]
    if seconds > 20 * longest:
        (mid,) = mids
        off = abs((mid.at - at(middle)).total_seconds())
        assert off <= (seconds + longest) / 3 + longest


def test_a_day_costs_no_more_than_a_minute() -> None:
    """Pictures asked for grow with the logarithm of the time."""
    watch = Watch(violation(Life.CANDIDATE, 2))
    asked = 0
    for seconds in range(2, 86_400, 2):
        if watch.wants(at(seconds), BOX):
            asked += 1
            watch, _ = watch.keep(_still(seconds))

    assert asked < 80
    assert watch.stills[0].at == at(2)


def test_hidden_car_gives_no_candidate_still() -> None:
    """A look in which a lorry covers it is passed over; the next one is taken."""
    watch = _watched(10)

    assert not watch.wants(at(30), None)
    assert watch.wants(at(31), BOX)


def test_opening_keeps_first_middle_and_opening() -> None:
    """From opening on three stills stay; the last one replaces its forerunner."""
    watch = _opened(_watched(60), 60)
    watch, _ = watch.keep(_still(60))
    watch, gone_first = watch.keep(_still(66))
    watch, gone_second = watch.keep(_still(72))

    assert [role for role, _ in watch.roles()] == [
        Role.FIRST,
        Role.MID,
        Role.OPENING,
        Role.LAST,
    ]
    assert gone_first == ()
    assert gone_second == (_still(66),)
    assert watch.missing() == ()


def test_rule_without_dwell_lacks_nothing() -> None:
    """A violation that opens at its first look has a first and a last still."""
    said = replace(violation(Life.OPEN, 0), first_seen=at(0))
    watch = Watch(said).open(said, at(-10), at(20))[0]
    for seconds in (0.0, 10.0):
        assert watch.wants(at(seconds), None)
        watch, _ = watch.keep(_still(seconds))

    assert [role for role, _ in watch.roles()] == [Role.FIRST, Role.LAST]
    assert watch.missing() == ()


def test_missing_stills_are_named() -> None:
    """A violation that waited and has no still lacks all three."""
    watch = _opened(Watch(violation(Life.OPEN, 60)), 60)

    assert watch.missing() == (
        Shortfall.FIRST_MISSING,
        Shortfall.MID_MISSING,
        Shortfall.LAST_MISSING,
    )


def test_nothing_is_kept_after_the_clip() -> None:
    """The last still lies within the clip's time."""
    watch = _opened(_watched(60), 60)
    watch, _ = watch.keep(_still(60))

    assert watch.wants(at(80), BOX)
    assert not watch.wants(at(80.1), BOX)


def test_place_is_found_again_among_neighbours() -> None:
    """The box of a look that fits the place best is the thing; a distant one is not."""
    near = Box(0.21, 0.41, 0.51, 0.71)
    far = Box(0.45, 0.4, 0.75, 0.7)
    said = violation(Life.OPEN, 60)

    assert box_in(look(60, far, near), said) == near
    assert box_in(look(60, far), said) is None
    assert box_in(look(60), said) is None


def test_due_is_the_earliest_of_all() -> None:
    """One look serves every watch of its camera."""
    early, late = _watched(4), _watched(60)

    assert earliest_due([late, early]) == early.due_at()
    assert earliest_due([]) is None


def test_watch_survives_the_shelf() -> None:
    """What is written down reads back equal."""
    watch = _opened(_watched(60), 60).lacking(Shortfall.RESTARTED)

    assert decode_watch(encode_watch(watch)) == watch


@pytest.mark.parametrize("junk", [b"", b"{}", b"[]", b"\xff", b'{"violation":1}'])
def test_junk_is_no_watch(junk: bytes) -> None:
    """A damaged journal is a store error, nothing else."""
    with pytest.raises(StoreError, match="cannot be read"):
        decode_watch(junk)
