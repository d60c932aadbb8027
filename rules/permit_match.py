"""Whether a permit makes a footprint lawful at a moment: permits in, one answer out.

Hours are local (+08:00, no summer time) and both bounds are inside: a window 09–18
holds at 09:00 and at 18:00. A window bound to working days needs a calendar; without
one it does not hold.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone

from rules.geometry import ZoneAreas, boxes_of, footprints
from rules.permit import Activity, DayKind, Hours, Permit
from rules.slot import Slot

LOCAL = timezone(timedelta(hours=8))
"""China has one time and no summer time."""

INSIDE = 0.5
"""Share of the footprint that must lie in the permit's polygon."""


def is_in_force(permit: Permit, at: datetime, day: DayKind | None = None) -> bool:
    """Whether `permit` holds at `at`; `day` is None where no calendar is connected."""
    local = at.astimezone(LOCAL)
    if not permit.valid_from <= local.date() <= permit.valid_to:
        return False
    return not permit.hours or any(_within(hours, local, day) for hours in permit.hours)


def covers(
    permits: Sequence[Permit], activities: frozenset[Activity], slot: Slot, at: datetime
) -> bool:
    """Whether one of `permits` allows one of `activities` where `slot` stands."""
    for permit in permits:
        if not (permit.activities & activities and is_in_force(permit, at)):
            continue
        if not permit.points:
            return True
        foot = footprints(boxes_of([slot.anchor]))
        if float(ZoneAreas([permit.points]).shares(foot)[0, 0]) >= INSIDE:
            return True
    return False


def _within(hours: Hours, local: datetime, day: DayKind | None) -> bool:
    if hours.days != frozenset(DayKind) and day not in hours.days:
        return False
    now = local.time()
    if hours.start < hours.end:
        return hours.start <= now <= hours.end
    return now >= hours.start or now <= hours.end
