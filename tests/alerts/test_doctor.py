"""The doctor holds what lies in the store against what is on record."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import delete

from alerts.database import Database
from alerts.doctor import Doctor
from alerts.evidence_writer import write_pack
from alerts.object_store import ObstoreEvidenceStore
from alerts.pack_manifest import decode_manifest, encode_manifest
from alerts.repository import AlertRepository
from alerts.tables import EvidenceFileRow, PackRow
from rules.violation import Life
from tests.alerts.evidence_rig import T0, violation
from tests.alerts.test_retention import NONE_YOUNG, Bench


def manifest_file(store: ObstoreEvidenceStore, pack: object) -> Path:
    """Where the manifest of a pack lies."""
    assert store._folder is not None
    return store._folder / "packs" / f"{pack}.json"


def test_young_objects_are_left_alone(tmp_path: Path, database: Database) -> None:
    """They may belong to a pack just being made."""
    bench = Bench(tmp_path, database)
    bench.store.put([b"of a pack being made"])

    found = Doctor(bench.database, bench.store, bench.clock, frozenset).examine(
        mend=True
    )

    assert found.orphans == ()


def test_a_manifest_gone_from_its_place_is_put_back(
    tmp_path: Path, database: Database
) -> None:
    """It lies there as an object, too; nothing is locked."""
    bench = Bench(tmp_path, database)
    path = manifest_file(bench.store, bench.recent)
    whole = path.read_bytes()
    path.unlink()
    doctor = Doctor(database, bench.store, bench.clock, frozenset)

    found = doctor.examine(mend=True, young=NONE_YOUNG)

    assert (found.lost, found.broken) == ((bench.recent,), ())
    assert path.read_bytes() == whole
    assert doctor.examine(mend=False, young=NONE_YOUNG).is_well


def test_manifests_that_traded_places_lock_both_alerts(
    tmp_path: Path, database: Database
) -> None:
    """Each is whole; neither is the one on record under that id."""
    bench = Bench(tmp_path, database)
    one, other = (manifest_file(bench.store, p) for p in (bench.held, bench.recent))
    raw = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(raw)
    stray = bench.store.put([b"what a manifest may have been changed with"])

    found = Doctor(database, bench.store, bench.clock, frozenset).examine(
        mend=True, young=NONE_YOUNG
    )

    assert dict(found.broken) == dict.fromkeys(
        (bench.held, bench.recent), "manifest.json: is not the one on record"
    )
    assert found.orphans == ()
    assert bench.store.size(stray.key)
    for alert in (bench.held, bench.recent):
        standing = AlertRepository(database).get_alert(alert).standing
        assert "integrity_broken" in standing.reasons


def test_a_number_missing_from_a_chain_or_given_twice_is_told(
    tmp_path: Path, database: Database
) -> None:
    """As long as it is so: nothing can mend it."""
    bench = Bench(tmp_path, database)
    doctor = Doctor(database, bench.store, bench.clock, frozenset)
    second = manifest_file(bench.store, bench.held)
    raw = second.read_bytes()
    second.unlink()
    camera = decode_manifest(raw).camera

    gone = doctor.examine(mend=False, young=NONE_YOUNG)
    twice = decode_manifest(raw).model_copy(update={"pack": UUID(int=7)})
    for pack, body in ((bench.held, raw), (twice.pack, encode_manifest(twice))):
        bench.store.put_manifest(pack, body)
    forked = doctor.examine(mend=False, young=NONE_YOUNG)

    assert gone.chains == (f"{camera}: pack 2 of its chain is missing",)
    assert forked.chains[0].endswith("are both 2")
    assert not forked.is_well


def test_what_an_announced_pack_names_is_no_orphan(
    tmp_path: Path, database: Database
) -> None:
    """Its sealer died before the manifest stood: the next one puts it there."""
    bench = Bench(tmp_path, database)
    newest = decode_manifest(
        max(
            (bench.store.manifest(pack) for pack in bench.packs),
            key=lambda raw: decode_manifest(raw).link.seq,
        )
    )
    manifest_file(bench.store, newest.pack).unlink()
    with database.transaction() as session:
        session.execute(delete(EvidenceFileRow))
        session.execute(delete(PackRow))

    found = Doctor(database, bench.store, bench.clock, frozenset)
    assert found.orphans(NONE_YOUNG) == ()


def test_a_pack_whose_alert_never_came_is_told(
    tmp_path: Path, database: Database
) -> None:
    """After a month; nothing is wrong with it, and it stays."""
    bench = Bench(tmp_path, database)
    for seconds, life in ((2, Life.CANDIDATE), (60, Life.OPEN)):
        bench.rig.look(seconds, violation(life, seconds, "x9"))
    bench.rig.look(82)
    alone = bench.rig.sink.packs[-1]
    with database.transaction() as session:
        write_pack(session, alone, T0)
    doctor = Doctor(database, bench.store, bench.clock, frozenset)
    assert doctor.examine(mend=False, young=NONE_YOUNG).unclaimed == ()
    bench.clock.advance(timedelta(days=31).total_seconds())

    found = doctor.examine(mend=True, young=NONE_YOUNG)

    assert (found.unclaimed, found.is_well) == ((alone.id,), True)
    assert bench.rig.verifies(alone)
