"""Alerts, packs and events put straight into the tables, as a consumer leaves them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import insert, update

from alerts.alarm_tables import AlarmRow
from alerts.alert import LIVE, EventKind
from alerts.database import Database
from alerts.evidence_store import EvidenceStore
from alerts.message import violation_to_json
from alerts.pack import PackState, Role
from alerts.repository import EVENTS
from alerts.tables import (
    AlertRow,
    ChainHeadRow,
    EventRow,
    EvidenceFileRow,
    PackRow,
    SourceRow,
)
from base.ids import CameraId, ViewName, ZoneName
from base.json_value import JsonValue
from detector.box import Box
from rules.clause import ClauseTrace, Truth
from rules.place import Place, SlotId
from rules.violation import Life, Phase, Severity, Violation, violation_id

T0 = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Staged:
    """What of an alert a test cares about."""

    n: int = 0
    camera: str = "campus"
    zone: str = "kerb"
    code: str = "SW-01"
    life: Life = Life.OPEN
    phase: Phase = Phase.GRACE
    severity: Severity = Severity.S3


def violation(staged: Staged) -> Violation:
    """The violation behind alert number `n`, opened `n` seconds after T0."""
    first_seen = T0 + timedelta(seconds=staged.n - 60)
    opened_at = T0 + timedelta(seconds=staged.n)
    place = Place(
        CameraId(staged.camera),
        ViewName("home"),
        ZoneName(staged.zone),
        SlotId(f"x{staged.n}y0"),
    )
    return Violation(
        id=violation_id(place, staged.code, first_seen),
        revision=1,
        code=staged.code,
        place=place,
        life=staged.life,
        phase=staged.phase,
        severity=staged.severity,
        at=opened_at,
        first_seen=first_seen,
        last_seen=opened_at,
        opened_at=opened_at,
        due_at=opened_at + timedelta(seconds=300),
        cleared_at=None,
        observed_s=60.0,
        gaps=(),
        continuity_known=True,
        box=Box(0.1, 0.2, 0.3, 0.4),
        label="car",
        score=0.8,
        clauses=(ClauseTrace("still_for", Truth.TRUE, 60.0, 60.0, first_seen),),
        config="c" * 64,
        model="nano@0123456789ab",
    )


def _source(alert: UUID, found: Violation, staged: Staged) -> dict[str, object]:
    return {
        "violation_id": found.id,
        "alert_id": alert,
        "camera": staged.camera,
        "view": "home",
        "zone": staged.zone,
        "slot": found.place.slot,
        "life": staged.life.value,
        "lease_epoch": 1,
        "seq": 1,
        "revision": 1,
        "superseded": False,
        "state": violation_to_json(found),
        "stored_at": T0,
        "changed_at": T0,
    }


def _alert(found: Violation, staged: Staged) -> dict[str, object]:
    return {
        "id": found.id,
        "revision": 1,
        "code": staged.code,
        "place_key": found.place.key,
        "camera": staged.camera,
        "view": "home",
        "zone": staged.zone,
        "slot": found.place.slot,
        "ground": None,
        "life": staged.life.value,
        "phase": staged.phase.value,
        "severity": staged.severity.value,
        "opened_at": found.opened_at,
        "due_at": found.due_at,
        "first_seen": found.first_seen,
        "last_seen": found.last_seen,
        "cleared_at": None,
        "state": violation_to_json(found),
        "stored_at": T0,
        "changed_at": T0,
    }


def store_alerts(database: Database, many: Iterable[Staged]) -> list[UUID]:
    """Store alerts in one transaction; their ids in the same order."""
    pairs = [(violation(staged), staged) for staged in many]
    with database.transaction() as session:
        session.execute(insert(AlertRow), [_alert(v, s) for v, s in pairs])
        session.execute(insert(SourceRow), [_source(v.id, v, s) for v, s in pairs])
        there = [(v, s) for v, s in pairs if s.life in LIVE]
        grave = [v.id for v, s in there if s.severity is Severity.S1]
        if grave:
            rows = [{"alert_id": one, "number": 1, "since": T0} for one in grave]
            session.execute(insert(AlarmRow), rows)
    return [found.id for found, _ in pairs]


def store_second_source(database: Database, alert: UUID, camera: str) -> UUID:
    """Let another camera see the same matter; the id of its violation."""
    staged = Staged(n=7_000_000, camera=camera)
    found = violation(staged)
    with database.transaction() as session:
        session.execute(insert(SourceRow), [_source(alert, found, staged)])
    return found.id


@dataclass(frozen=True, slots=True)
class StagedFile:
    """One evidence file to store."""

    name: str
    body: bytes
    role: Role = Role.FIRST
    media_type: str = "image/jpeg"


def store_pack(
    database: Database, store: EvidenceStore, pack: UUID, files: Iterable[StagedFile]
) -> None:
    """Store a complete pack under the id of its violation."""
    whole: dict[str, JsonValue] = {}
    rows = []
    for ordinal, file in enumerate(files):
        kept = store.put([file.body])
        rows.append(
            {
                "pack_id": pack,
                "name": file.name,
                "ordinal": ordinal,
                "role": file.role.value,
                "media_type": file.media_type,
                "sha256": kept.key,
                "sm3": kept.sm3,
                "size": kept.size,
                "captured_at": T0,
                "ended_at": None,
                "parent": None,
                "box": None,
            }
        )
    whole = {
        "id": pack,  # type: ignore[dict-item]
        "state": PackState.COMPLETE.value,
        "reasons": [],
        "gaps": [],
        "config": "c" * 64,
        "model": "nano@0123456789ab",
        "stored_at": T0,  # type: ignore[dict-item]
        "changed_at": T0,  # type: ignore[dict-item]
    }
    with database.transaction() as session:
        session.execute(insert(PackRow), [whole])
        session.execute(insert(EvidenceFileRow), rows)


def seal_events(database: Database, alert: UUID, seqs: Iterable[int]) -> None:
    """Put events with these numbers into the sealed log, as the sealer does."""
    rows = [
        {
            "seq": seq,
            "kind": EventKind.ALERT_CHANGED.value,
            "alert_id": alert,
            "camera": "campus",
            "detail": {"code": "SW-01", "life": "open", "revision": seq},
            "at": T0,
        }
        for seq in seqs
    ]
    with database.transaction() as session:
        session.execute(insert(EventRow), rows)
        newest = max(row["seq"] for row in rows)  # type: ignore[type-var]
        head = session.get(ChainHeadRow, EVENTS)
        if head is None:
            session.add(ChainHeadRow(name=EVENTS, seq=newest, hash=""))
        else:
            session.execute(
                update(ChainHeadRow)
                .where(ChainHeadRow.name == EVENTS)
                .values(seq=newest)
            )


def staged(n: int, **changes: object) -> Staged:
    """Alert number `n` with changes."""
    return replace(Staged(n=n), **changes)  # type: ignore[arg-type]
