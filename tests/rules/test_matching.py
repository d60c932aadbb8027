"""Which sighting stands in which slot, and which places could not be seen."""

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np
import pytest
from msgspec import structs

from base.ids import ZoneName
from detector.box import Box
from rules.clause import Why
from rules.geometry import boxes_of
from rules.matching import Matches, Scene, hidden, match
from rules.occupant import Verdict, Verdicts
from rules.place import SlotId
from rules.sighting import Sighting
from rules.slot import Slot
from tests.scenes.scene import T0

KERB = ZoneName("kerb")
ANCHOR = Box(0.2, 0.2, 0.6, 0.6)


def _slot(box: Box = ANCHOR, **changes: object) -> Slot:
    one = Slot(SlotId("x40y60"), KERB, box, "car", 0.5, 0.5, 100.0, T0, T0, T0, T0)
    return structs.replace(one, **changes)


def _scene(
    boxes: Sequence[Box], others: Sequence[Box] = (), unseen: Sequence[Box] = ()
) -> Scene:
    sightings = tuple(Sighting(box, "car", 0.5, 100.0) for box in boxes)
    return Scene(
        T0,
        sightings,
        boxes_of(boxes),
        boxes_of(others),
        Verdicts(),
        lambda free: [KERB for _ in free],
        tuple(unseen),
    )


def _aside(by: float) -> Box:
    """The anchor moved: it overlaps by (0.4 - by) / (0.4 + by)."""
    return Box(0.2 + by, 0.2, 0.6 + by, 0.6)


class _Told(Verdicts):
    """Thumbnails that always say one thing."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__()
        self._verdict = verdict

    def of(self, before: Sequence[object], now: Sequence[object]) -> list[Verdict]:
        return [self._verdict for _ in now]


@pytest.mark.parametrize(("by", "stands"), [(0.099, True), (0.101, False)])
def test_six_tenths_of_overlap_are_the_same_place(by: float, *, stands: bool) -> None:
    """0.604 is, 0.597 is not."""
    found = match([_slot()], _scene([_aside(by)]))

    assert (found.of_slot == {0: 0}) is stands
    assert (found.of_sighting == {0: 0}) is stands


@pytest.mark.parametrize(
    ("by", "sightings", "verdict", "is_absent", "stands"),
    [
        (0.17, 5, Verdict.SAME, False, True),
        (0.172, 5, Verdict.SAME, False, False),
        (0.17, 4, Verdict.SAME, False, False),
        (0.17, 5, Verdict.UNSURE, False, False),
        (0.17, 5, Verdict.SAME, True, False),
    ],
)
def test_a_proven_occupant_that_looks_the_same_may_breathe(
    by: float, sightings: int, verdict: Verdict, *, is_absent: bool, stands: bool
) -> None:
    """Down to four tenths: a box cut by a door is the same car."""
    one = _slot(sightings=sightings, is_absent=is_absent)
    scene = replace(_scene([_aside(by)]), verdicts=_Told(verdict))

    assert bool(match([one], scene).of_slot) is stands


def test_the_best_overlap_comes_first_and_each_is_taken_once() -> None:
    """Two slots and two boxes: no box stands in two places."""
    slots = [_slot(), _slot(_aside(0.09))]
    found = match(slots, _scene([_aside(0.08), _aside(0.01)]))

    assert found.of_slot == {0: 1, 1: 0}
    assert found.of_sighting == {0: 1, 1: 0}
    assert found.verdicts == dict.fromkeys((0, 1), Verdict.NOT_COMPARED)


def test_nothing_matches_nothing() -> None:
    """No slots, or no boxes."""
    assert match([], _scene([ANCHOR])) == Matches()
    assert match([_slot()], _scene([])) == Matches()


def _why(
    scene: Scene,
    slots: Sequence[Slot] | None = None,
    found: Matches | None = None,
    *,
    is_settled: bool = False,
) -> Why | None:
    return hidden(
        slots or [_slot()],
        scene,
        found or Matches(),
        lambda boxes: np.full(len(boxes), is_settled),
    ).get(0)


@pytest.mark.parametrize(
    ("other", "why"),
    [
        pytest.param(Box(0.2, 0.2, 0.321, 0.7), Why.OCCLUDED, id="three tenths"),
        pytest.param(Box(0.2, 0.2, 0.319, 0.7), None, id="less"),
        pytest.param(Box(0.1, 0.2, 0.7, 0.581), Why.OCCLUDED, id="foot nearly level"),
        pytest.param(Box(0.1, 0.2, 0.7, 0.579), None, id="foot higher: behind it"),
    ],
)
def test_what_is_nearer_hides_a_place_from_three_tenths_on(
    other: Box, why: Why | None
) -> None:
    """A person before it, with the foot lower or nearly level."""
    assert _why(_scene([], [other])) is why


def test_several_things_hide_together() -> None:
    """Two who cover a sixth each."""
    left, right = Box(0.2, 0.2, 0.27, 0.7), Box(0.53, 0.2, 0.6, 0.7)

    assert _why(_scene([], [left])) is None
    assert _why(_scene([], [left, right])) is Why.OCCLUDED


def test_an_area_the_look_does_not_cover_is_told_as_such() -> None:
    """Before anything that hides it."""
    cut, less = Box(0.2, 0.2, 0.321, 0.6), Box(0.2, 0.2, 0.319, 0.6)

    assert _why(_scene([], unseen=[cut])) is Why.NOT_COVERED
    assert _why(_scene([], unseen=[less])) is None
    assert _why(_scene([], [Box(0, 0, 1, 1)], [cut])) is Why.NOT_COVERED


@pytest.mark.parametrize(
    ("foot", "is_settled", "why"),
    [
        pytest.param(0.6, False, Why.OCCLUDED, id="passes before it"),
        pytest.param(0.6, True, None, id="stands in its place"),
        pytest.param(0.699, True, None, id="a little lower"),
        pytest.param(0.701, True, Why.OCCLUDED, id="stands well in front"),
    ],
)
def test_a_vehicle_that_settles_in_the_place_does_not_hide_it(
    foot: float, why: Why | None, *, is_settled: bool
) -> None:
    """It has taken it; what stands a quarter of the height lower is in front."""
    scene = _scene([Box(0.35, 0.3, 0.65, foot)])

    assert _why(scene, is_settled=is_settled) is why


def test_only_a_neighbour_that_came_later_hides_a_place() -> None:
    """Who stood there before was already seen beside it."""
    near = Box(0.3, 0.3, 0.7, 0.65)
    later, before = _slot(near, first_seen=T0.replace(minute=5)), _slot(near)
    found = Matches({1: 0}, {0: 1}, {1: Verdict.SAME})

    assert _why(_scene([near]), [_slot(), later], found) is Why.OCCLUDED
    assert _why(_scene([near]), [_slot(), before], found) is None


def test_what_has_left_or_is_seen_is_not_asked() -> None:
    """Reasons are for occupied places without a sighting."""
    covered, nobody = _scene([ANCHOR], [Box(0, 0, 1, 1)]), np.zeros(1, np.bool_)

    def asked(slot: Slot, found: Matches) -> Collection[int]:
        return hidden([slot], covered, found, lambda _: nobody)

    assert not asked(_slot(is_absent=True), Matches())
    assert not asked(_slot(), Matches({0: 0}, {0: 0}))
    assert set(asked(_slot(), Matches())) == {0}
    assert _why(_scene([])) is None
