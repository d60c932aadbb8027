"""`/alerts/{id}/clip-boxes`: what each look saw while the clip of an alert ran."""

from uuid import UUID

from fastapi import APIRouter

from alerts.clip_boxes import MOST_BYTES, decode_boxes
from alerts.errors import NotFoundError, StoreError
from alerts.evidence_store import EvidenceStore
from alerts.pack import EvidenceFile, Role
from api import clip_boxes_examples as examples
from api.access import EvidenceReader
from api.address import ALERTS
from api.alert_shown import seen_alert, seen_packs
from api.clip_boxes_view import ShownClipBoxes
from api.evidence_routes import Reason, Source
from api.openapi import answers
from api.services import StateDep
from api.view_reason import reason_of
from api.who import actor_of

router = APIRouter(prefix=f"{ALERTS}/{{alert}}/clip-boxes", tags=["evidence"])


@router.get("", responses=answers(examples.CLIP_BOXES, 401, 403, 404, 422, 503))
def clip_boxes(
    alert: UUID,
    caller: EvidenceReader,
    state: StateDep,
    source: Source = None,
    reason: Reason = None,
) -> ShownClipBoxes:
    """Boxes and clauses by seconds of the clip, on record like the clip itself."""
    found = seen_alert(state, caller, alert)
    meant = found.id if source is None else source
    for pack in seen_packs(state, caller, found):
        file = next((one for one in pack.files if one.role is Role.BOXES), None)
        if pack.id == meant and file is not None:
            views = state.services.desk.views
            why = reason_of(reason, caller, found.id, state)
            views.note(actor_of(caller), f"pack/{pack.id}", file.name, why)
            raw = _read(state.services.evidence, file)
            return ShownClipBoxes.of(pack.id, decode_boxes(raw))
    raise NotFoundError(f"no boxes of looks are kept with alert {alert}")


def _read(store: EvidenceStore, file: EvidenceFile) -> bytes:
    """The bytes, bounded.

    Raises:
        StoreError: They are missing or too many.
    """
    if file.stored.size > MOST_BYTES:
        raise StoreError(
            f"{file.name} of {file.stored.size} bytes is too large to read"
        )
    try:
        return b"".join(store.open_range(file.stored.key))
    except NotFoundError as error:
        msg = f"the bytes of {file.name} are missing from the evidence store"
        raise StoreError(msg) from error
