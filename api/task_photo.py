"""Photos from the street: bytes as they are, kind told by the bytes themselves."""

from dataclasses import dataclass
from uuid import UUID

from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import Response

from alerts.errors import NotFoundError
from alerts.evidence_store import ObjectKey
from api.errors import MediaTypeError
from api.services import State
from api.task_shown import own_task, task_of
from api.task_view import ShownTask
from api.view_reason import reason_of
from api.who import actor_of
from cases.task import Task
from cases.viewing import by_task
from identity.person import Person
from identity.right import Right

SIGNATURES = {
    "image/jpeg": (b"\xff\xd8\xff", b"\xff\xd9"),
    "image/png": (b"\x89PNG\r\n\x1a\n", b"IEND\xaeB`\x82"),
}
"""How a file begins and ends; a name or a header of the caller's proves nothing."""

TAIL = 32
"""Phones pad a JPEG with a few bytes behind its end."""


def kind_of(body: bytes) -> str:
    """The media type of a picture.

    Raises:
        MediaTypeError: It is no JPEG or PNG, or not whole.
    """
    for kind, (begins, ends) in SIGNATURES.items():
        if body.startswith(begins) and ends in body[-TAIL - len(ends) :]:
            return kind
    raise MediaTypeError("send one whole JPEG or PNG as the body")


async def take_photo(
    state: State, caller: Person, task: UUID, request: Request, key: str
) -> ShownTask:
    """Keep the body of the request as a photo of the task."""
    declared = request.headers.get("content-type", "").partition(";")[0].strip()
    if declared.lower() not in SIGNATURES:
        raise MediaTypeError("send image/jpeg or image/png")
    body = await request.body()
    kind = kind_of(body)

    def keep() -> ShownTask:
        found = own_task(state, caller, task)
        book = state.services.cases.tasks
        return task_of(state, book.add_photo(found.id, caller, (body, kind), key))

    return await run_sync(keep)


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody looks at a picture of a task; `reason` as given with the request."""

    task: Task
    caller: Person
    reason: str | None


def _note(state: State, look: Look, subject: str, name: str) -> None:
    """On record: for the task, where it is the caller's, else for another reason.

    Raises:
        ReasonMissingError: It is somebody else's task, and no reason is known.
    """
    task, caller = look.task, look.caller
    is_own = task.officer == caller.name or not task.officer
    if is_own and caller.may(Right.WORK_TASKS) and look.reason is None:
        why = by_task(task)
    else:
        why = reason_of(look.reason, caller, task.alert, state)
    state.services.desk.views.note(actor_of(caller), subject, name, why)


def photo_answer(state: State, look: Look, photo: UUID) -> Response:
    """The bytes of one photo, on record.

    Raises:
        NotFoundError: The task has no such photo.
        ReasonMissingError: Nobody said why it is looked at.
    """
    for one in look.task.photos:
        if one.id == photo:
            _note(state, look, f"task/{look.task.id}", str(photo))
            chunks = state.services.evidence.open_range(ObjectKey(one.sha256))
            headers = {"Cache-Control": "private, no-store"}
            body = b"".join(chunks)
            return Response(body, headers=headers, media_type=one.media_type)
    raise NotFoundError(f"no photo {photo}")


def still_answer(state: State, look: Look, name: str) -> Response:
    """The bytes of one still of the task's alert, on record.

    Raises:
        NotFoundError: The alert has no such still.
        ReasonMissingError: Nobody said why it is looked at.
    """
    task = look.task
    for pack in state.services.alerts.packs_of(task.alert):
        for file in pack.files:
            is_still = file.media_type == "image/jpeg" and file.parent is None
            if pack.id == task.alert and file.name == name and is_still:
                _note(state, look, f"pack/{pack.id}", name)
                chunks = state.services.evidence.open_range(file.stored.key)
                headers = {"Cache-Control": "private, no-store"}
                body = b"".join(chunks)
                return Response(body, headers=headers, media_type="image/jpeg")
    raise NotFoundError("no such still")
