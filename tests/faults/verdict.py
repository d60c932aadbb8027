"""What must hold after a run, whatever was done to it."""

from datetime import timedelta
from pathlib import Path

import av
from sqlalchemy import func, select

from alerts.audit_trail import AuditTrail
from alerts.database import Database, open_database
from alerts.doctor import Doctor
from alerts.object_store import ObstoreEvidenceStore
from alerts.pack import PackState, Role, Shortfall
from alerts.pack_manifest import Manifest, decode_manifest
from alerts.pack_verifier import verify_chain
from alerts.rechecks import recheck_of
from alerts.sealer import Sealer
from alerts.tables import AlertRow, EventRow, PackRow, SourceRow
from base.clock import SystemClock
from tests.faults.harness import COUNT, Run
from tests.faults.worker import told_due, told_open


def check(run: Run) -> None:
    """Everything raised is there once, whole."""
    database = open_database(run.database_url)
    store = ObstoreEvidenceStore(run.disk / "evidence", reserve_bytes=0)
    try:
        _check_store(run, database, store)
        _check_alerts(run, database)
        _check_logs(run, database)
    finally:
        database.close()


def _check_alerts(run: Run, database: Database) -> None:
    expected = {told_open(number).id for number in range(COUNT)}
    assert run.raised == set(range(COUNT)), run.told()
    with database.reading() as session:
        alerts = list(session.scalars(select(AlertRow.id)))
        sources = session.scalars(select(func.count(SourceRow.violation_id))).one()
        packs = session.execute(select(PackRow.id, PackRow.state)).all()
        states = {row.id: row.state for row in packs}
    assert sorted(alerts) == sorted(expected), run.told()
    assert sources == COUNT, run.told()
    rechecks = {recheck_of(told_due(number)) for number in range(COUNT)}
    assert set(states) == expected | rechecks, run.told()
    pending = [p for p, s in states.items() if s == PackState.PENDING.value]
    assert pending == [], run.told()


def _check_store(run: Run, database: Database, store: ObstoreEvidenceStore) -> None:
    doctor = Doctor(database, store, SystemClock(), frozenset)
    old = timedelta(days=-1)
    found = doctor.examine(mend=False, young=old)
    assert found.unreadable == (), run.told()
    assert found.broken == (), run.told()
    # an entry of the spool that rotted may have told of a pack: it is told again
    has_rotted = "worker, spool rotten" in run.events
    assert has_rotted or found.untold == (), run.told()
    # objects of a pack that was given up half way are found and go
    doctor.examine(mend=True, young=old)
    assert doctor.examine(mend=False, young=old).is_well, run.told()
    manifests = [decode_manifest(store.manifest(pack)) for pack in store.packs()]
    ordered = sorted(manifests, key=lambda manifest: manifest.link.seq)
    raw = [(one, store.manifest(one.pack)) for one in ordered]
    # each violation's own and its look again when its grace was over
    places = list(range(1, 2 * COUNT + 1))
    assert [one.link.seq for one in ordered] == places, run.told()
    assert verify_chain(raw) is None, run.told()
    for manifest in manifests:
        if manifest.rechecks is None:
            _check_clip(run, manifest, store)
        else:
            _check_recheck(run, manifest)


def _check_recheck(run: Run, manifest: Manifest) -> None:
    """Taken, perhaps late, or stated as missing."""
    stills = [file for file in manifest.files if file.role is Role.RECHECK]
    is_stated = Shortfall.RECHECK_MISSING in manifest.reasons
    assert is_stated is not any(file.parent is None for file in stills), run.told()
    after = [file.captured_at for file in stills]
    assert all(at > manifest.opened_at for at in after), run.told()


def _check_clip(run: Run, manifest: Manifest, store: ObstoreEvidenceStore) -> None:
    clips = [file for file in manifest.files if file.role is Role.CLIP]
    assert clips or manifest.state is PackState.PARTIAL, run.told()
    for clip in clips:
        path = Path(run.folder) / "clip.mp4"
        path.write_bytes(b"".join(store.open_range(clip.sha256)))  # type: ignore[arg-type]
        with av.open(str(path)) as opened:
            assert sum(1 for _ in opened.decode(video=0)) > 10, run.told()


def _check_logs(run: Run, database: Database) -> None:
    while Sealer(database, SystemClock()).seal():
        pass
    assert AuditTrail(database).first_break() is None, run.told()
    with database.reading() as session:
        numbers = list(session.scalars(select(EventRow.seq).order_by(EventRow.seq)))
    assert numbers == list(range(1, len(numbers) + 1)), run.told()
