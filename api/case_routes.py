"""`/alerts/{id}/replay-case`, `/jobs`: make an alert a test, and what became of it.

The work is done by a process of its own; an answer comes at once and names the job.
"""

from uuid import UUID, uuid4

from fastapi import APIRouter

from alerts.command import JobResult, ReplayCase
from api import case_examples as examples
from api.access import CaseMaker
from api.address import ALERTS, JOBS
from api.alert_shown import seen_alert
from api.case_view import ShownJob, TakenCase
from api.errors import RefusedError
from api.made_of import blind_to
from api.openapi import accepted, answers
from api.services import StateDep

router = APIRouter(tags=["replay"])


def shown_job(result: JobResult) -> ShownJob:
    """How far a job is."""
    return ShownJob(
        job=result.job, state=result.state, detail=result.detail, at=result.at
    )


@router.post(
    ALERTS + "/{alert}/replay-case",
    status_code=202,
    responses=accepted(examples.QUEUED, 401, 403, 404, 422, 503),
)
def make_case(
    alert: UUID, body: TakenCase, caller: CaseMaker, state: StateDep
) -> ShownJob:
    """Make a case of it: clip blurred, verdict as expectation; on record with why."""
    found = seen_alert(state, caller, alert)
    if found.id in blind_to(state, caller):
        raise RefusedError("you may be asked for a second look at it: afterwards")
    job = ReplayCase(
        job=uuid4(),
        alert=found.id,
        by=caller.name,
        role=", ".join(sorted(role.value for role in caller.roles)) or "nobody",
        reason=body.reason,
        boxes_only=body.boxes_only,
    )
    commands = state.services.commands
    commands.post(job)
    return shown_job(commands.result(job.job))


@router.get(JOBS + "/{job}", responses=answers(examples.DONE, 401, 403, 404, 422, 503))
def job(job: UUID, caller: CaseMaker, state: StateDep) -> ShownJob:
    """How far a job is; kept for a week."""
    del caller
    return shown_job(state.services.commands.result(job))
