"""Rules on whole zones: the attendant's ring of a pit, judged by composition."""

from datetime import timedelta

import pytest

from base.ids import ZoneName
from detector.look import Look
from rules.clause_table import CLAUSES
from rules.clock_store import MemoryClockStore
from rules.violation import Life, Phase, Violation
from streams.faults import FeedFault
from tests.rules.judging import engine_on, judged, newest
from tests.rules.simulator import T0
from tests.rules.yard import Walk, enters, leaves, looks, pit_zones, stands

ATTENDANT_STAYS = stands(0, 300, 0.62, 0.7)


def away(start: float, back: float) -> Walk:
    """An attendant who leaves the ring at `start` and is back at `back`."""
    return Walk(
        (
            (0, 0.62, 0.7),
            (start - 1, 0.62, 0.7),
            (start, 0.75, 0.9),
            (start + 1, 0.9, 0.98),
            (back - 1, 0.9, 0.98),
            (back, 0.75, 0.9),
            (back + 1, 0.62, 0.7),
            (300, 0.62, 0.7),
        )
    )


def alarms(found: list[Violation]) -> list[Violation]:
    """CS-02 as last told, grace over."""
    return [v for v in newest(found).values() if v.code == "CS-02"]


def judge(walks: list[Walk], until: float = 200) -> list[Violation]:
    return judged(looks(walks, until), engine_on(pit_zones()))


def test_an_attendant_in_the_ring_is_no_violation() -> None:
    """One enters, the other stays in the ring: nothing."""
    assert alarms(judge([ATTENDANT_STAYS, enters(10)])) == []


def test_an_attendant_away_for_15_s_is_nothing() -> None:
    """Shorter than the dwell."""
    assert alarms(judge([away(30, 45), enters(10)])) == []


def test_an_attendant_away_for_60_s_is_told_once_and_cleared_on_return() -> None:
    """Grace after 20 s, due after 45 s, ended when the ring is held again."""
    found = [v for v in judge([away(30, 90), enters(10)]) if v.code == "CS-02"]

    raised = [v for v in found if v.life is not Life.CANDIDATE]
    assert [(v.life, v.phase) for v in raised] == [
        (Life.OPEN, Phase.GRACE),
        (Life.OPEN, Phase.DUE),
        (Life.CLEARED, Phase.DUE),
    ]
    opened, due, cleared = raised
    assert opened.at - opened.first_seen == timedelta(seconds=20)
    assert due.at - opened.at == timedelta(seconds=25)
    assert cleared.cleared_at is not None
    assert abs(cleared.cleared_at - T0 - timedelta(seconds=90)) <= timedelta(seconds=1)


def test_who_passes_farther_off_is_not_the_one_inside() -> None:
    """Somebody turns up two body heights from the pit 6 s after the entry.

    Found on real footage: the passer-by was taken for the entrant come out again.
    """
    passer = Walk(((16, 0.8, 0.95), (24, 0.05, 0.95)))

    found = judge([away(12, 90), enters(10), passer], 80)

    assert [v.life for v in alarms(found)] == [Life.OPEN]


def test_a_restart_at_every_look_changes_nothing() -> None:
    """The people inside, the ring's clock and the violation survive."""
    walks = [away(30, 90), enters(10), leaves(150)]
    store, found = MemoryClockStore(), list[Violation]()
    for epoch, look in enumerate(looks(walks, 200)):
        engine = engine_on(pit_zones(), store=store, lease_epoch=epoch)
        found += engine.judge(look)

    assert found == judge(walks)


def test_blind_looks_neither_start_nor_end_it() -> None:
    """A black picture for 10 s: what was open stays open, nothing opens in it."""
    walks = [away(30, 150), enters(10)]

    def dimmed(look: Look) -> Look:
        t = (look.at - T0).total_seconds()
        dark = frozenset({FeedFault.BLACK}) if 100 <= t < 110 else frozenset()
        return Look(
            look.camera,
            look.view,
            look.at,
            look.size_px,
            () if dark else look.tracks,
            classes=look.classes,
            faults=dark,
        )

    dark = judged(map(dimmed, looks(walks, 200)), engine_on(pit_zones()))

    assert [v.id for v in alarms(dark)] == [v.id for v in alarms(judge(walks))]
    assert not any(
        v.life is Life.CLEARED and v.at < T0 + timedelta(seconds=150) for v in dark
    )


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
    for look in looks([stands(5, 10, 0.9, 0.9)], 30):
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
