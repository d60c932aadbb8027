"""Who went in and who came out: walkers before one opening, look by look."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from base.ids import ZoneName
from detector.box import Box
from rules.passage import MOST_CROSSINGS, Passage
from rules.walker import Walker
from tests.scenes.scene import T0

PIT = ZoneName("pit")
BOX = Box(0.4, 0.4, 0.5, 0.6)
FAR, BESIDE, EDGE, OVER = (0.0, 0.0), (0.0, 0.6), (0.35, 1.0), (1.0, 1.0)
"""Soles inside the outline, and inside it widened by a step."""


def at(seconds: float) -> datetime:
    """That long after the beginning."""
    return T0 + timedelta(seconds=seconds)


@dataclass
class Opening:
    """One opening and those who walk before it, a look each half second."""

    passage: Passage = field(default_factory=lambda: Passage(PIT))
    walkers: dict[int, Walker] = field(default_factory=dict)
    t: float = 0.0

    def look(self, **seen: tuple[float, float]) -> None:
        """Who is where in this look (`w1=OVER`); the rest is missed."""
        sides: dict[int, tuple[float, float]] = {}
        for name, side in seen.items():
            number = int(name[1:])
            walker = self.walkers.get(number)
            if walker is None:
                walker = Walker(number, BOX, 0.8, at(self.t), at(self.t))
                self.walkers[number] = walker
            else:
                walker.hits += 1
                walker.judged += 1
                walker.last, walker.misses, walker.missing_since = at(self.t), 0, None
            walker.zones = (PIT,) if side[1] > 0 else ()
            sides[number] = side
        for number, walker in self.walkers.items():
            if number not in sides:
                walker.missed(at(self.t))
        self.passage.watch(list(self.walkers.values()), sides, at(self.t))
        self.t += 0.5

    def looks(self, count: int, **seen: tuple[float, float]) -> None:
        """The same again and again."""
        for _ in range(count):
            self.look(**seen)

    @property
    def told(self) -> list[tuple[bool, float, float, int]]:
        """Crossings: inward, when, known when, how many inside then."""
        return [
            (
                c.is_inward,
                (c.at - T0).total_seconds(),
                (c.told_at - T0).total_seconds(),
                c.inside,
            )
            for c in self.passage.crossings
        ]


def _gone_down() -> Opening:
    """Somebody went in long ago and is out of sight: 25 s have passed."""
    pit = Opening()
    pit.looks(8, w1=FAR)
    pit.looks(2, w1=OVER)
    pit.looks(40)
    return pit


def test_who_stays_over_the_opening_has_entered_at_the_crossing() -> None:
    """Half-way between the look outside and the look inside; known after 3 s."""
    pit = Opening()
    pit.looks(4, w1=FAR)  # until 1.5 s
    pit.looks(6, w1=OVER)  # 2.0 to 4.5 s

    assert pit.told == []
    pit.look(w1=OVER)  # 5.0 s: three seconds inside

    assert pit.told == [(True, 1.75, 5.0, 1)]
    assert [one.walker for one in pit.passage.entered] == [1]
    assert not pit.passage.entered[0].was_there


def test_who_sinks_out_of_sight_has_entered_when_missed_for_sure() -> None:
    """Seen well before: four misses in a row are no lapse of the detector."""
    pit = Opening()
    pit.looks(8, w1=FAR)
    pit.looks(2, w1=OVER)  # 4.0, 4.5 s
    pit.looks(3)

    assert pit.told == []
    pit.looks(1)  # 6.5 s

    assert pit.told == [(True, 3.75, 6.5, 1)]
    assert pit.passage.followed_as() == [1]


def test_who_walks_across_a_cover_never_entered() -> None:
    """Two seconds over it, then on."""
    pit = Opening()
    pit.looks(4, w1=FAR)
    pit.looks(5, w1=OVER)
    pit.looks(4, w1=BESIDE)
    pit.looks(4, w1=FAR)

    assert pit.told == []
    assert pit.passage.inside == []


def test_one_look_beside_the_outline_is_jitter_and_two_are_out() -> None:
    """A step aside once does not end a stay; twice does, at the first of them."""
    pit = Opening()
    pit.looks(4, w1=FAR)
    pit.looks(2, w1=OVER)
    pit.look(w1=BESIDE)
    assert [one.walker for one in pit.passage.inside] == [1]

    pit.looks(5, w1=OVER)
    assert pit.told == [(True, 1.75, 5.0, 1)]

    once = Opening()
    once.looks(4, w1=FAR)
    once.look(w1=OVER)
    once.looks(2, w1=BESIDE)
    assert once.passage.inside == []


def test_neither_in_nor_out_changes_nothing() -> None:
    """Soles a third inside: the side it was on before."""
    pit = Opening()
    pit.looks(4, w1=FAR)
    pit.looks(2, w1=OVER)
    pit.looks(9, w1=EDGE)

    assert [one.walker for one in pit.passage.inside] == [1]
    assert pit.told == []


def test_who_comes_out_is_told_with_the_moment() -> None:
    """Entered, seen a step outside: an exit, nobody inside."""
    pit = Opening()
    pit.looks(4, w1=FAR)
    pit.looks(8, w1=OVER)
    pit.look(w1=FAR)  # 6.0 s

    assert pit.told == [(True, 1.75, 5.0, 1), (False, 6.0, 6.0, 0)]
    assert (pit.passage.entries, pit.passage.exits) == (1, 1)
    assert pit.passage.inside == []


def test_who_is_first_seen_over_it_and_goes_down_has_entered() -> None:
    """The look before showed nobody there: missed on the way, not always inside."""
    pit = Opening()
    pit.looks(3)
    pit.looks(4, w1=OVER)  # 1.5 to 3.0 s
    assert pit.passage.inside[0].was_there
    pit.looks(12)

    (one,) = pit.passage.entered
    assert not one.was_there
    assert one.at == at(1.5)


def test_two_flashes_over_it_and_nothing_more_are_nobody() -> None:
    """Shown by two looks in a row and by none before or after: nobody went down."""
    pit = Opening()
    pit.look()
    pit.looks(2, w1=OVER)
    pit.looks(20)

    assert pit.told == []
    assert pit.passage.entered == ()


def test_two_looks_over_it_are_enough_where_somebody_is_missed_nearby() -> None:
    """It may be he who was lost a moment ago: who runs in is hardly shown."""
    pit = Opening()
    pit.look()
    pit.look(w2=OVER)
    pit.walkers[2].may_be = 1
    pit.look(w2=OVER)
    pit.looks(20)

    (one,) = pit.passage.entered
    assert one.at == at(0.5)


def test_after_a_time_without_looks_nobody_knows_past_whom_he_went() -> None:
    """Four seconds unwatched: who is over it then was there."""
    pit = Opening()
    pit.looks(3)
    pit.t += 4.0
    pit.looks(4, w1=OVER)
    pit.looks(12)

    (one,) = pit.passage.entered
    assert one.was_there


def test_who_was_over_it_at_the_first_look_was_there() -> None:
    """Nobody knows when that one went in."""
    pit = Opening()
    pit.looks(8, w1=OVER)

    (one,) = pit.passage.entered
    assert one.was_there
    assert one.at == at(0)


def test_lost_beside_the_opening_is_an_entry_until_found_beside_it_soon() -> None:
    """Sunk within a step of the outline; back within 15 s it never went in."""
    pit = Opening()
    pit.looks(8, w1=BESIDE)
    pit.looks(5)
    assert pit.passage.entries == 1
    assert pit.passage.entered[0].was_beside

    pit.looks(1, w1=FAR)
    assert (pit.passage.entries, pit.passage.exits) == (0, 0)
    assert pit.passage.inside == []


def test_lost_beside_the_opening_and_back_after_long_was_inside() -> None:
    """Sixteen seconds later it is an exit."""
    pit = Opening()
    pit.looks(8, w1=BESIDE)
    pit.looks(33)
    pit.look(w1=FAR)

    assert (pit.passage.entries, pit.passage.exits) == (1, 1)


def test_lost_far_from_the_opening_entered_nothing() -> None:
    """Gone behind a corner."""
    pit = Opening()
    pit.looks(8, w1=FAR)
    pit.looks(8)

    assert pit.told == []


def test_who_shrinks_on_the_ladder_is_one_person() -> None:
    """Another walker comes up inside where one was lost: the same one, further down."""
    pit = Opening()
    pit.looks(8, w1=FAR)
    pit.looks(2, w1=OVER)
    pit.looks(5)
    pit.looks(3, w2=OVER)

    (one,) = pit.passage.entered
    assert (one.walker, one.known_as) == (2, [1])
    assert pit.passage.entries == 1


def test_who_rises_beside_the_opening_comes_out_of_it() -> None:
    """First seen a step beside it, and steadily: somebody from inside."""
    pit = _gone_down()
    del pit.walkers[1]
    pit.looks(2, w2=BESIDE)
    assert pit.passage.exits == 0
    pit.look(w2=BESIDE)

    assert pit.passage.exits == 1
    assert pit.passage.inside == []


def test_a_flash_beside_the_opening_takes_nobody_out() -> None:
    """One box and no more."""
    pit = _gone_down()
    pit.look(w2=BESIDE)
    pit.looks(6)

    assert pit.passage.exits == 0
    assert len(pit.passage.entered) == 1


def test_a_flash_over_the_opening_and_one_beside_it_take_nobody_out() -> None:
    """Who comes out is seen a third time."""
    pit = _gone_down()
    pit.look(w2=OVER)
    pit.look(w2=FAR)
    pit.looks(20)

    assert pit.passage.exits == 0
    assert len(pit.passage.entered) == 1


def test_who_comes_out_of_it_is_dated_by_the_first_look_outside() -> None:
    """Known at the third look that shows him, half a second later."""
    pit = _gone_down()
    pit.look(w2=OVER)
    pit.look(w2=FAR)  # 25.5 s
    assert pit.passage.exits == 0
    pit.look(w2=FAR)

    assert pit.told[-1] == (False, 25.5, 26.0, 0)


def test_below_are_those_out_of_sight_inside_for_long() -> None:
    """More than four seconds after the crossing, and not lost beside it."""
    pit = Opening()
    pit.looks(8, w1=FAR)
    pit.looks(2, w1=OVER)
    pit.looks(5)

    crossed = pit.passage.entered[0].at
    assert pit.passage.below(crossed + timedelta(seconds=4)) == ()
    assert pit.passage.below(crossed + timedelta(seconds=4.1)) == (1,)

    beside = Opening()
    beside.looks(8, w1=BESIDE)
    beside.looks(5)
    assert len(beside.passage.entered) == 1
    assert beside.passage.below(at(60)) == ()


def test_two_inside_are_two() -> None:
    """Each counted, each told with the number inside."""
    pit = Opening()
    pit.looks(4, w1=FAR, w2=FAR)
    pit.looks(8, w1=OVER, w2=FAR)
    pit.looks(8, w1=OVER, w2=OVER)

    assert [(inward, inside) for inward, _, _, inside in pit.told] == [
        (True, 1),
        (True, 2),
    ]


def test_crossings_are_bounded() -> None:
    """A busy door keeps its newest crossings and all its counts."""
    pit = Opening()
    for _ in range(40):
        pit.looks(2, w1=FAR)
        pit.looks(7, w1=OVER)

    assert len(pit.passage.crossings) == MOST_CROSSINGS
    assert pit.passage.entries == 40
    assert pit.told[-1][0]


@pytest.mark.parametrize(
    ("sides", "has_entered"),
    [({"w1": (0.5, 1.0)}, True), ({"w1": (0.49, 1.0)}, False)],
)
def test_half_of_the_soles_is_the_line(
    sides: Mapping[str, tuple[float, float]], *, has_entered: bool
) -> None:
    """From half on it is inside."""
    pit = Opening()
    pit.looks(4, w1=FAR)
    pit.looks(8, **sides)

    assert bool(pit.passage.entered) is has_entered
