"""SW-01, a vehicle standing on the pavement: four clauses on the slot it stands in.

It is a vehicle and it is there, its footprint lies in the zone, it has stood still for
the dwell, and nothing permits it. A registry that cannot be asked leaves the last one
*unknown*, shown as 未观测; that does not hold the violation back, because a bureau
without a registry has no permits to break, and a person asks before anything is filed.
The footprint is the lower third of the box until a ground plane is known.
"""

from detector.look import VEHICLES, Look
from rules.clause import ClauseTrace, Truth, Why
from rules.family import Moment, RuleInputs, Stand
from rules.permit import Activity
from rules.permit_match import covers
from rules.sighting import Sighting, vehicles_in
from rules.standing import StandingRule

ACTIVITIES = frozenset({Activity.SHARED_BAY, Activity.LOADING, Activity.WORKS})
"""What may lawfully put a vehicle on a pavement."""
SMALLEST_PX = 12.0
"""Below this height a vehicle is a smear of a dozen pixels: nobody could name it."""
NAMED = 0.4
"""Best score from which a thing was named a vehicle with confidence at least once."""
NAMED_ON_AVERAGE = 0.33
"""Mean score from which it is not just the furniture of the street.

The shipped network reports from 0.30, fainter where it follows a thing. On the shared
clips a sign it takes for a car scores 0.36 at best, a bench 0.29 on average; vehicles
that stand have means from 0.34 (arriving) and 0.38 (a coach behind cars) up to 0.85."""
SLACK = 0.1
"""A standing violation ends only this far below the overlap it opened at."""
SEEN_IN = 1 / 3
"""Share of the looks that must show the thing: traffic that by chance stops in one
place again and again is shown by fewer."""
IN_BAY = 0.5
"""Share of the footprint inside marked bays from which it stands in a bay."""


def vehicle_on_pavement(inputs: RuleInputs) -> StandingRule:
    """The rule for one view."""
    return StandingRule(inputs, VehicleOnPavement())


class VehicleOnPavement:
    """What is SW-01's own; see `rules.standing.Family`."""

    classes = VEHICLES
    may_be_unknown = frozenset({"not_permitted"})

    def sightings(self, look: Look) -> tuple[Sighting, ...]:
        """Cars, buses and trucks; never a person, a wheelchair or a bicycle."""
        return vehicles_in(look)

    def clauses(self, stand: Stand, moment: Moment) -> tuple[ClauseTrace, ...]:
        """The four clauses of the catalogue's row, in its order."""
        still = _still_for(stand)
        return (
            _vehicle_in_zone(stand, moment),
            _footprint_in_zone(stand),
            still,
            _not_permitted(stand, moment, is_asked=still.truth is Truth.TRUE),
        )


def _vehicle_in_zone(stand: Stand, moment: Moment) -> ClauseTrace:
    slot, clause = stand.slot, "vehicle_in_zone"
    if slot.is_absent:
        return ClauseTrace(clause, Truth.FALSE, slot.score, NAMED)
    if slot.height_px < SMALLEST_PX:
        return _unknown(clause, Why.TOO_SMALL, slot.height_px, SMALLEST_PX)
    is_faint = slot.mean_score < NAMED_ON_AVERAGE and not stand.is_raised
    if slot.score < NAMED or is_faint:
        return ClauseTrace(clause, Truth.FALSE, slot.score, NAMED)
    unseen_s = (moment.at - slot.last_seen).total_seconds()
    if slot.hidden_why is not None and unseen_s > stand.thresholds.dwell_s / 3:
        return _unknown(clause, slot.hidden_why, slot.score, NAMED)
    return ClauseTrace(clause, Truth.TRUE, slot.score, NAMED)


def _footprint_in_zone(stand: Stand) -> ClauseTrace:
    limit = stand.thresholds.min_overlap
    held_to = limit - SLACK if stand.is_raised else limit
    truth = Truth.TRUE if stand.share >= held_to else Truth.FALSE
    return ClauseTrace("footprint_in_zone", truth, stand.share, limit)


def _still_for(stand: Stand) -> ClauseTrace:
    slot, dwell_s = stand.slot, stand.thresholds.dwell_s
    is_shown = slot.hits >= SEEN_IN * slot.judged
    has_stood = slot.stay_s >= dwell_s - 1e-6 and (is_shown or stand.is_raised)
    truth = Truth.TRUE if has_stood else Truth.FALSE
    return ClauseTrace("still_for", truth, slot.stay_s, dwell_s)


def _not_permitted(stand: Stand, moment: Moment, *, is_asked: bool) -> ClauseTrace:
    """Unlawful unless in a marked bay or under a permit; asked when it matters."""
    clause, share = "not_permitted", stand.exempt_share
    if share >= IN_BAY:
        return ClauseTrace(clause, Truth.FALSE, share, IN_BAY)
    permits = moment.permits() if is_asked else None
    if permits is None:
        return _unknown(clause, Why.NO_PERMIT_FEED, share, IN_BAY)
    is_covered = covers(permits, ACTIVITIES, stand.slot, moment.at)
    truth = Truth.FALSE if is_covered else Truth.TRUE
    return ClauseTrace(clause, truth, share, IN_BAY)


def _unknown(
    clause: str, why: Why, value: float, limit: float | None = None
) -> ClauseTrace:
    return ClauseTrace(clause, Truth.UNKNOWN, value, limit, why=why)
