"""An officer's task: go, look, act, report; every step may be sent twice."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from alerts.alert import AlertId
from cases.errors import IllegalStepError


class TaskKind(StrEnum):
    """Why somebody goes."""

    CHECK = "check"
    HANDLE = "handle"


class TaskState(StrEnum):
    """How far it is."""

    OFFERED = "offered"
    ASSIGNED = "assigned"
    ACKNOWLEDGED = "acknowledged"
    ARRIVED = "arrived"
    DONE = "done"
    CANCELLED = "cancelled"


class TaskAct(StrEnum):
    """What moves it on."""

    ASSIGN = "assign"
    ACKNOWLEDGE = "acknowledge"
    ARRIVE = "arrive"
    RESULT = "result"
    CANCEL = "cancel"


class Result(StrEnum):
    """What came of it: the three of one tap, and two for a check."""

    LEFT = "left"
    CORRECTED = "corrected"
    UNABLE = "unable"
    FOUND = "found"
    NOT_FOUND = "not_found"


RESULTS_ZH: dict[Result, str] = {
    Result.LEFT: "已驶离",
    Result.CORRECTED: "已整改",
    Result.UNABLE: "无法处置",
    Result.FOUND: "现场属实",
    Result.NOT_FOUND: "现场未发现",
}

_S, _A = TaskState, TaskAct
TASK_TRANSITIONS: dict[TaskState, dict[TaskAct, TaskState]] = {
    _S.OFFERED: {
        _A.ASSIGN: _S.ASSIGNED,
        _A.ACKNOWLEDGE: _S.ACKNOWLEDGED,
        _A.CANCEL: _S.CANCELLED,
    },
    _S.ASSIGNED: {
        _A.ASSIGN: _S.ASSIGNED,
        _A.ACKNOWLEDGE: _S.ACKNOWLEDGED,
        _A.CANCEL: _S.CANCELLED,
    },
    # one tap may close it from the road: the car has driven off
    _S.ACKNOWLEDGED: {
        _A.ASSIGN: _S.ASSIGNED,
        _A.ARRIVE: _S.ARRIVED,
        _A.RESULT: _S.DONE,
        _A.CANCEL: _S.CANCELLED,
    },
    _S.ARRIVED: {_A.RESULT: _S.DONE, _A.CANCEL: _S.CANCELLED},
    _S.DONE: {},
    _S.CANCELLED: {},
}
"""Legal steps: state -> act -> state it leads to."""


def task_step(state: TaskState, act: TaskAct) -> TaskState:
    """The state `act` leads to.

    Raises:
        IllegalStepError: The table has no such step.
    """
    leads_to = TASK_TRANSITIONS[state].get(act)
    if leads_to is None:
        raise IllegalStepError(f"a task that is {state} takes no {act}")
    return leads_to


@dataclass(frozen=True, slots=True)
class TaskPhoto:
    """A picture taken on site; its bytes lie in the evidence store.

    Attributes:
        id: Of the photo.
        sha256: Of the bytes, hex; their key in the store.
        sm3: Of the bytes, hex.
        size: Number of bytes.
        media_type: `image/jpeg` or `image/png`.
        at: Wall time it came in.
    """

    id: UUID
    sha256: str
    sm3: str
    size: int
    media_type: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Task:
    """One task.

    Attributes:
        id: Of the task.
        alert: Which alert it is about.
        kind: To check, or to handle.
        state: How far it is.
        officer: Login name; empty: offered to whoever sees the camera.
        note: What to look at.
        by: Who asked.
        visible_at: Wall time from which officers see it: the undo time is over.
        acknowledged_at: Wall time.
        arrived_at: Wall time.
        done_at: Wall time.
        result: What came of it.
        remark: The officer's words.
        photos: In order.
        created_at: Wall time.
        changed_at: Wall time.
    """

    id: UUID
    alert: AlertId
    kind: TaskKind
    state: TaskState
    officer: str
    note: str
    by: str
    visible_at: datetime
    acknowledged_at: datetime | None
    arrived_at: datetime | None
    done_at: datetime | None
    result: Result | None
    remark: str
    photos: tuple[TaskPhoto, ...]
    created_at: datetime
    changed_at: datetime
