"""`/shift`, `/leads`: hand-over, siren test, what contacts have seen."""

from uuid import UUID

from fastapi import APIRouter

import api.shift_examples as examples
from alerts.errors import NotFoundError
from api.access import LeadReader, LeadSender, ReviewReader, ShiftWorker
from api.address import LEADS, SHIFT
from api.openapi import answers
from api.services import StateDep
from api.shift_shown import handover_of, shift_now, state_for_record
from api.shift_view import (
    HandoverList,
    LeadList,
    ShiftNow,
    ShownHandover,
    ShownLead,
    SirenTest,
    TakenHandover,
    TakenLead,
    TakenSirenTest,
)
from identity.right import Right

router = APIRouter(tags=["shift"])


@router.get(SHIFT, responses=answers(examples.SHIFT, 401, 403, 503))
def shift(caller: ReviewReader, state: StateDep) -> ShiftNow:
    """What the next shift must know, now."""
    return shift_now(state, caller)


@router.get(f"{SHIFT}/handovers", responses=answers(examples.HANDOVERS, 401, 403, 503))
def handovers(caller: ReviewReader, state: StateDep) -> HandoverList:
    """The last hand-overs."""
    found = state.services.cases.shifts.handovers()
    return HandoverList(
        handovers=tuple(handover_of(state, caller, one) for one in found)
    )


@router.post(
    f"{SHIFT}/handovers",
    responses=answers(examples.HANDOVER, 401, 403, 404, 409, 422, 503),
)
def hand_over(
    body: TakenHandover, caller: ShiftWorker, state: StateDep
) -> ShownHandover:
    """The one who goes signs; what stood then is kept with it."""
    incoming = state.services.identity.people.person(body.incoming)
    if not incoming.may(Right.SHIFT):
        raise NotFoundError(f"{body.incoming} works no shifts: could never sign")
    stood = state_for_record(shift_now(state, caller))
    made = state.services.cases.shifts.hand_over(caller, incoming, body.note, stood)
    return handover_of(state, caller, made)


@router.post(
    SHIFT + "/handovers/{handover}/sign",
    responses=answers(examples.HANDOVER, 401, 403, 404, 409, 422, 503),
)
def sign(handover: UUID, caller: ShiftWorker, state: StateDep) -> ShownHandover:
    """The one who comes signs; nobody else may."""
    signed = state.services.cases.shifts.sign(handover, caller)
    return handover_of(state, caller, signed)


@router.post(
    f"{SHIFT}/siren-tests", responses=answers(examples.SIREN, 401, 403, 422, 503)
)
def siren_test(body: TakenSirenTest, caller: ShiftWorker, state: StateDep) -> SirenTest:
    """Every open desk sounds its siren once."""
    del body
    made = state.services.cases.shifts.begin_siren_test(caller)
    return SirenTest.model_validate(made, from_attributes=True)


@router.post(
    SHIFT + "/siren-tests/{test}/heard",
    responses=answers(examples.SIREN, 401, 403, 404, 422, 503),
)
def siren_heard(test: UUID, caller: ShiftWorker, state: StateDep) -> SirenTest:
    """The caller has heard it."""
    made = state.services.cases.shifts.heard(test, caller)
    return SirenTest.model_validate(made, from_attributes=True)


@router.get(LEADS, responses=answers(examples.LEADS, 401, 403, 503))
def leads(caller: LeadReader, state: StateDep) -> LeadList:
    """What contacts have sent, newest first."""
    del caller
    found = state.services.cases.leads.newest()
    return LeadList(
        leads=tuple(ShownLead.model_validate(x, from_attributes=True) for x in found)
    )


@router.post(LEADS, responses=answers(examples.LEAD, 401, 403, 422, 503))
def send_lead(body: TakenLead, caller: LeadSender, state: StateDep) -> ShownLead:
    """A contact has seen something."""
    made = state.services.cases.leads.add(caller, body.place, body.text)
    return ShownLead.model_validate(made, from_attributes=True)
