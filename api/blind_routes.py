"""`/blind`, `/miss-looks`: second looks and looks without alert, with fresh eyes."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body
from starlette.responses import Response

import api.shift_examples as shown_examples
from alerts.view_book import Ground, Why
from api import review_examples as examples
from api.access import Second, Triager
from api.address import BLIND, MISS_LOOKS
from api.blind_shown import blind_item_of, look_of, looks_of
from api.errors import QueryError
from api.openapi import answers, bytes_answers
from api.review_taken import blind_verdict_from
from api.review_view import BlindAnswer, BlindItem, BlindResult
from api.services import StateDep
from api.shift_view import MissLookList, TakenMissAnswer
from api.who import actor_of
from cases.review import UNDO_S

router = APIRouter(tags=["review"])


@router.post(f"{BLIND}/next", responses=answers(examples.BLIND, 401, 403, 404, 503))
def next_blind(caller: Second, state: StateDep) -> BlindItem:
    """The next second look for the caller, claimed; 404 when there is none.

    Second confirmations and quality samples look the same.
    """
    held = state.services.cases.blind.take(caller, state.visible(caller))
    return blind_item_of(state, held, caller)


@router.post(
    BLIND + "/{item}/claim",
    responses=answers(examples.BLIND, 401, 403, 404, 409, 422, 503),
)
def renew_blind(item: UUID, caller: Second, state: StateDep) -> BlindItem:
    """Renew the lease while it is open."""
    held = state.services.cases.blind.renew(item, caller)
    return blind_item_of(state, held, caller)


@router.delete(
    BLIND + "/{item}/claim", responses=answers(examples.TAKEN, 401, 403, 404, 422, 503)
)
def release_blind(item: UUID, caller: Second, state: StateDep) -> BlindResult:
    """Lay it back."""
    state.services.cases.blind.release(item, caller)
    return BlindResult(id=item)


@router.post(
    BLIND + "/{item}/answer",
    responses=answers(examples.TAKEN, 401, 403, 404, 409, 422, 503),
)
def answer_blind(
    item: UUID, body: BlindAnswer, caller: Second, state: StateDep
) -> BlindResult:
    """What one sees; what follows from it is not told."""
    state.services.cases.blind.answer(item, caller, blind_verdict_from(body))
    return BlindResult(id=item, undo_seconds_left=UNDO_S)


@router.post(
    BLIND + "/{item}/undo",
    responses=answers(examples.BLIND, 401, 403, 404, 409, 422, 503),
)
def undo_blind(item: UUID, caller: Second, state: StateDep) -> BlindItem:
    """Take one's own answer back, within 10 s: the item is the caller's again."""
    held = state.services.cases.blind.undo(item, caller)
    return blind_item_of(state, held, caller)


@router.get(MISS_LOOKS, responses=answers(shown_examples.MISS_LOOKS, 401, 403, 503))
def miss_looks(caller: Triager, state: StateDep) -> MissLookList:
    """Looks of the last days that raised nothing, waiting for an answer."""
    return looks_of(state, caller)


@router.get(
    MISS_LOOKS + "/{look}/picture.jpg",
    response_class=Response,
    responses=bytes_answers("image/jpeg", 401, 403, 404, 422, 503),
)
def miss_picture(look: UUID, caller: Triager, state: StateDep) -> Response:
    """The picture of one; who looks is on record, as with any evidence."""
    found = look_of(state, caller, look)
    subject, why = f"look/{found.id}", Why("漏检抽查", Ground.MISS_AUDIT)
    state.services.desk.views.note(actor_of(caller), subject, "picture.jpg", why)
    body = b"".join(state.services.evidence.open_range(found.picture))
    return Response(body, media_type="image/jpeg")


@router.post(
    MISS_LOOKS + "/{look}/answer",
    responses=answers(shown_examples.DONE_LOOK, 401, 403, 404, 409, 422, 503),
)
def answer_miss(
    look: UUID,
    body: Annotated[TakenMissAnswer, Body()],
    caller: Triager,
    state: StateDep,
) -> BlindResult:
    """What one sees in it."""
    found = look_of(state, caller, look)
    unknown = set(body.codes) - state.services.catalogue.rules.keys()
    if unknown:
        raise QueryError("body.codes", f"not in the catalogue: {min(unknown)}")
    misses = state.services.cases.misses
    misses.answer(found.id, caller, frozenset(body.codes), body.comment)
    return BlindResult(id=look)
