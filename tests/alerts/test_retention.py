"""What goes when its time has run, and what never does; orphans found and mended."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from alerts.alert import AlertId
from alerts.audit import Actor
from alerts.audit_trail import AuditTrail
from alerts.database import Database
from alerts.doctor import Doctor
from alerts.errors import NotFoundError
from alerts.evidence_writer import write_pack
from alerts.legal_hold import HoldBook
from alerts.object_store import ObstoreEvidenceStore
from alerts.pack import Pack
from alerts.repository import AlertRepository
from alerts.retention import Retention, RetentionReport
from alerts.sealer import Sealer
from base.clock import ManualClock
from rules.violation import Life
from tests.alerts.evidence_rig import T0, Rig, violation
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
        self.verdicts = {self.dismissed: T0, self.held: T0}
        HoldBook(database, self.clock).place(
            self.held, Actor("王法制", "legal"), "复议"
        )

    def told(self, alerts: Sequence[AlertId]) -> dict[AlertId, datetime]:
        return {a: at for a, at in self.verdicts.items() if a in alerts}

    def retention(self) -> Retention:
        return Retention(self.database, self.store, self.told, self.clock)

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
    bench.verdicts[bench.recent] = bench.clock.utc_now()

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


def test_disk_pressure_takes_the_oldest_verdict_first(bench: Bench) -> None:
    """Before its time, only as much as wanted, never what is held or undecided."""
    bench.clock.advance(86400)
    bench.verdicts[bench.recent] = bench.clock.utc_now()

    assert bench.retention().relieve(1).erased == (bench.dismissed,)
    report = bench.retention().relieve(10**12)

    assert report.erased == (bench.recent,)
    assert bench.has_media(bench.held)
    assert bench.has_media(bench.undecided)


def test_the_doctor_finds_nothing_in_a_whole_store(bench: Bench) -> None:
    """Nor after retention has run."""
    doctor = Doctor(bench.database, bench.store, bench.clock)
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
    doctor = Doctor(bench.database, bench.store, bench.clock)

    found = doctor.examine(mend=True, young=NONE_YOUNG)

    assert found.orphans == (orphan.key,)
    assert found.untold == (said.id,)
    assert doctor.examine(mend=False, young=NONE_YOUNG).is_well
    with pytest.raises(NotFoundError):
        bench.store.size(orphan.key)


def test_young_objects_are_left_alone(bench: Bench) -> None:
    """They may belong to a pack just being made."""
    bench.store.put([b"of a pack being made"])

    found = Doctor(bench.database, bench.store, bench.clock).examine(mend=True)

    assert found.orphans == ()


def test_the_doctor_locks_what_cannot_be_mended(bench: Bench) -> None:
    """A changed byte and a missing object are named, file by file."""
    first, clip = bench.pack(bench.undecided), bench.pack(bench.recent)
    seen = next(f for f in first.files if f.name == "seen.json").stored.key
    gone = next(f for f in clip.files if f.name == "seen.json").stored.key
    path = bench.store._folder / "objects" / seen[:2] / seen  # type: ignore[operator]
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    bench.store.delete(gone)

    doctor = Doctor(bench.database, bench.store, bench.clock)
    found = doctor.examine(mend=True, young=NONE_YOUNG)

    assert dict(found.broken) == {
        bench.undecided: "seen.json: its bytes were changed",
        bench.recent: "seen.json: is missing",
    }
    alert = AlertRepository(bench.database).get_alert(bench.undecided)
    assert "integrity_broken" in alert.standing.reasons
