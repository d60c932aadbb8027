"""Writes what is known of a pack: its state, files and gaps; the newest telling wins.

A pack may come before its alert (another shard, another thread): it is stored under
its violation's id and found there once the alert is.
"""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from alerts.alert import EventKind
from alerts.audit import Deed, record
from alerts.evidence_facts import facts_to_json
from alerts.pack import PACK_TRANSITIONS, EvidenceFile, Pack, PackState
from alerts.tables import EventIntakeRow, EvidenceFileRow, PackRow, SourceRow
from base.json_value import JsonValue

ACTOR = "consumer"


def write_pack(session: Session, pack: Pack, now: datetime) -> bool:
    """Store `pack`; false when that was done before or something newer is there.

    Args:
        session: An open transaction.
        pack: As the worker told of it.
        now: Wall time.
    """
    row = session.get(PackRow, pack.id)
    if row is None:
        row = PackRow(id=pack.id, rechecks=pack.rechecks, stored_at=now)
        session.add(row)
    elif not _is_news(PackState(row.state), pack.state):
        return False
    row.state = pack.state.value
    row.reasons = list(pack.reasons)
    row.gaps = [[gap.start.isoformat(), gap.end.isoformat()] for gap in pack.gaps]
    row.config = pack.config
    row.model = pack.model
    row.facts = facts_to_json(pack.facts)
    row.changed_at = now
    session.flush()
    session.execute(delete(EvidenceFileRow).where(EvidenceFileRow.pack_id == pack.id))
    session.add_all(
        _file_row(pack, ordinal, file) for ordinal, file in enumerate(pack.files)
    )
    session.flush()
    _put_on_record(session, pack, now)
    return True


def _is_news(was: PackState, now: PackState) -> bool:
    """Stills come one after the other while pending; what is sealed stays."""
    return now in PACK_TRANSITIONS[was] or was is now is PackState.PENDING


def _file_row(pack: Pack, ordinal: int, file: EvidenceFile) -> EvidenceFileRow:
    box: JsonValue = None
    if file.box is not None:
        box = [file.box.x1, file.box.y1, file.box.x2, file.box.y2]
    return EvidenceFileRow(
        pack_id=pack.id,
        name=file.name,
        ordinal=ordinal,
        role=file.role.value,
        media_type=file.media_type,
        sha256=file.stored.key,
        sm3=file.stored.sm3,
        size=file.stored.size,
        captured_at=file.captured_at,
        ended_at=file.ended_at,
        parent=file.parent,
        box=box,
        width_px=None if file.size_px is None else file.size_px[0],
        height_px=None if file.size_px is None else file.size_px[1],
    )


def _put_on_record(session: Session, pack: Pack, now: datetime) -> None:
    files: dict[str, JsonValue] = {f.name: f.stored.key for f in pack.files}
    detail: dict[str, JsonValue] = {
        "state": pack.state.value,
        "reasons": list(pack.reasons),
        "files": files,
    }
    kind = EventKind.EVIDENCE_CHANGED.value
    record(session, now, Deed(ACTOR, kind, f"pack/{pack.id}", detail))
    source = session.get(SourceRow, pack.violation)
    if source is None:
        return  # the alert, once there, is told of with its evidence
    session.add(
        EventIntakeRow(
            kind=kind,
            alert_id=source.alert_id,
            camera=source.camera,
            detail={"state": pack.state.value, "files": len(pack.files)},
            at=now,
        )
    )
