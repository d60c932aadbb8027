"""Web → worker: commands over `nonsite:commands`, jobs over `nonsite:jobs`.

A command is told once and needs no answer; a job has an id under which its result is
found later.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

COMMANDS_KEY = "nonsite:commands"
JOBS_KEY = "nonsite:jobs"


class _Wire(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ApplyRevision(_Wire):
    """A new configuration is in force: rebuild the cameras that changed."""

    kind: Literal["apply_revision"] = "apply_revision"
    revision: str


class CaptureNow(_Wire):
    """Keep a still of one camera now."""

    kind: Literal["capture_now"] = "capture_now"
    job: UUID
    camera: str
    reason: str


class TryClip(_Wire):
    """Judge the clip of a stored alert again, under a draft configuration.

    Attributes:
        draft: A site of the alert's camera alone, as JSON; no secret in it.
    """

    kind: Literal["try_clip"] = "try_clip"
    job: UUID
    alert: UUID
    draft: str = Field(max_length=1_000_000)
    by: str = Field(min_length=1, max_length=64)
    role: str = Field(min_length=1, max_length=200)


class TakeReference(_Wire):
    """Take the picture a view is compared with from its feed, and put it in force."""

    kind: Literal["take_reference"] = "take_reference"
    job: UUID
    camera: str = Field(max_length=64)
    view: str = Field(max_length=64)
    by: str = Field(min_length=1, max_length=64)
    role: str = Field(min_length=1, max_length=200)
    reason: str = Field(min_length=1, max_length=2000)


class ReplayCase(_Wire):
    """Make a stored alert a case of a replay suite."""

    kind: Literal["replay"] = "replay"
    job: UUID
    alert: UUID
    by: str = Field(min_length=1, max_length=64)
    role: str = Field(min_length=1, max_length=200)
    reason: str = Field(min_length=1, max_length=2000)
    boxes_only: bool = False


class LookLive(_Wire):
    """Cast a camera's own packets, for somebody who looks at it now.

    Attributes:
        back_s: How far back it begins.
        for_s: How long from now on; 0: what is held, and no more.
    """

    kind: Literal["look_live"] = "look_live"
    job: UUID
    camera: str
    back_s: float = Field(ge=0, le=300)
    for_s: float = Field(ge=0, le=900)


class ProbeFeed(_Wire):
    """See what an address sends, before it becomes a camera.

    Attributes:
        feed: A `url` feed of the site file, as JSON; never with a secret in it.
        timeout_s: Longest wait for the connection and each packet.
    """

    kind: Literal["probe_feed"] = "probe_feed"
    job: UUID
    feed: str = Field(max_length=10_000)
    timeout_s: float = Field(gt=0, le=30)


Command = ApplyRevision
Job = Annotated[
    CaptureNow | TryClip | TakeReference | ReplayCase | LookLive | ProbeFeed,
    Field(discriminator="kind"),
]


class JobState(StrEnum):
    """How far a job is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class JobResult(_Wire):
    """What became of a job."""

    job: UUID
    state: JobState
    detail: str = ""
    at: datetime
