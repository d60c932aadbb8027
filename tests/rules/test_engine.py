"""The engine: restarts, leases, damage, broken rules, looks that do not belong."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from base.ids import CameraId, ViewName, ZoneName
from detector.look import Look
from rules.blindness import Blind
from rules.build import CameraRules
from rules.clause import Why
from rules.clock_store import MemoryClockStore
from rules.context import Context
from rules.engine import LATE_LOOKS, RuleEngine
from rules.errors import RuleError
from rules.permit import Permit
from rules.settings import Purpose, RuleSection
from rules.violation import Life, Violation
from tests.rules.judging import engine_on, judged, lives, newest
from tests.scenes.actor import arriving, parked
from tests.scenes.noise import measured
from tests.scenes.scene import CAMERA, T0, VIEW
from tests.scenes.street import KERB, POLE, on_street, pavement

STORE_KEY = CameraId(f"{CAMERA}/{VIEW}")


def _looks(until: float = 420) -> list[Look]:
    return list(on_street([arriving(10, 390, 3.5, 16)], measured()).looks(until))


def _restarted(looks: Sequence[Look], at: Sequence[int]) -> list[Violation]:
    """The looks judged by a new engine on the same store from each index of `at`."""
    store, found, epoch = MemoryClockStore(), list[Violation](), 1
    engine = engine_on(store=store, lease_epoch=epoch)
    for index, look in enumerate(looks):
        if index in at:
            epoch += 1
            engine = engine_on(store=store, lease_epoch=epoch)
        found += engine.judge(look)
    return found


@pytest.mark.parametrize("at", [[1], [3, 4, 5], [40], [100, 150], list(range(210))])
def test_a_restart_changes_nothing(at: list[int]) -> None:
    """Killed at any look and restored elsewhere, the future is the same."""
    looks = _looks()

    assert _restarted(looks, at) == judged(looks)


def test_what_was_raised_can_be_told_again_after_a_restart() -> None:
    """A restored engine knows every raised violation at its newest revision."""
    store = MemoryClockStore()
    told = judged(_looks(200), engine_on(store=store))

    again = engine_on(store=store, lease_epoch=2).standing()

    assert [(v.id, v.revision, v.life) for v in again] == [
        (told[-1].id, told[-1].revision, told[-1].life)
    ]
    assert again[0].clauses == told[-1].clauses
    assert again[0].at == told[-1].at


def test_an_older_lease_falls_silent() -> None:
    """Once a newer worker has saved, the old one raises nothing more."""
    store, looks = MemoryClockStore(), _looks()
    old = engine_on(store=store, lease_epoch=1)
    judged(looks[:20], old)
    judged(looks[20:22], engine_on(store=store, lease_epoch=2))

    assert judged(looks[22:], old) == []
    assert old.health().is_fenced


@pytest.mark.parametrize(
    "junk",
    [
        b"",
        b"\xff",
        b"[]",
        b"null",
        b"{}",
        b'{"version":3,"last_at":null,"rules":{}}',
        b'{"version":1,"last_at":"yesterday","rules":{}}',
        b'{"version":1,"last_at":null,"rules":[]}',
        b'{"version":1,"last_at":null,"rules":{"SW-01":{}}}',
        b'{"version":1,"last_at":null,"rules":{"SW-01":null}}',
        b"[" * 100_000,
    ],
)
def test_a_damaged_state_starts_afresh_in_doubt(junk: bytes) -> None:
    """A store that gives junk costs the clocks, never the process; continuity goes."""
    store = MemoryClockStore()
    store.save(STORE_KEY, 1, junk)
    street = on_street([parked(0, 300, 3.5, 16), parked(100, 300, 3.5, 30)])

    old, fresh = newest(judged(street.looks(250), engine_on(store=store))).values()

    assert not old.continuity_known
    assert fresh.continuity_known


def test_the_doubt_of_a_fresh_start_outlives_a_restart() -> None:
    """Killed after the first look, before the car has a place of its own."""
    store = MemoryClockStore()
    store.save(STORE_KEY, 1, b"junk")
    first, *rest = on_street([parked(0, 300, 3.5, 16)]).looks(150)
    assert not newest(engine_on(store=store, lease_epoch=2).judge(first))

    (car,) = newest(judged(rest, engine_on(store=store, lease_epoch=3))).values()

    assert not car.continuity_known


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("first_seen", "2026-11-23T02:00:00"),
        ("portrait", "%%"),
        ("anchor", {"x1": 1, "y1": 0, "x2": 0, "y2": 1}),
        ("observed_s", "long"),
    ],
)
def test_a_damaged_slot_is_not_believed(key: str, value: object) -> None:
    """One wrong value in the saved state and it is set aside."""
    store = MemoryClockStore()
    judged(_looks(100), engine_on(store=store))
    raw = store.load(STORE_KEY)
    assert raw is not None
    state = json.loads(raw)
    state["rules"]["SW-01"]["slots"][0][key] = value
    store.save(STORE_KEY, 1, json.dumps(state).encode())

    assert engine_on(store=store).standing() == ()


def test_the_saved_state_is_canonical_and_small() -> None:
    """Equal histories give equal bytes, one car less than 4 kB of them."""
    one, two = MemoryClockStore(), MemoryClockStore()
    judged(_looks(200), engine_on(store=one))
    judged(_looks(200), engine_on(store=two))

    assert one.load(STORE_KEY) == two.load(STORE_KEY)
    assert len(one.load(STORE_KEY) or b"") < 4000


class _CountingStore(MemoryClockStore):
    saves = 0

    def save(self, camera: CameraId, lease_epoch: int, state: bytes) -> bool:
        self.saves += 1
        return super().save(camera, lease_epoch, state)


def test_late_and_doubled_looks_are_counted_and_ignored() -> None:
    """Time does not run backwards; the same look twice is one look."""
    store, looks = _CountingStore(), _looks(100)
    engine = engine_on(store=store)
    found = [v for look in looks for v in (*engine.judge(look), *engine.judge(look))]
    found += engine.judge(looks[3])

    assert found == judged(looks)
    assert engine.health().late_looks == len(looks) + 1
    assert store.saves <= len(looks)


def test_a_restored_engine_knows_how_far_it_was() -> None:
    """A look from before the restart comes late: it is counted and ignored."""
    store, looks = MemoryClockStore(), _looks(100)
    judged(looks, engine_on(store=store))
    engine = engine_on(store=store, lease_epoch=2)

    assert judged(looks[-2:], engine) == []
    assert engine.health().late_looks == 2


def test_a_clock_set_back_for_good_starts_afresh() -> None:
    """Half a minute of looks from the past is a clock set back, not looks delayed."""
    later = [replace(k, at=k.at + timedelta(days=1)) for k in _looks(100)]
    engine = engine_on()
    (stood,) = newest(judged(later, engine)).values()
    assert stood.life is Life.OPEN
    street = on_street([parked(0, 300, 3.5, 16)])

    told = judged(street.looks(290), engine)

    (over,) = [v for v in told if v.id == stood.id]
    assert (over.life, over.revision) == (Life.CLEARED, stood.revision + 1)
    assert over.cleared_at == over.last_seen >= stood.last_seen
    (only,) = newest(told).values()
    assert only.first_seen == T0 + timedelta(seconds=2 * (LATE_LOOKS - 1))
    assert not only.continuity_known


def test_a_clock_set_back_leaves_nothing_standing_in_an_empty_street() -> None:
    """After a restart with clocks from the future, what is gone does not stay open."""
    store = MemoryClockStore()
    later = [replace(k, at=k.at + timedelta(days=1)) for k in _looks(100)]
    (stood,) = newest(judged(later, engine_on(store=store))).values()
    engine = engine_on(store=store, lease_epoch=2)

    (over,) = judged(on_street([]).looks(290), engine)

    assert (over.id, over.life) == (stood.id, Life.CLEARED)
    assert engine.standing() == ()


def test_looks_of_another_view_are_ignored() -> None:
    """The zones of a preset mean nothing in another view or camera."""
    engine = engine_on()
    other = [replace(look, view=ViewName("gate")) for look in _looks(100)]
    foreign = [replace(look, camera=CameraId("x")) for look in _looks(100)]

    assert judged([*other, *foreign], engine) == []
    assert engine.health().foreign_looks == 100


def test_two_views_of_one_camera_keep_separate_clocks() -> None:
    """A camera visited in rotation loses no clock of one view to the other."""
    store = MemoryClockStore()
    looks = _looks(200)
    judged(looks, engine_on(store=store))
    gate = CameraRules(CAMERA, ViewName("gate"), {KERB: pavement()})
    other = RuleEngine(gate, store, 1)
    judged([replace(look, view=ViewName("gate")) for look in looks], other)

    assert len(engine_on(store=store).standing()) == 1


class _BrokenBook:
    """A registry whose client has a fault."""

    def permits(
        self, camera: CameraId, view: ViewName, at: datetime
    ) -> Sequence[Permit] | None:
        raise ZeroDivisionError


def test_a_broken_rule_is_disabled_and_told() -> None:
    """The fault of one rule ends that rule, is named, and nothing else."""
    store = MemoryClockStore()
    engine = engine_on(store=store, context=Context(_BrokenBook()))

    found = judged(_looks(200), engine)

    assert newest(found) == {}
    assert [(d.code, d.error) for d in engine.health().disabled] == [
        ("SW-01", "ZeroDivisionError")
    ]
    assert len(judged(_looks(400)[100:], engine_on(store=store))) >= 1


def test_a_rule_asks_for_a_tenth_of_its_dwell() -> None:
    """The shortest dwell decides; without rules ten seconds do."""
    short = {
        KERB: pavement({"SW-01": RuleSection(dwell_s=3)}),
        ZoneName("b"): pavement(),
    }

    assert engine_on().needs(None).max_gap_s == 6.0
    assert engine_on(short).needs(None).max_gap_s == pytest.approx(0.3)
    assert (
        engine_on({KERB: pavement({"SW-01": RuleSection(dwell_s=900)})})
        .needs(None)
        .max_gap_s
        == 10.0
    )
    assert engine_on({}).needs(None).max_gap_s == 10.0


def test_a_model_without_vehicles_leaves_the_zone_blind() -> None:
    """Which rules cannot see is told by zone; such looks raise and clear nothing."""
    engine = engine_on()
    street = on_street([parked(0, 300, 3.5, 16, kind="person")])

    told = Blind("SW-01", KERB, Why.NO_SUCH_CLASS, "vehicle_in_zone")
    assert told in engine.blind(frozenset({"person"}))
    assert told not in engine.blind(frozenset({"person", "truck"}))
    looks = [replace(look, classes=frozenset({"person"})) for look in street.looks(100)]
    assert judged(looks, engine) == []


def test_switched_off_is_not_judged() -> None:
    """A zone with the rule off has no rule, and is not blind either."""
    engine = engine_on({KERB: pavement({"SW-01": RuleSection(enabled=False)})})

    assert judged(_looks(200), engine) == []
    assert not any(told.code == "SW-01" for told in engine.blind(frozenset()))


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        pytest.param(
            CameraRules(CAMERA, VIEW, site_rules={"SW-99": RuleSection()}),
            r"^rules\.SW-99: ",
            id="site",
        ),
        pytest.param(
            CameraRules(CAMERA, VIEW, camera_rules={"SW-99": RuleSection()}),
            r"^cameras\.pole\.rules\.SW-99: ",
            id="camera",
        ),
        pytest.param(
            CameraRules(
                CAMERA,
                VIEW,
                {KERB: pavement().model_copy(update={"rules": {"X": RuleSection()}})},
            ),
            r"^cameras\.pole\.views\.home\.zones\.kerb\.rules\.X: ",
            id="zone",
        ),
    ],
)
def test_an_unknown_code_is_refused_with_its_path(
    settings: CameraRules, told: str
) -> None:
    """A typing error in a code stops the start instead of judging nothing."""
    with pytest.raises(RuleError, match=told):
        RuleEngine(settings, MemoryClockStore(), 1)


def test_a_redrawn_site_clears_what_stood_in_a_zone_that_is_no_more() -> None:
    """After a new revision without the zone the old violation is cleared, once."""
    store = MemoryClockStore()
    judged(_looks(200), engine_on(store=store))
    other = pavement().model_copy(
        update={"points": POLE.zone([(-6, 9), (-2, 9), (-2, 60), (-6, 60)])}
    )
    engine = engine_on({ZoneName("across"): other}, store=store, lease_epoch=2)

    revisions = judged(_looks(300)[100:], engine)

    assert [v.life for v in revisions] == [Life.CLEARED]


def test_other_purposes_have_no_pavement_rule() -> None:
    """SW-01 is judged on pavements, not in a work area."""
    work = pavement().model_copy(update={"purpose": Purpose.WORK_AREA})

    assert judged(_looks(200), engine_on({KERB: work})) == []


def test_times_in_another_zone_are_the_same_times() -> None:
    """A look stamped +08:00 gives the violation its UTC twin gives, id included."""
    beijing = timezone(timedelta(hours=8))
    local = [replace(look, at=look.at.astimezone(beijing)) for look in _looks()]

    assert judged(local) == judged(_looks())


def test_empty_looks_cost_nothing_and_raise_nothing() -> None:
    """Nothing seen, nothing raised, nothing saved but the first state."""
    store = _CountingStore()
    engine = engine_on(store=store)

    assert judged(on_street([]).looks(100), engine) == []
    assert lives([]) == []
