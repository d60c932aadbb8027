"""Plates as people read them: kept as HMAC, told masked, searched by body alone."""

from uuid import UUID

from fastapi import APIRouter

from alerts.errors import NotFoundError
from alerts.plates import mask_plate
from api import evidence_desk_examples as examples
from api.access import Confirmer, EvidenceReader
from api.address import ALERTS, PLATE_SEARCHES
from api.alert_shown import seen_alert
from api.evidence_desk_view import (
    PlateFound,
    PlateList,
    ShownPlate,
    TakenPlate,
    TakenPlateSearch,
)
from api.openapi import answers
from api.services import State, StateDep
from api.who import actor_of
from identity.person import Person

router = APIRouter(tags=["evidence"])


@router.get(
    ALERTS + "/{alert}/plates",
    responses=answers(examples.PLATES, 401, 403, 404, 422, 503),
)
def plates(alert: UUID, caller: EvidenceReader, state: StateDep) -> PlateList:
    """What people read off an alert's evidence, masked."""
    found = seen_alert(state, caller, alert)
    read = state.services.desk.plates.of(found.id)
    return PlateList(plates=tuple(ShownPlate.of(one) for one in read))


@router.post(
    ALERTS + "/{alert}/plates",
    responses=answers(examples.PLATE, 401, 403, 404, 422, 503),
)
def note_plate(
    alert: UUID, body: TakenPlate, caller: Confirmer, state: StateDep
) -> ShownPlate:
    """Keep a plate read off the evidence; only its HMAC and masked form stay."""
    found = seen_alert(state, caller, alert)
    book = state.services.desk.plates
    return ShownPlate.of(book.note(found.id, body.plate, actor_of(caller)))


@router.post(
    PLATE_SEARCHES, responses=answers(examples.PLATE_FOUND, 401, 403, 422, 503)
)
def search_plate(
    body: TakenPlateSearch, caller: Confirmer, state: StateDep
) -> PlateFound:
    """Alerts of the same plate, under every key not yet retired; on record."""
    book = state.services.desk.plates
    found = book.search(body.plate, actor_of(caller), body.reason)
    seen = tuple(alert for alert in found.alerts if _is_seen(state, caller, alert))
    shown = mask_plate(body.plate)
    return PlateFound(shown=shown, alerts=seen, is_cut=found.is_cut)


def _is_seen(state: State, caller: Person, alert: UUID) -> bool:
    try:
        seen_alert(state, caller, alert)
    except NotFoundError:
        return False
    return True
