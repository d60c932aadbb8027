"""Rows of the alert tables as the values the rest of the house reads."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from alerts.alert import Alert, AlertEvent, AlertId, AlertSource, EventKind
from alerts.evidence_facts import check_from_json, facts_from_json
from alerts.evidence_mode import PackStanding, standing
from alerts.evidence_store import ObjectKey, StoredObject
from alerts.message import violation_from_json
from alerts.pack import EvidenceFile, Pack, PackId, PackState, Role
from alerts.tables import AlertRow, EventRow, EvidenceFileRow, PackRow, SourceRow
from base.ids import CameraId
from base.json_value import JsonValue
from detector.box import Box
from rules.place import PlaceKey
from rules.violation import Gap, Life, Phase, Severity, Violation


def _state(pack: PackRow | None) -> PackState:
    return PackState.PENDING if pack is None else PackState(pack.state)


def source_of(
    row: SourceRow, violation: Violation, pack: PackRow | None
) -> AlertSource:
    """One source with the state of its own pack."""
    return AlertSource(
        violation=violation,
        life=Life(row.life),
        lease_epoch=row.lease_epoch,
        seq=row.seq,
        superseded=row.superseded,
        evidence=_state(pack),
        stored_at=row.stored_at,
        changed_at=row.changed_at,
    )


def alert_of(
    row: AlertRow,
    sources: Sequence[SourceRow],
    packs: Mapping[UUID, PackRow],
    *,
    is_group: bool,
) -> Alert:
    """One alert; its first source first, the others in order of coming."""
    violation = violation_from_json(row.state)
    ordered = sorted(
        sources, key=lambda s: (s.violation_id != row.id, s.stored_at, s.violation_id)
    )
    own = packs.get(row.id)

    def told_by(source: SourceRow) -> Violation:
        """The source's violation; nearly always the alert's own, parsed already."""
        same = source.state == row.state
        return violation if same else violation_from_json(source.state)

    pack = None if own is None else pack_standing(own)
    stands = standing(violation, pack, is_group=is_group)
    return Alert(
        id=AlertId(row.id),
        revision=row.revision,
        code=row.code,
        place=violation.place,
        place_key=PlaceKey(row.place_key),
        life=Life(row.life),
        phase=Phase(row.phase),
        severity=Severity(row.severity),
        opened_at=row.opened_at,
        due_at=row.due_at,
        first_seen=row.first_seen,
        last_seen=row.last_seen,
        cleared_at=row.cleared_at,
        violation=violation,
        sources=tuple(
            source_of(s, told_by(s), packs.get(s.violation_id)) for s in ordered
        ),
        evidence=_state(own),
        evidence_reasons=() if own is None else _words(own.reasons),
        standing=stands,
        is_group=is_group,
        stored_at=row.stored_at,
        changed_at=row.changed_at,
    )


def pack_standing(row: PackRow) -> PackStanding:
    """What decides whether a pack may be more than a clue."""
    return PackStanding(
        state=PackState(row.state),
        facts=facts_from_json(row.facts),
        clock_read=check_from_json(row.clock_read),
        is_broken=row.broken is not None,
    )


def _words(value: JsonValue) -> tuple[str, ...]:
    return tuple(str(word) for word in value) if isinstance(value, list) else ()


def _gaps(value: JsonValue) -> tuple[Gap, ...]:
    gaps = []
    for pair in value if isinstance(value, list) else ():
        assert isinstance(pair, list)
        start, end = (datetime.fromisoformat(str(stamp)) for stamp in pair)
        gaps.append(Gap(start, end))
    return tuple(gaps)


def _box(value: JsonValue) -> Box | None:
    if not isinstance(value, list):
        return None
    x1, y1, x2, y2 = (float(str(corner)) for corner in value)
    return Box(x1, y1, x2, y2)


def _size(width: int | None, height: int | None) -> tuple[int, int] | None:
    return None if width is None or height is None else (width, height)


def file_of(row: EvidenceFileRow) -> EvidenceFile:
    """One evidence file."""
    return EvidenceFile(
        name=row.name,
        role=Role(row.role),
        media_type=row.media_type,
        stored=StoredObject(ObjectKey(row.sha256), row.sm3, row.size),
        captured_at=row.captured_at,
        ended_at=row.ended_at,
        parent=row.parent,
        box=_box(row.box),
        size_px=_size(row.width_px, row.height_px),
    )


def pack_from_rows(row: PackRow, files: Sequence[EvidenceFileRow]) -> Pack:
    """One pack with its files in their order."""
    return Pack(
        id=PackId(row.id),
        state=PackState(row.state),
        files=tuple(file_of(f) for f in sorted(files, key=lambda f: f.ordinal)),
        reasons=_words(row.reasons),
        gaps=_gaps(row.gaps),
        config=row.config,
        model=row.model,
        facts=facts_from_json(row.facts),
        is_erased=row.erased_at is not None,
        rechecks=row.rechecks,
    )


def event_of(row: EventRow) -> AlertEvent:
    """One sealed event."""
    return AlertEvent(
        seq=row.seq,
        kind=EventKind(row.kind),
        alert=None if row.alert_id is None else AlertId(row.alert_id),
        camera=None if row.camera is None else CameraId(row.camera),
        detail=row.detail if isinstance(row.detail, dict) else {},
        at=row.at,
    )
