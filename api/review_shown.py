"""Reviews, queues, histories and alarms as answers to one caller."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from alerts.acknowledgement import Acknowledgement
from alerts.alert import Alert, AlertId
from alerts.clause_words import clause_line, clause_line_en
from api.alert_shown import captions
from api.alert_view import summary_of
from api.made_of import blind_to
from api.review_view import (
    Alarm,
    Alarms,
    ConsultedPermit,
    PastAlert,
    Permits,
    PlaceHistory,
    Queue,
    QueueItem,
    ShownClaim,
    ShownReview,
    ShownVerdict,
    TakenTicks,
)
from api.services import State
from cases.life import Act, Lane, ReviewState
from cases.queue import PastReview
from cases.review import UNDO_S, Claim, Review
from cases.review_desk import may
from cases.verdict import REASONS_ZH, GivenVerdict, Reason
from identity.person import Person
from rules.clause import ClauseTrace, Truth
from rules.clause_kind import Wants
from rules.clause_table import CLAUSES

HISTORY_SHOWN = 50
PERMIT_CLAUSES = frozenset(
    name for name, kind in CLAUSES.items() if Wants.PERMITS in kind.wants
)
"""True in each of them: nothing permits it."""


def claim_of(claim: Claim | None, caller: Person, now: datetime) -> ShownClaim | None:
    """Who works on it."""
    if claim is None:
        return None
    return ShownClaim(
        by=claim.by,
        is_mine=claim.by == caller.name,
        since=claim.since,
        until=claim.until,
        seconds_left=max(0.0, (claim.until - now).total_seconds()),
    )


def verdict_of(given: GivenVerdict) -> ShownVerdict:
    """One verdict on record."""
    verdict, reason = given.verdict, given.verdict.reason
    ticks = verdict.ticks
    return ShownVerdict(
        id=given.id,
        act=verdict.act,
        by=given.by,
        full_name=given.full_name,
        roles=given.roles,
        certificate=given.certificate,
        at=given.at,
        reason=reason,
        reason_zh="" if reason is None else REASONS_ZH[reason],
        comment=verdict.comment,
        ticks=None
        if ticks is None
        else TakenTicks(
            true=ticks.true,
            clear=ticks.clear,
            complete=ticks.complete,
            accurate=ticks.accurate,
        ),
        clip_reached=verdict.clip_reached,
        leniency=verdict.leniency,
        undone_at=given.undone_at,
    )


@dataclass(frozen=True, slots=True)
class _Standing:
    """What is known of a review beside itself."""

    given: tuple[GivenVerdict, ...]
    heard: Acknowledgement | None
    now: datetime


def review_of(state: State, caller: Person, alert: AlertId) -> ShownReview:
    """Where an alert stands, as the caller may see it."""
    review, given = state.services.cases.reviews.get(alert)
    if alert in blind_to(state, caller):
        # a sample looks like any second confirmation to whoever looks at it
        review = replace(review, state=ReviewState.SECOND, decided_at=None)
    heard = state.services.cases.alarms.of(alert)
    now = state.services.clock.utc_now()
    return _shown(review, caller, _Standing(given, heard, now))


def _shown(review: Review, caller: Person, standing: _Standing) -> ShownReview:
    given, heard, now = standing.given, standing.heard, standing.now
    if review.state is ReviewState.SECOND:
        # whoever looks second must not read what the first one said
        given = tuple(one for one in given if one.by == caller.name)
    undo_until = _undo_until(caller, review, given, now)
    return ShownReview(
        alert=review.alert,
        state=review.state,
        severity=review.severity,
        is_downgraded=review.is_downgraded,
        deadline=review.deadline,
        is_overdue=review.deadline is not None
        and review.decided_at is None
        and review.deadline < now,
        claim=claim_of(review.claim, caller, now),
        queued_at=review.queued_at,
        wake_at=review.wake_at,
        merged_into=review.merged_into,
        skips=review.skips,
        decided_at=review.decided_at,
        undo_until=undo_until,
        undo_seconds_left=None
        if undo_until is None
        else (undo_until - now).total_seconds(),
        acknowledged_by=None if heard is None else heard.by,
        acts=tuple(act for act in Act if may(caller, review.state, act)),
        verdicts=tuple(verdict_of(one) for one in given),
    )


def _undo_until(
    caller: Person, review: Review, given: tuple[GivenVerdict, ...], now: datetime
) -> datetime | None:
    standing = [one for one in given if one.undone_at is None]
    if not standing or standing[-1].by != caller.name or review.claim is not None:
        return None
    until = standing[-1].at + timedelta(seconds=UNDO_S)
    return until if until > now else None


def _items(
    state: State, caller: Person, reviews: tuple[Review, ...]
) -> tuple[QueueItem, ...]:
    words = captions(state)
    ids = [one.alert for one in reviews]
    alerts = state.services.alerts.get_alerts(ids)
    heard = state.services.cases.alarms.of_all(ids)
    now = state.services.clock.utc_now()
    return tuple(
        QueueItem(
            alert=summary_of(alerts[one.alert], words),
            review=_shown(one, caller, _Standing((), heard.get(one.alert), now)),
        )
        for one in reviews
        if one.alert in alerts
    )


def queue_of(state: State, caller: Person, lane: Lane, limit: int, as_of: int) -> Queue:
    """The head of a lane."""
    head = state.services.cases.queue.head(lane, caller, state.visible(caller), limit)
    return Queue(
        lane=lane,
        items=_items(state, caller, head.reviews),
        waiting=head.waiting,
        overdue=head.overdue,
        blind=head.blind,
        as_of=as_of,
    )


def overdue_of(state: State, caller: Person, limit: int) -> tuple[QueueItem, ...]:
    """Open reviews past their deadline."""
    found = state.services.cases.queue.overdue(state.visible(caller), limit)
    return _items(state, caller, found)


def history_of(state: State, caller: Person, alert: Alert, days: int) -> PlaceHistory:
    """What happened at the alert's place before."""
    past = state.services.cases.queue.history(
        alert.place_key, alert.opened_at, days, state.visible(caller)
    )
    blind = blind_to(state, caller)
    told = [one for one in past if one.review.alert not in blind]
    confirmed = [
        one
        for one in told
        if one.review.state in {ReviewState.CONFIRMED, ReviewState.EVIDENCE}
    ]
    words = captions(state)
    first = past[:HISTORY_SHOWN]
    alerts = state.services.alerts.get_alerts([one.review.alert for one in first])
    return PlaceHistory(
        alert=alert.id,
        days=days,
        raised=len(past),
        confirmed=len(confirmed),
        rejected=sum(one.review.state is ReviewState.REJECTED for one in told),
        first_confirmed_at=confirmed[-1].opened_at if confirmed else None,
        alerts=tuple(
            PastAlert(
                alert=summary_of(alerts[one.review.alert], words),
                state=made[0],
                reason=made[1],
            )
            for one in first
            if one.review.alert in alerts
            for made in (_made_of(one, blind),)
        ),
    )


def _made_of(
    one: PastReview, blind: frozenset[AlertId]
) -> tuple[ReviewState, Reason | None]:
    """What people made of it, as whoever is `blind` to some may be told."""
    if one.review.alert in blind:
        return ReviewState.SECOND, None
    return one.review.state, None if one.reason is None else Reason(one.reason)


def _answer(trace: ClauseTrace) -> Literal["permitted", "not_permitted", "unknown"]:
    if trace.truth is Truth.UNKNOWN:
        return "unknown"
    return "not_permitted" if trace.truth is Truth.TRUE else "permitted"


def permits_of(alert: Alert) -> Permits:
    """What the rule asked of permits, and the answers."""
    asked = [
        trace for trace in alert.violation.clauses if trace.clause in PERMIT_CLAUSES
    ]
    return Permits(
        alert=alert.id,
        answers=tuple(
            ConsultedPermit(
                source=trace.clause,
                answer=_answer(trace),
                text_zh=clause_line(trace),
                text_en=clause_line_en(trace),
                permit=None,
                holder=None,
                asked_at=trace.looks[-1] if trace.looks else trace.since,
            )
            for trace in asked
        ),
    )


def alarms_of(state: State, caller: Person) -> Alarms:
    """Every S1 that sounds now, among the cameras the caller sees."""
    now, visible = state.services.clock.utc_now(), state.visible(caller)
    words, found = captions(state), []
    sounding = state.services.cases.alarms.sounding()
    climbed = state.services.delivery.book.climbed(sounding)
    alerts = state.services.alerts.get_alerts([one.alert for one in sounding])
    for one in sounding:
        alert = alerts.get(one.alert)
        if alert is None:
            continue
        seen_by = {source.violation.place.camera for source in alert.sources}
        if visible is not None and not seen_by & visible:
            continue
        seconds = (now - one.since).total_seconds()
        found.append(
            Alarm(
                alert=summary_of(alert, words),
                since=one.since,
                seconds=seconds,
                is_escalated=one in climbed,
                sound="siren",
            )
        )
    return Alarms(alarms=tuple(found))
