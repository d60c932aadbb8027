"""What must never change the alerts of an opening or a height, whatever happens."""

import os
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from random import Random
from uuid import UUID

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from detector.look import HeadState, Look, TrackId
from rules.clock_store import ClockStore, MemoryClockStore
from rules.context import Context
from rules.engine import RuleEngine
from rules.violation import RAISED, Life, Violation
from tests.rules.judging import engine_on, judged, newest
from tests.scenes.actor import Actor, person
from tests.scenes.noise import QUIET, measured
from tests.scenes.pit import (
    BELOW_Z,
    HIGH_POLE,
    POLE,
    X,
    Z,
    Zones,
    away,
    beneath,
    entrant,
    on_deck,
    pit_zones,
    scaffold_zones,
)
from tests.scenes.pole import Pole
from tests.scenes.scene import Scene
from tests.scenes.street import holding, until

FEW = settings(max_examples=6, deadline=None, phases=[Phase.generate])
SEEDS = st.integers(0, 10_000)


@dataclass(frozen=True)
class Work:
    """A place of work with something wrong.

    Attributes:
        actors: Who moves.
        zones: What is drawn.
        pole: The camera.
        until: How long it is watched, seconds.
        raises: What is told of it without noise.
        aside_z: Metres away at which passing by concerns nobody.
        context: Permits.
    """

    actors: tuple[Actor, ...]
    zones: Zones
    pole: Pole
    until: float
    raises: frozenset[str]
    aside_z: float
    context: Context = field(default_factory=Context)

    def looks(self, seed: int, *passers: Actor, is_quiet: bool = False) -> list[Look]:
        """Before a detector of the measured noise, or of none."""
        level = QUIET if is_quiet else measured()
        scene = Scene((*self.actors, *passers), level, seed, self.pole)
        return list(scene.looks(self.until))

    def engine(self, store: ClockStore | None = None, epoch: int = 1) -> RuleEngine:
        """A new engine, with or without a past."""
        return engine_on(self.zones, store, epoch, self.context)

    def judged(self, looks: Iterable[Look]) -> list[Violation]:
        """Every revision."""
        return judged(looks, self.engine())

    def codes(self, looks: Iterable[Look]) -> Counter[str]:
        """Of what opened; who works alone is another matter when somebody passes."""
        found = Counter(v.code for v in newest(self.judged(looks)).values())
        del found["CS-03"], found["WH-04"]
        return found


PIT = Work(
    (away(30, 90, 130), entrant(12)),
    pit_zones(),
    POLE,
    130.0,
    frozenset({"CS-02", "CS-04"}),
    Z + 5.0,
    holding(until(1)),
)
SCAFFOLD = Work(
    (replace(on_deck(3, 70), head=HeadState.BARE), beneath(10, 50)),
    scaffold_zones(),
    HIGH_POLE,
    70.0,
    frozenset({"WH-01", "WH-07"}),
    BELOW_Z + 9.0,
)
EVERY_WORK = pytest.mark.parametrize(
    "work", [pytest.param(PIT, id="pit"), pytest.param(SCAFFOLD, id="scaffold")]
)


@EVERY_WORK
def test_without_noise_something_is_told(work: Work) -> None:
    """What the properties below keep as it is."""
    assert set(work.codes(work.looks(0, is_quiet=True))) >= work.raises


@EVERY_WORK
@FEW
@given(SEEDS)
def test_ids_of_persons_mean_nothing(work: Work, seed: int) -> None:
    """Every id drawn anew at every look: the same revisions."""
    looks, chance = work.looks(seed), Random(seed)

    def relabelled(look: Look) -> Look:
        fresh = [TrackId(f"9.{chance.randrange(10**6)}") for _ in look.tracks]
        pairs = zip(look.tracks, fresh, strict=True)
        return replace(look, tracks=tuple(replace(t, id=i) for t, i in pairs))

    assert work.judged(map(relabelled, looks)) == work.judged(looks)


@EVERY_WORK
@FEW
@given(SEEDS, st.sets(st.integers(1, 139), min_size=1, max_size=8))
def test_restarts_at_any_moment_change_nothing(
    work: Work, seed: int, at: set[int]
) -> None:
    """Another worker takes over from the saved state."""
    looks, store, told = work.looks(seed), MemoryClockStore(), list[Violation]()
    engine = work.engine(store)
    for number, look in enumerate(looks):
        if number in at:
            engine = work.engine(store, number + 1)
        told += engine.judge(look)

    assert told == work.judged(looks)


@EVERY_WORK
@FEW
@given(st.sets(st.integers(1, 129), max_size=40))
def test_single_looks_left_out_change_no_alert(work: Work, dropped: set[int]) -> None:
    """Every other look may go: gaps of one second."""
    looks = work.looks(0, is_quiet=True)
    kept = [look for n, look in enumerate(looks) if n % 2 or n // 2 not in dropped]

    assert work.codes(kept) == work.codes(looks)


@EVERY_WORK
@FEW
@given(st.integers(2, 60), st.floats(0.0, 1.5))
def test_a_passing_pedestrian_changes_no_alert(
    work: Work, start: int, aside_m: float
) -> None:
    """Somebody walks by outside the ring and the drop zone."""
    z = work.aside_z + aside_m
    passer = person(start, X - 9, z).walks(X + 9, z)

    passed = work.codes(work.looks(0, passer, is_quiet=True))

    assert passed == work.codes(work.looks(0, is_quiet=True))


@contextmanager
def _host_in(zone: str) -> Iterator[None]:
    """This process believes to be in a time zone."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = zone
    time.tzset()
    try:
        yield
    finally:
        os.environ.pop("TZ")
        if before is not None:
            os.environ["TZ"] = before
        time.tzset()


@EVERY_WORK
@FEW
@given(SEEDS, st.sampled_from(["Asia/Shanghai", "America/New_York", "Asia/Kolkata"]))
def test_the_time_zone_of_the_host_changes_nothing(
    work: Work, seed: int, zone: str
) -> None:
    """Wherever the machine is set up, through its clock changes: the same revisions."""
    looks = work.looks(seed)
    with _host_in("UTC"):
        plain = work.judged(looks)

    with _host_in(zone):
        assert time.strftime("%z") != "+0000"
        assert work.judged(looks) == plain


@EVERY_WORK
@FEW
@given(SEEDS)
def test_nothing_is_raised_twice_without_clearing(work: Work, seed: int) -> None:
    """One code at one place: another matter opens only when the last one ended."""
    standing: dict[tuple[str, str], UUID] = {}
    for told in work.judged(work.looks(seed)):
        key = (told.code, str(told.place))
        if told.life is Life.CLEARED:
            standing.pop(key, None)
        elif told.life in RAISED:
            assert standing.setdefault(key, told.id) == told.id
