"""Whose work it is to look at the evidence of an alert, and what anybody else may say.

国务院令799 art. 16 wants the reason of every retrieval. Who decides on an alert, or is
sent about it, looks for that and need not type it two hundred times a shift; the trail
says which of the two it was. Everybody else states a reason first.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.alert import AlertId
from alerts.database import Database
from alerts.view_book import Ground, Why
from base.clock import Clock
from cases.blind_rows import LookState
from cases.life import Act
from cases.review_desk import may
from cases.review_rows import Moment, review_of
from cases.tables import ReviewRow, SecondLookRow, VerdictRow
from cases.task import Task
from identity.person import Person

AFTERWARDS = timedelta(minutes=15)
"""Who gave the verdict has the pictures before them a while longer: what they opened
may be looked at to the end, as a reason stated stands."""


class Purpose(StrEnum):
    """What somebody looks for who does not decide."""

    COMPLAINT = "complaint"
    APPEAL = "appeal"
    SUPERVISION = "supervision"
    TRANSFER = "transfer"
    TRAINING = "training"
    FAULT = "fault"
    OTHER = "other"


PURPOSES_ZH: dict[Purpose, str] = {
    Purpose.COMPLAINT: "投诉、申辩核查",
    Purpose.APPEAL: "行政复议、诉讼",
    Purpose.SUPERVISION: "督察、抽查",
    Purpose.TRANSFER: "案件移送、协作",
    Purpose.TRAINING: "业务培训",
    Purpose.FAULT: "系统排障",
    Purpose.OTHER: "其他",
}

DECIDING = Why("审核查看", Ground.CLAIM)
WAITING = Why("审核队列查看", Ground.QUEUE)
SECOND = Why("复核查看", Ground.SECOND_LOOK)
NOBODY = Why("本机查看，未设置身份", Ground.NOBODY)


def stated_reason(purpose: Purpose, text: str) -> str:
    """The reason as it stands in the trail; `text` may be empty."""
    said = text.strip()
    return PURPOSES_ZH[purpose] + (f"：{said}" if said else "")


def by_task(task: Task) -> Why:
    """Why the officer of a task looks."""
    return Why(f"出勤任务 {task.id.hex[:8]}", Ground.TASK)


class Viewing:
    """Says who need not be asked; safe to use from any thread."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    def by_work(self, alert: AlertId, person: Person) -> Why | None:
        """Why `person` looks, where it is their work; None: it is to be asked.

        Raises:
            StoreUnavailableError: The database is away.
        """
        if person.is_local:
            return NOBODY
        with self._database.reading() as session:
            moment = Moment(session, self._clock.utc_now())
            if _looks_second(moment, alert, person):
                return SECOND
            row = session.get(ReviewRow, alert)
            if row is None:
                return None
            review = review_of(row, moment.now)
            if review.claim is not None and review.claim.by == person.name:
                return DECIDING
            since = moment.now - AFTERWARDS
            if _has_decided(session, alert, person, since=since):
                return DECIDING
            may_decide = any(may(person, review.state, act) for act in Act)
            return WAITING if may_decide and review.claim is None else None


def _looks_second(moment: Moment, alert: AlertId, person: Person) -> bool:
    query = select(SecondLookRow.id).where(
        SecondLookRow.alert_id == alert,
        SecondLookRow.state == LookState.OPEN.value,
        SecondLookRow.claimed_by == person.name,
        SecondLookRow.claimed_until > moment.now,
    )
    return moment.session.scalars(query).first() is not None


def _has_decided(
    session: Session, alert: AlertId, person: Person, *, since: datetime
) -> bool:
    query = select(VerdictRow.id).where(
        VerdictRow.alert_id == alert,
        VerdictRow.person == person.name,
        VerdictRow.at >= since,
    )
    return session.scalars(query).first() is not None
