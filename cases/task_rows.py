"""Rows of officers' tasks, made and cancelled by verdicts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.alert import AlertId, EventKind
from alerts.audit import record
from alerts.tables import EventIntakeRow
from cases.deeds import deed_of
from cases.errors import TooLateError
from cases.review_rows import Moment
from cases.tables import TaskPhotoRow, TaskRow
from cases.task import Result, Task, TaskKind, TaskPhoto, TaskState
from identity.person import Person

UNTOUCHED = frozenset({TaskState.OFFERED.value, TaskState.ASSIGNED.value})


@dataclass(frozen=True, slots=True)
class NewTaskRow:
    """A task to be made; `officer` empty: on offer to whoever sees the camera."""

    alert: UUID
    camera: str
    kind: TaskKind
    officer: str
    note: str
    by: Person
    visible_at: datetime
    verdict: UUID | None = None


def offer_task(moment: Moment, wanted: NewTaskRow) -> TaskRow:
    """Make a task; officers see it from `visible_at` on."""
    state = TaskState.ASSIGNED if wanted.officer else TaskState.OFFERED
    row = TaskRow(
        id=uuid4(),
        alert_id=wanted.alert,
        camera=wanted.camera,
        verdict_id=wanted.verdict,
        kind=wanted.kind.value,
        state=state.value,
        officer=wanted.officer,
        note=wanted.note,
        remark="",
        made_by=wanted.by.name,
        visible_at=wanted.visible_at,
        created_at=moment.now,
        changed_at=moment.now,
    )
    moment.session.add(row)
    deed = deed_of(
        wanted.by,
        "task.made",
        f"alert/{wanted.alert}",
        task=str(row.id),
        kind=row.kind,
        officer=row.officer,
    )
    record(moment.session, moment.now, deed)
    tell_task(moment, row)
    return row


def cancel_tasks(moment: Moment, verdict: UUID) -> None:
    """The verdict is taken back: nobody need go.

    Raises:
        TooLateError: Somebody is under way.
    """
    query = select(TaskRow).where(TaskRow.verdict_id == verdict)
    for row in moment.session.scalars(query.with_for_update()):
        if row.state not in UNTOUCHED:
            raise TooLateError("an officer is under way already")
        row.state = TaskState.CANCELLED.value
        row.changed_at = moment.now
        tell_task(moment, row)


def tell_task(moment: Moment, row: TaskRow) -> None:
    """Let clients know how a task stands."""
    moment.session.add(
        EventIntakeRow(
            kind=EventKind.TASK_CHANGED.value,
            alert_id=row.alert_id,
            camera=row.camera,
            detail={"task": str(row.id), "state": row.state, "officer": row.officer},
            at=moment.now,
        )
    )


def tasks_from(session: Session, rows: Iterable[TaskRow]) -> tuple[Task, ...]:
    """Tasks with their photos, in the order of the rows."""
    found = list(rows)
    photos: dict[UUID, list[TaskPhoto]] = {row.id: [] for row in found}
    query = select(TaskPhotoRow).where(TaskPhotoRow.task_id.in_(photos))
    for photo in session.scalars(query.order_by(TaskPhotoRow.at)):
        photos[photo.task_id].append(
            TaskPhoto(
                id=photo.id,
                sha256=photo.sha256,
                sm3=photo.sm3,
                size=photo.size,
                media_type=photo.media_type,
                at=photo.at,
            )
        )
    return tuple(_task(row, tuple(photos[row.id])) for row in found)


def _task(row: TaskRow, photos: tuple[TaskPhoto, ...]) -> Task:
    return Task(
        id=row.id,
        alert=AlertId(row.alert_id),
        kind=TaskKind(row.kind),
        state=TaskState(row.state),
        officer=row.officer,
        note=row.note,
        by=row.made_by,
        visible_at=row.visible_at,
        acknowledged_at=row.acknowledged_at,
        arrived_at=row.arrived_at,
        done_at=row.done_at,
        result=None if row.result is None else Result(row.result),
        remark=row.remark,
        photos=photos,
        created_at=row.created_at,
        changed_at=row.changed_at,
    )
