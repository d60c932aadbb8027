"""Officers' tasks as answers, and who may see which."""

from collections.abc import Sequence
from uuid import UUID

from alerts.errors import NotFoundError
from alerts.pack import Role as FileRole
from api.address import TASKS
from api.alert_shown import captions
from api.alert_view import summary_of
from api.made_of import blind_to
from api.services import State
from api.task_view import ShownPhoto, ShownTask
from cases.task import RESULTS_ZH, Task
from identity.person import Person
from identity.right import Right

STILLS = frozenset({FileRole.FIRST, FileRole.MID, FileRole.OPENING, FileRole.LAST})


def seen_task(state: State, caller: Person, task: UUID) -> Task:
    """A task of the caller, on offer to them, or at a camera whose reviews they read.

    Raises:
        NotFoundError: There is none, or none the caller sees.
    """
    found = state.services.cases.tasks.get(task)
    if caller.may(Right.WORK_TASKS) and _is_own(state, caller, found):
        return found
    if found.alert in blind_to(state, caller):
        raise NotFoundError(f"no task {task}")
    if caller.may(Right.READ_REVIEWS) and _in_scope(state, caller, found):
        return found
    raise NotFoundError(f"no task {task}")


def own_task(state: State, caller: Person, task: UUID) -> Task:
    """A task of the caller, or on offer to them.

    Raises:
        NotFoundError: There is none.
    """
    found = state.services.cases.tasks.get(task)
    if not _is_own(state, caller, found):
        raise NotFoundError(f"no task {task}")
    return found


def check_officer(state: State, name: str) -> None:
    """Refuse to send somebody who gets no tasks: it would lie unseen.

    Raises:
        NotFoundError: Nobody who works on tasks has that name.
    """
    if not state.services.identity.people.person(name).may(Right.WORK_TASKS):
        raise NotFoundError(f"{name} is no officer who works on tasks")


def _is_own(state: State, caller: Person, task: Task) -> bool:
    if task.officer:
        return task.officer == caller.name
    is_ripe = task.visible_at <= state.services.clock.utc_now()
    return is_ripe and _in_scope(state, caller, task)


def _in_scope(state: State, caller: Person, task: Task) -> bool:
    visible = state.visible(caller)
    if visible is None:
        return True
    alert = state.services.alerts.get_alert(task.alert)
    return any(source.violation.place.camera in visible for source in alert.sources)


def task_of(state: State, task: Task) -> ShownTask:
    """One task."""
    return tasks_of(state, [task])[0]


def tasks_of(state: State, tasks: Sequence[Task]) -> tuple[ShownTask, ...]:
    """Tasks with their alerts."""
    words = captions(state)
    alerts = state.services.alerts.get_alerts([task.alert for task in tasks])
    held = state.site.get()
    shown = []
    for task in tasks:
        alert = alerts.get(task.alert)
        if alert is None:
            continue
        cameras = {} if held is None else held.site.cameras
        camera = cameras.get(alert.place.camera)
        position = None if camera is None else camera.position
        shown.append(
            ShownTask(
                id=task.id,
                alert=summary_of(alert, words),
                kind=task.kind,
                state=task.state,
                officer=task.officer,
                note=task.note,
                by=task.by,
                lat=None if position is None else position.lat,
                lon=None if position is None else position.lon,
                stills=_stills(state, task),
                acknowledged_at=task.acknowledged_at,
                arrived_at=task.arrived_at,
                done_at=task.done_at,
                result=task.result,
                result_zh="" if task.result is None else RESULTS_ZH[task.result],
                remark=task.remark,
                photos=_photos(task),
                created_at=task.created_at,
                changed_at=task.changed_at,
            )
        )
    return tuple(shown)


def _stills(state: State, task: Task) -> tuple[str, ...]:
    packs = state.services.alerts.packs_of(task.alert)
    names = [
        file.name
        for pack in packs
        for file in pack.files
        if pack.id == task.alert and file.role in STILLS and file.parent is None
    ]
    return tuple(f"{TASKS}/{task.id}/stills/{name}" for name in names)


def _photos(task: Task) -> tuple[ShownPhoto, ...]:
    return tuple(
        ShownPhoto(
            id=photo.id,
            url=f"{TASKS}/{task.id}/photos/{photo.id}",
            sha256=photo.sha256,
            size=photo.size,
            media_type=photo.media_type,
            at=photo.at,
        )
        for photo in task.photos
    )
