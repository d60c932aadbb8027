"""Writes what a stream entry says: alert, sources, audit entry, outbox, event.

Everything an entry causes is one transaction. Writing an entry twice changes nothing:
what is not above the stored (lease epoch, seq) was written before. The decisions of
the dedup script are proposals here; should Redis have lost its memory, the rows of the
place say what is the same matter.
"""

import hashlib
from datetime import datetime
from uuid import UUID

from alerts.acknowledgement import begin_alarm, is_alarming
from alerts.alert import LIVE, EventKind
from alerts.alert_book import AlertBook, is_live
from alerts.audit import Deed, record
from alerts.dedup import Reason, Telling
from alerts.flood_group import gather
from alerts.follower import AlertFollower, NoFollower
from alerts.life_steps import is_legal_step, life_over
from alerts.message import ViolationMessage
from alerts.outbox import NewTelling, Recipients, enqueue
from alerts.stream_entry import RaisedEntry, SuppressedEntry
from alerts.suppression import Origin, Suppression, note_suppression
from alerts.tables import AlertRow, EventIntakeRow, SourceRow
from base.json_value import JsonValue, canonical_json
from rules.place import Place
from rules.violation import Life, Phase, Severity, Violation

ACTOR = "consumer"
NO_FOLLOWER = NoFollower()


class AlertWriter:
    """Writes entries into the open transaction of a book that has loaded them.

    Args:
        book: The rows they touch.
        recipients: Who is told.
        follower: Who follows alerts in the same transaction.
    """

    def __init__(
        self,
        book: AlertBook,
        recipients: Recipients,
        follower: AlertFollower = NO_FOLLOWER,
    ) -> None:
        self._book = book
        self._session = book.session
        self._recipients = recipients
        self._follower = follower
        self._gathered: set[UUID] = set()

    def suppressed(self, entry: SuppressedEntry, origin: Origin) -> None:
        """Keep why a message changed nothing."""
        message = entry.message
        detail = f"lease {message.lease_epoch}, message {message.seq}"
        held = Suppression(message.violation, entry.alert, entry.reason, detail)
        note_suppression(self._session, held, origin)

    def raised(self, entry: RaisedEntry, origin: Origin) -> bool:
        """Store one revision; false when it had been stored before."""
        message = entry.message
        violation = message.violation
        source = self._book.source(violation.id)
        if source is None:
            kind = self._begin(entry, origin.now)
        elif (message.lease_epoch, message.seq) <= (source.lease_epoch, source.seq):
            return False
        elif not self._go_on(source, message, origin):
            return True
        else:
            kind = EventKind.ALERT_CHANGED
        source = self._book.source(violation.id)
        assert source is not None
        alert = self._book.alert(source.alert_id)
        assert alert is not None
        if entry.held is Reason.FLOOD and alert.id not in self._gathered:
            self._gathered.add(alert.id)
            gather(self._book, self._follower, alert, origin.now)
        was_alarming = is_alarming(alert)
        self._renew_alert(alert, origin.now)
        self._put_on_record(alert, source, kind, origin.now)
        if is_alarming(alert) and not was_alarming and self._alarm(alert, origin.now):
            # what is a danger to life from now on is told, whatever was told before
            telling = entry.telling or Telling.ESCALATED
            self._owe(alert, telling, violation, origin.now)
        else:
            self._tell(alert, entry, origin)
        return True

    def _alarm(self, alert: AlertRow, now: datetime) -> bool:
        """Begin an alarm; false when one still sounds."""
        is_begun = begin_alarm(self._session, alert, now)
        if is_begun:
            self._follower.alarm_begun(self._session, alert, now)
        return is_begun

    def _begin(self, entry: RaisedEntry, now: datetime) -> EventKind:
        """A violation never seen before: a new alert, or a source of one."""
        violation = entry.message.violation
        alert = self._alert_now(entry.alert)
        for other in self._book.open_at(violation) if violation.life in LIVE else ():
            live = [s for s in self._book.sources_of(other) if self._is_here(s, other)]
            over = [s for s in live if _same_slot(s, violation.place)]
            for source in over:
                source.superseded = True
                source.changed_at = now
            if alert is None and len(over) < len(live):
                alert = other
            if over and other is not alert:
                self._renew_alert(other, now)
                self._put_on_record(other, over[0], EventKind.ALERT_CHANGED, now)
        kind = EventKind.ALERT_CHANGED
        if alert is None:
            alert = _new_alert(entry, now)
            self._book.add_alert(alert)
            kind = EventKind.ALERT_RAISED
        source = _new_source(alert, violation, now)
        self._renew(source, entry.message, now)
        self._book.add_source(source)
        return kind

    def _alert_now(self, id_: UUID) -> AlertRow | None:
        """The alert, or the group it has joined since."""
        first = self._book.source(id_)
        return self._book.alert(id_ if first is None else first.alert_id)

    def _is_here(self, source: SourceRow, alert: AlertRow) -> bool:
        """Whether a source is still there, at the place its alert is of.

        The sources of a group stand at many places.
        """
        return is_live(source) and (
            self._book.violation(source).place.key == alert.place_key
        )

    def _go_on(
        self, source: SourceRow, message: ViolationMessage, origin: Origin
    ) -> bool:
        """The next revision of a known violation; false for an illegal step."""
        violation = message.violation
        was, grown = Life(source.life), violation.revision - source.revision
        if is_legal_step(was, violation.life, grown):
            self._renew(source, message, origin.now)
            return True
        source.lease_epoch, source.seq = message.lease_epoch, message.seq
        detail = f"{was} to {violation.life}, revision {violation.revision}"
        held = Suppression(violation, source.alert_id, Reason.ILLEGAL_STEP, detail)
        note_suppression(self._session, held, origin)
        return False

    def _renew(
        self, source: SourceRow, message: ViolationMessage, now: datetime
    ) -> None:
        source.life = message.violation.life.value
        source.lease_epoch = message.lease_epoch
        source.seq = message.seq
        source.revision = message.violation.revision
        source.superseded = False
        source.changed_at = now
        self._book.told(source, message.violation)

    def _renew_alert(self, alert: AlertRow, now: datetime) -> None:
        """Sum the sources up; `opened_at` stays, lists are ordered by it."""
        rows = self._book.sources_of(alert)
        counted = [row for row in rows if not row.superseded] or rows
        live = [row for row in counted if is_live(row)]
        all_of = [self._book.violation(row) for row in counted]
        there = [self._book.violation(row) for row in live] or all_of
        was = Life(alert.life) if alert.revision else None
        life = life_over(was, [Life(row.life) for row in live])
        own = [row for row in rows if row.violation_id == alert.id] or counted
        due = [v.due_at for v in there if v.due_at is not None]
        cleared = [v.cleared_at or v.last_seen for v in all_of]
        is_due = any(v.phase is Phase.DUE for v in there)
        alert.revision += 1
        alert.life = life.value
        alert.phase = (Phase.DUE if is_due else Phase.GRACE).value
        alert.severity = min(v.severity.value for v in there)
        alert.due_at = min(due) if due else None
        alert.first_seen = min(v.first_seen for v in all_of)
        alert.last_seen = max(v.last_seen for v in all_of)
        alert.cleared_at = max(cleared) if life is Life.CLEARED else None
        alert.state = own[0].state
        alert.changed_at = now

    def _put_on_record(
        self, alert: AlertRow, source: SourceRow, kind: EventKind, now: datetime
    ) -> None:
        detail: dict[str, JsonValue] = {
            "code": alert.code,
            "life": alert.life,
            "phase": alert.phase,
            "severity": alert.severity,
            "revision": alert.revision,
        }
        self._session.add(
            EventIntakeRow(
                kind=kind.value,
                alert_id=alert.id,
                camera=source.camera,
                detail=detail,
                at=now,
            )
        )
        state = canonical_json(source.state).encode()
        on_record = detail | {
            "violation": str(source.violation_id),
            "violation_revision": source.revision,
            "state_sha256": hashlib.sha256(state).hexdigest(),
        }
        deed = Deed(ACTOR, kind.value, f"alert/{alert.id}", on_record)
        record(self._session, now, deed)
        self._follower.alert_stored(self._session, alert, now)

    def _tell(self, alert: AlertRow, entry: RaisedEntry, origin: Origin) -> None:
        if entry.telling is None:
            return
        violation = entry.message.violation
        reason = entry.held
        if reason is None and entry.alert != alert.id and not _is_grave(violation):
            reason = Reason.MERGED  # it joined a group, which is told as one
        if reason is not None:
            detail = f"{entry.telling} not told"
            held = Suppression(violation, alert.id, reason, detail)
            note_suppression(self._session, held, origin)
            return
        self._owe(alert, entry.telling, violation, origin.now)

    def _owe(
        self, alert: AlertRow, telling: Telling, violation: Violation, now: datetime
    ) -> None:
        told = self._recipients.of(violation.place, violation.code, violation.severity)
        enqueue(self._session, alert, NewTelling(telling, told), now)


def _is_grave(violation: Violation) -> bool:
    return violation.severity is Severity.S1


def _same_slot(source: SourceRow, place: Place) -> bool:
    return (source.camera, source.view, source.zone, source.slot) == (
        place.camera,
        place.view,
        place.zone,
        place.slot,
    )


def _new_source(alert: AlertRow, violation: Violation, now: datetime) -> SourceRow:
    place = violation.place
    return SourceRow(
        violation_id=violation.id,
        alert_id=alert.id,
        camera=place.camera,
        view=place.view,
        zone=place.zone,
        slot=place.slot,
        stored_at=now,
    )


def _new_alert(entry: RaisedEntry, now: datetime) -> AlertRow:
    """What never changes of it; the rest is summed up from its sources."""
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
        opened_at=violation.opened_at or violation.at,
        stored_at=now,
    )
