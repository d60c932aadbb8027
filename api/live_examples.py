"""Examples of live looks and probes, for OpenAPI."""

from uuid import UUID

from alerts.command import JobState
from api import examples
from api.live_view import DebugPlace, DebugTrack, DebugUnseen, DebugView, DebugZone
from api.probe_view import ImportedCameras, LineProblem, ProbedStream, ShownProbe
from api.shown import ShownBox
from detector.look import Unseen
from rules.violation import Life

_AT = examples.SUMMARY.changed_at
_BOX = ShownBox(x1=0.42, y1=0.51, x2=0.56, y2=0.7)
_JOB = UUID("5d1f7c1e-52f4-4d5c-8a51-2a0d4c6a7f10")

DEBUG = DebugView(
    camera="campus",
    revision=examples.SITE.revision,
    look_at=_AT,
    view="home",
    seconds_since_last_look=0.8,
    looks=1840,
    ring_s=19.6,
    tracks=(DebugTrack(box=_BOX, label="car", score=0.81, height_px=92.0, id=None),),
    unseen=(
        DebugUnseen(
            box=ShownBox(x1=0.0, y1=0.0, x2=1.0, y2=0.3), why=Unseen.NOT_COVERED
        ),
    ),
    zones=(
        DebugZone(
            view="home",
            name="kerb",
            purpose="pavement",
            points=((0.1, 0.5), (0.9, 0.5), (0.9, 0.9)),
        ),
    ),
    places=(
        DebugPlace(
            code="SW-01",
            text_zh="疑似人行道违停线索",
            text_en="suspected vehicle on the pavement (clue)",
            zone="kerb",
            slot="x42y51",
            life=Life.CANDIDATE,
            box=_BOX,
            at=_AT,
            observed_s=21.0,
            clauses=examples.ALERT.clauses,
        ),
    ),
    picture_url="/api/v1/cameras/campus/look.jpg",
)
_STREAM = ProbedStream(
    codec="h264",
    width_px=1920,
    height_px=1080,
    fps=25.0,
    key_interval_s=2.0,
    has_long_gop=False,
    has_b_frames=False,
    bitrate_kbps=3900.0,
    carries_utc=True,
    watched_s=4.2,
)
PROBE = ShownProbe(
    job=_JOB,
    state=JobState.DONE,
    looks=_STREAM,
    evidence=None,
    fault=None,
    fault_zh="",
    reason="",
    remedy="",
    picture_url=f"/api/v1/camera-probes/{_JOB}/picture.jpg",
    at=_AT,
)
IMPORTED = ImportedCameras(
    content=examples.SITE.content,
    added=("dock",),
    problems=(LineProblem(line=3, column="looks", message="needs an address"),),
)
