"""What must hold after a run, whatever was done to it.

What a strike may cost is said where it is allowed; without such a strike nothing less
than the whole is let pass.
"""

from collections import Counter
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import av
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import func, select

from alerts.alert import EventKind
from alerts.audit_trail import AuditTrail
from alerts.database import Database, open_database
from alerts.dedup import Telling
from alerts.doctor import Doctor
from alerts.evidence_store import ObjectKey
from alerts.object_store import ObstoreEvidenceStore
from alerts.pack import PackState, Role, Shortfall
from alerts.pack_manifest import Manifest, decode_manifest
from alerts.pack_verifier import (
    MANIFEST,
    SEAL,
    SealText,
    seal_bytes,
    verify_chain,
    verify_pack,
)
from alerts.rechecks import recheck_of
from alerts.sealer import Sealer
from alerts.service_key import ServiceKey
from alerts.tables import AlertRow, AuditRow, EventRow, OutboxRow, PackRow, SourceRow
from base.clock import SystemClock
from rules.violation import Life, Phase
from tests.faults import strikes
from tests.faults.harness import COUNT, Run
from tests.faults.worker import told_due, told_open

KEY = ServiceKey(Ed25519PrivateKey.generate())
"""Seals each stored pack for the check, as the service's does an export."""


class StoredPack:
    """A pack as it lies in the store, under a seal, as a verifier reads it."""

    def __init__(self, store: ObstoreEvidenceStore, raw: bytes) -> None:
        self._store = store
        manifest = decode_manifest(raw)
        self._keys = {file.name: file.sha256 for file in manifest.files}
        text = SealText({MANIFEST: sha256(raw).hexdigest()}, {}, (), {})
        self._beside = {MANIFEST: raw, SEAL: seal_bytes(KEY, text)}

    def names(self) -> frozenset[str]:
        """The files of the pack, its manifest and the seal."""
        return frozenset(self._keys) | frozenset(self._beside)

    def read(self, name: str) -> bytes:
        """The bytes that lie there now."""
        if name in self._beside:
            return self._beside[name]
        return b"".join(self._store.open_range(ObjectKey(self._keys[name])))


def check(run: Run) -> None:
    """Everything raised is there once, whole."""
    database = open_database(run.database_url)
    store = ObstoreEvidenceStore(run.disk / "evidence", reserve_bytes=0)
    try:
        _check_store(run, database, store)
        _check_alerts(run, database)
        _check_logs(run, database)
        _check_tellings(run, database)
    finally:
        database.close()


def _check_alerts(run: Run, database: Database) -> None:
    """Each alert is there, at its last revision; each has its packs."""
    expected = {told_open(number).id for number in range(COUNT)}
    assert run.raised == set(range(COUNT)), run.told()
    with database.reading() as session:
        alerts = session.execute(
            select(AlertRow.id, AlertRow.life, AlertRow.phase, AlertRow.severity)
        ).all()
        sources = session.execute(
            select(SourceRow.violation_id, SourceRow.alert_id).add_columns(
                SourceRow.revision, SourceRow.life
            )
        ).all()
        packs = session.execute(select(PackRow.id, PackRow.state)).all()
    states = {row.id: row.state for row in packs}
    ends = (Life.PERSISTING.value, Phase.DUE.value, "S3")
    assert {tuple(row) for row in alerts} == {(one, *ends) for one in expected}, (
        run.told()
    )
    told = {(one, one, 2, Life.PERSISTING.value) for one in expected}
    assert {tuple(row) for row in sources} == told, run.told()
    rechecks = {recheck_of(told_due(number)) for number in range(COUNT)}
    assert set(states) == expected | rechecks, run.told()
    pending = [p for p, s in states.items() if s == PackState.PENDING.value]
    assert pending == [], run.told()


def _check_tellings(run: Run, database: Database) -> None:
    """Each alert was raised once, and its two steps are owed to the desk once each.

    Of an alert whose first entry rotted on the spool the second is its opening.
    """
    raised = EventKind.ALERT_RAISED.value
    with database.reading() as session:
        events = session.scalars(
            select(EventRow.alert_id).where(EventRow.kind == raised)
        )
        times = Counter(events)
        deeds = select(func.count()).where(AuditRow.action == raised)
        on_record = session.scalars(deeds).one()
        owed: dict[object, Counter[str]] = {}
        for row in session.execute(select(OutboxRow.alert_id, OutboxRow.telling)):
            owed.setdefault(row.alert_id, Counter())[row.telling] += 1
    alerts = {told_open(number).id for number in range(COUNT)}
    assert times == Counter(alerts), run.told()
    assert on_record == COUNT, run.told()
    both = Counter((Telling.OPENED.value, Telling.DUE.value))
    allowed = [both]
    if strikes.ROTTEN in run.events:
        allowed.append(Counter((Telling.OPENED.value,)))
    assert owed.keys() == alerts, run.told()
    assert all(steps in allowed for steps in owed.values()), (owed, run.told())


def _check_store(run: Run, database: Database, store: ObstoreEvidenceStore) -> None:
    doctor = Doctor(database, store, SystemClock(), frozenset)
    old = timedelta(days=-1)
    found = doctor.examine(mend=False, young=old)
    assert (found.unreadable, found.lost, found.broken) == ((), (), ()), run.told()
    # an entry of the spool that rotted may have told of a pack: it is told again
    has_rotted = strikes.ROTTEN in run.events
    assert has_rotted or found.untold == (), run.told()
    # objects of a pack that was given up half way are found and go
    assert run.was_evidence_struck or found.orphans == (), run.told()
    doctor.examine(mend=True, young=old)
    assert doctor.examine(mend=False, young=old).is_well, run.told()
    raws = [store.manifest(pack) for pack in store.packs()]
    ordered = sorted(
        ((decode_manifest(raw), raw) for raw in raws), key=lambda one: one[0].link.seq
    )
    # each violation's own and its look again when its grace was over
    places = list(range(1, 2 * COUNT + 1))
    assert [one.link.seq for one, _ in ordered] == places, run.told()
    assert verify_chain(ordered) is None, run.told()
    for manifest, raw in ordered:
        verified = verify_pack(StoredPack(store, raw), KEY.digest)
        assert verified.problem is None, (verified.problem, run.told())
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
    """It plays; without a strike at the evidence it is there, and the pack whole."""
    clips = [file for file in manifest.files if file.role is Role.CLIP]
    is_whole = bool(clips) and manifest.state is PackState.COMPLETE
    if not run.was_evidence_struck:
        assert is_whole, (manifest.reasons, run.told())
    assert clips or manifest.reasons, run.told()
    for clip in clips:
        path = Path(run.folder) / "clip.mp4"
        path.write_bytes(b"".join(store.open_range(ObjectKey(clip.sha256))))
        with av.open(str(path)) as opened:
            assert sum(1 for _ in opened.decode(video=0)) > 10, run.told()


def _check_logs(run: Run, database: Database) -> None:
    while Sealer(database, SystemClock()).seal():
        pass
    assert AuditTrail(database).first_break() is None, run.told()
    with database.reading() as session:
        numbers = list(session.scalars(select(EventRow.seq).order_by(EventRow.seq)))
    assert numbers == list(range(1, len(numbers) + 1)), run.told()
