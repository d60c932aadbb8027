"""Stored packs are gone over by the day: what does not hold is found and locked."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from alerts import scrub
from alerts.audit_trail import AuditTrail
from alerts.database import Database
from alerts.digest import digest
from alerts.errors import StoreError
from alerts.repository import AlertRepository
from alerts.scrub import Scrub
from alerts.sealer import Sealer
from tests.alerts.test_retention import Bench

PLENTY = 1 << 40


@pytest.fixture
def bench(tmp_path: Path, database: Database) -> Bench:
    """Four packs in a folder."""
    return Bench(tmp_path, database)


def scrubbing(bench: Bench, day_bytes: int = PLENTY) -> Scrub:
    return Scrub(bench.database, bench.store, bench.clock, day_bytes)


def spoil(bench: Bench, alert: object, name: str = "seen.json") -> None:
    """Another last byte in a file of the alert's pack."""
    files = bench.packs[alert].files  # type: ignore[index]
    key = next(file for file in files if file.name == name).stored.key
    folder = bench.store._folder
    assert folder is not None
    path = folder / "objects" / key[:2] / key
    path.write_bytes(path.read_bytes()[:-1] + b"!")


def test_a_changed_byte_locks_its_alert_without_anybody_asking(bench: Bench) -> None:
    """And no other; it is found once."""
    spoil(bench, bench.recent)
    work = scrubbing(bench)

    found = work.turn()

    assert found == {bench.recent: "seen.json: its bytes were changed"}
    for alert in bench.ids:
        reasons = AlertRepository(bench.database).get_alert(alert).standing.reasons
        assert ("integrity_broken" in reasons) is (alert == bench.recent)
    bench.clock.advance(timedelta(days=1).total_seconds())
    assert work.turn() == {}


def test_a_manifest_that_is_another_packs_is_found(bench: Bench) -> None:
    """Whole as it is."""
    packs = bench.store._folder / "packs"  # type: ignore[operator]
    shutil.copy(packs / f"{bench.held}.json", packs / f"{bench.recent}.json")

    found = scrubbing(bench).turn()

    assert found == {bench.recent: "manifest.json: is not the one on record"}


def test_a_lost_manifest_is_put_back_and_a_missing_disk_locks_nothing(
    bench: Bench, tmp_path: Path
) -> None:
    """Where nothing of a pack is there it is the store that is away."""
    path = bench.store._folder / "packs" / f"{bench.recent}.json"  # type: ignore[operator]
    path.unlink()
    assert scrubbing(bench).turn() == {}
    assert path.is_file()
    folder = tmp_path / "evidence"
    for part in ("packs", "objects"):
        shutil.move(folder / part, tmp_path / f"away_{part}")
        (folder / part).mkdir()

    with pytest.raises(StoreError, match="mounted"):
        scrubbing(bench).turn()

    reasons = AlertRepository(bench.database).get_alert(bench.recent).standing.reasons
    assert "integrity_broken" not in reasons


def test_a_manifest_gone_for_good_locks_its_alert_on_record(bench: Bench) -> None:
    """Its object is deleted, too; the other files show that the store is there."""
    raw = bench.store.manifest(bench.recent)
    bench.store.delete(digest(raw).key)
    (bench.store._folder / "packs" / f"{bench.recent}.json").unlink()  # type: ignore[operator]

    assert scrubbing(bench).turn() == {bench.recent: "manifest.json: is missing"}

    reasons = AlertRepository(bench.database).get_alert(bench.recent).standing.reasons
    assert "integrity_broken" in reasons
    Sealer(bench.database, bench.clock).seal()
    locked = [
        entry.subject
        for entry in AuditTrail(bench.database).after(0)
        if entry.action == "evidence.locked"
    ]
    assert locked == [f"pack/{bench.recent}"]


def test_a_day_reads_so_much_and_every_pack_has_its_turn(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One pack a day: after few days each of four was looked at."""
    seen: list[object] = []
    look_at = Scrub._look_at

    def noted(self: Scrub, pack: object) -> tuple[str | None, int]:
        seen.append(pack)
        return look_at(self, pack)  # type: ignore[arg-type]

    monkeypatch.setattr(Scrub, "_look_at", noted)
    work = scrubbing(bench, day_bytes=1)
    for day in range(1, 13):
        work.turn()
        work.turn()
        assert len(seen) == day
        bench.clock.advance(timedelta(days=1).total_seconds())

    assert set(seen) == set(bench.ids)


def test_one_call_is_bounded_and_the_next_goes_on(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until all were looked at; then the day is over."""
    monkeypatch.setattr(scrub, "TURN_BYTES", 1)
    for alert in bench.ids:
        spoil(bench, alert)
    work = scrubbing(bench)

    found = [work.turn() for _ in range(6)]

    assert [len(one) for one in found] == [1, 1, 1, 1, 0, 0]
    assert {pack for one in found for pack in one} == set(bench.ids)
