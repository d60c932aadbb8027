"""The book of officers' tasks: sent, taken, worked, closed; phones may send twice."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID, uuid4

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from alerts.alert import AlertId
from alerts.audit import record
from alerts.database import Database
from alerts.errors import NotFoundError
from alerts.evidence_store import EvidenceStore
from base.clock import Clock
from base.json_value import JsonValue
from cases.deeds import deed_of
from cases.errors import CaseError, ConflictError, GateError
from cases.gates import art41_handled_after_a_verdict
from cases.life import Act, ReviewState
from cases.queue import Visible
from cases.review_rows import Moment, put_back
from cases.tables import ReviewRow, TaskPhotoRow, TaskRow, TaskStepRow
from cases.task import Result, Task, TaskAct, TaskKind, TaskState, task_step
from cases.task_rows import NewTaskRow, offer_task, tasks_from, tell_task
from identity.person import Person

T = TypeVar("T")

SHOWN = 200
MOST_PHOTOS = 20
CHECK_RESULTS = frozenset({Result.FOUND, Result.NOT_FOUND, Result.UNABLE, Result.LEFT})
HANDLE_RESULTS = frozenset({Result.LEFT, Result.CORRECTED, Result.UNABLE})
RESULTS: dict[TaskKind, frozenset[Result]] = {
    TaskKind.CHECK: CHECK_RESULTS,
    TaskKind.HANDLE: HANDLE_RESULTS,
}


@dataclass(frozen=True, slots=True)
class NewTask:
    """Somebody shall go; `officer` empty: whoever sees the camera."""

    alert: AlertId
    kind: TaskKind
    officer: str
    note: str


@dataclass(frozen=True, slots=True)
class Step:
    """A step a phone sends; `key` is the same for each try, `at` by the phone."""

    act: TaskAct
    key: str
    at: datetime | None = None
    result: Result | None = None
    remark: str = ""

    @property
    def digest(self) -> str:
        """What it says, without when: the same step sent again is the same."""
        said = [self.act.value, self.result and self.result.value, self.remark]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()


class TaskBook:
    """All tasks; safe to use from any thread.

    Args:
        database: Where they are kept.
        store: Where photos lie.
        clock: Wall time.
    """

    def __init__(self, database: Database, store: EvidenceStore, clock: Clock) -> None:
        self._database = database
        self._store = store
        self._clock = clock

    def get(self, task: UUID) -> Task:
        """One task.

        Raises:
            NotFoundError: There is none.
        """
        with self._database.reading() as session:
            row = session.get(TaskRow, task)
            if row is None:
                raise NotFoundError(f"no task {task}")
            return tasks_from(session, [row])[0]

    def list_tasks(
        self, visible: Visible, states: frozenset[TaskState], alert: UUID | None
    ) -> tuple[Task, ...]:
        """Tasks about cameras seen, newest first."""
        query = _asked(select(TaskRow), visible, states)
        if alert is not None:
            query = query.where(TaskRow.alert_id == alert)
        query = query.order_by(TaskRow.created_at.desc(), TaskRow.id).limit(SHOWN)
        with self._database.reading() as session:
            return tasks_from(session, session.scalars(query).all())

    def mine(self, person: Person, visible: Visible) -> tuple[Task, ...]:
        """Those of `person`, and those on offer where they work; newest first."""
        now = self._clock.utc_now()
        on_offer = TaskRow.state == TaskState.OFFERED.value
        if visible is not None:
            on_offer &= TaskRow.camera.in_(sorted(visible))
        query = (
            select(TaskRow)
            .where(TaskRow.visible_at <= now)
            .where((TaskRow.officer == person.name) | on_offer)
            .where(TaskRow.state != TaskState.CANCELLED.value)
            .order_by(TaskRow.done_at.isnot(None), TaskRow.created_at.desc())
            .limit(SHOWN)
        )
        with self._database.reading() as session:
            return tasks_from(session, session.scalars(query).all())

    def open_count(self, visible: Visible) -> int:
        """How many are not done."""
        states = frozenset(TaskState) - {TaskState.DONE, TaskState.CANCELLED}
        query = _asked(select(func.count()).select_from(TaskRow), visible, states)
        with self._database.reading() as session:
            return session.scalars(query).one()

    def add(self, wanted: NewTask, person: Person) -> Task:
        """Send somebody about an alert.

        Raises:
            NotFoundError: There is no such alert.
            GateError: Nobody has confirmed what shall be handled.
        """
        with self._database.transaction() as session:
            moment = Moment(session, self._clock.utc_now())
            review = session.get(ReviewRow, wanted.alert)
            if review is None:
                raise NotFoundError(f"no alert {wanted.alert}")
            art41_handled_after_a_verdict(ReviewState(review.state), wanted.kind)
            row = offer_task(
                moment,
                NewTaskRow(
                    alert=wanted.alert,
                    camera=review.camera,
                    kind=wanted.kind,
                    officer=wanted.officer,
                    note=wanted.note,
                    by=person,
                    visible_at=moment.now,
                ),
            )
            session.flush()
            return tasks_from(session, [row])[0]

    def assign(self, task: UUID, officer: str, person: Person) -> Task:
        """Another officer shall go."""
        return self._move(task, TaskAct.ASSIGN, person, {"officer": officer})

    def cancel(self, task: UUID, person: Person) -> Task:
        """Nobody need go any more; a review that waits for this look alone goes on."""
        return self._move(task, TaskAct.CANCEL, person, {})

    def _move(
        self, task: UUID, act: TaskAct, person: Person, more: dict[str, JsonValue]
    ) -> Task:
        with self._database.transaction() as session:
            moment = Moment(session, self._clock.utc_now())
            row = _row(session, task)
            row.state = task_step(TaskState(row.state), act).value
            row.officer = str(more.get("officer", row.officer))
            _recorded(moment, row, person, act, more)
            if act is TaskAct.CANCEL and not _is_looked_at(session, row.alert_id):
                _answer_review(moment, row, "the look on site was called off")
            return tasks_from(session, [row])[0]

    def move(self, task: UUID, person: Person, step: Step) -> Task:
        """A step of the officer; the same key again changes nothing.

        Raises:
            ConflictError: Another step came under this key before.
            IllegalStepError: Not from here.
            GateError: It is another officer's.
        """
        with self._database.transaction() as session:
            moment = Moment(session, self._clock.utc_now())
            row = _row(session, task)
            if _seen_before(session, row, step.key, step.digest):
                return tasks_from(session, [row])[0]
            _take(row, person)
            row.state = task_step(TaskState(row.state), step.act).value
            _stamp(row, step, moment.now)
            session.add(_step_row(row, step, moment.now))
            detail: dict[str, JsonValue] = {
                "result": row.result,
                "remark": row.remark,
                "told_at": None if step.at is None else step.at.isoformat(),
            }
            _recorded(moment, row, person, step.act, detail)
            if row.state == TaskState.DONE.value and row.kind == TaskKind.CHECK.value:
                _answer_review(moment, row, f"on site: {row.result}")
            return tasks_from(session, [row])[0]

    def add_photo(
        self, task: UUID, person: Person, picture: tuple[bytes, str], key: str
    ) -> Task:
        """Keep a picture taken on site, as it is: bytes and media type.

        Raises:
            GateError: It is another officer's.
            CaseError: There are enough.
            StoreFullError: The evidence store has no room.
        """
        body, media_type = picture
        stored = self._store.put([body])
        step = Step(TaskAct.ARRIVE, key, remark=stored.key)
        with self._database.transaction() as session:
            moment = Moment(session, self._clock.utc_now())
            row = _row(session, task)
            if _seen_before(session, row, key, step.digest):
                return tasks_from(session, [row])[0]
            _take(row, person)
            held = select(TaskPhotoRow.id).where(TaskPhotoRow.task_id == task)
            if len(session.scalars(held).all()) >= MOST_PHOTOS:
                raise CaseError(f"a task holds at most {MOST_PHOTOS} photos")
            photo = TaskPhotoRow(
                id=uuid4(),
                task_id=row.id,
                sha256=stored.key,
                sm3=stored.sm3,
                size=stored.size,
                media_type=media_type,
                at=moment.now,
            )
            session.add(photo)
            session.add(_step_row(row, step, moment.now))
            deed = deed_of(
                person,
                "photo.added",
                f"task/{row.id}",
                photo=str(photo.id),
                sha256=photo.sha256,
                sm3=photo.sm3,
            )
            record(session, moment.now, deed)
            session.flush()
            return tasks_from(session, [row])[0]


def _asked(
    query: Select[T], visible: Visible, states: frozenset[TaskState]
) -> Select[T]:
    """`query` of tasks about cameras seen, in one of `states`; empty: in any."""
    if visible is not None:
        query = query.where(TaskRow.camera.in_(sorted(visible)))
    if states:
        query = query.where(TaskRow.state.in_(sorted(states)))
    return query


def _row(session: Session, task: UUID) -> TaskRow:
    row = session.get(TaskRow, task, with_for_update=True)
    if row is None:
        raise NotFoundError(f"no task {task}")
    return row


def _take(row: TaskRow, person: Person) -> None:
    """One on offer becomes the person's; another's is refused.

    Raises:
        GateError: It is another officer's.
    """
    if row.officer not in {"", person.name}:
        raise GateError("officer", "this task is another officer's")
    row.officer = person.name


def _seen_before(session: Session, row: TaskRow, key: str, digest: str) -> bool:
    before = session.get(TaskStepRow, (row.id, key))
    if before is None:
        return False
    if before.step != digest:
        raise ConflictError("another step was sent under this key")
    return True


def _step_row(row: TaskRow, step: Step, now: datetime) -> TaskStepRow:
    return TaskStepRow(
        task_id=row.id, key=step.key, step=step.digest, told_at=step.at, at=now
    )


def _stamp(row: TaskRow, step: Step, now: datetime) -> None:
    if step.act is TaskAct.ACKNOWLEDGE:
        row.acknowledged_at = now
    elif step.act is TaskAct.ARRIVE:
        row.arrived_at = now
    elif step.act is TaskAct.RESULT:
        if step.result not in RESULTS[TaskKind(row.kind)]:
            raise CaseError(f"{step.result} is no result of a task to {row.kind}")
        row.done_at, row.result, row.remark = now, step.result.value, step.remark


def _recorded(
    moment: Moment,
    row: TaskRow,
    person: Person,
    act: TaskAct,
    detail: dict[str, JsonValue],
) -> None:
    row.changed_at = moment.now
    told = {"alert": str(row.alert_id), **detail}
    deed = deed_of(person, f"task.{act.value}", f"task/{row.id}", **told)
    record(moment.session, moment.now, deed)
    tell_task(moment, row)


def _is_looked_at(session: Session, alert: UUID) -> bool:
    """Whether anybody is still to look on site at an alert."""
    over = (TaskState.DONE.value, TaskState.CANCELLED.value)
    query = select(TaskRow.id).where(
        TaskRow.alert_id == alert,
        TaskRow.kind == TaskKind.CHECK.value,
        TaskRow.state.not_in(over),
    )
    return session.scalars(query.limit(1)).first() is not None


def _answer_review(moment: Moment, row: TaskRow, why: str) -> None:
    """The look on site is over: whoever reviews goes on with what was found."""
    review = moment.session.get(ReviewRow, row.alert_id, with_for_update=True)
    if review is not None and review.state == ReviewState.ONSITE.value:
        put_back(moment, review, Act.ANSWERED_ONSITE, why)
