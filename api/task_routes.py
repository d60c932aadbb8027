"""`/tasks`: officers' work on a phone; every step may be sent again by its key."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Path, Query, Request
from starlette.responses import Response

from api import task_examples as examples
from api.access import AnyCaller, Assigner, ReviewReader, TaskWorker
from api.address import TASK_LINKS, TASKS
from api.alert_shown import seen_alert
from api.evidence_routes import Reason
from api.identity_shown import me_of
from api.identity_view import Me
from api.made_of import blind_to
from api.openapi import answers, bytes_answers, picture_body
from api.services import StateDep
from api.session_cookie import origin_of, session_of, set_cookie
from api.task_photo import Look, photo_answer, still_answer, take_photo
from api.task_shown import check_officer, own_task, seen_task, task_of, tasks_of
from api.task_view import (
    ShownTask,
    TakenAssignment,
    TakenLink,
    TakenResult,
    TakenStep,
    TakenTask,
    TaskLink,
    TaskList,
)
from cases.gates import art41_handled_after_a_verdict
from cases.life import ReviewState
from cases.task import TaskAct, TaskState
from cases.task_book import NewTask, Step

router = APIRouter(tags=["tasks"])

Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        pattern="^[A-Za-z0-9-]{8,64}$",
        description="the same for each try of one step: it happens once",
    ),
]


@router.get(TASKS, responses=answers(examples.TASKS, 401, 403, 422, 503))
def all_tasks(
    caller: ReviewReader,
    state: StateDep,
    of_state: Annotated[
        list[TaskState], Query(alias="state", max_length=6, description="how far")
    ] = [],  # noqa: B006 - FastAPI copies it
    alert: Annotated[UUID | None, Query(description="about this alert")] = None,
) -> TaskList:
    """Tasks about cameras the caller sees, newest first."""
    found = state.services.cases.tasks.list_tasks(
        state.visible(caller), frozenset(of_state), alert
    )
    blind = blind_to(state, caller)
    told = [task for task in found if task.alert not in blind]
    return TaskList(tasks=tasks_of(state, told))


@router.post(TASKS, responses=answers(examples.TASK, 401, 403, 404, 409, 422, 503))
def add_task(body: TakenTask, caller: Assigner, state: StateDep) -> ShownTask:
    """Send an officer, or offer it to whoever sees the camera."""
    alert = seen_alert(state, caller, body.alert)
    if alert.id in blind_to(state, caller):
        art41_handled_after_a_verdict(ReviewState.SECOND, body.kind)
    if body.officer:
        check_officer(state, body.officer)
    wanted = NewTask(alert.id, body.kind, body.officer, body.note)
    return task_of(state, state.services.cases.tasks.add(wanted, caller))


@router.post(
    TASKS + "/{task}/assign",
    responses=answers(examples.TASK, 401, 403, 404, 409, 422, 503),
)
def assign(
    task: UUID, body: TakenAssignment, caller: Assigner, state: StateDep
) -> ShownTask:
    """Another officer shall go."""
    found = seen_task(state, caller, task)
    check_officer(state, body.officer)
    moved = state.services.cases.tasks.assign(found.id, body.officer, caller)
    return task_of(state, moved)


@router.post(
    TASKS + "/{task}/cancel",
    responses=answers(examples.TASK, 401, 403, 404, 409, 422, 503),
)
def cancel(task: UUID, caller: Assigner, state: StateDep) -> ShownTask:
    """Nobody needs to go any more."""
    found = seen_task(state, caller, task)
    return task_of(state, state.services.cases.tasks.cancel(found.id, caller))


@router.post(
    TASKS + "/{task}/link",
    responses=answers(examples.LINK, 401, 403, 404, 409, 422, 503),
)
def make_link(task: UUID, caller: Assigner, state: StateDep) -> TaskLink:
    """An address for the assigned officer's phone: opens their tasks for 24 h."""
    found = seen_task(state, caller, task)
    made = state.services.cases.links.make_link(found.id, caller)
    return TaskLink(
        url=f"/officer#{made.secret}", token=made.secret, expires_at=made.expires_at
    )


@router.post(
    f"{TASK_LINKS}/session",
    responses=answers(examples.ME, 401, 404, 413, 422, 429, 503),
)
def open_link(
    body: TakenLink, request: Request, response: Response, state: StateDep
) -> Me:
    """A session of the officer the link was made for, that can do tasks only."""
    identity = state.services.identity
    links, origin = state.services.cases.links, origin_of(request)
    officer = links.open(body.token, origin)
    person = identity.people.person(officer.name)
    identity.sessions.end(session_of(request))
    started = identity.sessions.start_limited(person, officer.expires_at)
    set_cookie(response, request, started.secret)
    return me_of(started.session.person, started.session)


@router.get(f"{TASKS}/mine", responses=answers(examples.TASKS, 401, 403, 503))
def my_tasks(caller: TaskWorker, state: StateDep) -> TaskList:
    """Those of the caller and those on offer where the caller works, open first."""
    found = state.services.cases.tasks.mine(caller, state.visible(caller))
    return TaskList(tasks=tasks_of(state, found))


@router.get(
    TASKS + "/{task}", responses=answers(examples.TASK, 401, 403, 404, 422, 503)
)
def one_task(task: UUID, caller: AnyCaller, state: StateDep) -> ShownTask:
    """One task, for its officer and for those who may read reviews."""
    return task_of(state, seen_task(state, caller, task))


@router.post(
    TASKS + "/{task}/acknowledge",
    responses=answers(examples.TASK, 401, 403, 404, 409, 422, 503),
)
def acknowledge_task(
    task: UUID, body: TakenStep, key: Key, caller: TaskWorker, state: StateDep
) -> ShownTask:
    """Seen, going; one on offer is the caller's from now on."""
    found = own_task(state, caller, task)
    taken = Step(TaskAct.ACKNOWLEDGE, key, at=body.at)
    return task_of(state, state.services.cases.tasks.move(found.id, caller, taken))


@router.post(
    TASKS + "/{task}/arrive",
    responses=answers(examples.TASK, 401, 403, 404, 409, 422, 503),
)
def arrive(
    task: UUID, body: TakenStep, key: Key, caller: TaskWorker, state: StateDep
) -> ShownTask:
    """On site."""
    found = own_task(state, caller, task)
    taken = Step(TaskAct.ARRIVE, key, at=body.at)
    return task_of(state, state.services.cases.tasks.move(found.id, caller, taken))


@router.post(
    TASKS + "/{task}/result",
    responses=answers(examples.TASK, 401, 403, 404, 409, 422, 503),
)
def result(
    task: UUID, body: TakenResult, key: Key, caller: TaskWorker, state: StateDep
) -> ShownTask:
    """What came of it: 已驶离, 已整改, 无法处置; of a check: what was found."""
    found = own_task(state, caller, task)
    taken = Step(TaskAct.RESULT, key, body.at, body.result, body.remark)
    return task_of(state, state.services.cases.tasks.move(found.id, caller, taken))


@router.post(
    TASKS + "/{task}/photos",
    responses=answers(examples.TASK, 401, 403, 404, 409, 413, 415, 422, 503),
    openapi_extra=picture_body(),
)
async def add_photo(
    task: UUID, request: Request, key: Key, caller: TaskWorker, state: StateDep
) -> ShownTask:
    """A JPEG or PNG of at most 8 MB, as the body; kept as it is, hashed."""
    return await take_photo(state, caller, task, request, key)


@router.get(
    TASKS + "/{task}/photos/{photo}",
    response_class=Response,
    responses=bytes_answers("image/jpeg", 401, 403, 404, 422, 503),
)
def photo(
    task: UUID,
    photo: UUID,
    caller: AnyCaller,
    state: StateDep,
    reason: Reason = None,
) -> Response:
    """The bytes of one, on record."""
    look = Look(seen_task(state, caller, task), caller, reason)
    return photo_answer(state, look, photo)


@router.get(
    TASKS + "/{task}/stills/{name}",
    response_class=Response,
    responses=bytes_answers("image/jpeg", 401, 403, 404, 422, 503),
)
def still(
    task: UUID,
    name: Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")],
    caller: AnyCaller,
    state: StateDep,
    reason: Reason = None,
) -> Response:
    """A still of the task's alert, on record; its officer looks for the task."""
    look = Look(seen_task(state, caller, task), caller, reason)
    return still_answer(state, look, name)
