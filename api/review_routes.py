"""`/queue`, `/alerts/{id}/…`: claim, verdict, undo, history, permits, alarms."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from alerts.alert import AlertId
from api import review_examples as examples
from api.access import Acknowledger, ReviewReader, ReviewWorker
from api.address import ALARMS, ALERTS, QUEUE
from api.alert_shown import seen_alert
from api.made_of import blind_to
from api.openapi import answers
from api.review_shown import alarms_of, history_of, permits_of, queue_of, review_of
from api.review_taken import verdict_from
from api.review_view import (
    Alarms,
    Permits,
    PlaceHistory,
    Queue,
    Scene,
    ShownReview,
    TakenNote,
    TakenVerdict,
)
from api.scene_shown import scene_of
from api.services import StateDep
from api.task_shown import check_officer
from cases.errors import CaseError
from cases.life import Lane

router = APIRouter(tags=["review"])

Limit = Annotated[int, Query(ge=1, le=200, description="lines of the list")]
Days = Annotated[int, Query(ge=1, le=730, description="how far back")]


@router.get(QUEUE, responses=answers(examples.QUEUE, 401, 403, 422, 503))
def queue(
    caller: ReviewReader,
    state: StateDep,
    lane: Annotated[Lane, Query(description="which list")] = Lane.REVIEW,
    limit: Limit = 50,
) -> Queue:
    """Open reviews the caller sees: severity, then deadline, then age."""
    as_of = state.services.alerts.last_seq()
    return queue_of(state, caller, lane, limit, as_of)


@router.get(ALARMS, responses=answers(examples.ALARMS, 401, 403, 503))
def alarms(caller: ReviewReader, state: StateDep) -> Alarms:
    """Every S1 that nobody has acknowledged, also one that cleared: sound it."""
    return alarms_of(state, caller)


@router.post(
    ALERTS + "/{alert}/acknowledge",
    responses=answers(examples.REVIEW, 401, 403, 404, 409, 422, 503),
)
def acknowledge(alert: UUID, caller: Acknowledger, state: StateDep) -> ShownReview:
    """Somebody has heard the alarm and acts; it is silent until it begins again."""
    found = seen_alert(state, caller, alert)
    state.services.cases.reviews.acknowledge(found.id, caller)
    return review_of(state, caller, found.id)


@router.get(
    ALERTS + "/{alert}/review",
    responses=answers(examples.REVIEW, 401, 403, 404, 422, 503),
)
def review(alert: UUID, caller: ReviewReader, state: StateDep) -> ShownReview:
    """Where an alert stands with people."""
    found = seen_alert(state, caller, alert)
    return review_of(state, caller, found.id)


@router.post(
    ALERTS + "/{alert}/claim",
    responses=answers(examples.REVIEW, 401, 403, 404, 409, 422, 503),
)
def claim(alert: UUID, caller: ReviewWorker, state: StateDep) -> ShownReview:
    """Take it up for 90 s; again while one holds it: renewed."""
    found = seen_alert(state, caller, alert)
    state.services.cases.reviews.claim(found.id, caller)
    return review_of(state, caller, found.id)


@router.delete(
    ALERTS + "/{alert}/claim",
    responses=answers(examples.REVIEW, 401, 403, 404, 422, 503),
)
def release(alert: UUID, caller: ReviewWorker, state: StateDep) -> ShownReview:
    """Lay it back; nothing happens when one does not hold it."""
    found = seen_alert(state, caller, alert)
    state.services.cases.reviews.release(found.id, caller)
    return review_of(state, caller, found.id)


@router.post(
    ALERTS + "/{alert}/verdict",
    responses=answers(examples.REVIEW, 401, 403, 404, 409, 422, 503),
)
def verdict(
    alert: UUID, body: TakenVerdict, caller: ReviewWorker, state: StateDep
) -> ShownReview:
    """A named person's word on it; who has no claim and needs none gets one."""
    found = seen_alert(state, caller, alert)
    given = verdict_from(body)
    if given.into is not None:
        target = seen_alert(state, caller, given.into)
        if target.id in blind_to(state, caller):
            # what it may be merged into would tell what was made of it
            raise CaseError("you may be asked for a second look at that one: later")
    if given.officer:
        check_officer(state, given.officer)
    state.services.cases.reviews.give(found.id, caller, given)
    return review_of(state, caller, AlertId(alert))


@router.post(
    ALERTS + "/{alert}/undo",
    responses=answers(examples.REVIEW, 401, 403, 404, 409, 422, 503),
)
def undo(
    alert: UUID, body: TakenNote, caller: ReviewWorker, state: StateDep
) -> ShownReview:
    """Take one's own verdict back, within 10 s."""
    found = seen_alert(state, caller, alert)
    state.services.cases.reviews.undo(found.id, caller, body.comment)
    return review_of(state, caller, found.id)


@router.get(
    ALERTS + "/{alert}/history",
    responses=answers(examples.HISTORY, 401, 403, 404, 422, 503),
)
def history(
    alert: UUID, caller: ReviewReader, state: StateDep, days: Days = 90
) -> PlaceHistory:
    """What happened at this place before."""
    found = seen_alert(state, caller, alert)
    return history_of(state, caller, found, days)


@router.get(
    ALERTS + "/{alert}/permits",
    responses=answers(examples.PERMITS, 401, 403, 404, 422, 503),
)
def permits(alert: UUID, caller: ReviewReader, state: StateDep) -> Permits:
    """Which permits were asked, and what they answered."""
    return permits_of(seen_alert(state, caller, alert))


@router.get(
    ALERTS + "/{alert}/scene",
    responses=answers(examples.SCENE, 401, 403, 404, 422, 503),
)
def scene(alert: UUID, caller: ReviewReader, state: StateDep) -> Scene:
    """The zone it was judged in, as drawn in the revision it was judged under."""
    return scene_of(state, seen_alert(state, caller, alert))
