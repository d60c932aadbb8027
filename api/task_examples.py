"""Examples of officers' tasks, for OpenAPI."""

from datetime import timedelta
from uuid import UUID

from api import examples
from api.identity_examples import ME
from api.task_view import (
    OfficerList,
    ShownOfficer,
    ShownPhoto,
    ShownTask,
    TaskLink,
    TaskList,
)
from cases.task import Result, TaskKind, TaskState

_AT = examples.SUMMARY.changed_at
_ID = UUID("7c3e9c52-1b5b-4a39-8f0d-1f8f6f4f2a11")
_DIGEST = examples.FILE.sha256

TASK = ShownTask(
    id=_ID,
    alert=examples.SUMMARY,
    kind=TaskKind.HANDLE,
    state=TaskState.DONE,
    officer="li.na",
    note="请现场劝离",
    by="wang.li",
    lat=30.7641,
    lon=120.7587,
    stills=(f"/api/v1/tasks/{_ID}/stills/first.jpg",),
    acknowledged_at=_AT + timedelta(minutes=1),
    arrived_at=_AT + timedelta(minutes=9),
    done_at=_AT + timedelta(minutes=12),
    result=Result.LEFT,
    result_zh="已驶离",
    remark="",
    photos=(
        ShownPhoto(
            id=UUID("1d9c8a52-7a5b-4a39-8f0d-1f8f6f4f2a11"),
            url=f"/api/v1/tasks/{_ID}/photos/1d9c8a52-7a5b-4a39-8f0d-1f8f6f4f2a11",
            sha256=_DIGEST,
            size=182_310,
            media_type="image/jpeg",
            at=_AT + timedelta(minutes=11),
        ),
    ),
    created_at=_AT,
    changed_at=_AT + timedelta(minutes=12),
)
TASKS = TaskList(tasks=(TASK,))
LINK = TaskLink(
    url="/officer#shown-this-once",
    token="shown-this-once",  # noqa: S106 - an example
    expires_at=_AT + timedelta(hours=24),
)
__all__ = ["LINK", "ME", "TASK", "TASKS"]
OFFICERS = OfficerList(
    officers=(ShownOfficer(name="li.na", full_name="李娜"),),
)
