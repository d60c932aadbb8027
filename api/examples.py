"""One example of every answer, for OpenAPI: the real models, so they cannot rot."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from alerts.alert import AlertEvent, AlertId, EventKind
from alerts.evidence_facts import TimeTrust
from alerts.evidence_mode import ClueReason, EvidenceMode, Standing
from alerts.pack import PackState, Role
from api.alert_view import (
    AlertDetail,
    AlertPage,
    AlertSummary,
    ListedAlert,
    ShownClause,
    ShownSource,
)
from api.camera_view import (
    FAULTS_ZH,
    CameraList,
    ShownCamera,
    ShownFault,
)
from api.event_view import event_json, event_name
from api.evidence_desk_view import ShownStanding
from api.evidence_view import ROLES_ZH, EvidenceList, ShownEvidence
from api.shown import Health, Readiness, ShownBox
from api.site_view import ShownSite
from base.ids import CameraId
from cases.life import ReviewState
from rules.catalogue import shipped_catalogue
from rules.clause import ClauseTrace, Truth, Why
from rules.violation import Life, Phase, Severity
from rules.wording import suspected
from streams.faults import REMEDIES, FeedFault
from streams.feed_status import FeedState

_T0 = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
_OPENED = _T0 + timedelta(seconds=60)
_ID = UUID("9b1f7c1e-52f4-5d5c-8a51-2a0d4c6a7f10")
_DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_TEXT = suspected("SW-01", shipped_catalogue())

SUMMARY = AlertSummary(
    id=_ID,
    revision=2,
    code="SW-01",
    text_zh=_TEXT.zh,
    text_en=_TEXT.en,
    severity=Severity.S3,
    life=Life.OPEN,
    phase=Phase.GRACE,
    camera="campus",
    camera_title="校园路口 Campus street",
    view="home",
    zone="kerb",
    ground=None,
    occupied_since=_T0,
    opened_at=_OPENED,
    due_at=_OPENED + timedelta(seconds=300),
    last_seen=_OPENED + timedelta(seconds=4),
    cleared_at=None,
    observed_s=64.0,
    continuity_known=True,
    label="car",
    evidence=PackState.PENDING,
    sources=1,
    mode=EvidenceMode.CLUE,
    is_group=False,
    stored_at=_OPENED + timedelta(seconds=1),
    changed_at=_OPENED + timedelta(seconds=5),
)

FILE = ShownEvidence(
    source=_ID,
    name="first.jpg",
    role=Role.FIRST,
    role_zh=ROLES_ZH[Role.FIRST],
    media_type="image/jpeg",
    size=48_213,
    sha256=_DIGEST,
    sm3=_DIGEST[::-1],
    captured_at=_T0 + timedelta(seconds=2),
    ended_at=None,
    parent=None,
    box=ShownBox(x1=0.84, y1=0.12, x2=0.93, y2=0.18),
    url=f"/api/v1/alerts/{_ID}/evidence/first.jpg",
)

ALERT = AlertDetail(
    **{name: getattr(SUMMARY, name) for name in AlertSummary.model_fields},
    place_key="campus/home/kerb/x84y15",
    box=ShownBox(x1=0.84, y1=0.12, x2=0.93, y2=0.18),
    score=0.81,
    gaps=(),
    clauses=(
        ShownClause.of(
            ClauseTrace(
                "still_for", Truth.TRUE, 64.0, 60.0, since=_OPENED, looks=(_OPENED,)
            )
        ),
        ShownClause.of(
            ClauseTrace("not_permitted", Truth.UNKNOWN, why=Why.NO_PERMIT_FEED)
        ),
    ),
    seen_by=(
        ShownSource(
            violation=_ID,
            camera="campus",
            view="home",
            zone="kerb",
            slot="x84y15",
            life=Life.OPEN,
            superseded=False,
            evidence=PackState.PENDING,
        ),
    ),
    standing=ShownStanding.of(
        Standing(EvidenceMode.CLUE, (ClueReason.NO_EVIDENCE_YET,), TimeTrust.LOW)
    ),
    evidence_reasons=(),
    files=(FILE,),
    config=_DIGEST,
    model=f"nonsite_nano@{_DIGEST[:12]}",
)

LISTED = ListedAlert(
    **{name: getattr(SUMMARY, name) for name in AlertSummary.model_fields},
    review=ReviewState.QUEUED,
    reason=None,
)
ALERT_PAGE = AlertPage(alerts=(LISTED,), next=None, as_of=42)

EVIDENCE_LIST = EvidenceList(
    alert=_ID, state=PackState.PENDING, reasons=(), files=(FILE,)
)

SITE = ShownSite(
    revision=_DIGEST,
    created_at=_T0,
    author="cli",
    note="imported from site.yaml",
    content={"version": 1, "name": "Campus demonstration", "cameras": {}},
)

CAMERA = ShownCamera(
    id="campus",
    title="校园路口 Campus street",
    area="示范街道",
    lat=30.7641,
    lon=120.7587,
    views=("home",),
    zones=("kerb",),
    state=FeedState.LIVE,
    faults=(
        ShownFault(
            code=FeedFault.LONG_GOP,
            text_zh=FAULTS_ZH[FeedFault.LONG_GOP],
            is_health=True,
            remedy=REMEDIES[FeedFault.LONG_GOP],
        ),
    ),
    last_look_at=_OPENED,
    seconds_since_last_look=1.8,
    looks=1204,
    looks_missed=0,
    reconnects=0,
    retry_in_s=None,
    codec="h264",
    key_interval_s=4.0,
    ring_bytes=9_400_000,
    picture_url="/api/v1/cameras/campus/look.jpg",
)
CAMERA_LIST = CameraList(cameras=(CAMERA,))

HEALTH = Health()
READINESS = Readiness(checked=("database", "redis", "consumer"))

_EVENT = AlertEvent(
    seq=43,
    kind=EventKind.ALERT_RAISED,
    alert=AlertId(_ID),
    camera=CameraId("campus"),
    detail={"code": "SW-01", "life": "open", "revision": 1},
    at=_OPENED,
)
EVENTS = (
    f"event: {event_name(_EVENT)}\ndata: {event_json(_EVENT)}\nid: 43\n\n: ping\n\n"
)

METRICS = (
    "# TYPE nonsite_alerts gauge\n"
    'nonsite_alerts{code="SW-01",life="open"} 1.0\n'
    "# TYPE nonsite_seconds_since_last_look gauge\n"
    'nonsite_seconds_since_last_look{camera="campus"} 1.8\n'
)
