"""Each clause on a standing thing at its bounds: truth, figure, limit and reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

import pytest
from msgspec import structs
from pydantic import JsonValue

from base.ids import CameraId, ViewName, ZoneName
from detector.box import Box
from detector.look import PERSON, Look, Naming, Track
from rules.catalogue import Thresholds
from rules.clause import Outcome, Truth, Why, false, true, unknown
from rules.clause_table import CLAUSES
from rules.context import Context
from rules.ground_plane import GroundPlane, from_points
from rules.moment import Moment, Stand
from rules.people import People
from rules.permit import Activity, Hours, Permit
from rules.place import SlotId
from rules.settings import Purpose, ZoneSection
from rules.slot import Slot
from rules.view_scene import ViewScene
from tests.rules.yard import square
from tests.scenes.scene import CAMERA, T0, VIEW
from tests.scenes.street import Book, until

NAMING = Naming(best=0.5, mean=0.4)
LIMITS = Thresholds(
    enabled=True,
    dwell_s=60.0,
    grace_s=300.0,
    gap_s=480.0,
    min_overlap=0.5,
    persist_every_s=600.0,
    persist_steps=3,
)
KERB, BLIND, LANE = ZoneName("kerb"), ZoneName("blind"), ZoneName("lane")
ANCHOR = Box(0.4, 0.4, 0.6, 0.7)
CAR = Slot(
    SlotId("x50y70"),
    KERB,
    ANCHOR,
    "car",
    0.8,
    0.7,
    100.0,
    first_seen=T0,
    last_seen=T0 + timedelta(seconds=100),
    before=T0 + timedelta(seconds=98),
    last_look=T0 + timedelta(seconds=100),
    observed_s=100.0,
    stay_s=100.0,
    sightings=50,
    hits=40.0,
    judged=40.0,
)
FROM_ABOVE = from_points(
    ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)),
    ((0.0, 10.0), (10.0, 10.0), (10.0, 0.0), (0.0, 0.0)),
)
"""Ten metres by ten: the anchor's footprint is 2 m by 1 m."""


def _zone(purpose: Purpose) -> ZoneSection:
    return ZoneSection(purpose=purpose, points=square(0.5, 0.5, 0.3))


@dataclass(frozen=True)
class Case:
    """A clause, what stands there, and what it must say."""

    clause: str
    says: Outcome
    slot: Mapping[str, object] = field(default_factory=dict)
    stand: Mapping[str, object] = field(default_factory=dict)
    params: Mapping[str, JsonValue] = field(default_factory=dict)
    permits: Sequence[Permit] | None = None
    tracks: tuple[Track, ...] = ()
    classes: frozenset[str] = frozenset({"car", PERSON})
    zones: Mapping[ZoneName, ZoneSection] = field(
        default_factory=lambda: {KERB: _zone(Purpose.PAVEMENT)}
    )
    ground: GroundPlane | None = None
    at_s: float = 100.0

    def asked(self) -> Outcome:
        """What the clause says."""
        kind = CLAUSES[self.clause]
        assert kind.on_slot is not None
        slot = structs.replace(CAR, **self.slot)
        plain = Stand(slot, (0.8,), 0.8, 0.0, LIMITS, is_raised=False)
        stand = replace(plain, **self.stand)  # type: ignore[arg-type]
        scene = ViewScene(self.zones, ground=self.ground)
        at = T0 + timedelta(seconds=self.at_s)
        look = Look(CAMERA, VIEW, at, (1000, 1000), self.tracks, classes=self.classes)
        look = replace(look, naming=NAMING)
        book = _NoBook() if self.permits is None else Book(tuple(self.permits))
        context = Context(permits=book)
        moment = Moment(look, at, scene, People(scene), context)
        return kind.on_slot(stand, moment, kind.params.model_validate(self.params))


class _NoBook:
    def permits(
        self, camera: CameraId, view: ViewName, at: datetime
    ) -> Sequence[Permit] | None:
        return None


def _permit(
    points: tuple[tuple[float, float], ...] = (),
    activity: Activity = Activity.REPAIR_STALL,
    hours: tuple[Hours, ...] = (),
    area_m2: float | None = None,
) -> Permit:
    first, last = date(2026, 1, 1), date(2026, 12, 31)
    return Permit("P", frozenset({activity}), points, hours, first, last, area_m2)


def _at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


UNSEEN_20 = {"hidden_why": Why.OCCLUDED, "last_seen": _at(80)}
UNSEEN_21 = {"hidden_why": Why.OCCLUDED, "last_seen": _at(79)}
RAISED = {"is_raised": True}
BOTH = {KERB: _zone(Purpose.PAVEMENT), BLIND: _zone(Purpose.BLIND_PATH)}
LANES = {**BOTH, LANE: _zone(Purpose.FIRE_LANE)}
AROUND = ((0.39, 0.59), (0.61, 0.59), (0.61, 0.71), (0.39, 0.71))
LEFT_HALF = ((0.2, 0.5), (0.5, 0.5), (0.5, 0.8), (0.2, 0.8))
BESIDE = ((0.7, 0.5), (0.9, 0.5), (0.9, 0.8), (0.7, 0.8))
CONE = Track(Box(0.58, 0.5, 0.62, 0.6), "cone", 0.6, 40.0)
FAR_CONE = Track(Box(0.61, 0.5, 0.65, 0.6), "cone", 0.6, 40.0)
GEAR = frozenset({"car", "cone"})

CASES = [
    Case("vehicle_in_zone", true(0.8, 0.5)),
    Case("vehicle_in_zone", false(0.8, 0.5), {"is_absent": True}),
    Case("vehicle_in_zone", true(0.8, 0.5), {"height_px": 12.0}),
    Case("vehicle_in_zone", unknown(Why.TOO_SMALL, 11.9, 12.0), {"height_px": 11.9}),
    Case(
        "vehicle_in_zone",
        unknown(Why.TOO_SMALL, 100.0, 101.0),
        params={"smallest_px": 101},
    ),
    Case("vehicle_in_zone", true(0.5, 0.5), {"score": 0.5}),
    Case("vehicle_in_zone", false(0.49, 0.5), {"score": 0.49}),
    Case("vehicle_in_zone", true(0.8, 0.5), {"mean_score": 0.4}),
    Case("vehicle_in_zone", false(0.8, 0.5), {"mean_score": 0.39}),
    Case("vehicle_in_zone", true(0.8, 0.5), {"mean_score": 0.39}, RAISED),
    Case("vehicle_in_zone", true(0.8, 0.5), {"mean_score": 0.8, "hits": 20.0}),
    Case("vehicle_in_zone", false(0.8, 0.5), {"mean_score": 0.8, "hits": 19.9}),
    Case("vehicle_in_zone", true(0.8, 0.5), UNSEEN_20),
    Case("vehicle_in_zone", unknown(Why.OCCLUDED, 0.8, 0.5), UNSEEN_21),
    Case("vehicle_in_zone", true(0.8, 0.5), {"last_seen": _at(79)}),
    Case("thing_in_zone", true(0.8)),
    Case("thing_in_zone", false(0.8, 0.5), {"is_absent": True}),
    Case("thing_in_zone", true(0.5), {"score": 0.5}),
    Case("thing_in_zone", false(0.49, 0.5), {"score": 0.49}),
    Case("thing_in_zone", true(0.1), {"score": 0.1, "label": "thing"}),
    Case("thing_in_zone", true(0.8), {"height_px": 12.0}),
    Case("thing_in_zone", unknown(Why.TOO_SMALL, 11.0, 12.0), {"height_px": 11.0}),
    Case("thing_in_zone", true(0.8), UNSEEN_20),
    Case("thing_in_zone", unknown(Why.OCCLUDED), UNSEEN_21),
    Case("footprint_in_zone", true(0.5, 0.5), stand={"share": 0.5}),
    Case("footprint_in_zone", false(0.49, 0.5), stand={"share": 0.49}),
    Case("footprint_in_zone", true(0.41, 0.5), stand={"share": 0.41, **RAISED}),
    Case("footprint_in_zone", false(0.39, 0.5), stand={"share": 0.39, **RAISED}),
    Case("still_for", true(60.0, 60.0), {"stay_s": 60.0}),
    Case("still_for", false(59.9, 60.0), {"stay_s": 59.9}),
    Case("still_for", true(100.0, 60.0), {"hits": 10.0, "judged": 30.0}),
    Case("still_for", false(100.0, 60.0), {"hits": 9.9, "judged": 30.0}),
    Case("still_for", true(100.0, 60.0), {"hits": 9.0, "judged": 30.0}, RAISED),
    Case("still_for", false(59.0, 60.0), {"stay_s": 59.0}, RAISED),
    Case("not_permitted", unknown(Why.NO_PERMIT_FEED, 0.0, 0.5)),
    Case("not_permitted", false(0.5, 0.5), stand={"exempt_share": 0.5}),
    Case("not_permitted", true(0.49, 0.5), stand={"exempt_share": 0.49}, permits=[]),
    Case(
        "not_permitted",
        unknown(Why.NO_PERMIT_FEED, 0.0, 0.5),
        {"stay_s": 59.9},
        permits=[],
    ),
    Case("not_permitted", true(0.0, 0.5), {"stay_s": 60.0}, permits=[]),
    Case("not_permitted", false(0.0, 0.5), permits=[_permit()]),
    Case("not_permitted", false(0.0, 0.5), permits=[_permit(AROUND)]),
    Case("not_permitted", true(0.0, 0.5), permits=[_permit(BESIDE)]),
    Case(
        "not_permitted",
        true(0.0, 0.5),
        permits=[_permit()],
        params={"activities": ["loading"]},
    ),
    Case(
        "not_permitted",
        true(0.0, 0.5),
        permits=[_permit(hours=(until(1),))],
    ),
    Case("attended", true(0.5, 0.5), {"attended": 0.5}),
    Case("attended", false(0.49, 0.5), {"attended": 0.49}),
    Case("attended", false(0.5, 0.6), {"attended": 0.5}, params={"share": 0.6}),
    Case(
        "attended",
        unknown(Why.NO_SUCH_CLASS),
        {"attended": 1.0},
        classes=frozenset({"car"}),
    ),
    Case(
        "large_enough",
        true(0.0006, 0.0005),
        {"anchor": Box(0.5, 0.5, 0.53, 0.52)},
    ),
    Case(
        "large_enough",
        false(0.0006, 0.0007),
        {"anchor": Box(0.5, 0.5, 0.53, 0.52)},
        params={"smallest": 0.0007},
    ),
    Case("large_enough", true(2.0, 0.3), ground=FROM_ABOVE),
    Case(
        "large_enough",
        true(0.4, 0.3),
        {"anchor": Box(0.4, 0.4, 0.48, 0.55)},
        ground=FROM_ABOVE,
    ),
    Case(
        "large_enough",
        false(0.16, 0.3),
        {"anchor": Box(0.4, 0.4, 0.44, 0.55)},
        ground=FROM_ABOVE,
    ),
    Case("large_enough", false(2.0, 2.1), ground=FROM_ABOVE, params={"area_m2": 2.1}),
    Case("came_with_vehicle", false()),
    Case("came_with_vehicle", true(40.0), {"vehicle_at": _at(60)}),
    Case("vehicle_gone_for", false(None, 600.0)),
    Case("vehicle_gone_for", true(600.0, 600.0), {"vehicle_at": _at(100)}, at_s=700.0),
    Case("vehicle_gone_for", false(599.0, 600.0), {"vehicle_at": _at(101)}, at_s=700.0),
    Case(
        "vehicle_gone_for",
        true(40.0, 30.0),
        {"vehicle_at": _at(60)},
        params={"after_s": 30},
    ),
    Case("overlaps_purpose", false(0, 0.1)),
    Case("overlaps_purpose", true(0.1, 0.1), stand={"shares": (0.9, 0.1)}, zones=BOTH),
    Case(
        "overlaps_purpose", false(0.09, 0.1), stand={"shares": (0.9, 0.09)}, zones=BOTH
    ),
    Case(
        "overlaps_purpose",
        true(0.3, 0.1),
        stand={"shares": (0.9, 0.02, 0.3)},
        zones=LANES,
    ),
    Case(
        "overlaps_purpose",
        false(0.02, 0.1),
        stand={"shares": (0.9, 0.02, 0.3)},
        zones=LANES,
        params={"purposes": ["blind_path"]},
    ),
    Case("permit_exceeded", unknown(Why.NO_PERMIT_FEED)),
    Case("permit_exceeded", false(0, 0.9), permits=[]),
    Case("permit_exceeded", false(0, 0.9), permits=[_permit(BESIDE)]),
    Case(
        "permit_exceeded",
        false(0, 0.9),
        permits=[_permit(AROUND, Activity.LOADING)],
    ),
    Case("permit_exceeded", false(1.0, 0.9), permits=[_permit(AROUND)]),
    Case(
        "permit_exceeded",
        true(0.0, 0.9),
        permits=[_permit(AROUND, hours=(until(1),))],
    ),
    Case(
        "permit_exceeded",
        true(0.0, 0.9),
        permits=[_permit(area_m2=1.0)],
        ground=FROM_ABOVE,
    ),
    Case(
        "permit_exceeded",
        false(1.0, 0.9),
        permits=[_permit(area_m2=1.0), _permit(area_m2=5.0)],
        ground=FROM_ABOVE,
    ),
    Case("no_permit_near", unknown(Why.NO_PERMIT_FEED)),
    Case("no_permit_near", true(0.0, 0.05), permits=[]),
    Case("no_permit_near", true(0.0, 0.05), permits=[_permit(BESIDE)]),
    Case("no_permit_near", false(1.0, 0.05), permits=[_permit(AROUND)]),
    Case(
        "no_permit_near",
        false(1.0, 0.05),
        permits=[_permit(BESIDE), _permit(hours=(until(1),))],
    ),
    Case(
        "no_permit_near",
        true(0.0, 0.05),
        permits=[_permit(AROUND, Activity.LOADING)],
    ),
    Case("class_near", unknown(Why.NO_SUCH_CLASS)),
    Case("class_near", false(0, 1), classes=GEAR),
    Case("class_near", true(1, 1), classes=GEAR, tracks=(CONE,)),
    Case("class_near", false(0, 1), classes=GEAR, tracks=(FAR_CONE,)),
    Case("class_near", true(1, 1), classes=GEAR, tracks=(FAR_CONE, CONE)),
    Case(
        "class_near",
        false(0, 1),
        classes=GEAR,
        tracks=(replace(CONE, label="car"),),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.clause)
def test_a_clause_says_what_it_saw_and_what_it_was_held_against(case: Case) -> None:
    """At the bound, beside it, and where nobody can tell."""
    told = case.asked()

    assert (told.truth, told.why) == (case.says.truth, case.says.why)
    assert told.value == pytest.approx(case.says.value, abs=1e-6)
    assert told.limit == pytest.approx(case.says.limit)
    assert (told.since, told.thing) == (None, None)


def test_half_of_a_stall_over_the_line_exceeds_it_and_is_not_without_one() -> None:
    """Half of the footprint in the polygon and its buffer of a hundredth."""
    exceeded = Case("permit_exceeded", true(), permits=[_permit(LEFT_HALF)]).asked()
    near = Case("no_permit_near", false(), permits=[_permit(LEFT_HALF)]).asked()

    assert (exceeded.truth, near.truth) == (Truth.TRUE, Truth.FALSE)
    assert exceeded.value == near.value == pytest.approx(0.55, abs=0.01)


def test_every_clause_on_a_slot_is_tried_both_ways() -> None:
    """Each clause there is, true and false, and unknown where it can be."""
    tried = {(case.clause, case.says.truth) for case in CASES}

    for name, kind in CLAUSES.items():
        if kind.on_slot is not None:
            assert {(name, Truth.TRUE), (name, Truth.FALSE)} <= tried, name
