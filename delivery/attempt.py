"""One attempt to tell somebody, as a fact."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from alerts.alert import AlertId

TEST = "test"
"""In the place of a telling: the channel itself was tried."""


class Outcome(StrEnum):
    """What became of an attempt."""

    SENT = "sent"
    SEEN = "seen"
    FAILED = "failed"
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt, or one receipt.

    Attributes:
        outbox: Row of the outbox; None for a test.
        alert: About which alert; None for a test.
        channel: Name in the site file.
        recipient: Whom through it: the channel itself, or one person.
        telling: Which step of the alert, or `TEST`.
        attempt: Which try, from 1.
        outcome: What became of it.
        status: HTTP status, where there was an answer.
        fault: Why not.
        message_sha256: Of the bytes sent; None where a page was opened.
        receipt: What the other side answered, its beginning.
        began_at: Wall time.
        ended_at: Wall time.
    """

    outbox: int | None
    alert: AlertId | None
    channel: str
    recipient: str
    telling: str
    attempt: int
    outcome: Outcome
    status: int | None
    fault: str
    message_sha256: str | None
    receipt: str
    began_at: datetime
    ended_at: datetime
