"""Examples of reviews, for OpenAPI."""

from datetime import timedelta
from uuid import UUID

from api import examples
from api.review_view import (
    Alarm,
    Alarms,
    BlindItem,
    BlindResult,
    ConsultedPermit,
    PastAlert,
    Permits,
    PlaceHistory,
    Queue,
    QueueItem,
    Scene,
    ShownClaim,
    ShownReview,
    ShownVerdict,
)
from cases.life import Act, Lane, ReviewState
from cases.verdict import Leniency, Reason
from rules.violation import Severity

_AT = examples.SUMMARY.changed_at
_LOOK = UUID("5e0a7f0e-6a0c-4d4e-9a5f-1d1f0f6f2b11")

CLAIM = ShownClaim(
    by="wang.li",
    is_mine=True,
    since=_AT,
    until=_AT + timedelta(seconds=90),
    seconds_left=88.5,
)
VERDICT = ShownVerdict(
    id=UUID("a5d1f0a8-8f5e-4f0b-8d4b-0b3f8e7c2d10"),
    act=Act.UNSURE,
    by="zhao.yi",
    full_name="赵一",
    roles=("auxiliary",),
    certificate="",
    at=_AT,
    reason=None,
    reason_zh="",
    comment="车内似有驾驶人",
    ticks=None,
    clip_reached=None,
    leniency=Leniency.NONE,
    undone_at=None,
)
REVIEW = ShownReview(
    alert=examples.SUMMARY.id,
    state=ReviewState.QUEUED,
    severity=Severity.S3,
    is_downgraded=False,
    deadline=_AT + timedelta(minutes=30),
    is_overdue=False,
    claim=CLAIM,
    queued_at=_AT,
    wake_at=None,
    merged_into=None,
    skips=0,
    decided_at=None,
    undo_until=None,
    undo_seconds_left=None,
    acknowledged_by=None,
    acts=(Act.CONFIRM_CLUE, Act.CONFIRM_EVIDENCE, Act.REJECT, Act.UNSURE),
    verdicts=(VERDICT,),
)
QUEUE = Queue(
    lane=Lane.REVIEW,
    items=(QueueItem(alert=examples.SUMMARY, review=REVIEW),),
    waiting=17,
    overdue=2,
    blind=1,
    as_of=42,
)
BLIND = BlindItem(
    id=_LOOK, alert=examples.ALERT.model_copy(update={"score": None}), claim=CLAIM
)
TAKEN = BlindResult(id=_LOOK)
HISTORY = PlaceHistory(
    alert=examples.SUMMARY.id,
    days=90,
    raised=3,
    confirmed=1,
    rejected=1,
    first_confirmed_at=_AT - timedelta(days=12),
    alerts=(
        PastAlert(
            alert=examples.SUMMARY,
            state=ReviewState.REJECTED,
            reason=Reason.LEFT_IN_TIME,
        ),
    ),
)
PERMITS = Permits(
    alert=examples.SUMMARY.id,
    answers=(
        ConsultedPermit(
            source="not_permitted",
            answer="unknown",
            text_zh="未取得许可：未观测（无许可数据）",
            text_en="not observed no permit (no source of permits)",
            permit=None,
            holder=None,
            asked_at=_AT,
        ),
    ),
)
SCENE = Scene(
    alert=examples.SUMMARY.id,
    zone=((0.83, 0.12), (0.95, 0.11), (0.95, 0.17)),
    purpose="pavement",
    lat=30.7641,
    lon=120.7587,
)
ALARMS = Alarms(
    alarms=(
        Alarm(
            alert=examples.SUMMARY.model_copy(update={"severity": Severity.S1}),
            since=_AT,
            seconds=4.2,
            is_escalated=False,
            sound="siren",
        ),
    )
)
