"""Clauses on a standing thing's slot: there, in the zone, still, not permitted.

A registry that cannot be asked leaves the last one *unknown*, shown as 未观测; a row
may say that this does not hold the violation back, because a bureau without a registry
has no permits to break, and a person asks before anything is filed. The footprint is
the lower third of the box until a ground plane is known.
"""

from collections.abc import Mapping

from pydantic import Field

from detector.look import VEHICLES
from rules.clause import FALSE, UNKNOWN, Outcome, Why, false, outcome, true, unknown
from rules.clause_kind import AnyKind, ClauseKind, Params, Wants, Words
from rules.moment import Moment, Stand
from rules.permit import Activity
from rules.permit_match import covers
from rules.slot import Slot

SMALLEST_PX = 12.0
"""Below this height a vehicle is a smear of a dozen pixels: nobody could name it."""
SLACK = 0.1
"""A standing violation ends only this far below the overlap it opened at."""
SEEN_IN = 1 / 3
"""Share of the looks that must show the thing: traffic that by chance stops in one
place again and again is shown by fewer."""
IN_BAY = 0.5
"""Share of the footprint inside marked bays from which it stands in a bay."""


_NO_FEED = Why.NO_PERMIT_FEED


class NamedParams(Params):
    """How surely the thing must be named."""

    smallest_px: float = Field(
        default=SMALLEST_PX, gt=0, description="height below which nothing is named, px"
    )


class PermittedParams(Params):
    """What makes standing there lawful."""

    activities: frozenset[Activity] = Field(
        default=frozenset(Activity), description="activities a permit must allow"
    )


def vehicle_in_zone(stand: Stand, moment: Moment, params: NamedParams) -> Outcome:
    """A vehicle is there, surely enough, and not merely remembered."""
    slot = stand.slot
    if slot.is_absent:
        return false(slot.score, moment.look.naming.best)
    if slot.height_px < params.smallest_px:
        return unknown(Why.TOO_SMALL, slot.height_px, params.smallest_px)
    naming = moment.look.naming
    is_faint = not stand.is_raised and slot.shown_score < naming.mean
    if slot.score < naming.best or is_faint:
        return false(slot.score, naming.best)
    if slot.hidden_why is not None and _is_long_unseen(stand, moment):
        return unknown(slot.hidden_why, slot.score, naming.best)
    return true(slot.score, naming.best)


def is_named(slot: Slot, least: float) -> bool:
    """Whether it is no vehicle's faint shape: things without a class have no score."""
    return slot.label not in VEHICLES or slot.score >= least


def thing_in_zone(stand: Stand, moment: Moment, params: NamedParams) -> Outcome:
    """Something stands there, with or without a class, and is not just remembered."""
    slot = stand.slot
    least = moment.look.naming.best
    if slot.is_absent or not is_named(slot, least):
        return false(slot.score, least)
    if slot.height_px < params.smallest_px:
        return unknown(Why.TOO_SMALL, slot.height_px, params.smallest_px)
    if slot.hidden_why is not None and _is_long_unseen(stand, moment):
        return unknown(slot.hidden_why)
    return true(slot.score)


def _is_long_unseen(stand: Stand, moment: Moment) -> bool:
    """Hidden for so much of the dwell that it may as well have gone."""
    unseen_s = (moment.at - stand.slot.last_seen).total_seconds()
    return unseen_s > stand.thresholds.dwell_s / 3


def footprint_in_zone(stand: Stand, moment: Moment, params: Params) -> Outcome:
    """Enough of its footprint lies in the zone."""
    del moment, params
    limit = stand.thresholds.min_overlap
    held_to = limit - SLACK if stand.is_raised else limit
    return outcome(stand.share >= held_to, stand.share, limit)


def still_for(stand: Stand, moment: Moment, params: Params) -> Outcome:
    """It has stood still for the dwell, and enough looks show it."""
    del moment, params
    slot, dwell_s = stand.slot, stand.thresholds.dwell_s
    is_shown = slot.hits >= SEEN_IN * slot.judged
    has_stood = slot.stay_s >= dwell_s - 1e-6 and (is_shown or stand.is_raised)
    return outcome(has_stood, slot.stay_s, dwell_s)


def not_permitted(stand: Stand, moment: Moment, params: PermittedParams) -> Outcome:
    """Neither in a marked bay nor under a permit; asked once it has stood."""
    share = stand.exempt_share
    if share >= IN_BAY:
        return false(share, IN_BAY)
    has_stood = stand.slot.stay_s >= stand.thresholds.dwell_s - 1e-6
    permits = moment.permits() if has_stood else None
    if permits is None:
        return unknown(_NO_FEED, share, IN_BAY)
    covered = covers(permits, params.activities, stand, moment)
    if covered is UNKNOWN:
        return unknown(Why.NO_CALENDAR, share, IN_BAY)
    return outcome(covered is FALSE, share, IN_BAY)


STANDING_CLAUSES: Mapping[str, AnyKind] = {
    "vehicle_in_zone": ClauseKind(
        Words("区域内有机动车", "a vehicle is in the zone", "置信度"),
        NamedParams,
        on_slot=vehicle_in_zone,
        classes=VEHICLES,
        lasts=True,
    ),
    "thing_in_zone": ClauseKind(
        Words("区域内有静置物", "something stands in the zone"),
        NamedParams,
        on_slot=thing_in_zone,
        lasts=True,
    ),
    "footprint_in_zone": ClauseKind(
        Words("占用区域", "its footprint lies in the zone", unit="%"),
        Params,
        on_slot=footprint_in_zone,
        of_place=True,
    ),
    "still_for": ClauseKind(
        Words("静止停留", "it has stood still", unit="秒"),
        Params,
        on_slot=still_for,
        lasts=True,
    ),
    "not_permitted": ClauseKind(
        Words("不在泊位内且无许可", "not in a bay, no permit", "泊位内占比", "%"),
        PermittedParams,
        on_slot=not_permitted,
        wants=frozenset({Wants.PERMITS, Wants.CALENDAR}),
    ),
}
