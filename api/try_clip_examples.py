"""Examples of a draft tried on a clip, for OpenAPI."""

from uuid import UUID

from alerts.command import JobState
from api import examples
from api.try_clip_view import FATES_ZH, ClipFate, ShownClipTry, TriedOnClip
from rules.clause import Truth
from rules.violation import Severity

_JOB = UUID("5f1c9a52-0b55-4a53-9d5a-0b5f6f1c2d3e")

QUEUED = ShownClipTry(
    job=_JOB,
    state=JobState.QUEUED,
    detail="",
    at=examples.SUMMARY.changed_at,
    things=(),
    dwell_s=None,
    looks=0,
    media_s=0.0,
)
DONE = QUEUED.model_copy(
    update={
        "state": JobState.DONE,
        "things": (
            TriedOnClip(
                fate=ClipFate.LOST,
                fate_zh=FATES_ZH[ClipFate.LOST],
                code="SW-01",
                place="home/kerb",
                label="truck",
                severity=Severity.S3,
                opened_s=9.0,
                cleared_s=None,
                box=(0.62, 0.31, 0.94, 0.72),
                clauses={"still_for": Truth.TRUE},
            ),
        ),
        "dwell_s": 9.0,
        "looks": 15,
        "media_s": 30.0,
    }
)
