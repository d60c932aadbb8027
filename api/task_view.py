"""Officers' tasks as the API tells and takes them."""

from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field

from api.alert_view import AlertSummary
from api.shown import Shown, UtcTime
from api.taken import Comment, Taken, Words
from cases.task import Result, TaskKind, TaskState


class TakenTask(Taken):
    """Send somebody."""

    alert: Annotated[UUID, Field(description="about which alert")]
    kind: Annotated[TaskKind, Field(description="to check, or to handle")]
    officer: Annotated[
        str, Field(max_length=64, description="login name; empty: whoever is near")
    ] = ""
    note: Comment = ""


class TakenAssignment(Taken):
    """Who shall go."""

    officer: Annotated[str, Field(max_length=64, description="login name")]


class TakenResult(Taken):
    """What came of it."""

    result: Annotated[Result, Field(description="已驶离, 已整改, 无法处置, …")]
    remark: Annotated[Words, Field(max_length=2000, description="own words")] = ""
    at: Annotated[
        AwareDatetime | None, Field(description="time by the phone, for late sends")
    ] = None


class TakenStep(Taken):
    """A step, when the phone says it was."""

    at: Annotated[
        AwareDatetime | None, Field(description="time by the phone, for late sends")
    ] = None


class ShownPhoto(Shown):
    """A picture taken on site."""

    id: Annotated[UUID, Field(description="id of the photo")]
    url: Annotated[str, Field(description="where the bytes are")]
    sha256: Annotated[str, Field(description="of the bytes, hex")]
    size: Annotated[int, Field(description="number of bytes")]
    media_type: Annotated[str, Field(description="of the bytes")]
    at: Annotated[UtcTime, Field(description="wall time it came in")]


class ShownTask(Shown):
    """One task."""

    id: Annotated[UUID, Field(description="id of the task")]
    alert: Annotated[AlertSummary, Field(description="about which alert")]
    kind: Annotated[TaskKind, Field(description="to check, or to handle")]
    state: Annotated[TaskState, Field(description="how far it is")]
    officer: Annotated[str, Field(description="login name; empty: on offer")]
    note: Annotated[str, Field(description="what to look at")]
    by: Annotated[str, Field(description="who asked")]
    lat: Annotated[float | None, Field(description="of the camera, WGS-84")]
    lon: Annotated[float | None, Field(description="of the camera, WGS-84")]
    stills: Annotated[
        tuple[str, ...], Field(description="addresses of the alert's stills")
    ]
    acknowledged_at: Annotated[UtcTime | None, Field(description="wall time")]
    arrived_at: Annotated[UtcTime | None, Field(description="wall time")]
    done_at: Annotated[UtcTime | None, Field(description="wall time")]
    result: Annotated[Result | None, Field(description="what came of it")]
    result_zh: Annotated[str, Field(description="the same, Chinese")]
    remark: Annotated[str, Field(description="the officer's words")]
    photos: Annotated[tuple[ShownPhoto, ...], Field(description="in order")]
    created_at: Annotated[UtcTime, Field(description="wall time")]
    changed_at: Annotated[UtcTime, Field(description="wall time")]


class TaskList(Shown):
    """Tasks."""

    tasks: Annotated[tuple[ShownTask, ...], Field(description="newest first, 200")]


class ShownOfficer(Shown):
    """Somebody who works on tasks."""

    name: Annotated[str, Field(description="login name")]
    full_name: Annotated[str, Field(description="as printed")]


class OfficerList(Shown):
    """Whom one may send."""

    officers: Annotated[tuple[ShownOfficer, ...], Field(description="by name")]


class TaskLink(Shown):
    """An address that opens an officer's tasks on a phone."""

    url: Annotated[str, Field(description="path with the token behind #")]
    token: Annotated[str, Field(description="shown this once")]
    expires_at: Annotated[UtcTime, Field(description="wall time")]


class TakenLink(Taken):
    """The token of a link, for a session."""

    token: Annotated[str, Field(max_length=200, description="what stands behind #")]
