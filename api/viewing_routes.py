"""`/alerts/{id}/viewing`: a reason, stated once, before evidence is looked at."""

from uuid import UUID

from fastapi import APIRouter

from api import viewing_examples as examples
from api.access import EvidenceReader
from api.address import ALERTS
from api.alert_shown import seen_alert
from api.errors import QueryError
from api.openapi import answers
from api.services import StateDep
from api.view_reason import known_reason
from api.viewing_view import ShownViewing, TakenViewing
from api.who import actor_of
from cases.viewing import Purpose, stated_reason

router = APIRouter(prefix=f"{ALERTS}/{{alert}}/viewing", tags=["evidence"])


@router.get("", responses=answers(examples.NEEDED, 401, 403, 404, 422, 503))
def viewing(alert: UUID, caller: EvidenceReader, state: StateDep) -> ShownViewing:
    """Whether the caller is to say why; who decides on the alert is not asked."""
    found = seen_alert(state, caller, alert)
    return ShownViewing.of(found.id, known_reason(caller, found.id, state))


@router.post("", responses=answers(examples.STATED, 401, 403, 404, 422, 503))
def state_reason(
    alert: UUID, body: TakenViewing, caller: EvidenceReader, state: StateDep
) -> ShownViewing:
    """Say why; it is on record at once and stands for a quarter of an hour."""
    found = seen_alert(state, caller, alert)
    if body.purpose is Purpose.OTHER and not body.text.strip():
        raise QueryError("body.text", "say what it is, where none of the kinds fits")
    reason = stated_reason(body.purpose, body.text)
    views = state.services.desk.views
    views.state(actor_of(caller), found.id, reason, body.purpose.value)
    return ShownViewing.of(found.id, known_reason(caller, found.id, state))
