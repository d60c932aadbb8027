"""Exports, legal holds, clock readings, daily roots: what is done with evidence.

Each is on record with name, role and reason before anything leaves or is shown.
"""

import re
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from alerts.errors import NotFoundError
from alerts.pack import PackId
from api import evidence_desk_examples as examples
from api.access import (
    AnyCaller,
    Auditor,
    Confirmer,
    EvidenceReader,
    Exporter,
    HoldKeeper,
)
from api.address import ALERTS, DAY_ROOTS, HOLDS, SERVICE_KEY
from api.alert_shown import seen_alert, seen_packs
from api.errors import RefusedError
from api.evidence_desk_view import (
    DayList,
    HoldList,
    ShownClock,
    ShownHold,
    ShownKey,
    TakenClock,
    TakenExport,
    TakenHold,
    clock_of,
)
from api.export_order import export_order
from api.openapi import answers, bytes_answers
from api.services import StateDep
from api.who import actor_of
from identity.right import Right

DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
ZIP = "application/zip"

router = APIRouter(tags=["evidence"])


@router.post(
    ALERTS + "/{alert}/export",
    response_class=Response,
    responses=bytes_answers(ZIP, 401, 403, 404, 409, 422, 503),
)
def export(
    alert: UUID, body: TakenExport, caller: Exporter, state: StateDep
) -> Response:
    """One ZIP a court can read: cover sheet, pictures, manifest, page that verifies."""
    if not body.is_masked and not caller.may(Right.UNMASK):
        raise RefusedError(f"an unmasked export needs the right {Right.UNMASK}")
    found = seen_alert(state, caller, alert)
    meant = found.id if body.source is None else body.source
    packs = {pack.id: pack for pack in seen_packs(state, caller, found)}
    pack = packs.get(PackId(meant))
    if pack is None:
        raise NotFoundError(f"no evidence of alert {alert} yet")
    order = export_order(found, pack, caller, body.reason, is_masked=body.is_masked)
    made = state.services.desk.exporter.export(order)
    headers = {
        "Content-Disposition": f'attachment; filename="{meant}.zip"',
        "Cache-Control": "private, no-store",
    }
    return Response(made, headers=headers, media_type=ZIP)


@router.get(
    ALERTS + "/{alert}/holds",
    responses=answers(examples.HOLDS, 401, 403, 404, 422, 503),
)
def holds(alert: UUID, caller: EvidenceReader, state: StateDep) -> HoldList:
    """Every hold ever placed on an alert."""
    found = seen_alert(state, caller, alert)
    shown = (ShownHold.of(hold) for hold in state.services.desk.holds.of(found.id))
    return HoldList(holds=tuple(shown))


@router.post(
    ALERTS + "/{alert}/holds", responses=answers(examples.HOLD, 401, 403, 404, 422, 503)
)
def place_hold(
    alert: UUID, body: TakenHold, caller: HoldKeeper, state: StateDep
) -> ShownHold:
    """From now on nothing deletes the alert's evidence."""
    found = seen_alert(state, caller, alert)
    book = state.services.desk.holds
    return ShownHold.of(book.place(found.id, actor_of(caller), body.reason))


@router.post(
    HOLDS + "/{number}/lift", responses=answers(examples.HOLD, 401, 403, 404, 422, 503)
)
def lift_hold(
    number: int, body: TakenHold, caller: HoldKeeper, state: StateDep
) -> ShownHold:
    """One hold is over; others on the same alert stand."""
    if not 0 < number < 2**63:
        raise NotFoundError(f"no legal hold {number}")
    book = state.services.desk.holds
    seen_alert(state, caller, book.get(number).alert)
    return ShownHold.of(book.lift(number, actor_of(caller), body.reason))


@router.post(
    ALERTS + "/{alert}/clock-reading",
    responses=answers(examples.CLOCK, 401, 403, 404, 422, 503),
)
def read_clock(
    alert: UUID, body: TakenClock, caller: Confirmer, state: StateDep
) -> ShownClock:
    """The camera's clock as a person reads it off a still: a check of the times."""
    found = seen_alert(state, caller, alert)
    for pack in seen_packs(state, caller, found):
        for file in pack.files:
            if pack.id == found.id and file.name == body.name:
                desk, actor = state.services.desk, actor_of(caller)
                at = file.captured_at
                check = desk.acts.clock_was_read(actor, pack.id, body.shown, at)
                return clock_of(check.offset_ms, check.checked_at)
    raise NotFoundError(f"no still {body.name} of alert {alert}")


@router.get(SERVICE_KEY, responses=answers(examples.KEY, 401, 403, 503))
def service_key(caller: AnyCaller, state: StateDep) -> ShownKey:
    """The public half of the key that seals what leaves; to be published."""
    del caller
    key = state.services.desk.key
    return ShownKey(key=key.public, digest=key.digest)


@router.get(DAY_ROOTS, responses=answers(examples.DAYS, 401, 403, 503))
def day_roots(caller: Auditor, state: StateDep) -> DayList:
    """Days whose audit log has its root."""
    del caller
    return DayList(days=state.services.desk.days.days())


@router.get(
    DAY_ROOTS + "/{day}",
    response_class=Response,
    responses=bytes_answers("application/json", 401, 403, 404, 503),
)
def day_root(day: str, caller: Auditor, state: StateDep) -> Response:
    """A day's root, signed and stamped, as `nonsite verify` checks it offline."""
    del caller
    if DAY.fullmatch(day) is None:
        raise NotFoundError("days are named like 2026-11-23")
    body = state.services.desk.days.file(day)
    headers = {"Content-Disposition": f'attachment; filename="day-{day}.json"'}
    return Response(body, headers=headers, media_type="application/json")
