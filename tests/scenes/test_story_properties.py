"""What must never change the alerts of an opening, whatever else happens."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from random import Random
from uuid import UUID

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from detector.look import Look, TrackId
from rules.clock_store import MemoryClockStore
from rules.violation import RAISED, Life, Violation
from tests.rules.judging import judged, newest
from tests.scenes.actor import Actor, person
from tests.scenes.noise import QUIET, measured
from tests.scenes.pit import X, Z, away, engine_on, entrant, pit_zones
from tests.scenes.scene import Scene

FEW = settings(max_examples=6, deadline=None, phases=[Phase.generate])
UNTIL = 150.0
AWAY = [away(30, 90, UNTIL), entrant(12)]
SEEDS = st.integers(0, 10_000)


def _looks(actors: list[Actor], seed: int, *, quiet: bool = False) -> list[Look]:
    level = QUIET if quiet else measured()
    return list(Scene(actors, level, seed).looks(UNTIL))


def _alerts(revisions: Iterable[Violation]) -> set[tuple[str, UUID]]:
    return {(v.code, v.id) for v in newest(revisions).values()}


def _codes(looks: Iterable[Look]) -> Counter[str]:
    told = judged(looks, engine_on(pit_zones()))
    return Counter(code for code, _ in _alerts(told))


@FEW
@given(SEEDS)
def test_ids_of_persons_mean_nothing(seed: int) -> None:
    """Every id drawn anew at every look: the same revisions."""
    looks, chance = _looks(AWAY, seed), Random(seed)

    def relabelled(look: Look) -> Look:
        fresh = [TrackId(f"9.{chance.randrange(10**6)}") for _ in look.tracks]
        pairs = zip(look.tracks, fresh, strict=True)
        return replace(look, tracks=tuple(replace(t, id=i) for t, i in pairs))

    plain = judged(looks, engine_on(pit_zones()))

    assert judged(map(relabelled, looks), engine_on(pit_zones())) == plain


@FEW
@given(SEEDS, st.sets(st.integers(1, int(UNTIL * 2) - 1), min_size=1, max_size=8))
def test_restarts_at_any_moment_change_nothing(seed: int, at: set[int]) -> None:
    """Another worker takes over from the saved state."""
    looks, store, told = _looks(AWAY, seed), MemoryClockStore(), list[Violation]()
    engine = engine_on(pit_zones(), store=store)
    for number, look in enumerate(looks):
        if number in at:
            engine = engine_on(pit_zones(), store=store, lease_epoch=number + 1)
        told += engine.judge(look)

    assert told == judged(looks, engine_on(pit_zones()))


@FEW
@given(st.sets(st.integers(1, int(UNTIL) - 1), max_size=40))
def test_single_looks_left_out_change_no_alert(dropped: set[int]) -> None:
    """Every other look may go: gaps of one second."""
    looks = _looks(AWAY, 0, quiet=True)
    kept = [look for n, look in enumerate(looks) if n % 2 or n // 2 not in dropped]

    assert _codes(kept) == _codes(looks)


@FEW
@given(st.integers(2, 100), st.floats(4.0, 6.5))
def test_a_passing_pedestrian_changes_no_alert(start: int, aside_m: float) -> None:
    """Somebody walks by outside the ring; who works alone (CS-03) is another matter."""
    passer = person(start, X - 9, Z + aside_m).walks(X + 9, Z + aside_m)

    passed = _codes(_looks([*AWAY, passer], 0, quiet=True))
    plain = _codes(_looks(AWAY, 0, quiet=True))

    assert {**passed, "CS-03": 0} == {**plain, "CS-03": 0}


@FEW
@given(SEEDS)
def test_nothing_is_raised_twice_without_clearing(seed: int) -> None:
    """One code at one place: another matter opens only when the last one ended."""
    standing: dict[tuple[str, str], UUID] = {}
    for told in judged(_looks(AWAY, seed), engine_on(pit_zones())):
        key = (told.code, str(told.place))
        if told.life is Life.CLEARED:
            standing.pop(key, None)
        elif told.life in RAISED:
            assert standing.setdefault(key, told.id) == told.id
