"""A camera of several views: each look to its engine, everything told together."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest

from base.ids import ViewName
from detector.look import PERSON
from rules.blindness import Blind
from rules.build import CameraRules
from rules.clause import Why
from rules.clock_store import MemoryClockStore
from rules.context import Context
from rules.engine import RuleEngine
from rules.permit import DayKind
from rules.settings import RuleSection
from rules.view_engines import ViewEngines
from rules.violation import Violation
from tests.rules.judging import newest
from tests.scenes.actor import parked
from tests.scenes.pit import PIT, RING, pit_zones
from tests.scenes.scene import CAMERA
from tests.scenes.street import KERB, Book, on_street, pavement

HOME, GATE, YARD = ViewName("home"), ViewName("gate"), ViewName("yard")
LOOKS = list(on_street([parked(0, 200, 3.5, 16)]).looks(100))


def _street(view: ViewName, dwell_s: float = 60, lease: int = 1) -> RuleEngine:
    zone = pavement({"SW-01": RuleSection(dwell_s=dwell_s)})
    rules = CameraRules(CAMERA, view, {KERB: zone})
    return RuleEngine(rules, MemoryClockStore(), lease)


def test_a_look_goes_to_the_engine_of_its_view() -> None:
    """The others hear nothing of it, and a view nobody drew has no rules."""
    engines = ViewEngines({HOME: _street(HOME), GATE: _street(GATE)})
    told = [v for look in LOOKS for v in engines.judge(look)]
    gate = [replace(look, view=GATE) for look in LOOKS[:10]]
    nowhere = [v for k in LOOKS for v in engines.judge(replace(k, view=YARD))]

    assert {v.place.view for v in newest(told).values()} == {HOME}
    assert nowhere == []
    assert [v.id for v in engines.standing()] == [v.id for v in newest(told).values()]
    for look in (*gate, gate[0]):
        engines.judge(look)
    assert engines.health().late_looks == 1
    assert engines.health().foreign_looks == 0


def test_before_the_first_look_the_most_demanding_view_is_served() -> None:
    """Then the view that is seen."""
    falls = RuleSection(enabled=True)
    zones = pit_zones()
    rules = CameraRules(CAMERA, GATE, zones, camera_rules={"WH-10": falls})
    engines = ViewEngines(
        {
            HOME: _street(HOME),
            GATE: RuleEngine(rules, MemoryClockStore(), 1),
            YARD: _street(YARD, dwell_s=5),
        }
    )

    assert engines.needs(None).max_gap_s == 0.5
    assert not engines.needs(None).every_frame
    assert engines.needs(LOOKS[0]).max_gap_s == 6.0
    assert engines.needs(replace(LOOKS[0], view=YARD)).max_gap_s == 0.5
    assert engines.needs(replace(LOOKS[0], view=ViewName("x"))).max_gap_s == 0.5


def test_faults_of_all_views_are_added_up() -> None:
    """Late looks, foreign ones, crowded zones; one fenced view is a fenced camera."""
    home, gate = _street(HOME), _street(GATE)
    engines = ViewEngines({HOME: home, GATE: gate})
    home.judge(LOOKS[1])
    home.judge(LOOKS[0])
    gate.judge(replace(LOOKS[1], view=GATE))
    gate.judge(replace(LOOKS[0], view=GATE))
    gate.judge(LOOKS[3])

    health = engines.health()

    assert (health.late_looks, health.foreign_looks) == (2, 1)
    assert (health.crowded, health.is_fenced, health.disabled) == (0, False, ())


def test_a_view_another_worker_has_taken_fences_the_camera() -> None:
    """And its broken rules are told."""
    store = MemoryClockStore()
    rules = CameraRules(CAMERA, GATE, {KERB: pavement()})
    old = RuleEngine(rules, store, 1, Context(permits=_Broken()))
    engines = ViewEngines({HOME: _street(HOME), GATE: old})
    for look in LOOKS[:45]:
        engines.judge(replace(look, view=GATE))
    new = RuleEngine(rules, store, 2)
    new.judge(replace(LOOKS[45], view=GATE))
    engines.judge(replace(LOOKS[46], view=GATE))

    health = engines.health()

    assert health.is_fenced
    assert [rule.error for rule in health.disabled] == ["ZeroDivisionError"]


class _Broken(Book):
    def permits(self, *asked: object) -> tuple[()]:
        raise ZeroDivisionError


def test_blindness_is_told_of_every_view() -> None:
    """A model of persons alone sees no parked cars; a ring not drawn is named."""
    bare = CameraRules(CAMERA, GATE, {PIT: pit_zones()[PIT]})
    gate = RuleEngine(bare, MemoryClockStore(), 1)
    engines = ViewEngines({HOME: _street(HOME), GATE: gate})

    blind = engines.blind(frozenset({PERSON}))

    assert Blind("SW-01", KERB, Why.NO_SUCH_CLASS, "vehicle_in_zone") in blind
    assert any(b.code == "CS-02" and b.why is Why.NOT_DRAWN for b in blind)


@pytest.mark.parametrize("has_reference", [True, False])
def test_every_clause_that_stays_unknown_is_told_by_view(
    *, has_reference: bool
) -> None:
    """With what is wanting, and whether it holds the rule back for good."""
    pit = CameraRules(CAMERA, GATE, pit_zones())
    gate = RuleEngine(pit, MemoryClockStore(), 1)
    engines = ViewEngines({HOME: _street(HOME), GATE: gate})
    known = frozenset({PERSON, "car"})

    told = engines.wanted(known, {GATE} if has_reference else ())

    assert list(told) == [HOME, GATE]
    street = {(b.code, b.clause, b.why, b.holds_back) for b in told[HOME]}
    assert ("SW-01", "not_permitted", Why.NO_PERMIT_FEED, False) in street
    assert ("SW-02P", "permit_exceeded", Why.NO_PERMIT_FEED, True) in street
    assert not any(b.clause == "still_for" for b in told[HOME])
    at_pit = {(b.code, b.zone, b.clause, b.why, b.holds_back) for b in told[GATE]}
    permit = ("CS-04", PIT, "no_permit_in_force", Why.NO_PERMIT_FEED, True)
    blower = ("CS-05", PIT, "none_seen_before_entry", Why.NO_SUCH_CLASS, True)
    picture = ("CS-11", PIT, "opening_open", Why.NO_REFERENCE, False)
    assert {permit, blower} <= at_pit
    assert (picture in at_pit) is not has_reference
    assert all(b.zone in {PIT, RING, "work"} for b in told[GATE])


@dataclass
class _YearOf2026:
    def kind(self, day: date) -> DayKind | None:
        return DayKind.WORKDAY if day.year == 2026 else None


@pytest.mark.parametrize(
    ("context", "year", "is_wanted"),
    [
        (Context(), 2026, False),  # no permits, no window to be read
        (Context(Book()), 2026, True),
        (Context(Book(), _YearOf2026()), 2026, False),
        (Context(Book(), _YearOf2026()), 2027, True),
    ],
    ids=["no permits", "no calendar", "a year it knows", "a year it does not know"],
)
def test_a_working_calendar_is_wanted_where_permits_are_read(
    context: Context, year: int, *, is_wanted: bool
) -> None:
    """By every clause that reads hours; it holds nothing back for good."""
    rules = CameraRules(CAMERA, GATE, {**pit_zones(), KERB: pavement()})
    gate = RuleEngine(rules, MemoryClockStore(), 1, context)
    classes = frozenset({PERSON, "car"})

    told = ViewEngines({GATE: gate}).wanted(classes, {GATE}, date(year, 3, 1))[GATE]

    calendar = {(b.code, b.clause) for b in told if b.why is Why.NO_CALENDAR}
    reading = {("SW-01", "not_permitted"), ("SW-02P", "permit_exceeded")}
    reading |= {("CS-04", "no_permit_in_force"), ("CS-12", "work_over")}
    assert calendar >= (reading if is_wanted else set())
    assert bool(calendar) is is_wanted
    assert not any(b.holds_back for b in told if b.why is Why.NO_CALENDAR)
    assert not any(b.why is Why.NO_CALENDAR for b in gate.blind(classes))


def test_the_lapse_between_visits_is_no_watched_time() -> None:
    """Seen from the home view, away at the gate for two minutes, home again."""
    engines = ViewEngines({HOME: _street(HOME), GATE: _street(GATE)})
    looks = list(on_street([parked(0, 400, 3.5, 16)]).looks(300))
    told: list[Violation] = []
    for look in looks:
        t = (look.at - looks[0].at).total_seconds()
        at_gate = 80 <= t < 200
        seen = replace(look, view=GATE, tracks=()) if at_gate else look
        told += engines.judge(seen)

    (only,) = newest(told).values()
    assert [gap.end - gap.start for gap in only.gaps] == [timedelta(seconds=122)]
