"""Goods, stalls, parcels and bicycles: rules on things without a class."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from base.ids import CameraId, ViewName, ZoneName
from detector.box import Box
from detector.look import PERSON, Look, Region, Track, Unseen
from rules.clause import Why
from rules.context import Context
from rules.permit import Activity, Hours, Permit
from rules.settings import Purpose, RuleSection, ZoneSection
from rules.violation import Life, Severity, Violation
from tests.rules.judging import engine_on, judged, newest
from tests.rules.yard import square
from tests.scenes.pole import SIZE_PX
from tests.scenes.scene import CAMERA, CLASSES, T0, VIEW
from tests.scenes.street import KERB

HEAP = Box(0.45, 0.5, 0.55, 0.6)
MINDER = Track(Box(0.57, 0.4, 0.61, 0.6), PERSON, 0.8, 216)
LORRY = Track(Box(0.25, 0.3, 0.44, 0.62), "truck", 0.8, 345)
PERIOD_S = 10.0


def pavement(**rules: RuleSection) -> dict[ZoneName, ZoneSection]:
    """A pavement in the middle of the picture."""
    return {
        KERB: ZoneSection(
            purpose=Purpose.PAVEMENT, points=square(0.5, 0.5, 0.3), rules=rules
        )
    }


def street(
    until: float, there: tuple[float, float] | None, extra: Sequence[Track] = ()
) -> Iterable[Look]:
    """Looks in which the heap stands from one time to another."""
    for step in range(int(until / PERIOD_S)):
        t = step * PERIOD_S
        at = T0 + timedelta(seconds=t)
        regions: tuple[Region, ...] = ()
        if there is not None and there[0] + 20 <= t < there[1]:
            began = T0 + timedelta(seconds=there[0])
            regions = (Region(HEAP, HEAP.area, t - there[0], began),)
        yield Look(
            CAMERA,
            VIEW,
            at,
            SIZE_PX,
            tuple(extra),
            regions=regions,
            regions_unseen=None,
            classes=CLASSES,
        )


def codes(found: Iterable[Violation]) -> list[str]:
    """Codes that opened."""
    return sorted(v.code for v in newest(found).values())


class Book:
    """A registry of some permits."""

    def __init__(self, *permits: Permit) -> None:
        self._permits = permits

    def permits(
        self, camera: CameraId, view: ViewName, at: datetime
    ) -> Sequence[Permit]:
        """All of them."""
        return self._permits


def stall_permit(half: float, *hours: Hours) -> Permit:
    """A repair stall where the heap stands."""
    return Permit(
        "P-1",
        frozenset({Activity.REPAIR_STALL}),
        square(0.5, 0.57, half),
        hours,
        date(2026, 1, 1),
        date(2026, 12, 31),
    )


def test_a_heap_is_sw_04_since_it_was_put_there() -> None:
    """It opens 15 min after it was put there, not after it was first reported."""
    (heap,) = newest(judged(street(1200, (60, 1200)), engine_on(pavement()))).values()

    assert heap.code == "SW-04"
    assert heap.first_seen == T0 + timedelta(seconds=60)
    assert heap.opened_at == T0 + timedelta(seconds=960)


def test_a_heap_gone_before_its_time_is_nothing() -> None:
    """14 minutes are not 15."""
    assert codes(judged(street(1200, (60, 890)), engine_on(pavement()))) == []


def test_a_minded_stall_is_a_vendor_not_a_heap() -> None:
    """Somebody stands beside it: SW-02 after 4 min, never SW-04."""
    looks = street(1200, (60, 1200), [MINDER])

    assert codes(judged(looks, engine_on(pavement()))) == ["SW-02"]


@pytest.mark.parametrize(
    ("left_at", "gone_at", "expected"),
    [(1080, 1500, []), (1080, 2400, ["SW-05"])],
    ids=["gone after 25 min", "left for 40 min"],
)
def test_parcels_may_stay_ten_minutes_after_the_lorry(
    left_at: float, gone_at: float, expected: list[str]
) -> None:
    """Unloaded in 18 min and gone at 25 min: nothing; still there at 40 min: SW-05."""
    looks = [
        replace(look, tracks=(LORRY,))
        if (look.at - T0).total_seconds() < left_at
        else look
        for look in street(2400, (10, gone_at))
    ]
    rules = {"SW-01": RuleSection(enabled=False)}

    assert codes(judged(looks, engine_on(pavement(**rules)))) == expected


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        (time(8, 50), ["SW-02P"]),
        (time(9, 0), []),
        (time(17, 54), []),
        (time(18, 1), ["SW-02P"]),
    ],
    ids=["before nine", "from nine", "until six", "after six"],
)
def test_a_permitted_stall_keeps_its_hours(local: time, expected: list[str]) -> None:
    """Hours 09-18: five minutes at the bounds are inside, a minute later is not."""
    began = datetime.combine(date(2026, 11, 23), local) - timedelta(hours=8)
    moved = began.replace(tzinfo=UTC) - T0
    looks = [
        replace(
            look,
            at=look.at + moved,
            regions=tuple(
                replace(r, first_seen=r.first_seen + moved) for r in look.regions
            ),
        )
        for look in street(300, (0, 300), [MINDER])
    ]
    book = Book(stall_permit(0.1, Hours(time(9), time(18))))

    assert (
        codes(judged(looks, engine_on(pavement(), context=Context(book)))) == expected
    )


def test_goods_over_the_line_of_a_permit_exceed_it() -> None:
    """Half of it outside the painted line is SW-02P, never SW-02."""
    book = Book(stall_permit(0.025))
    looks = street(600, (0, 600), [MINDER])

    assert codes(judged(looks, engine_on(pavement(), context=Context(book)))) == [
        "SW-02P"
    ]


def test_a_background_that_cannot_tell_raises_nothing() -> None:
    """While the background is learnt nothing opens: unknown is no violation."""
    learning = Unseen.BACKGROUND_LEARNING
    looks = (
        replace(look, regions=(), regions_unseen=learning)
        for look in street(1200, (60, 1200))
    )

    assert codes(judged(looks, engine_on(pavement()))) == []


def test_a_background_that_forgets_leaves_an_open_violation_open() -> None:
    """Learning anew it cannot say that the heap is gone: unknown, not cleared."""
    learning = Unseen.BACKGROUND_LEARNING
    looks = [
        replace(look, regions=(), regions_unseen=learning)
        if (look.at - T0).total_seconds() >= 1000
        else look
        for look in street(1400, (60, 1400))
    ]

    (heap,) = newest(judged(looks, engine_on(pavement()))).values()

    assert heap.life is Life.OPEN
    assert Why.NO_REFERENCE in {clause.why for clause in heap.clauses}


def test_a_blocked_blind_path_makes_a_parked_car_graver() -> None:
    """SW-01 is S2 where the car covers the blind path."""
    zones = pavement()
    zones[ZoneName("blind")] = ZoneSection(
        purpose=Purpose.BLIND_PATH, points=square(0.35, 0.6, 0.05)
    )
    looks = street(200, None, [LORRY])

    found = newest(judged(looks, engine_on(zones))).values()

    assert {(v.code, v.severity) for v in found} >= {("SW-01", Severity.S2)}


def test_five_bicycles_in_a_row_are_one_violation() -> None:
    """Five stand together for 20 min: one SW-09; four are none."""
    row = [
        Track(Box(0.3 + 0.03 * n, 0.5, 0.325 + 0.03 * n, 0.56), "bicycle", 0.7, 65)
        for n in range(5)
    ]

    assert codes(judged(street(1500, None, row), engine_on(pavement()))) == ["SW-09"]
    assert codes(judged(street(1500, None, row[:4]), engine_on(pavement()))) == []
