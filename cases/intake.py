"""Reviews begin with their alert: made in the transaction that stores it.

An alert in its grace waits; when the grace is over, or at once for S1, it enters the
queue; one that leaves within its grace is void and asks nobody.
"""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from alerts.database import Database
from alerts.tables import AlertRow
from base.clock import Clock
from cases.life import OPEN_STATES, Act, ReviewState
from cases.review_rows import (
    DEADLINES,
    Moment,
    move,
    put_back,
    system_record,
    tell,
)
from cases.tables import ReviewRow, VerdictRow
from rules.violation import LASTING, Life, Phase, Severity

PUT_DOWN = Severity.S4
BATCH = 1000
UNTOUCHED = frozenset({ReviewState.GRACE, ReviewState.VOID, ReviewState.QUEUED})
"""States nobody has brought a review to."""


class ReviewIntake:
    """`alerts.follower.AlertFollower`: keeps reviews in step with their alerts.

    Args:
        downgraded: Codes put down for low precision now; asked at each new alert.
    """

    def __init__(self) -> None:
        self.downgraded: frozenset[str] = frozenset()

    def alert_stored(self, session: Session, alert: AlertRow, now: datetime) -> None:
        """Make the review of a new alert, or move the one there is."""
        moment = Moment(session, now)
        row = _review(session, alert)
        if row is None:
            self._begin(moment, alert)
            return
        self._follow(moment, alert, row)

    def alarm_begun(self, session: Session, alert: AlertRow, now: datetime) -> None:
        """Put before people again what they dismissed or put off."""
        row = _review(session, alert)
        if row is None:
            return
        moment, state = Moment(session, now), ReviewState(row.state)
        if state is ReviewState.REJECTED:
            move(moment, row, Act.ALARM_AGAIN)
        elif state is ReviewState.DEFERRED:
            put_back(moment, row, Act.WAKE, "a danger to life again")

    def may_join(self, session: Session, alert: AlertRow, now: datetime) -> bool:
        """Whether nobody has taken the review up; it then goes, the group has one."""
        held = _held(session).get(alert.id)
        row = held or session.get(ReviewRow, alert.id, with_for_update=True)
        if row is None:
            return True
        spoken = select(VerdictRow.id).where(VerdictRow.alert_id == alert.id).limit(1)
        is_fresh = ReviewState(row.state) in UNTOUCHED and row.claimed_by is None
        if not is_fresh or row.skips or session.scalars(spoken).first() is not None:
            return False
        system_record(Moment(session, now), row, "review.joined", "part of a group now")
        _held(session).pop(alert.id, None)
        session.delete(row)
        return True

    def _begin(self, moment: Moment, alert: AlertRow) -> None:
        severity = Severity(alert.severity)
        is_down = alert.code in self.downgraded and severity is not Severity.S1
        row = ReviewRow(
            alert_id=alert.id,
            camera=alert.camera,
            code=alert.code,
            place_key=alert.place_key,
            opened_at=alert.opened_at,
            state=ReviewState.GRACE.value,
            severity=(PUT_DOWN if is_down else severity).value,
            is_downgraded=is_down,
            skips=0,
            changed_at=moment.now,
        )
        moment.session.add(row)
        _held(moment.session)[alert.id] = row
        self._follow(moment, alert, row)

    def _follow(self, moment: Moment, alert: AlertRow, row: ReviewRow) -> None:
        severity = Severity(alert.severity)
        is_danger = severity is Severity.S1
        if severity.value < row.severity and (is_danger or not row.is_downgraded):
            self._raise(moment, row, severity)
        state = ReviewState(row.state)
        is_due = alert.phase == Phase.DUE.value or severity is Severity.S1
        if state is ReviewState.GRACE and is_due:
            move(moment, row, Act.GRACE_OVER)
        elif state is ReviewState.GRACE and alert.life == Life.CLEARED.value:
            move(moment, row, Act.LEFT_IN_GRACE)
        elif state is ReviewState.VOID and Life(alert.life) in LASTING:
            move(moment, row, Act.GRACE_OVER if is_due else Act.BACK_AGAIN)

    def _raise(self, moment: Moment, row: ReviewRow, severity: Severity) -> None:
        row.severity, row.is_downgraded = severity.value, False
        why = f"the alert is {severity.value} now"
        system_record(moment, row, "review.raised", why)
        if row.deadline is not None and ReviewState(row.state) in OPEN_STATES:
            row.deadline = min(row.deadline, moment.now + DEADLINES[severity])
        tell(moment, row)


def _held(session: Session) -> dict[object, ReviewRow]:
    held: dict[object, ReviewRow] = session.info.setdefault("reviews", {})
    return held


def _review(session: Session, alert: AlertRow) -> ReviewRow | None:
    """The review, also one made in this transaction and not yet written."""
    held = _held(session)
    if alert.id not in held and alert.revision > 1:
        found = session.get(ReviewRow, alert.id, with_for_update=True)
        if found is not None:
            held[alert.id] = found
    return held.get(alert.id)


def adopt(database: Database, intake: ReviewIntake, clock: Clock) -> int:
    """Make the reviews of alerts stored before there were any; how many.

    Raises:
        StoreUnavailableError: The database is away.
    """
    adopted = 0
    reviewed = select(ReviewRow.alert_id).where(ReviewRow.alert_id == AlertRow.id)
    query = select(AlertRow).where(~reviewed.exists()).limit(BATCH)
    with database.reading() as session:
        counts = select(
            select(func.count()).select_from(AlertRow).scalar_subquery(),
            select(func.count()).select_from(ReviewRow).scalar_subquery(),
        )
        alerts, reviews = session.execute(counts).one()
    while adopted < alerts - reviews:
        with database.transaction() as session:
            rows = session.scalars(query).all()
            for alert in rows:
                intake.alert_stored(session, alert, clock.utc_now())
        if not rows:
            break
        adopted += len(rows)
    return adopted
