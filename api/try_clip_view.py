"""A draft tried on the clip of an alert, as the API takes and tells it."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from alerts.command import JobResult, JobState
from alerts.errors import NotFoundError
from api.draft_view import Content
from api.shown import Shown, UtcTime
from api.taken import Taken
from rules.clause import Truth
from rules.violation import Severity


class ClipFate(StrEnum):
    """How something the clip raises stands under the draft."""

    KEPT = "kept"
    LOST = "lost"
    NEW = "new"


FATES_ZH: dict[ClipFate, str] = {
    ClipFate.KEPT: "草稿下仍会触发",
    ClipFate.LOST: "草稿下不再触发",
    ClipFate.NEW: "草稿下新触发",
}


class TakenClipTry(Taken):
    """A draft, and the alert whose clip it is tried on."""

    content: Content
    alert: Annotated[UUID, Field(description="of a camera that is in the draft")]


class _Told(BaseModel):
    """What the job tells, read back strictly."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class _ToldThing(_Told):
    fate: ClipFate
    code: str
    place: str
    label: str
    severity: Severity
    opened_s: float
    cleared_s: float | None
    box: tuple[float, float, float, float]
    clauses: dict[str, Truth]


class _ToldTrial(_Told):
    things: tuple[_ToldThing, ...]
    dwell_s: float | None
    looks: int
    media_s: float


class TriedOnClip(Shown):
    """One thing the clip raises, now or under the draft."""

    fate: Annotated[ClipFate, Field(description="kept, lost under the draft, or new")]
    fate_zh: Annotated[str, Field(description="the same, Chinese")]
    code: Annotated[str, Field(description="catalogue code")]
    place: Annotated[str, Field(description="view/zone")]
    label: Annotated[str, Field(description="class of the thing")]
    severity: Annotated[Severity, Field(description="S1 … S4")]
    opened_s: Annotated[float, Field(description="opens at this second of the clip")]
    cleared_s: Annotated[float | None, Field(description="ends at this second")]
    box: Annotated[
        tuple[float, float, float, float],
        Field(description="left, top, right, bottom, 0…1"),
    ]
    clauses: Annotated[dict[str, Truth], Field(description="how its clauses stood")]


class ShownClipTry(Shown):
    """How far a trial is, and what came of it."""

    job: Annotated[UUID, Field(description="its id")]
    state: Annotated[JobState, Field(description="queued, running, done or failed")]
    detail: Annotated[str, Field(description="why it failed; else empty")]
    at: Annotated[UtcTime, Field(description="wall time of its last step")]
    things: Annotated[
        tuple[TriedOnClip, ...], Field(description="those under the draft first")
    ]
    dwell_s: Annotated[
        float | None,
        Field(
            description="dwell made to fit the short clip, both ways; null: as drawn"
        ),
    ]
    looks: Annotated[int, Field(description="looks judged under the draft")]
    media_s: Annotated[float, Field(description="length of the clip, s")]


def clip_try_of(result: JobResult) -> ShownClipTry:
    """A trial as the worker reported it.

    Raises:
        NotFoundError: It told no trial: the job was of another kind.
    """
    told = _ToldTrial(things=(), dwell_s=None, looks=0, media_s=0.0)
    detail = result.detail
    if result.state is JobState.DONE:
        try:
            told = _ToldTrial.model_validate_json(result.detail)
        except ValidationError as error:
            raise NotFoundError(f"job {result.job} is no trial of a draft") from error
        detail = ""
    return ShownClipTry(
        job=result.job,
        state=result.state,
        detail=detail,
        at=result.at,
        things=tuple(
            TriedOnClip(fate_zh=FATES_ZH[thing.fate], **dict(thing))
            for thing in told.things
        ),
        dwell_s=told.dwell_s,
        looks=told.looks,
        media_s=told.media_s,
    )
