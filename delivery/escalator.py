"""An alarm nobody acknowledged goes a step up: the next channel, the next person.

The first step is due `escalate_after_s` after it became an alarm, the next so long
after that. At the top the last step is taken again and again: a ladder that ended would
let an alarm go out unheard. It goes by wall time, since people are waited for, and does
not ask whether a channel works: nobody has answered, for whatever reason.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from alerts.acknowledgement import Alarms, Sounding, newest_alarm, tell_alarm
from alerts.audit import Deed, record
from alerts.database import Database
from alerts.dedup import Telling
from alerts.outbox import DESK, NewTelling, OutboxState, enqueue
from alerts.tables import AlertRow, OutboxRow
from base.clock import Clock
from base.json_value import JsonValue
from delivery.book import ACTOR
from delivery.rota import SiteInForce, recipients
from delivery.tables import EscalationRow
from sites.delivery_section import DeliverySection


@dataclass(frozen=True, slots=True)
class _Step:
    """A step that is due.

    Attributes:
        alarm: Of which alarm.
        number: Which step, from 1.
        is_again: The ladder has no such step: its last one is taken again.
    """

    alarm: Sounding
    number: int
    is_again: bool


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
        top = max(1, len(section.ladder))
        with self._database.reading() as session:
            taken = _taken(session, sounding)
        found = []
        for one in sounding:
            last, last_at = taken.get(one, (0, one.since))
            reached = _steps_in(now - one.since, section)
            steps = range(last + 1, min(top, reached) + 1)
            found += [_Step(one, number, is_again=False) for number in steps]
            # so long after the last one: a service that slept makes up for none
            if last >= top and _steps_in(now - last_at, section):
                found.append(_Step(one, last + 1, is_again=True))
        return found

    def _take(self, step: _Step, section: DeliverySection, now: datetime) -> bool:
        """One step; false when it is not due any more."""
        rung = min(step.number, len(section.ladder))
        names = section.ladder[rung - 1] if section.ladder else ()
        told = (DESK, *recipients(section, names))
        one = step.alarm
        with self._database.transaction() as session:
            alert = session.get(AlertRow, one.alert, with_for_update=True)
            alarm = newest_alarm(session, one.alert)
            is_over = alarm is None or alarm.number != one.number or alarm.heard_at
            key = (one.alert, one.number, step.number)
            if alert is None or is_over or session.get(EscalationRow, key) is not None:
                return False
            row = EscalationRow(
                alert_id=alert.id, alarm=one.number, step=step.number, at=now
            )
            session.add(row)
            fresh = tuple(n for n in told if not _is_owed(session, alert, n, step))
            if fresh:
                wanted = NewTelling(Telling.UNANSWERED, fresh, step.number)
                enqueue(session, alert, wanted, now)
            tell_alarm(session, alert, now, is_escalated=True)
            detail: dict[str, JsonValue] = {"step": step.number, "told": list(told)}
            deed = Deed(ACTOR, "alarm.escalated", f"alert/{alert.id}", detail)
            record(session, now, deed)
            return True


def _steps_in(waited: timedelta, section: DeliverySection) -> int:
    """How many steps fall due in that time."""
    return int(waited.total_seconds() // section.escalate_after_s)


def _taken(
    session: Session, sounding: tuple[Sounding, ...]
) -> dict[Sounding, tuple[int, datetime]]:
    """The last step taken of each alarm that climbed at all, and when."""
    query = (
        select(
            EscalationRow.alert_id,
            EscalationRow.alarm,
            func.max(EscalationRow.step),
            func.max(EscalationRow.at),
        )
        .where(EscalationRow.alert_id.in_([one.alert for one in sounding]))
        .group_by(EscalationRow.alert_id, EscalationRow.alarm)
    )
    last = {(id_, alarm): (step, at) for id_, alarm, step, at in session.execute(query)}
    found = ((one, last.get((one.alert, one.number))) for one in sounding)
    return {one: taken for one, taken in found if taken is not None}


def _is_owed(session: Session, alert: AlertRow, recipient: str, step: _Step) -> bool:
    """Whether `recipient` needs no telling of this step.

    On the way up: this revision is told to them anyway, once is enough. At the top:
    what they were owed before has not reached them yet.
    """
    query = select(OutboxRow.id).where(
        OutboxRow.alert_id == alert.id, OutboxRow.recipient == recipient
    )
    if step.is_again:
        query = query.where(OutboxRow.state == OutboxState.OWED.value)
    else:
        query = query.where(OutboxRow.alert_revision == alert.revision)
    return session.scalars(query.limit(1)).first() is not None
