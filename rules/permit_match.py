"""Whether a permit makes a place lawful at a moment: permits in, one answer out.

Hours are local (+08:00, no summer time) and both bounds are inside: a window 09–18
holds at 09:00:00 and at 18:00:00, not a second later. A window bound to working days or
holidays asks the calendar; on a day it does not know nobody can say whether the window
holds: the answer is unknown, never "allowed" (docs/decisions/0010).
"""

from collections.abc import Sequence
from datetime import datetime, time, timedelta, timezone
from functools import lru_cache
from typing import TypeAlias

import numpy as np
import shapely

from rules.clause import FALSE, TRUE, UNKNOWN, Truth, any_of
from rules.context import Context
from rules.geometry import FOOT_SHARE, Points
from rules.ground_plane import GroundPlane
from rules.moment import Moment, Stand, Touched
from rules.permit import EVERY_DAY, Activity, Hours, Permit
from rules.slot import Slot

LOCAL = timezone(timedelta(hours=8))
"""China has one time and no summer time."""

INSIDE = 0.5
"""Share of the footprint that must lie in the permit's polygon."""
BUFFER_M = 0.3
"""A line painted on a pavement is a hand's breadth wide: so far over it is on it."""
BUFFER = 0.01
"""The same where no ground plane is known, as a share of the picture."""
AREA_SLACK = 1.2
"""A footprint told from one picture may be a fifth larger than it is."""
TOUCHES = 0.05
"""Share of the footprint inside from which a permit concerns a thing at all."""

Corners: TypeAlias = tuple[tuple[float, float], ...]


def in_force(permit: Permit, at: datetime, context: Context) -> Truth:
    """Whether `permit` holds at `at`; unknown where the calendar lacks the day."""
    local = at.astimezone(LOCAL)
    if not permit.hours:
        return _truth(permit.valid_from <= local.date() <= permit.valid_to)
    return any_of(_within(permit, hours, local, context) for hours in permit.hours)


def holds(permit: Permit, moment: Moment) -> Truth:
    """Whether `permit` holds at a moment, told once a look."""
    told = moment.in_force.get(id(permit))
    if told is None:
        told = in_force(permit, moment.at, moment.context)
        moment.in_force[id(permit)] = told
    return told


def covers(
    permits: tuple[Permit, ...],
    activities: frozenset[Activity],
    stand: Stand,
    moment: Moment,
) -> Truth:
    """Whether one of `permits` allows one of `activities` where a slot stands."""
    touched = _touched(permits, stand, moment)
    if activities not in touched.allowing:
        ground = moment.scene.ground
        touched.allowing[activities] = tuple(
            permit
            for permit, share in touching(permits, activities, stand, moment)
            if share >= INSIDE and not is_too_large(permit, stand.slot, ground)
        )
    allowing = touched.allowing[activities]
    return any_of([holds(one, moment) for one in allowing]) if allowing else FALSE


def touching(
    permits: tuple[Permit, ...],
    activities: frozenset[Activity],
    stand: Stand,
    moment: Moment,
) -> list[tuple[Permit, float]]:
    """Those of `permits` for one of `activities` that touch what stands there.

    Each with the share of its footprint inside: measured once for all looks in which
    the thing stays and the permits are the same.
    """
    return [
        told
        for told in _touched(permits, stand, moment).shares
        if not activities.isdisjoint(told[0].activities)
    ]


def _touched(permits: tuple[Permit, ...], stand: Stand, moment: Moment) -> Touched:
    touched, ground = stand.touched, moment.scene.ground
    if touched.permits is not permits and touched.permits != permits:
        shares = ((one, share_inside(one, stand.slot, ground)) for one in permits)
        touched.shares = tuple((one, share) for one, share in shares if share > 0)
        touched.permits, touched.allowing = permits, {}
    return touched


def share_inside(permit: Permit, slot: Slot, ground: GroundPlane | None) -> float:
    """Share of the slot's footprint inside the permit's polygon and its buffer.

    Measured in metres where the ground plane is known and both lie on it.
    """
    if not permit.points:
        return 1.0
    box = slot.anchor
    top = box.y2 - FOOT_SHARE * (box.y2 - box.y1)
    corners = ((box.x1, top), (box.x2, top), (box.x2, box.y2), (box.x1, box.y2))
    allowed = None if ground is None else _on_ground(permit.points, ground)
    stands = None if ground is None else _on_ground(corners, ground)
    if allowed is not None and stands is not None:
        return _share(stands, allowed.buffer(BUFFER_M))
    reach = _buffered(permit.points)
    left, upper, right, lower = reach.bounds
    if box.x2 <= left or box.x1 >= right or box.y2 <= upper or top >= lower:
        return 0.0
    return _share(shapely.Polygon(corners), reach)


def is_too_large(permit: Permit, slot: Slot, ground: GroundPlane | None) -> bool:
    """Whether it covers more ground than the permit allows; false where not told."""
    if permit.max_area_m2 is None or ground is None:
        return False
    area_m2 = ground.footprint_m2(slot.anchor)
    return bool(area_m2 > AREA_SLACK * permit.max_area_m2)


def _share(
    stands: shapely.Polygon, allowed: shapely.Polygon | shapely.MultiPolygon
) -> float:
    if stands.area <= 0:
        return 0.0
    return float(allowed.intersection(stands).area / stands.area)


def _on_ground(points: Points, ground: GroundPlane) -> shapely.Polygon | None:
    """A picture polygon in metres; None where a corner lies off the ground."""
    metres = ground.to_metres(points)
    if not np.isfinite(metres).all():
        return None
    polygon = shapely.Polygon(metres)
    return polygon if polygon.is_valid else None


def in_force_at_zone(
    permits: Sequence[Permit],
    activities: frozenset[Activity],
    points: Points,
    moment: Moment,
) -> Truth:
    """Whether one of `permits` allows one of `activities` in a zone now."""
    return any_of(
        holds(permit, moment)
        for permit in permits
        if permit.activities & activities and _meets(permit.points, tuple(points))
    )


def over_since(
    permits: Sequence[Permit],
    activities: frozenset[Activity],
    points: Points,
    at: datetime,
) -> datetime | None:
    """When the last permit for a zone ended today or before; None: there was none."""
    ends = [
        end
        for permit in permits
        if permit.activities & activities and _meets(permit.points, tuple(points))
        for end in _ends(permit, at)
    ]
    return max(ends, default=None)


def _ends(permit: Permit, at: datetime) -> list[datetime]:
    """Ends of the permit's windows that lie before `at`, today's at the latest."""
    local = at.astimezone(LOCAL)
    days = [local.date() - timedelta(days=back) for back in (0, 1)]
    times = [
        datetime.combine(min(day, permit.valid_to), hours.end, LOCAL)
        for hours in permit.hours
        for day in days
    ]
    if not permit.hours or permit.valid_to < local.date():
        next_day = permit.valid_to + timedelta(days=1)
        times.append(datetime.combine(next_day, time(), LOCAL))
    return [end for end in times if end <= local]


@lru_cache(maxsize=4096)
def _meets(permitted: Corners, points: Corners) -> bool:
    """Whether a permit's polygon, if it has one, covers enough of a zone's."""
    if not permitted:
        return True
    zone = shapely.Polygon(points)
    shared = shapely.Polygon(permitted).intersection(zone).area
    return bool(shared >= TOUCHES * zone.area)


@lru_cache(maxsize=256)
def _buffered(
    points: Corners,
) -> shapely.Polygon | shapely.MultiPolygon:
    return shapely.Polygon(points).buffer(BUFFER)


def _within(permit: Permit, hours: Hours, local: datetime, context: Context) -> Truth:
    """Whether a window holds; one across midnight belongs to the day it began."""
    now, today = local.time(), local.date()
    if hours.start < hours.end:
        began = today if hours.start <= now <= hours.end else None
    elif now >= hours.start:
        began = today
    else:
        began = today - timedelta(days=1) if now <= hours.end else None
    if began is None or not permit.valid_from <= began <= permit.valid_to:
        return FALSE
    if hours.days == EVERY_DAY:
        return TRUE
    kind = context.calendar.kind(began)
    return UNKNOWN if kind is None else _truth(kind in hours.days)


def _truth(is_so: bool) -> Truth:
    return TRUE if is_so else FALSE
