"""Permits in force: hours, days, polygons."""

from datetime import UTC, date, datetime, time

import pytest

from rules.context import Context
from rules.permit import Activity, DayKind, Hours, Permit
from rules.permit_match import is_in_force

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
    assert is_in_force(_permit(SHOP), at, Context()) is holds


@pytest.mark.parametrize(
    ("at", "holds"),
    [(_local(17, 29), False), (_local(17, 30), True), (_local(8), True)],
)
def test_a_window_may_cross_midnight(at: datetime, *, holds: bool) -> None:
    """A shared bay 17:30–08:00 holds in the evening and in the morning."""
    assert is_in_force(_permit(NIGHT), at, Context()) is holds


def test_validity_is_in_local_days_and_its_last_day_is_inside() -> None:
    """23 November ends at midnight in Beijing, not in Greenwich."""
    assert is_in_force(_permit(), _local(23, 59, 59), Context())
    assert not is_in_force(_permit(), _local(0, day=24), Context())


class Days:
    """A calendar that knows one answer."""

    def __init__(self, kind: DayKind | None) -> None:
        self._kind = kind

    def kind(self, day: date) -> DayKind | None:
        """The answer."""
        return self._kind


def test_working_days_ask_the_calendar_and_a_missing_year_accuses_nobody() -> None:
    """A window bound to working days: not on holidays; where nobody knows, it holds."""
    permit = _permit(Hours(time(9), time(18), frozenset({DayKind.WORKDAY})))

    assert is_in_force(permit, _local(10), Context(calendar=Days(DayKind.WORKDAY)))
    assert not is_in_force(permit, _local(10), Context(calendar=Days(DayKind.HOLIDAY)))
    assert is_in_force(permit, _local(10), Context(calendar=Days(None)))


def test_any_window_is_enough() -> None:
    """Of several windows one suffices."""
    assert is_in_force(_permit(SHOP, NIGHT), _local(19), Context())
