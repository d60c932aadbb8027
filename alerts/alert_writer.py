"""Writes what a stream entry says: alert, sources, audit entry, outbox, event.

Everything an entry causes is one transaction. Writing an entry twice changes nothing:
what is not above the stored (lease epoch, seq) was written before. The decisions of
the dedup script are proposals here; should Redis have lost its memory, the rows of the
place say what is the same matter.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.alert import LIVE, EventKind
from alerts.audit import Deed, record
from alerts.column_types import JsonValue, canonical_json
from alerts.dedup import Reason
from alerts.life_steps import is_legal_step, life_over
from alerts.message import ViolationMessage, violation_from_json, violation_to_json
from alerts.outbox import Recipients, enqueue
from alerts.stream_entry import RaisedEntry, SuppressedEntry
from alerts.suppression import Origin, Suppression, note_suppression
from alerts.tables import AlertRow, EventIntakeRow, SourceRow
from rules.place import Place
from rules.violation import Life, Phase, Violation

ACTOR = "consumer"


def _same_slot(source: SourceRow, place: Place) -> bool:
    return (source.camera, source.view, source.zone, source.slot) == (
        place.camera,
        place.view,
        place.zone,
        place.slot,
    )


def _is_live(source: SourceRow) -> bool:
    return not source.superseded and Life(source.life) in LIVE


class AlertWriter:
    """Writes violations into an open transaction.

    Args:
        recipients: Who is told.
        row_locks: Lock the rows read: on PostgreSQL, where writers run side by side.
    """

    def __init__(self, recipients: Recipients, *, row_locks: bool) -> None:
        self._recipients = recipients
        self._row_locks = row_locks

    def suppressed(
        self, session: Session, entry: SuppressedEntry, origin: Origin
    ) -> None:
        """Keep why a message changed nothing."""
        message = entry.message
        detail = f"lease {message.lease_epoch}, message {message.seq}"
        held = Suppression(message.violation, entry.alert, entry.reason, detail)
        note_suppression(session, held, origin)

    def raised(self, session: Session, entry: RaisedEntry, origin: Origin) -> bool:
        """Store one revision; false when it had been stored before."""
        message = entry.message
        violation = message.violation
        source = session.get(SourceRow, violation.id, with_for_update=self._row_locks)
        if source is None:
            alert, is_new = self._first_of(session, entry, origin.now)
        elif (message.lease_epoch, message.seq) <= (source.lease_epoch, source.seq):
            return False
        else:
            alert = session.get_one(
                AlertRow, source.alert_id, with_for_update=self._row_locks
            )
            is_new = False
            was, grown = Life(source.life), violation.revision - source.revision
            if not is_legal_step(was, violation.life, grown):
                source.lease_epoch, source.seq = message.lease_epoch, message.seq
                detail = f"{was} to {violation.life}, revision {violation.revision}"
                held = Suppression(violation, alert.id, Reason.ILLEGAL_STEP, detail)
                note_suppression(session, held, origin)
                return True
            _renew(source, message, origin.now)
        session.flush()
        _renew_alert(session, alert, origin.now)
        kind = EventKind.ALERT_RAISED if is_new else EventKind.ALERT_CHANGED
        _put_on_record(session, alert, violation, kind, origin.now)
        self._tell(session, alert, entry, origin)
        return True

    def _first_of(
        self, session: Session, entry: RaisedEntry, now: datetime
    ) -> tuple[AlertRow, bool]:
        """The alert of a violation never seen before, with its source; and if new."""
        violation = entry.message.violation
        alert = session.get(AlertRow, entry.alert, with_for_update=self._row_locks)
        for other, sources in self._open_at_place(session, violation):
            if violation.life not in LIVE:
                break
            over = [s for s in sources if _same_slot(s, violation.place)]
            for source in over:
                source.superseded = True
                source.changed_at = now
            if alert is None and len(over) < len(sources):
                alert = other
            if over and other is not alert:
                session.flush()
                _renew_alert(session, other, now)
                _put_on_record(session, other, violation, EventKind.ALERT_CHANGED, now)
        is_new = alert is None
        if alert is None:
            alert = _new_alert(entry, now)
            session.add(alert)
            session.flush()
        session.add(_new_source(alert, entry.message, now))
        return alert, is_new

    def _open_at_place(
        self, session: Session, violation: Violation
    ) -> list[tuple[AlertRow, Sequence[SourceRow]]]:
        query = select(AlertRow).where(
            AlertRow.place_key == violation.place.key,
            AlertRow.code == violation.code,
            AlertRow.life.in_(sorted(LIVE)),
        )
        if self._row_locks:
            query = query.with_for_update()
        return [
            (alert, [s for s in _sources(session, alert) if _is_live(s)])
            for alert in session.scalars(query).all()
        ]

    def _tell(
        self, session: Session, alert: AlertRow, entry: RaisedEntry, origin: Origin
    ) -> None:
        if entry.telling is None:
            return
        violation = entry.message.violation
        if entry.held is not None:
            detail = f"{entry.telling} not told"
            held = Suppression(violation, alert.id, entry.held, detail)
            note_suppression(session, held, origin)
            return
        told = self._recipients.of(violation.place, violation.code, violation.severity)
        enqueue(session, alert, entry.telling, told, origin.now)


def _sources(session: Session, alert: AlertRow) -> Sequence[SourceRow]:
    query = select(SourceRow).where(SourceRow.alert_id == alert.id)
    return session.scalars(query).all()


def _new_source(alert: AlertRow, message: ViolationMessage, now: datetime) -> SourceRow:
    place = message.violation.place
    source = SourceRow(
        violation_id=message.violation.id,
        alert_id=alert.id,
        camera=place.camera,
        view=place.view,
        zone=place.zone,
        slot=place.slot,
        superseded=False,
        stored_at=now,
    )
    _renew(source, message, now)
    return source


def _renew(source: SourceRow, message: ViolationMessage, now: datetime) -> None:
    source.life = message.violation.life.value
    source.lease_epoch = message.lease_epoch
    source.seq = message.seq
    source.revision = message.violation.revision
    source.state = violation_to_json(message.violation)
    source.superseded = False
    source.changed_at = now


def _new_alert(entry: RaisedEntry, now: datetime) -> AlertRow:
    violation = entry.message.violation
    place = violation.place
    return AlertRow(
        id=entry.alert,
        revision=0,
        code=violation.code,
        place_key=place.key,
        camera=place.camera,
        view=place.view,
        zone=place.zone,
        slot=place.slot,
        ground=place.ground,
        life=violation.life.value,
        phase=violation.phase.value,
        severity=violation.severity.value,
        opened_at=violation.opened_at or violation.at,
        due_at=violation.due_at,
        first_seen=violation.first_seen,
        last_seen=violation.last_seen,
        cleared_at=violation.cleared_at,
        state=violation_to_json(violation),
        stored_at=now,
        changed_at=now,
    )


def _renew_alert(session: Session, alert: AlertRow, now: datetime) -> None:
    """Sum the sources up; `opened_at` stays, lists are ordered by it."""
    rows = _sources(session, alert)
    counted = [row for row in rows if not row.superseded] or list(rows)
    live = [row for row in counted if _is_live(row)]
    all_of = [violation_from_json(row.state) for row in counted]
    there = [violation_from_json(row.state) for row in live] or all_of
    was = Life(alert.life) if alert.revision else None
    life = life_over(was, [Life(row.life) for row in live])
    own = [row for row in rows if row.violation_id == alert.id] or list(counted)
    due = [v.due_at for v in there if v.due_at is not None]
    cleared = [v.cleared_at or v.last_seen for v in all_of]
    alert.revision += 1
    alert.life = life.value
    is_due = any(v.phase is Phase.DUE for v in there)
    alert.phase = (Phase.DUE if is_due else Phase.GRACE).value
    alert.severity = min(v.severity.value for v in there)
    alert.due_at = min(due) if due else None
    alert.first_seen = min(v.first_seen for v in all_of)
    alert.last_seen = max(v.last_seen for v in all_of)
    alert.cleared_at = max(cleared) if life is Life.CLEARED else None
    alert.state = own[0].state
    alert.changed_at = now
    session.flush()


def _put_on_record(
    session: Session,
    alert: AlertRow,
    violation: Violation,
    kind: EventKind,
    now: datetime,
) -> None:
    detail: dict[str, JsonValue] = {
        "code": alert.code,
        "life": alert.life,
        "phase": alert.phase,
        "severity": alert.severity,
        "revision": alert.revision,
    }
    session.add(
        EventIntakeRow(
            kind=kind.value,
            alert_id=alert.id,
            camera=violation.place.camera,
            detail=detail,
            at=now,
        )
    )
    state = canonical_json(violation_to_json(violation))
    on_record = detail | {
        "violation": str(violation.id),
        "violation_revision": violation.revision,
        "state_sha256": hashlib.sha256(state.encode()).hexdigest(),
    }
    deed = Deed(ACTOR, kind.value, f"alert/{alert.id}", on_record)
    record(session, now, deed)
