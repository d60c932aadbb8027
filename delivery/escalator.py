"""An alarm nobody acknowledged goes a step up: the next channel, the next person.

The first step is due `escalate_after_s` after the alarm was first owed to anybody, the
next so long after that. It goes by wall time, since people are waited for, and does not
ask whether a channel works: nobody has answered, for whatever reason.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from alerts.acknowledgement import Alarms, Sounding, tell_alarm
from alerts.alert import AlertId
from alerts.audit import Deed, record
from alerts.database import Database
from alerts.dedup import Telling
from alerts.outbox import DESK, enqueue
from alerts.tables import AcknowledgementRow, AlertRow, OutboxRow
from base.clock import Clock
from base.json_value import JsonValue
from delivery.book import ACTOR
from delivery.rota import SiteInForce, recipients
from delivery.tables import EscalationRow
from rules.violation import Severity
from sites.delivery_section import DeliverySection


@dataclass(frozen=True, slots=True)
class _Step:
    """A step that is due."""

    alert: AlertId
    number: int


class Escalator:
    """Used by one thread; several processes may each have one.

    Args:
        database: Where alarms stand.
        site: The configuration in force.
        clock: Wall time.
    """

    def __init__(self, database: Database, site: SiteInForce, clock: Clock) -> None:
        self._database = database
        self._alarms = Alarms(database)
        self._site = site
        self._clock = clock

    def escalate(self) -> int:
        """Take every step that is due; how many were taken.

        Raises:
            StoreError: A store is away.
        """
        sounding = self._alarms.sounding()
        if not sounding:
            return 0
        site = self._site()
        section = DeliverySection() if site is None else site.delivery
        now = self._clock.utc_now()
        steps = self._due(sounding, section, now)
        return sum(self._take(step, section, now) for step in steps)

    def _due(
        self, sounding: tuple[Sounding, ...], section: DeliverySection, now: datetime
    ) -> list[_Step]:
        # a site without a ladder still has one step: its desk is told nobody answers
        most = max(1, len(section.ladder))
        ids = [one.alert for one in sounding]
        with self._database.reading() as session:
            taken = _taken(session, ids)
            since = _owed_since(session, ids)
        found = []
        for one in sounding:
            begun = since.get(one.alert, one.since)
            waited_s = (now - begun).total_seconds()
            reached = min(most, int(waited_s // section.escalate_after_s))
            steps = range(taken.get(one.alert, 0) + 1, reached + 1)
            found += [_Step(one.alert, number) for number in steps]
        return found

    def _take(self, step: _Step, section: DeliverySection, now: datetime) -> bool:
        """One step; false when it is not due any more."""
        names = section.ladder[step.number - 1] if section.ladder else ()
        told = (DESK, *recipients(section, names))
        with self._database.transaction() as session:
            alert = session.get(AlertRow, step.alert, with_for_update=True)
            is_heard = session.get(AcknowledgementRow, step.alert) is not None
            is_taken = session.get(EscalationRow, (step.alert, step.number)) is not None
            if alert is None or is_heard or is_taken:
                return False
            row = EscalationRow(alert_id=alert.id, step=step.number, at=now)
            session.add(row)
            fresh = tuple(name for name in told if not _is_owed(session, alert, name))
            if fresh:
                enqueue(session, alert, Telling.UNANSWERED, fresh, now)
            tell_alarm(session, alert, now, is_escalated=True)
            detail: dict[str, JsonValue] = {"step": step.number, "told": list(told)}
            deed = Deed(ACTOR, "alarm.escalated", f"alert/{alert.id}", detail)
            record(session, now, deed)
            return True


def _taken(session: Session, ids: list[AlertId]) -> dict[AlertId, int]:
    query = (
        select(EscalationRow.alert_id, func.max(EscalationRow.step))
        .where(EscalationRow.alert_id.in_(ids))
        .group_by(EscalationRow.alert_id)
    )
    return {AlertId(alert): step for alert, step in session.execute(query)}


def _owed_since(session: Session, ids: list[AlertId]) -> dict[AlertId, datetime]:
    """Since when each is an alarm: an alert may have become one later."""
    query = (
        select(OutboxRow.alert_id, func.min(OutboxRow.created_at))
        .where(OutboxRow.alert_id.in_(ids), OutboxRow.severity == Severity.S1.value)
        .group_by(OutboxRow.alert_id)
    )
    return {AlertId(alert): at for alert, at in session.execute(query)}


def _is_owed(session: Session, alert: AlertRow, recipient: str) -> bool:
    """Whether this revision is told to `recipient` anyway: once is enough."""
    query = select(OutboxRow.id).where(
        OutboxRow.alert_id == alert.id,
        OutboxRow.alert_revision == alert.revision,
        OutboxRow.recipient == recipient,
    )
    return session.scalars(query).first() is not None
