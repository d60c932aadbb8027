"""A review as stored and shown: state, claim, deadline, verdicts."""

from dataclasses import dataclass
from datetime import datetime

from alerts.alert import Alert, AlertId
from cases.life import ReviewState
from cases.verdict import GivenVerdict
from rules.violation import Severity

LEASE_S = 90
"""How long a claim lasts unless renewed (domain.md §6)."""

UNDO_S = 10
"""How long a verdict may be taken back by the person who gave it."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Who works on a review.

    Attributes:
        by: Login name.
        since: Wall time it was taken.
        until: Wall time it runs out unless renewed.
    """

    by: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Review:
    """One review.

    Attributes:
        alert: Of which alert.
        state: Where it stands.
        severity: As queued: a downgraded rule's is S4.
        is_downgraded: Its rule was put down for low precision.
        deadline: Wall time by which a verdict is due; None while in grace or ended.
        claim: Who works on it; None: nobody.
        queued_at: Wall time it entered the queue.
        wake_at: Wall time a deferred one comes back.
        merged_into: The alert that stands for it.
        skips: How often a lease ran out unanswered.
        decided_at: Wall time of the last step to an end.
        changed_at: Wall time of the last change.
    """

    alert: AlertId
    state: ReviewState
    severity: Severity
    is_downgraded: bool
    deadline: datetime | None
    claim: Claim | None
    queued_at: datetime | None
    wake_at: datetime | None
    merged_into: AlertId | None
    skips: int
    decided_at: datetime | None
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A review with its alert and what people said, in order."""

    review: Review
    alert: Alert
    verdicts: tuple[GivenVerdict, ...] = ()
