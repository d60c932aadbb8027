"""Permits in force: hours, days, polygons."""

from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest
from structlog.testing import capture_logs

from base.ids import ZoneName
from detector.box import Box
from rules.clause import Truth
from rules.context import Context, NoCalendar, WorkCalendar
from rules.ground_plane import from_points
from rules.permit import Activity, DayKind, Hours, Permit
from rules.permit_match import in_force, is_too_large, share_inside
from rules.place import SlotId
from rules.slot import Slot

SHOP = Hours(time(9), time(18))
NIGHT = Hours(time(17, 30), time(8))


def _permit(*hours: Hours) -> Permit:
    return Permit(
        "P-1",
        frozenset({Activity.SHARED_BAY}),
        (),
        hours,
        date(2026, 11, 1),
        date(2026, 11, 23),
    )


def _holds(permit: Permit, at: datetime) -> bool:
    return in_force(permit, at, Context()) is Truth.TRUE


def _local(hour: int, minute: int = 0, second: int = 0, day: int = 23) -> datetime:
    """A Beijing time, given in UTC as looks carry it."""
    local = datetime.fromisoformat(
        f"2026-11-{day:02d}T{hour:02d}:{minute:02d}:{second:02d}+08:00"
    )
    return local.astimezone(UTC)


@pytest.mark.parametrize(
    ("at", "holds"),
    [
        pytest.param(_local(8, 59), False, id="before"),
        pytest.param(_local(9), True, id="first bound inside"),
        pytest.param(_local(18), True, id="last bound inside"),
        pytest.param(_local(18, 1), False, id="after"),
    ],
)
def test_both_bounds_of_a_window_are_inside(at: datetime, *, holds: bool) -> None:
    """A window 09–18 holds at 09:00 and at 18:00, Beijing time."""
    assert _holds(_permit(SHOP), at) is holds


@pytest.mark.parametrize(
    ("at", "holds"),
    [(_local(17, 29), False), (_local(17, 30), True), (_local(8), True)],
)
def test_a_window_may_cross_midnight(at: datetime, *, holds: bool) -> None:
    """A shared bay 17:30–08:00 holds in the evening and in the morning."""
    assert _holds(_permit(NIGHT), at) is holds


def test_validity_is_in_local_days_and_its_last_day_is_inside() -> None:
    """23 November ends at midnight in Beijing, not in Greenwich."""
    assert _holds(_permit(), _local(23, 59, 59))
    assert not _holds(_permit(), _local(0, day=24))


class Days:
    """A calendar that knows one answer."""

    def __init__(self, kind: DayKind | None) -> None:
        self._kind = kind

    def kind(self, day: date) -> DayKind | None:
        """The answer."""
        return self._kind


WORKDAYS = frozenset({DayKind.WORKDAY})


@pytest.mark.parametrize(
    ("calendar", "told"),
    [
        (Days(DayKind.WORKDAY), Truth.TRUE),
        (Days(DayKind.HOLIDAY), Truth.FALSE),
        (Days(None), Truth.UNKNOWN),
        (NoCalendar(), Truth.UNKNOWN),
    ],
)
def test_a_window_of_working_days_asks_the_calendar(
    calendar: WorkCalendar, told: Truth
) -> None:
    """Not on holidays; without the table nobody can say, so it is not allowed."""
    permit = _permit(Hours(time(9), time(18), WORKDAYS))

    assert in_force(permit, _local(10), Context(calendar=calendar)) is told


class _Workday:
    """A calendar with one working day in November."""

    def __init__(self, day: int) -> None:
        self._day = date(2026, 11, day)

    def kind(self, day: date) -> DayKind:
        """Workday or holiday."""
        return DayKind.WORKDAY if day == self._day else DayKind.HOLIDAY


@pytest.mark.parametrize(
    ("workday", "at", "holds"),
    [
        pytest.param(22, _local(22, day=22), True, id="evening of the day"),
        pytest.param(22, _local(7, day=23), True, id="the morning after"),
        pytest.param(22, _local(7, day=22), False, id="the morning before"),
        pytest.param(21, _local(7, day=23), False, id="a morning later"),
        pytest.param(22, _local(22, day=23), False, id="the evening after"),
    ],
)
def test_a_night_of_working_days_belongs_to_the_day_it_began(
    workday: int, at: datetime, *, holds: bool
) -> None:
    """From the evening of a working day to the next morning, whatever that is."""
    permit = _permit(replace(NIGHT, days=WORKDAYS))

    told = in_force(permit, at, Context(calendar=_Workday(workday)))

    assert (told is Truth.TRUE) is holds


def test_without_a_calendar_the_time_of_day_still_tells() -> None:
    """Outside its hours it is false on any day; an every-day window needs none."""
    permit = _permit(Hours(time(9), time(18), WORKDAYS))
    both = _permit(Hours(time(9), time(18), WORKDAYS), SHOP)

    assert in_force(permit, _local(19), Context()) is Truth.FALSE
    assert in_force(both, _local(10), Context()) is Truth.TRUE


def test_a_missing_calendar_is_told_once() -> None:
    """In the log, with the day asked about; not at every look."""
    calendar = NoCalendar()
    with capture_logs() as logs:
        for _ in range(3):
            calendar.kind(date(2027, 1, 4))

    assert [(one["event"], one["day"]) for one in logs] == [
        ("calendar.not_connected", "2027-01-04")
    ]


def test_any_window_is_enough() -> None:
    """Of several windows one suffices."""
    assert _holds(_permit(SHOP, NIGHT), _local(19))


ROAD = from_points(
    ((0.0, 0.2), (1.0, 0.2), (1.0, 1.0), (0.0, 1.0)),
    ((0.0, 0.0), (10.0, 0.0), (10.0, 8.0), (0.0, 8.0)),
)
"""A picture of 10 m by 8 m of ground, seen from straight above."""
STALL_PLACE = ((0.40, 0.40), (0.60, 0.40), (0.60, 0.60), (0.40, 0.60))
"""Two metres by two."""


def _stall(x1: float, x2: float) -> Slot:
    """A stall whose footprint is the lower third of its box, 0.4 m deep."""
    at = _local(12)
    return Slot(
        SlotId("x50y50"),
        ZoneName("kerb"),
        Box(x1, 0.44, x2, 0.56),
        "thing",
        1.0,
        1.0,
        100.0,
        at,
        at,
        at,
        at,
    )


@pytest.mark.parametrize(
    ("x1", "x2", "inside"),
    [
        pytest.param(0.45, 0.55, True, id="in the middle"),
        pytest.param(0.52, 0.63, True, id="0.3 m over the line"),
        pytest.param(0.58, 0.68, False, id="0.5 m over it, of 1 m"),
    ],
)
def test_a_hands_breadth_over_the_line_is_inside_by_metres(
    x1: float, x2: float, *, inside: bool
) -> None:
    """The buffer of 0.3 m is one of the ground where the ground is known."""
    permit = replace(_permit(), points=STALL_PLACE)

    share = share_inside(permit, _stall(x1, x2), ROAD)

    assert (share >= 0.99) is inside


def test_a_stall_larger_than_its_permit_is_not_covered_by_it() -> None:
    """Told where the ground plane is known, and only there."""
    small = replace(_permit(), max_area_m2=0.4)

    assert not is_too_large(small, _stall(0.45, 0.55), ROAD)
    assert is_too_large(small, _stall(0.42, 0.58), ROAD)
    assert not is_too_large(small, _stall(0.42, 0.58), None)
    assert not is_too_large(_permit(), _stall(0.42, 0.58), ROAD)
