"""The working calendar of the State Council: public holidays, make-up days (调休).

The days of a year are published in the autumn before it; `chinesecalendar` brings them
in its next release. Of a year it does not have nothing is known: `kind` is None, the
log says so once a year asked for, and what a window bound to working days would allow
is unknown (docs/decisions/0010). The remedy is `pip install -U chinesecalendar`, each
December.
"""

from datetime import date

import structlog
from chinese_calendar import is_workday

from rules.permit import DayKind


class ChinaCalendar:
    """A `WorkCalendar` over `chinesecalendar`."""

    def __init__(self) -> None:
        self._told: set[int] = set()

    def kind(self, day: date) -> DayKind | None:
        """Workday or holiday; None for a year that is not in the package."""
        try:
            return DayKind.WORKDAY if is_workday(day) else DayKind.HOLIDAY
        except NotImplementedError:
            if day.year not in self._told:
                self._told.add(day.year)
                structlog.get_logger().warning("calendar.no_such_year", year=day.year)
            return None
