"""What goes when its time has run, and what never does; orphans found and mended."""

import random
import shutil
import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from pydantic import ValidationError

from alerts.alert import AlertId
from alerts.audit import Actor
from alerts.audit_trail import AuditTrail
from alerts.database import Database
from alerts.doctor import Doctor
from alerts.errors import NotFoundError, StoreFullError, StoreUnavailableError
from alerts.evidence_store import ObjectKey
from alerts.evidence_tables import LegalHoldRow
from alerts.evidence_writer import write_pack
from alerts.legal_hold import HoldBook, lock_alert
from alerts.object_store import ObstoreEvidenceStore
from alerts.pack import Pack
from alerts.repository import AlertRepository
from alerts.retention import (
    Decision,
    Fate,
    Retention,
    RetentionParts,
    RetentionReport,
)
from alerts.sealer import Sealer
from base.clock import ManualClock
from rules.violation import Life
from sites.retention_section import Expendable, RetentionSection
from tests.alerts.evidence_rig import T0, Rig, violation
from tests.alerts.small_disk import fill, mounted
from tests.alerts.test_alert_writer import Store

SLOTS = ("x1", "x2", "x3", "x4")
NONE_YOUNG = timedelta(days=-400)
"""Objects are written now, the test's clock stands elsewhere: all count as old."""


class Bench:
    """Four alerts with their evidence: by name dismissed, held, undecided, recent."""

    def __init__(self, folder: Path, database: Database) -> None:
        self.store = ObstoreEvidenceStore(folder / "evidence", reserve_bytes=0)
        self.rig = Rig(folder / "shelf", self.store)
        self.database = database
        self.clock = ManualClock(T0)
        self.ids: list[AlertId] = []
        for slot in SLOTS:
            said = violation(Life.OPEN, 60, slot)
            self.rig.look(2, violation(Life.CANDIDATE, 2, slot))
            self.rig.look(60, said)
            self.rig.look(82)
            Store(database).write(said)
            self.ids.append(AlertId(said.id))
        self.packs = {p.id: p for p in self.rig.sink.packs if p.state != "pending"}
        with database.transaction() as session:
            for pack in self.packs.values():
                write_pack(session, pack, T0)
        self.dismissed, self.held, self.undecided, self.recent = self.ids
        self.verdicts = {
            self.dismissed: Decision(Fate.REJECTED, T0),
            self.held: Decision(Fate.REJECTED, T0),
        }
        HoldBook(database, self.clock).place(
            self.held, Actor("王法制", "legal"), "复议"
        )

    def told(self, alerts: Sequence[AlertId]) -> dict[AlertId, Decision]:
        return {a: what for a, what in self.verdicts.items() if a in alerts}

    def decide(self, alert: AlertId, fate: Fate, at: datetime | None = None) -> None:
        self.verdicts[alert] = Decision(fate, at or self.clock.utc_now())

    def retention(self, policy: RetentionSection | None = None) -> Retention:
        doctor = Doctor(self.database, self.store, self.clock, frozenset)
        parts = RetentionParts(
            self.database,
            self.store,
            self.told,
            self.clock,
            lambda: doctor.orphans(NONE_YOUNG),
        )
        return Retention(parts, policy)

    def pack(self, alert: AlertId) -> Pack:
        return self.packs[alert]  # type: ignore[index]

    def has_media(self, alert: AlertId) -> bool:
        seen = next(f for f in self.pack(alert).files if f.name == "manifest.json")
        try:
            return self.store.size(seen.stored.key) > 0
        except NotFoundError:
            return False

    def after(self, days: float) -> RetentionReport:
        self.clock.advance(days * 86400)
        return self.retention().run(is_dry=False)


@pytest.fixture
def bench(tmp_path: Path, database: Database) -> Bench:
    return Bench(tmp_path, database)


def test_dismissed_evidence_goes_after_thirty_days(bench: Bench) -> None:
    """Not a day earlier; the held and the undecided stay, the audit trail stays."""
    assert bench.after(29.9).erased == ()
    bench.decide(bench.recent, Fate.REJECTED)

    report = bench.after(0.2)

    assert report.erased == (bench.dismissed,)
    assert report.held == (bench.held,)
    kept = [alert for alert in bench.ids if bench.has_media(alert)]
    assert kept == [bench.held, bench.undecided, bench.recent]
    Sealer(bench.database, bench.clock).seal()
    trail = AuditTrail(bench.database)
    assert trail.first_break() is None
    erased = [e.subject for e in trail.after(0) if e.action == "evidence.erased"]
    assert erased == [f"pack/{bench.dismissed}"]
    assert AlertRepository(bench.database).get_alert(bench.dismissed).code == "SW-01"


@pytest.mark.parametrize("is_pressed", [False, True])
def test_evidence_confirmed_after_the_list_was_made_stays(
    bench: Bench, *, is_pressed: bool
) -> None:
    """A long run asks again before each: what was rejected may stand confirmed now."""

    def overturning(alerts: Sequence[AlertId]) -> dict[AlertId, Decision]:
        found = bench.told(alerts)
        bench.decide(bench.dismissed, Fate.CONFIRMED)
        return found

    bench.clock.advance(31 * 86400)
    parts = RetentionParts(bench.database, bench.store, overturning, bench.clock)
    work = Retention(parts)

    report = work.relieve(10**12) if is_pressed else work.run(is_dry=False)

    assert report.erased == ()
    assert bench.has_media(bench.dismissed)


class _Stuck(ObstoreEvidenceStore):
    """A store that is away once some objects are deleted."""

    def __init__(self, folder: Path, takes: int) -> None:
        super().__init__(folder, reserve_bytes=0)
        self.takes = takes

    def delete(self, key: ObjectKey) -> None:
        if not self.takes:
            raise StoreUnavailableError("away")
        self.takes -= 1
        super().delete(key)


@pytest.mark.parametrize("is_pressed", [False, True])
def test_what_a_store_away_did_not_delete_goes_later(
    bench: Bench, tmp_path: Path, *, is_pressed: bool
) -> None:
    """It is on record as erased, so it must not stay; and it is erased once."""
    bench.clock.advance(31 * 86400)
    stuck = _Stuck(tmp_path / "evidence", 2)
    work = Retention(RetentionParts(bench.database, stuck, bench.told, bench.clock))
    with pytest.raises(StoreUnavailableError):
        work.run(is_dry=False)
    keys = [file.stored.key for file in bench.pack(bench.dismissed).files]
    assert any(_is_there(bench, key) for key in keys)

    stuck.takes = 1000
    report = work.relieve(1) if is_pressed else work.run(is_dry=False)

    assert report.erased == ()
    others = {f.stored.key for a in bench.ids[1:] for f in bench.pack(a).files}
    assert {key for key in keys if _is_there(bench, key)} == others & set(keys)
    Sealer(bench.database, bench.clock).seal()
    trail = AuditTrail(bench.database).after(0)
    assert [e.action for e in trail].count("evidence.erased") == 1
    stuck.takes = 0
    work.run(is_dry=False)  # asks the store for nothing more


def test_what_later_folders_name_is_kept(bench: Bench) -> None:
    """A picture of an officer, or of a look, that is the same as a still."""
    bench.clock.advance(31 * 86400)
    keys = [file.stored.key for file in bench.pack(bench.dismissed).files]
    named = frozenset(keys[:1])
    parts = RetentionParts(
        bench.database,
        bench.store,
        bench.told,
        bench.clock,
        named_elsewhere=lambda: named,
    )

    Retention(parts).run(is_dry=False)

    assert _is_there(bench, keys[0])
    assert not bench.has_media(bench.dismissed)


def test_an_orphan_somebody_names_meanwhile_is_kept(bench: Bench) -> None:
    """The list of orphans is an hour old at most: the same bytes may be in use."""
    used = bench.pack(bench.undecided).files[0].stored.key
    parts = RetentionParts(
        bench.database, bench.store, bench.told, bench.clock, lambda: [used]
    )

    Retention(parts).relieve(10**12)

    assert _is_there(bench, used)


def _is_there(bench: Bench, key: ObjectKey) -> bool:
    try:
        return bench.store.size(key) >= 0
    except NotFoundError:
        return False


def test_what_others_name_too_is_kept(bench: Bench) -> None:
    """Equal pictures are one object: it goes with the last pack that names it."""
    bench.after(31)

    other = bench.pack(bench.undecided)
    assert bench.rig.verifies(other)


def test_a_dry_run_touches_nothing(bench: Bench) -> None:
    """It says what would go, and how much that is."""
    bench.clock.advance(31 * 86400)

    report = bench.retention().run(is_dry=True)

    assert report.is_dry
    assert report.erased == (bench.dismissed,)
    assert report.bytes_freed > 0
    assert bench.has_media(bench.dismissed)
    assert bench.after(0).erased == (bench.dismissed,)


def test_a_lifted_hold_lets_go(bench: Bench) -> None:
    """From then on the policy holds for it as for others."""
    book = HoldBook(bench.database, bench.clock)
    bench.after(31)
    book.lift(book.of(bench.held)[0].number, Actor("王法制", "legal"), "终结")

    assert bench.after(0).erased == (bench.held,)


def test_a_hold_placed_while_evidence_is_being_deleted_is_waited_for(
    bench: Bench,
) -> None:
    """Whoever comes first has it: no hold stands on what went at the same moment."""
    bench.clock.advance(31 * 86400)
    reports: list[RetentionReport] = []
    work = threading.Thread(
        target=lambda: reports.append(bench.retention().run(is_dry=False))
    )
    with bench.database.transaction() as session:
        lock_alert(session, bench.dismissed)
        work.start()
        work.join(0.5)
        assert work.is_alive()
        session.add(
            LegalHoldRow(
                alert_id=bench.dismissed,
                reason="复议",
                placed_by="zhou",
                placed_at=bench.clock.utc_now(),
            )
        )
    work.join(30)

    assert reports[0].erased == ()
    assert set(reports[0].held) == {bench.dismissed, bench.held}
    assert bench.has_media(bench.dismissed)


def test_no_hold_is_placed_on_what_is_gone(bench: Bench) -> None:
    """It would say that something is kept."""
    bench.after(31)
    book = HoldBook(bench.database, bench.clock)

    with pytest.raises(NotFoundError, match="its time had run"):
        book.place(bench.dismissed, Actor("王法制", "legal"), "复议")

    assert book.of(bench.dismissed) == ()


def test_disk_pressure_takes_the_oldest_verdict_first(bench: Bench) -> None:
    """Before its time, only as much as wanted, never what is held or undecided."""
    bench.clock.advance(86400)
    bench.decide(bench.recent, Fate.REJECTED)

    assert bench.retention().relieve(1).erased == (bench.dismissed,)
    report = bench.retention().relieve(10**12)

    assert report.erased == (bench.recent,)
    assert bench.has_media(bench.held)
    assert bench.has_media(bench.undecided)


def test_disk_pressure_goes_in_the_declared_order(bench: Bench) -> None:
    """Whatever the age: orphans, left within grace, rejected, confirmed of long ago."""
    orphan = bench.store.put([b"left of a crash"])
    HoldBook(bench.database, bench.clock).lift(1, Actor("王法制", "legal"), "终结")
    bench.decide(bench.dismissed, Fate.CONFIRMED)
    bench.clock.advance(2000 * 86400)
    bench.decide(bench.recent, Fate.LEFT)
    retention = bench.retention()

    dry = retention.relieve(10**12, is_dry=True)
    assert bench.store.size(orphan.key) == orphan.size
    assert all(bench.has_media(alert) for alert in bench.ids)
    steps = [retention.relieve(1).gone for _ in range(5)]

    order = [
        (Expendable.ORPHANED, None),
        (Expendable.LEFT, bench.recent),
        (Expendable.REJECTED, bench.held),
        (Expendable.ARCHIVED, bench.dismissed),
    ]
    assert [(one.kind, one.alert) for one in dry.gone] == order
    assert [(g.kind, g.alert) for step in steps for g in step] == order
    assert bench.has_media(bench.undecided)
    assert retention.relieve(1).bytes_short == 1


def test_disk_pressure_follows_the_sites_own_order(bench: Bench) -> None:
    """Turned round it goes the other way; a kind left out never goes."""
    bench.decide(bench.recent, Fate.LEFT)
    bench.store.put([b"left of a crash"])
    turned = RetentionSection(pressure_order=("rejected", "left"))

    report = bench.retention(turned).relieve(10**12)

    assert report.erased == (bench.dismissed, bench.recent)
    assert report.held == (bench.held,)
    assert report.of(Expendable.ORPHANED) == ()


def test_confirmed_evidence_stays_within_its_term(bench: Bench) -> None:
    """Not a day earlier, under pressure neither; then it goes, never what is held.

    Where the site has taken `archived` off its order it stays for good.
    """
    for alert in bench.ids:
        bench.decide(alert, Fate.CONFIRMED, T0)
    bench.clock.advance(1825.9 * 86400)
    assert bench.retention().relieve(10**12).gone == ()
    assert bench.retention().run(is_dry=False).gone == ()
    bench.clock.advance(0.2 * 86400)
    free = set(bench.ids) - {bench.held}

    keeping = RetentionSection(pressure_order=("left", "rejected"))
    assert bench.retention(keeping).run(is_dry=False).gone == ()
    dry = bench.retention().run(is_dry=True)
    assert {one.alert for one in dry.of(Expendable.ARCHIVED)} == free
    assert all(bench.has_media(alert) for alert in bench.ids)
    report = bench.retention().run(is_dry=False)

    assert (set(report.erased), report.held) == (free, (bench.held,))
    assert [alert for alert in bench.ids if bench.has_media(alert)] == [bench.held]


def test_what_is_taken_back_meanwhile_stays(bench: Bench) -> None:
    """A verdict undone between the list and the deletion counts."""
    told = bench.told

    def undone(alerts: Sequence[AlertId]) -> dict[AlertId, Decision]:
        found = told(alerts)
        bench.verdicts.clear()
        return found

    bench.told = undone  # type: ignore[method-assign]

    assert bench.retention().relieve(10**12).gone == ()
    assert bench.has_media(bench.dismissed)


@pytest.mark.parametrize(
    ("order", "told"),
    [
        pytest.param(["left", "left"], "names a kind twice", id="twice"),
        pytest.param(["undecided"], "orphaned", id="no kind"),
        pytest.param(["confirmed"], "orphaned", id="within its term"),
        pytest.param("left", "tuple", id="no list"),
    ],
)
def test_an_order_that_is_none_is_refused(order: object, told: str) -> None:
    """Nothing that must stay can be named."""
    with pytest.raises(ValidationError, match=told):
        RetentionSection.model_validate({"pressure_order": order})


def test_a_full_disk_stops_recording_before_what_must_stay(
    tmp_path: Path, database: Database
) -> None:
    """A real disk of 1 MB: room is made while it can be, then writing is refused.

    What is undecided and held is whole afterwards, byte for byte.
    """
    with mounted(tmp_path / "small") as disk:
        bench = Bench(disk, database)
        HoldBook(database, bench.clock).place(
            bench.recent, Actor("王法制", "legal"), "诉讼"
        )
        numbers = count()
        store = ObstoreEvidenceStore(disk / "evidence", reserve_bytes=128 * 1024)
        while shutil.disk_usage(disk).free > 128 * 1024:
            store.put([random_bytes(next(numbers), 30_000)])
        with pytest.raises(StoreFullError, match="full"):
            store.put([b"one more"])
        bench.store = store
        free = shutil.disk_usage(disk).free

        first = bench.retention().relieve(60_000)
        assert {one.kind for one in first.gone} == {Expendable.ORPHANED}
        assert shutil.disk_usage(disk).free >= free + 60_000
        store.put([random_bytes(500, 30_000)])
        report = bench.retention().relieve(10**12)
        assert report.erased == (bench.dismissed,)
        assert set(report.held) == {bench.held}
        fill(disk, 100 * 1024)

        with pytest.raises(StoreFullError, match="full"):
            store.put([b"one more"])
        assert bench.retention().relieve(10**12).gone == ()
        for kept in (bench.held, bench.undecided, bench.recent):
            assert bench.rig.verifies(bench.pack(kept))
        bench.rig.keeper.close()


def random_bytes(seed: int, size: int) -> bytes:
    return random.Random(seed).randbytes(size)


def test_the_doctor_finds_nothing_in_a_whole_store(bench: Bench) -> None:
    """Nor after retention has run."""
    doctor = Doctor(bench.database, bench.store, bench.clock, frozenset)
    assert doctor.examine(mend=False, young=NONE_YOUNG).is_well
    bench.after(31)

    assert doctor.examine(mend=False, young=NONE_YOUNG).is_well


def test_the_doctor_mends_orphans_and_untold_packs(bench: Bench) -> None:
    """An object of a crash goes; a pack nobody was told of is told."""
    orphan = bench.store.put([b"left of a crash"])
    said = violation(Life.OPEN, 60, "x9")
    bench.rig.look(2, violation(Life.CANDIDATE, 2, "x9"))
    bench.rig.look(60, said)
    bench.rig.look(82)
    doctor = Doctor(bench.database, bench.store, bench.clock, frozenset)

    found = doctor.examine(mend=True, young=NONE_YOUNG)

    assert found.orphans == (orphan.key,)
    assert found.untold == (said.id,)
    assert doctor.examine(mend=False, young=NONE_YOUNG).is_well
    with pytest.raises(NotFoundError):
        bench.store.size(orphan.key)


def test_the_doctor_locks_what_cannot_be_mended(bench: Bench) -> None:
    """A changed byte and a missing object are named, file by file."""
    first, clip = bench.pack(bench.undecided), bench.pack(bench.recent)
    seen = next(f for f in first.files if f.name == "seen.json").stored.key
    gone = next(f for f in clip.files if f.name == "seen.json").stored.key
    path = bench.store._folder / "objects" / seen[:2] / seen  # type: ignore[operator]
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    bench.store.delete(gone)

    doctor = Doctor(bench.database, bench.store, bench.clock, frozenset)
    found = doctor.examine(mend=True, young=NONE_YOUNG)

    assert dict(found.broken) == {
        bench.undecided: "seen.json: its bytes were changed",
        bench.recent: "seen.json: is missing",
    }
    alert = AlertRepository(bench.database).get_alert(bench.undecided)
    assert "integrity_broken" in alert.standing.reasons
