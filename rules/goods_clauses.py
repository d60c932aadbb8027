"""Clauses on goods, stalls, parcels and bicycles on a pavement."""

from collections.abc import Mapping

from pydantic import Field

from detector.look import PERSON, TWO_WHEELERS
from rules.bicycles import Bicycles
from rules.clause import Outcome, Thing, Truth, Why, false, outcome, true, unknown
from rules.clause_kind import AnyKind, ClauseKind, Params, Wants, Words
from rules.moment import Area, Moment, Stand
from rules.permit import Activity
from rules.permit_match import TOUCHES, holds, is_too_large, touching
from rules.settings import Purpose

ALL_INSIDE = 0.9
"""Share of a stall inside its permit and the buffer from which it keeps its place."""


class ShareParams(Params):
    """From what share on."""

    share: float = Field(
        default=0.5,
        gt=0,
        le=1,
        description="share of the looks that show who has stayed there 10 s",
    )


class AreaParams(Params):
    """How large a thing must be."""

    area_m2: float = Field(default=0.3, gt=0, description="square metres of ground")
    smallest: float = Field(
        default=0.0005,
        gt=0,
        lt=1,
        description="share of the picture instead, without a ground plane",
    )


class GoneParams(Params):
    """How long something may stay."""

    after_s: float = Field(
        default=600, ge=0, description="the vehicle left longer ago than this, s"
    )


class OverlapParams(Params):
    """What must stay free."""

    purposes: tuple[Purpose, ...] = Field(
        default=(Purpose.BLIND_PATH, Purpose.FIRE_LANE),
        min_length=1,
        description="zones that must stay free, by purpose",
    )
    share: float = Field(default=0.1, gt=0, le=1, description="share of its footprint")


class PermitParams(Params):
    """Whose permit it is."""

    activities: frozenset[Activity] = Field(
        default=frozenset({Activity.REPAIR_STALL, Activity.OUTDOOR_DISPLAY}),
        min_length=1,
        description="what it must allow",
    )


class ClusterParams(Params):
    """How many stand together."""

    count: int = Field(default=5, ge=2, le=200, description="at least so many in a row")


class NearParams(Params):
    """What must be seen beside it."""

    classes: frozenset[str] = Field(
        default=frozenset({"cone", "barrier", "excavator"}),
        min_length=1,
        description="class names",
    )

    @property
    def named(self) -> frozenset[str]:
        """The classes it looks for."""
        return self.classes


def attended(stand: Stand, moment: Moment, params: ShareParams) -> Outcome:
    """Somebody stays beside it: a vendor minds a stall, passers-by mind no heap."""
    if PERSON not in moment.look.classes:
        return unknown(Why.NO_SUCH_CLASS)
    return outcome(
        stand.slot.attended >= params.share, stand.slot.attended, params.share
    )


def large_enough(stand: Stand, moment: Moment, params: AreaParams) -> Outcome:
    """It covers enough ground; without a ground plane enough of the picture."""
    box, ground = stand.slot.anchor, moment.scene.ground
    if ground is None:
        return outcome(box.area >= params.smallest, box.area, params.smallest)
    area_m2 = ground.footprint_m2(box)
    if not area_m2 >= 0:
        return unknown(Why.NO_GROUND_PLANE)
    return outcome(area_m2 >= params.area_m2, area_m2, params.area_m2)


def came_with_vehicle(stand: Stand, moment: Moment, params: Params) -> Outcome:
    """A vehicle stood beside it when it came there: it was unloaded."""
    del params
    last = stand.slot.vehicle_at
    if last is None:
        return false()
    return true((moment.at - last).total_seconds())


def vehicle_gone_for(stand: Stand, moment: Moment, params: GoneParams) -> Outcome:
    """The vehicle it came with left so long ago."""
    last = stand.slot.vehicle_at
    if last is None:
        return false(limit=params.after_s)
    gone_s = (moment.at - last).total_seconds()
    return outcome(gone_s >= params.after_s, gone_s, params.after_s)


def overlaps_purpose(stand: Stand, moment: Moment, params: OverlapParams) -> Outcome:
    """Its footprint covers part of what must stay free."""
    names = moment.scene.of(*params.purposes)
    if not names:
        return false(0, params.share)
    columns = moment.scene.columns
    share = max(stand.shares[columns[name]] for name in names)
    return outcome(share >= params.share, share, params.share)


def permit_exceeded(stand: Stand, moment: Moment, params: PermitParams) -> Outcome:
    """A permit concerns it, but not like this: too late, over the line, too large."""
    permits, ground = moment.permits(), moment.scene.ground
    if permits is None:
        return unknown(Why.NO_PERMIT_FEED)
    found = touching(permits, params.activities, stand, moment)
    concerning = [(permit, share) for permit, share in found if share >= TOUCHES]
    if not concerning:
        return false(0, ALL_INSIDE)
    kept = [
        (holds(permit, moment), share)
        for permit, share in concerning
        if not is_too_large(permit, stand.slot, ground)
    ]
    best = max((s for held, s in kept if held is Truth.TRUE), default=0.0)
    untold = max((s for held, s in kept if held is Truth.UNKNOWN), default=0.0)
    if best < ALL_INSIDE <= untold:
        return unknown(Why.NO_CALENDAR, best, ALL_INSIDE)
    return outcome(best < ALL_INSIDE, best, ALL_INSIDE)


def no_permit_near(stand: Stand, moment: Moment, params: PermitParams) -> Outcome:
    """No permit concerns it at all, in force or not."""
    permits = moment.permits()
    if permits is None:
        return unknown(Why.NO_PERMIT_FEED)
    found = touching(permits, params.activities, stand, moment)
    best = max((share for _, share in found), default=0.0)
    return outcome(best < TOUCHES, best, TOUCHES)


def class_near(stand: Stand, moment: Moment, params: NearParams) -> Outcome:
    """Something of these classes stands with it; unknown to a model without them."""
    if not params.classes & moment.look.classes:
        return unknown(Why.NO_SUCH_CLASS)
    tracks = [t for t in moment.look.tracks if t.label in params.classes]
    found = [t for t in tracks if t.box.overlap(stand.slot.anchor) > 0]
    return outcome(bool(found), len(found), 1)


def bicycles_together(area: Area, moment: Moment, params: ClusterParams) -> Outcome:
    """So many bicycles stand in one row in the zone, nobody on them, outside racks."""
    if TWO_WHEELERS.isdisjoint(moment.look.classes):
        return unknown(Why.NO_SUCH_CLASS)
    row = moment.once(_bicycles).rows.get(area.name, ())
    thing = Thing(row[0].box, row[0].label, row[0].score) if row else None
    return outcome(len(row) >= params.count, len(row), params.count, thing=thing)


_bicycles = Bicycles.of
PERMITS = frozenset({Wants.PERMITS})
GOODS_CLAUSES: Mapping[str, AnyKind] = {
    "attended": ClauseKind(
        Words("有人看守", "somebody minds it", "看守占比", "%"),
        ShareParams,
        on_slot=attended,
        classes=frozenset({PERSON}),
    ),
    "large_enough": ClauseKind(
        Words(
            "占地面积达到下限",
            "it covers enough ground",
            unit="（平方米；未标定时为画面占比）",
        ),
        AreaParams,
        on_slot=large_enough,
        of_place=True,
    ),
    "came_with_vehicle": ClauseKind(
        Words("由车辆卸下", "it was unloaded from a vehicle", "车辆离开", "秒"),
        Params,
        on_slot=came_with_vehicle,
    ),
    "vehicle_gone_for": ClauseKind(
        Words("送货车辆已离开", "the vehicle has left", unit="秒"),
        GoneParams,
        on_slot=vehicle_gone_for,
    ),
    "overlaps_purpose": ClauseKind(
        Words("占压盲道或消防通道", "it covers what must stay free", unit="%"),
        OverlapParams,
        on_slot=overlaps_purpose,
        of_place=True,
    ),
    "permit_exceeded": ClauseKind(
        Words("超出许可的时间或范围", "its permit is exceeded", "范围内占比", "%"),
        PermitParams,
        on_slot=permit_exceeded,
        wants=PERMITS | {Wants.CALENDAR},
    ),
    "no_permit_near": ClauseKind(
        Words("该处无任何许可", "no permit concerns it", "范围内占比", "%"),
        PermitParams,
        on_slot=no_permit_near,
        wants=PERMITS,
    ),
    "class_near": ClauseKind(
        Words("旁有施工设施", "works gear stands with it", "数量"),
        NearParams,
        on_slot=class_near,
    ),
    "bicycles_together": ClauseKind(
        Words("非机动车成片停放", "bicycles stand in a row", "辆数"),
        ClusterParams,
        on_zone=bicycles_together,
        classes=TWO_WHEELERS,
    ),
}
