"""All slots of one rule: looks in, clocks on, places named, taken, ended."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from base.ids import ZoneName
from detector.box import Box
from rules.clause import Why
from rules.geometry import boxes_of
from rules.matching import Scene
from rules.occupant import Verdict, Verdicts
from rules.sighting import Sighting
from rules.slot import Limits
from rules.slot_book import MAX_SLOTS, EndedSlot, SlotBook
from tests.scenes.scene import T0

KERB = ZoneName("kerb")
LIMITS = Limits(dwell_s=60.0, gap_s=480.0)
BOX = Box(0.2, 0.2, 0.4, 0.4)
CAR = Sighting(BOX, "car", 0.5, 100.0)


def at(seconds: float) -> datetime:
    """That long after the first look."""
    return T0 + timedelta(seconds=seconds)


class _Says(Verdicts):
    """Thumbnails that always say one thing."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__()
        self._verdict = verdict

    def of(self, before: Sequence[object], now: Sequence[object]) -> list[Verdict]:
        return [self._verdict for _ in now]


@dataclass
class Kerb:
    """A book on one zone."""

    book: SlotBook = field(default_factory=lambda: SlotBook({KERB: LIMITS}))

    def look(
        self,
        seconds: float,
        *seen: Sighting,
        says: Verdict = Verdict.SAME,
        others: Sequence[Box] = (),
        blind: Why | None = None,
    ) -> tuple[EndedSlot, ...]:
        """One look."""
        scene = Scene(
            at(seconds),
            seen,
            boxes_of([one.box for one in seen]),
            boxes_of(others),
            _Says(says),
            lambda free: [KERB for _ in free],
            (),
            blind,
        )
        return self.book.watch(scene)

    def stand(self, until: int = 20) -> None:
        """The car, every two seconds."""
        for second in range(0, until + 1, 2):
            self.look(second, CAR)


def test_what_stands_still_gets_a_slot_with_its_clock() -> None:
    """Since its first look, under the name of its foot, as it was seen."""
    kerb = Kerb()
    kerb.look(0, CAR)
    assert kerb.book.slots == []
    assert not kerb.book.is_empty
    kerb.look(2, CAR._replace(portrait=b"p"))

    (slot,) = kerb.book.slots
    assert (slot.id, slot.zone, slot.anchor) == ("x30y40", KERB, BOX)
    assert (slot.first_seen, slot.before, slot.last_seen) == (T0, T0, at(2))
    assert (slot.last_look, slot.signed_at) == (at(2), at(2))
    assert (slot.observed_s, slot.stay_s, slot.sightings) == (2, 2, 2)
    assert (slot.label, slot.score, slot.mean_score) == ("car", 0.5, 0.5)
    assert (slot.height_px, slot.portrait) == (100.0, b"p")
    assert slot.continuity_known


def test_neighbours_on_one_foot_have_names_of_their_own() -> None:
    """`x30y40`, `x30y40b`: never the same twice."""
    kerb = Kerb()
    low = CAR._replace(box=Box(0.28, 0.36, 0.32, 0.4))
    kerb.look(0, CAR, low)
    kerb.look(2, CAR, low)

    assert [slot.id for slot in kerb.book.slots] == ["x30y40", "x30y40b"]


def test_a_foot_at_the_edge_has_two_figures() -> None:
    """99 is the last hundredth."""
    kerb = Kerb()
    edge = CAR._replace(box=Box(0.998, 0.9, 1.0, 1.0))
    kerb.look(0, edge)
    kerb.look(2, edge)

    assert [slot.id for slot in kerb.book.slots] == ["x99y99"]


def test_a_look_worth_nothing_hides_every_place() -> None:
    """No miss, no clock."""
    kerb = Kerb()
    kerb.stand()
    kerb.look(22, blind=Why.FEED_FAULT)

    (slot,) = kerb.book.slots
    assert (slot.hidden_why, slot.misses) == (Why.FEED_FAULT, 0)


def test_a_place_seen_without_it_is_missed_and_one_hidden_is_not() -> None:
    """A person before it hides it."""
    missed, hidden = Kerb(), Kerb()
    for kerb in (missed, hidden):
        kerb.stand()
    missed.look(22)
    hidden.look(22, others=[Box(0.1, 0.1, 0.5, 0.6)])

    assert missed.book.slots[0].misses == 1
    assert hidden.book.slots[0].misses == 0
    assert hidden.book.slots[0].hidden_why is Why.OCCLUDED


def _left(gap_s: float = 0.0) -> Kerb:
    """The car stood until 20 s, then the place is seen empty."""
    kerb = Kerb()
    kerb.stand()
    for second in range(22, 52, 2):
        kerb.look(second)
    assert kerb.book.slots[0].is_absent
    if gap_s:
        kerb.look(20 + gap_s)
    return kerb


@pytest.mark.parametrize(("gap_s", "is_kept"), [(479, True), (480, False)])
def test_a_place_left_is_remembered_for_the_gap(gap_s: float, *, is_kept: bool) -> None:
    """Then its slot ends, at the look that finds it."""
    assert bool(_left(gap_s).book.slots) is is_kept
    (ended,) = _left().look(500)
    assert (ended.at, ended.slot.id) == (at(500), "x30y40")


def test_back_within_the_gap_it_is_the_same_slot() -> None:
    """Three looks over six seconds; then it is there since its run began."""
    kerb = _left()
    kerb.look(100, CAR)
    kerb.look(103, CAR)
    assert kerb.book.slots[0].is_absent
    assert kerb.look(106, CAR) == ()

    (slot,) = kerb.book.slots
    assert not slot.is_absent
    assert (slot.stay_s, slot.first_seen) == (6, T0)
    assert slot.continuity_known is False


def test_a_return_that_begins_before_the_gap_is_over_is_waited_for() -> None:
    """It was running: the place is not forgotten under it."""
    kerb = _left()
    kerb.look(494, CAR)
    assert kerb.look(500, CAR) == ()
    assert len(kerb.book.slots) == 1


def test_back_after_the_gap_or_another_thing_is_another_slot() -> None:
    """In the same place, since its own run."""
    kerb = _left()
    assert kerb.look(200, CAR, says=Verdict.DIFFERENT) == ()
    kerb.look(203, CAR, says=Verdict.DIFFERENT)
    new = Sighting(Box(0.21, 0.2, 0.41, 0.4), "bus", 0.9, 140.0, b"q")
    (ended,) = kerb.look(206, new, says=Verdict.DIFFERENT)

    assert ended.at == at(200)
    (slot,) = kerb.book.slots
    assert (slot.id, slot.zone, slot.anchor) == ("x30y40", KERB, new.box)
    assert (slot.first_seen, slot.before, slot.last_seen) == (at(200), at(200), at(206))
    assert (slot.last_look, slot.signed_at) == (at(206), at(206))
    assert (slot.observed_s, slot.stay_s, slot.sightings) == (6, 6, 3)
    assert (slot.label, slot.score, slot.mean_score) == ("bus", 0.9, 0.9)
    assert (slot.height_px, slot.portrait) == (140.0, b"q")
    assert slot.continuity_known


def test_half_unlike_is_another_thing() -> None:
    """Of four looks at what stands there now, two differ."""
    kerb = Kerb()
    kerb.stand()
    kerb.look(22, CAR, says=Verdict.DIFFERENT)
    assert kerb.book.slots[0].hidden_why is Why.OCCLUDED
    kerb.look(25, CAR, says=Verdict.DIFFERENT)
    (ended,) = kerb.look(28, CAR, says=Verdict.DIFFERENT)

    assert ended.at == at(22)
    assert kerb.book.slots[0].first_seen == at(22)


def test_a_look_that_differs_once_resets_nothing() -> None:
    """The next one that is the same goes on."""
    kerb = Kerb()
    kerb.stand()
    kerb.look(22, CAR, says=Verdict.DIFFERENT)
    kerb.look(24, CAR)

    (slot,) = kerb.book.slots
    assert (slot.first_seen, slot.last_seen, slot.run) == (T0, at(24), None)


def test_after_a_fresh_start_what_stood_before_is_doubtful() -> None:
    """Whatever began up to then may have stood there already."""
    kerb = Kerb()
    kerb.book.doubtful_until = T0
    later = CAR._replace(box=Box(0.6, 0.6, 0.8, 0.8))
    kerb.look(0, CAR)
    kerb.look(2, CAR, later)
    kerb.look(4, CAR, later)

    assert [slot.continuity_known for slot in kerb.book.slots] == [False, True]


def test_a_full_zone_makes_room_for_the_new_by_the_longest_unseen() -> None:
    """Only of those whose dwell never ran."""
    kerb = Kerb()
    places = [
        CAR._replace(box=Box(0.02 * x, 0.1 * y, 0.02 * x + 0.015, 0.1 * y + 0.05))
        for x in range(33)
        for y in range(2)
    ]
    for second in (0, 2):
        kerb.look(second, *places[:MAX_SLOTS])
    assert (len(kerb.book.slots), kerb.book.crowded) == (MAX_SLOTS, 0)

    stale = kerb.book.slots[7]
    rest = [one for n, one in enumerate(places[:MAX_SLOTS]) if n != 7]
    kerb.look(4, *rest, places[64])
    (ended,) = kerb.look(6, *rest, places[64])

    assert ended.slot is stale
    assert (ended.at, kerb.book.crowded) == (at(6), 1)
    assert len(kerb.book.slots) == MAX_SLOTS
    for slot in kerb.book.slots:
        slot.stay_s = 60.0
    kerb.look(8, *rest, places[64], places[65])
    assert kerb.look(10, *rest, places[64], places[65]) == ()
    assert kerb.book.crowded == 2


def test_a_slot_taken_out_is_gone() -> None:
    """The others stay."""
    kerb = Kerb()
    kerb.stand()
    (slot,) = kerb.book.slots
    kerb.book.discard(slot)

    assert kerb.book.slots == []
    assert kerb.book.is_empty
