"""`/officers`: whom one may send."""

from fastapi import APIRouter

from api import task_examples as examples
from api.access import Assigner
from api.address import OFFICERS
from api.openapi import answers
from api.services import StateDep
from api.task_view import OfficerList, ShownOfficer
from identity.right import Right

router = APIRouter(tags=["tasks"])


@router.get(OFFICERS, responses=answers(examples.OFFICERS, 401, 403, 503))
def officers(caller: Assigner, state: StateDep) -> OfficerList:
    """Who works on tasks and may log in, by name."""
    del caller
    everybody = state.services.identity.people.everybody()
    return OfficerList(
        officers=tuple(
            ShownOfficer(name=user.person.name, full_name=user.person.full_name)
            for user in everybody
            if user.is_active and user.person.may(Right.WORK_TASKS)
        )
    )
