"""Examples of shifts, leads and miss looks, for OpenAPI."""

from datetime import timedelta
from uuid import UUID

from api import examples
from api.review_examples import QUEUE
from api.review_view import BlindResult
from api.shift_view import (
    DownFeed,
    DowngradedRule,
    HandoverList,
    JudgedRule,
    LeadList,
    MissLook,
    MissLookList,
    ShiftNow,
    ShownHandover,
    ShownLead,
    SirenTest,
)

_AT = examples.SUMMARY.changed_at
_ID = UUID("2f6d1c52-7a5b-4a39-8f0d-1f8f6f4f2a11")

SIREN = SirenTest(id=_ID, by="wang.li", at=_AT, heard_by=("wang.li", "zhao.yi"))
SHIFT = ShiftNow(
    at=_AT,
    open_s1=(),
    unacknowledged=0,
    overdue=QUEUE.items,
    waiting=17,
    feeds_down=(
        DownFeed(
            camera="depot",
            title="南门仓库",
            faults=("timeout",),
            seconds_since_last_look=312.0,
        ),
    ),
    downgraded=(
        DowngradedRule(
            code="SW-01",
            text_zh="疑似人行道违停线索",
            text_en="suspected vehicle on the pavement (clue)",
            reviewed=64,
            confirmed=20,
            upper=0.43,
            is_downgraded=True,
        ),
    ),
    undelivered=0,
    open_tasks=3,
    last_siren_test=SIREN,
)
HANDOVER = ShownHandover(
    id=_ID,
    outgoing="wang.li",
    incoming="zhao.yi",
    note="南门仓库摄像机已报修",
    signed_out_at=_AT,
    signed_in_at=_AT + timedelta(minutes=3),
    state={"waiting": 17, "overdue": []},
)
HANDOVERS = HandoverList(handovers=(HANDOVER,))
LEAD = ShownLead(id=_ID, by="sun.qi", place="3号楼东侧", text="有人在楼顶作业", at=_AT)
LEADS = LeadList(leads=(LEAD,))
MISS_LOOKS = MissLookList(
    looks=(
        MissLook(
            id=_ID,
            camera="campus",
            camera_title="校园路口 Campus street",
            at=_AT,
            picture_url=f"/api/v1/miss-looks/{_ID}/picture.jpg",
            codes=("SW-01",),
            rules=(
                JudgedRule(
                    code="SW-01",
                    name_zh="人行道违停",
                    name_en="vehicle on the pavement",
                ),
            ),
        ),
    ),
    waiting=1,
)
DONE_LOOK = BlindResult(id=_ID)
