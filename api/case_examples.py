"""Examples of jobs, for OpenAPI."""

from uuid import UUID

from alerts.command import JobState
from api import examples
from api.case_view import ShownJob

_JOB = UUID("7c0d2f7e-94a6-4a0f-8f7b-0a4b6c6f3f10")
_AT = examples.SUMMARY.changed_at

QUEUED = ShownJob(job=_JOB, state=JobState.QUEUED, detail="", at=_AT)
DONE = ShownJob(
    job=_JOB, state=JobState.DONE, detail="sw-01-9947c39c: clip, passes", at=_AT
)
