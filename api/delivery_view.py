"""Deliveries, channels and the duty page as the API tells and takes them."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from alerts.outbox import DeadLetter
from api.alert_query import Time
from api.alert_view import AlertSummary
from api.shown import Shown, UtcTime
from api.taken import Taken, Words
from delivery.attempt import Attempt, Outcome
from delivery.book import AttemptFilter


class ShownAttempt(Shown):
    """One attempt to tell somebody, as a fact."""

    alert: Annotated[UUID | None, Field(description="null: a test of the channel")]
    channel: Annotated[str, Field(description="name in the site file")]
    recipient: Annotated[str, Field(description="the channel, or channel/person")]
    telling: Annotated[str, Field(description="opened, unanswered, …, test")]
    attempt: Annotated[int, Field(description="which try, from 1")]
    outcome: Annotated[Outcome, Field(description="what became of it")]
    status: Annotated[int | None, Field(description="HTTP status of the other side")]
    fault: Annotated[str, Field(description="why not; empty: it was taken")]
    receipt: Annotated[str, Field(description="what the other side answered")]
    message_sha256: Annotated[str | None, Field(description="of the bytes sent")]
    began_at: Annotated[UtcTime, Field(description="wall time")]
    ended_at: Annotated[UtcTime, Field(description="wall time")]


class AttemptList(Shown):
    """Attempts about one alert."""

    attempts: Annotated[tuple[ShownAttempt, ...], Field(description="oldest first")]


class DeliveryQuery(BaseModel):
    """Which attempts; an unknown parameter is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    channel: Annotated[
        Words, Field(max_length=64, description="name in the site file")
    ] = ""
    outcome: Annotated[list[Outcome], Field(description="what became of it")] = []
    since: Annotated[
        Time | None, Field(description="ended at or after, wall time with a zone")
    ] = None
    until: Annotated[
        Time | None, Field(description="ended before, wall time with a zone")
    ] = None
    before: Annotated[
        int | None, Field(ge=1, le=2**62, description="`next` of the page before")
    ] = None
    limit: Annotated[int, Field(ge=1, le=200, description="attempts a page")] = 50

    @model_validator(mode="after")
    def _in_order(self) -> "DeliveryQuery":
        if self.since and self.until and self.since >= self.until:
            msg = "since lies before until"
            raise ValueError(msg)
        return self

    def filter(self) -> AttemptFilter:
        """The same as the book reads it."""
        outcomes = frozenset(self.outcome)
        return AttemptFilter(self.channel, outcomes, self.since, self.until)


class DeliveryPage(Shown):
    """Attempts about all alerts: channel, try, receipt, why not."""

    attempts: Annotated[tuple[ShownAttempt, ...], Field(description="newest first")]
    next: Annotated[
        int | None, Field(description="`before` of the next page; null on the last")
    ]


class ShownChannel(Shown):
    """One channel of the site in force."""

    name: Annotated[str, Field(description="name in the site file")]
    kind: Annotated[Literal["webhook", "phone_page"], Field(description="how")]
    people: Annotated[tuple[str, ...], Field(description="of a phone page")]
    is_first: Annotated[bool, Field(description="told at once")]
    steps: Annotated[tuple[int, ...], Field(description="steps of the ladder, from 1")]
    last: Annotated[ShownAttempt | None, Field(description="newest attempt over it")]


class ChannelList(Shown):
    """Channels, and how the ladder stands."""

    channels: Annotated[tuple[ShownChannel, ...], Field(description="by name")]
    escalate_after_s: Annotated[float, Field(description="before each step, s")]


class ShownDeadLetter(Shown):
    """A telling that was given up."""

    id: Annotated[int, Field(description="to try it again")]
    alert: Annotated[UUID, Field(description="about which alert")]
    recipient: Annotated[str, Field(description="the channel, or channel/person")]
    telling: Annotated[str, Field(description="opened, unanswered, …")]
    severity: Annotated[str, Field(description="S1 … S4")]
    attempts: Annotated[int, Field(description="how often it was tried")]
    fault: Annotated[str, Field(description="why it failed at last")]
    owed_since: Annotated[UtcTime, Field(description="wall time")]


class DeadLetterList(Shown):
    """What reached nobody."""

    letters: Annotated[tuple[ShownDeadLetter, ...], Field(description="newest first")]
    count: Annotated[int, Field(description="how many in all")]


class TakenReason(Taken):
    """Why somebody does something."""

    reason: Annotated[
        Words, Field(min_length=1, max_length=500, description="for the record")
    ]


class DutyAlarm(Shown):
    """An alarm for somebody on duty: what, where, since when."""

    alert: Annotated[AlertSummary, Field(description="about which alert")]
    since: Annotated[UtcTime, Field(description="wall time it became readable")]
    seconds: Annotated[float, Field(description="for how long nobody answers")]
    lat: Annotated[float | None, Field(description="of the camera, WGS-84")]
    lon: Annotated[float | None, Field(description="of the camera, WGS-84")]


class DutyAlarms(Shown):
    """What sounds on a duty phone; ask every 3 s."""

    alarms: Annotated[tuple[DutyAlarm, ...], Field(description="oldest first")]
    is_on_duty: Annotated[bool, Field(description="false: nobody named the caller")]


class DutyAnswer(Shown):
    """Who has an alarm in hand."""

    alert: Annotated[UUID, Field(description="which")]
    by: Annotated[str, Field(description="login name of who answered first")]
    at: Annotated[UtcTime, Field(description="wall time")]


def attempt_of(attempt: Attempt) -> ShownAttempt:
    """One attempt."""
    return ShownAttempt(
        alert=attempt.alert,
        channel=attempt.channel,
        recipient=attempt.recipient,
        telling=attempt.telling,
        attempt=attempt.attempt,
        outcome=attempt.outcome,
        status=attempt.status,
        fault=attempt.fault,
        receipt=attempt.receipt,
        message_sha256=attempt.message_sha256,
        began_at=attempt.began_at,
        ended_at=attempt.ended_at,
    )


def letter_of(letter: DeadLetter) -> ShownDeadLetter:
    """One dead letter."""
    telling = letter.telling
    return ShownDeadLetter(
        id=telling.id,
        alert=telling.alert,
        recipient=telling.recipient,
        telling=telling.telling.value,
        severity=telling.severity.value,
        attempts=telling.attempts,
        fault=letter.fault,
        owed_since=telling.created_at,
    )
