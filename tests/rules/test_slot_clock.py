"""The slot's clock: what counts, what is a gap, what is remembered."""

from datetime import timedelta

import pytest

from detector.box import Box
from detector.look import Look, Track
from rules.clock_store import MemoryClockStore
from rules.slot import MAX_GAPS, Limits
from rules.slot_book import MAX_SLOTS
from rules.violation import Life, Violation
from tests.rules.judging import engine_on, judged, newest
from tests.scenes.actor import parked
from tests.scenes.noise import Noise, NoiseLevel
from tests.scenes.scene import CAMERA, T0, VIEW
from tests.scenes.street import KERB, on_street, pavement


def _at(look: Look) -> float:
    return (look.at - T0).total_seconds()


@pytest.mark.parametrize(
    ("dwell_s", "look_gap_s", "broken_s", "leave_s"),
    [(60, 6, 20, 20), (10, 1, 10 / 3, 10 / 3), (3, 0.3, 1, 3), (86400, 10, 28800, 20)],
)
def test_all_lengths_come_from_the_dwell(
    dwell_s: float, look_gap_s: float, broken_s: float, leave_s: float
) -> None:
    """A tenth of the dwell to look, a third to doubt, at most 20 s to leave."""
    limits = Limits(dwell_s, 480)

    assert limits.look_gap_s == pytest.approx(look_gap_s)
    assert limits.broken_s == pytest.approx(broken_s)
    assert limits.leave_s == pytest.approx(leave_s)


@pytest.mark.parametrize("restarts", [False, True])
def test_a_camera_visited_in_rotation_keeps_its_clocks(*, restarts: bool) -> None:
    """Seen 30 s every 10 min: first_seen stays, the gaps are told, continuity goes."""
    street = on_street([parked(0, 3700, 3.5, 16)])
    visits = [k for k in street.looks(3700) if _at(k) % 600 < 31]
    store = MemoryClockStore()
    engine, found = engine_on(store=store), list[Violation]()
    for n, look in enumerate(visits):
        if restarts and n % 16 == 0:
            engine = engine_on(store=store, lease_epoch=n + 1)
        found += engine.judge(look)

    (only,) = newest(found).values()

    assert only.first_seen == T0
    assert only.opened_at == T0 + timedelta(seconds=630)
    assert not only.continuity_known
    assert len(only.gaps) >= 2
    assert {gap.seconds for gap in only.gaps} == {570}
    assert only.observed_s == pytest.approx(
        (only.last_seen - T0).total_seconds() - 570 * len(only.gaps)
    )


@pytest.mark.parametrize(
    ("away_s", "gaps", "is_known"),
    [
        pytest.param(12, 0, True, id="a missed look is sampling"),
        pytest.param(17, 1, True, id="a short outage is a gap"),
        pytest.param(22, 1, False, id="over a third of the dwell is doubt"),
    ],
)
def test_gaps_neither_reset_nor_count(
    away_s: float, gaps: int, *, is_known: bool
) -> None:
    """A reconnect leaves first_seen, is not watched time, and is told."""
    street = on_street([parked(0, 600, 3.5, 16)])
    looks = [k for k in street.looks(600, 1) if not 30 < _at(k) < 30 + away_s]

    (only,) = newest(judged(looks)).values()

    assert only.first_seen == T0
    assert len(only.gaps) == gaps
    assert only.continuity_known is is_known
    watched_until = 60 if gaps == 0 else 60 + away_s
    assert only.opened_at == T0 + timedelta(seconds=watched_until)


def test_an_outage_of_an_hour_does_not_clear_an_open_violation() -> None:
    """Not looked at is not gone: the violation stands until its place is seen empty."""
    street = on_street([parked(0, 5000, 3.5, 16)])
    looks = [k for k in street.looks(4200, 5) if not 400 < _at(k) < 4000]
    revisions = judged(looks)

    assert len(newest(revisions)) == 1
    assert Life.CLEARED not in {v.life for v in revisions}


def test_gone_during_an_outage_is_cleared_after_it() -> None:
    """Seen empty several times after the outage, it is cleared since the first."""
    street = on_street([parked(0, 500, 3.5, 16)])
    looks = [k for k in street.looks(1200, 2) if not 400 < _at(k) < 1000]

    (only,) = newest(judged(looks)).values()

    assert only.life is Life.CLEARED
    assert only.cleared_at == T0 + timedelta(seconds=1000)
    assert only.last_seen == T0 + timedelta(seconds=400)


def test_gaps_are_bounded_and_the_nearest_are_joined() -> None:
    """However often a feed fails, a violation tells at most 32 gaps."""
    street = on_street([parked(0, 9000, 3.5, 16)])
    looks = [k for k in street.looks(9000, 5) if _at(k) % 100 < 60]

    (only,) = newest(judged(looks)).values()

    assert len(only.gaps) == MAX_GAPS
    ends = [(gap.start, gap.end) for gap in only.gaps]
    assert ends == sorted(ends)


def test_a_zone_remembers_a_bounded_number_of_places() -> None:
    """A hundred boxes in one zone: 64 slots, the rest counted, nothing grows."""
    engine = engine_on({KERB: pavement()})

    def look(n: int) -> Look:
        tracks = tuple(
            Track(Box(x, y, x + 0.012, y + 0.012), "car", 0.6, 40)
            for x in (0.62 + 0.014 * i for i in range(14))
            for y in (0.5 + 0.014 * j for j in range(8))
        )
        at = T0 + timedelta(seconds=2 * n)
        return Look(CAMERA, VIEW, at, (1920, 1080), tracks, classes=frozenset({"car"}))

    found = judged((look(n) for n in range(40)), engine)

    assert engine.health().crowded > 0
    assert len(newest(found)) <= MAX_SLOTS


def test_missed_half_the_time_it_is_still_found() -> None:
    """A detector that finds a van in every second look delays, it does not lose."""
    half = NoiseLevel("half", Noise(), Noise(miss=0.5, miss_run_s=0.7, relabel=1.0))

    for seed in range(5):
        looks = on_street([parked(0, 400, 3.5, 16)], half, seed).looks(390)
        (only,) = newest(judged(looks)).values()
        assert (only.first_seen - T0).total_seconds() < 20
