"""Rules on whole zones: the attendant's ring of a pit, judged by composition."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from base.ids import ZoneName
from detector.look import Look
from rules.clause_table import CLAUSES
from rules.clock_store import MemoryClockStore
from rules.violation import Life, Phase, Violation, ended
from streams.faults import FeedFault
from tests.rules.judging import engine_on, judged, newest
from tests.scenes.actor import Actor, person
from tests.scenes.pit import X, Z, away, entrant, pit_zones
from tests.scenes.scene import T0, Scene


def alarms(found: Iterable[Violation]) -> list[Violation]:
    """CS-02 as last told."""
    return [v for v in newest(found).values() if v.code == "CS-02"]


def judge(actors: Sequence[Actor], until: float = 180) -> list[Violation]:
    """Without noise."""
    return judged(Scene(actors).looks(until), engine_on(pit_zones()))


def test_an_attendant_away_for_60_s_is_told_once_and_cleared_on_return() -> None:
    """Grace after 20 s, due after 45 s, ended when the ring is held again."""
    found = [v for v in judge([away(40, 100, 180), entrant(12)]) if v.code == "CS-02"]

    told: dict[tuple[Life, Phase], Violation] = {}
    for violation in found:
        told.setdefault((violation.life, violation.phase), violation)
    assert list(told)[1:] == [
        (Life.OPEN, Phase.GRACE),
        (Life.OPEN, Phase.DUE),
        (Life.CLEARED, Phase.DUE),
    ]
    _, opened, due, cleared = told.values()
    assert opened.at - opened.first_seen == timedelta(seconds=20)
    assert due.at - opened.at == timedelta(seconds=25)
    assert cleared.cleared_at is not None
    back_s = (cleared.cleared_at - T0).total_seconds()
    assert 100 <= back_s <= 103  # over the ring's line, on the way to the old place


def test_who_passes_farther_off_is_not_the_one_inside() -> None:
    """Somebody turns up two body heights from the pit 6 s after the entry.

    Found on real footage: the passer-by was taken for the entrant come out again.
    """
    passer = person(18, X + 4, Z + 3.4).walks(X - 9, Z + 3.4)

    found = judge([away(14, 170, 180), entrant(12), passer], 80)

    assert [v.life for v in alarms(found)] == [Life.OPEN]


def test_blind_looks_neither_start_nor_end_it() -> None:
    """A black picture for 10 s: what was open stays open, nothing opens in it."""
    actors = [away(30, 150, 180), entrant(12)]

    def dimmed(look: Look) -> Look:
        t = (look.at - T0).total_seconds()
        if not 100 <= t < 110:
            return look
        return replace(look, tracks=(), faults=frozenset({FeedFault.BLACK}))

    dark = judged(map(dimmed, Scene(actors).looks(180)), engine_on(pit_zones()))

    assert [v.id for v in alarms(dark)] == [v.id for v in alarms(judge(actors))]
    assert len(alarms(dark)) == 1
    assert not any(
        v.life is Life.CLEARED and v.at < T0 + timedelta(seconds=150) for v in dark
    )


def test_what_was_raised_can_be_told_again_after_a_restart() -> None:
    """A restored engine knows the zone's violation whole, at its newest revision."""
    store = MemoryClockStore()
    looks = Scene([away(30, 150, 180), entrant(12)]).looks(120)
    told = judged(looks, engine_on(pit_zones(), store))

    again = engine_on(pit_zones(), store, 2).standing()

    known = {(v.id, v.code, v.revision, v.life, v.clauses) for v in again}
    last = newest(told).values()
    assert known == {(v.id, v.code, v.revision, v.life, v.clauses) for v in last}
    assert {v.code for v in again} >= {"CS-02"}
    assert engine_on(pit_zones()).standing() == ()


def test_what_ended_with_its_camera_is_reopened_by_who_judges_it_next() -> None:
    """Ended once, by who judged it; then the same violation, due at once."""
    store, scene = MemoryClockStore(), Scene([away(30, 150, 180), entrant(12)])
    zones, looks = pit_zones(), list(scene.looks(120))
    until = T0 + timedelta(seconds=90)
    engine = engine_on(zones, store)
    judged([look for look in looks if look.at < until], engine)
    (stood,) = [v for v in engine.standing() if v.code == "CS-02"]

    (over,) = [v for v in engine.end() if v.code == "CS-02"]
    later = engine_on(zones, store, 2)
    told = judged([look for look in looks if look.at >= until], later)
    first = next(v for v in told if v.code == "CS-02")

    assert over == ended(stood)
    assert engine.end() == ()
    assert (first.id, first.revision) == (over.id, over.revision + 1)
    assert (first.life, first.phase) == (Life.REOPENED, Phase.DUE)


@pytest.mark.parametrize("name", sorted(CLAUSES))
def test_every_kind_judges_something_and_has_words(name: str) -> None:
    """A kind that judges neither slots nor zones could never be used."""
    kind = CLAUSES[name]

    assert kind.on_slot or kind.on_zone
    assert kind.words.zh
    assert kind.words.en
    assert kind.params()


def test_looks_are_dense_while_a_person_is_in_view() -> None:
    """Half a second with somebody in view, a second at rest and 10 s after."""
    engine = engine_on(pit_zones())
    gaps = []
    for look in Scene([person(5, X + 4, Z).stays(10.5)]).looks(30):
        engine.judge(look)
        gaps.append(engine.needs(look).max_gap_s)

    assert engine.needs(None).max_gap_s == 1.0
    assert gaps[:10] == [1.0] * 10
    assert set(gaps[10:41]) == {0.5}
    assert set(gaps[41:]) == {1.0}


def test_a_zone_without_its_ring_is_blind() -> None:
    """`check` tells that the ring of the pit is not drawn."""
    pit = {ZoneName("pit"): pit_zones()[ZoneName("pit")]}

    told = engine_on(pit).blind(frozenset({"person"}))

    assert ("CS-02", "not_drawn") in {(b.code, b.why.value) for b in told}
