"""Rows of reviews and verdicts as values, and what every change leaves behind."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.alert import AlertId, EventKind
from alerts.audit import Deed, record
from alerts.tables import EventIntakeRow
from base.json_value import JsonValue
from cases.deeds import deed_of
from cases.life import AS_OFFICER, BACK, ENDS, LANES, Act, ReviewState, step
from cases.review import Claim, Review
from cases.tables import ReviewRow, VerdictRow
from cases.verdict import GivenVerdict, Leniency, Reason, Ticks, Verdict
from identity.person import Person
from rules.violation import Severity

SYSTEM = "system"

DEADLINES: dict[Severity, timedelta] = {
    Severity.S1: timedelta(seconds=60),
    Severity.S2: timedelta(minutes=5),
    Severity.S3: timedelta(minutes=30),
    Severity.S4: timedelta(hours=4),
}
"""From the queue to a verdict; most bureaus answer within 30 minutes (domain.md §6)."""


def review_of(row: ReviewRow, now: datetime) -> Review:
    """One review; a lease that ran out is none."""
    claim, until = None, row.claimed_until
    if row.claimed_by and row.claimed_since and until and until > now:
        claim = Claim(row.claimed_by, row.claimed_since, until)
    return Review(
        alert=AlertId(row.alert_id),
        state=ReviewState(row.state),
        severity=Severity(row.severity),
        is_downgraded=row.is_downgraded,
        deadline=row.deadline,
        claim=claim,
        queued_at=row.queued_at,
        wake_at=row.wake_at,
        merged_into=None if row.merged_into is None else AlertId(row.merged_into),
        skips=row.skips,
        decided_at=row.decided_at,
        changed_at=row.changed_at,
    )


def ticks_of(value: JsonValue) -> Ticks | None:
    """The four ticks as stored."""
    if not isinstance(value, dict):
        return None
    return Ticks(**{name: bool(is_ticked) for name, is_ticked in value.items()})


def given_of(row: VerdictRow) -> GivenVerdict:
    """One verdict on record."""
    roles = row.roles if isinstance(row.roles, list) else []
    verdict = Verdict(
        act=Act(row.act),
        comment=row.comment,
        reason=None if row.reason is None else Reason(row.reason),
        ticks=ticks_of(row.ticks),
        clip_reached=row.clip_reached,
        leniency=Leniency(row.leniency),
        education=row.education,
    )
    return GivenVerdict(
        id=row.id,
        alert=AlertId(row.alert_id),
        by=row.person,
        full_name=row.full_name,
        roles=tuple(str(role) for role in roles),
        certificate=row.certificate,
        verdict=verdict,
        at=row.at,
        took_s=row.took_s,
        undone_at=row.undone_at,
    )


@dataclass(frozen=True, slots=True)
class Moment:
    """An open transaction and the wall time it happens at."""

    session: Session
    now: datetime


BY_ITSELF: dict[Act, tuple[str, str]] = {
    Act.GRACE_OVER: ("review.queued", "its grace is over, or life danger has none"),
    Act.LEFT_IN_GRACE: ("review.voided", "left within the grace"),
    Act.BACK_AGAIN: ("review.reopened", "it is there again"),
    Act.WAKE: ("review.woken", "deferred until now"),
    Act.WAKE_SENIOR: ("review.woken", "deferred until now"),
    Act.ANSWERED_ONSITE: ("review.answered", "the look on site is done"),
    Act.ANSWERED_SENIOR: ("review.answered", "the look on site is done"),
    Act.ANSWERED_SUPERVISOR: ("review.answered", "the look on site is done"),
    Act.ALARM_AGAIN: ("review.reopened", "a danger to life again"),
}
"""Steps nobody takes: what the trail says of each; verdicts are `verdict.given`."""


def move(moment: Moment, row: ReviewRow, act: Act, why: str = "") -> None:
    """Let `act` move the review on, as the table of steps has it.

    Steps the service takes by itself are put on record here, with `why`.

    Raises:
        IllegalStepError: It has no such step.
    """
    now, state = moment.now, step(ReviewState(row.state), act)
    row.state = state.value
    row.claimed_by = row.claimed_since = row.claimed_until = None
    row.changed_at = now
    if act in BY_ITSELF and state in LANES.values():
        is_anew = act is Act.ALARM_AGAIN
        row.queued_at = now if is_anew else row.queued_at or now
        row.deadline = now + DEADLINES[Severity(row.severity)]
        row.wake_at = row.reason = None
    row.decided_at = now if state in ENDS else None
    if act in BY_ITSELF:
        action, known = BY_ITSELF[act]
        system_record(moment, row, action, why or known)
    tell(moment, row)


def put_back(moment: Moment, row: ReviewRow, act: Act, why: str = "") -> None:
    """Let a review that was put aside go on in the lane it was put aside from.

    Args:
        moment: The open transaction.
        row: The review, deferred or waiting for a look on site.
        act: `WAKE` or `ANSWERED_ONSITE`, as for the queue.
        why: For the trail; empty: what is known of the act.

    Raises:
        IllegalStepError: It was not put aside.
    """
    last = last_verdict(moment.session, row.alert_id)
    lane = ReviewState.QUEUED if last is None else ReviewState(last.state_before)
    move(moment, row, BACK.get((act, lane), act), why)


def last_verdict(session: Session, alert: UUID) -> VerdictRow | None:
    """The newest verdict on an alert that was not taken back."""
    query = (
        select(VerdictRow)
        .where(VerdictRow.alert_id == alert, VerdictRow.undone_at.is_(None))
        .order_by(VerdictRow.at.desc())
    )
    return session.scalars(query.limit(1)).first()


def spoke_as_officer(session: Session, alert: UUID) -> frozenset[str]:
    """Who confirmed as evidence, agreed or disagreed, and did not take it back."""
    query = select(VerdictRow.person).where(
        VerdictRow.alert_id == alert,
        VerdictRow.undone_at.is_(None),
        VerdictRow.act.in_(sorted(AS_OFFICER)),
    )
    return frozenset(session.scalars(query))


def tell(moment: Moment, row: ReviewRow) -> None:
    """Let clients know how a review stands; never what somebody said."""
    until = row.claimed_until
    moment.session.add(
        EventIntakeRow(
            kind=EventKind.REVIEW_CHANGED.value,
            alert_id=row.alert_id,
            camera=row.camera,
            detail={
                "state": row.state,
                "severity": row.severity,
                "claimed_by": row.claimed_by,
                "claimed_until": None if until is None else until.isoformat(),
            },
            at=moment.now,
        )
    )


def put_on_record(
    moment: Moment, person: Person, row: ReviewRow, action: str, **more: JsonValue
) -> None:
    """Put what a person did on the audit trail: who, role, certificate, when, why."""
    deed = deed_of(person, action, f"alert/{row.alert_id}", state=row.state, **more)
    record(moment.session, moment.now, deed)


def system_record(moment: Moment, row: ReviewRow, action: str, why: str) -> None:
    """Put what the service did by itself on the audit trail."""
    detail: Mapping[str, JsonValue] = {"state": row.state, "why": why}
    deed = Deed(SYSTEM, action, f"alert/{row.alert_id}", dict(detail))
    record(moment.session, moment.now, deed)


def write_verdict(
    moment: Moment, person: Person, row: ReviewRow, verdict: Verdict
) -> VerdictRow:
    """Move the review by a verdict and write it down, whole.

    Raises:
        IllegalStepError: The table has no such step.
    """
    before, since = row.state, row.claimed_since
    is_own = row.claimed_by == person.name and since is not None
    took_s = (moment.now - since).total_seconds() if is_own and since else None
    move(moment, row, verdict.act)
    row.reason = None if verdict.reason is None else verdict.reason.value
    row.merged_into = verdict.into
    row.wake_at = verdict.until
    ticks = verdict.ticks
    stored = VerdictRow(
        id=uuid4(),
        alert_id=row.alert_id,
        opened_at=row.opened_at,
        code=row.code,
        person=person.name,
        full_name=person.full_name,
        roles=[role.value for role in sorted(person.roles)],
        certificate=person.certificate,
        act=verdict.act.value,
        state_before=before,
        state_after=row.state,
        reason=row.reason,
        comment=verdict.comment,
        ticks=None
        if ticks is None
        else {
            "true": ticks.true,
            "clear": ticks.clear,
            "complete": ticks.complete,
            "accurate": ticks.accurate,
        },
        clip_reached=verdict.clip_reached,
        leniency=verdict.leniency.value,
        education=verdict.education,
        at=moment.now,
        took_s=took_s,
        undone_at=None,
    )
    moment.session.add(stored)
    put_on_record(
        moment,
        person,
        row,
        "verdict.given",
        verdict=str(stored.id),
        act=verdict.act.value,
        before=before,
        reason=stored.reason,
        ticks=stored.ticks,
        comment=verdict.comment,
        leniency=stored.leniency,
        education=stored.education,
        clip_reached=_text(verdict.clip_reached),
        until=_text(verdict.until),
        into=None if verdict.into is None else str(verdict.into),
    )
    return stored


def _text(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
