"""Jobs that make alerts replay cases, as the API takes and tells them."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from alerts.command import JobState
from api.shown import Shown, UtcTime
from api.taken import MOST_TEXT, Taken, Words


class TakenCase(Taken):
    """Make this a test."""

    reason: Annotated[
        Words,
        Field(
            min_length=1,
            max_length=MOST_TEXT,
            pattern=r"\S",
            description="why; stands in the audit trail",
        ),
    ]
    boxes_only: Annotated[
        bool, Field(description="keep boxes and no picture: such a case is for good")
    ] = False


class ShownJob(Shown):
    """How far a job is."""

    job: Annotated[UUID, Field(description="its id")]
    state: Annotated[JobState, Field(description="queued, running, done or failed")]
    detail: Annotated[str, Field(description="what came of it, or why it failed")]
    at: Annotated[UtcTime, Field(description="wall time of its last step")]
