"""Examples of deliveries, channels and the duty page, for OpenAPI."""

from datetime import timedelta

from api import examples
from api.delivery_view import (
    AttemptList,
    ChannelList,
    DeadLetterList,
    DeliveryPage,
    DutyAlarm,
    DutyAlarms,
    DutyAnswer,
    ShownAttempt,
    ShownChannel,
    ShownDeadLetter,
)
from delivery.attempt import Outcome

_AT = examples.SUMMARY.changed_at
_ALERT = examples.SUMMARY.id
_DIGEST = examples.SITE.revision

ATTEMPT = ShownAttempt(
    alert=_ALERT,
    channel="duty_hook",
    recipient="duty_hook",
    telling="opened",
    attempt=1,
    outcome=Outcome.SENT,
    status=200,
    fault="",
    receipt='{"receipt": "r-1"}',
    message_sha256=_DIGEST,
    began_at=_AT,
    ended_at=_AT + timedelta(milliseconds=180),
)
ATTEMPTS = AttemptList(attempts=(ATTEMPT,))
PAGE = DeliveryPage(attempts=(ATTEMPT,), next=None)
CHANNELS = ChannelList(
    channels=(
        ShownChannel(
            name="duty_hook",
            kind="webhook",
            people=(),
            is_first=True,
            steps=(),
            last=ATTEMPT,
        ),
        ShownChannel(
            name="duty_phones",
            kind="phone_page",
            people=("li.na",),
            is_first=True,
            steps=(1,),
            last=None,
        ),
    ),
    escalate_after_s=60.0,
)
LETTER = ShownDeadLetter(
    id=17,
    alert=_ALERT,
    recipient="duty_hook",
    telling="opened",
    severity="S1",
    attempts=68,
    fault="no answer within 5 s",
    owed_since=_AT,
)
LETTERS = DeadLetterList(letters=(LETTER,), count=1)
DUTY = DutyAlarms(
    alarms=(
        DutyAlarm(
            alert=examples.SUMMARY, since=_AT, seconds=12.5, lat=30.7641, lon=120.7587
        ),
    ),
    is_on_duty=True,
)
ANSWERED = DutyAnswer(alert=_ALERT, by="li.na", at=_AT)
