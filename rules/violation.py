"""One rule true at one place, with a life: what rules hand to alerts.

Rules own the life; a person's verdict is a separate matter kept elsewhere. A violation
is sent whole at every revision, so that a lost message is repaired by the next one.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid5

from detector.box import Box
from rules.clause import ClauseTrace
from rules.place import Place

NAMESPACE = UUID("6f1f0a53-9e0f-5c0e-8d0b-3f6a1f7f6c11")
"""Namespace of violation ids; never changes."""


class Life(StrEnum):
    """Where a violation stands."""

    CANDIDATE = "candidate"
    DROPPED = "dropped"
    OPEN = "open"
    PERSISTING = "persisting"
    CLEARED = "cleared"
    REOPENED = "reopened"


TRANSITIONS: dict[Life, frozenset[Life]] = {
    Life.CANDIDATE: frozenset({Life.CANDIDATE, Life.DROPPED, Life.OPEN}),
    Life.DROPPED: frozenset(),
    Life.OPEN: frozenset({Life.OPEN, Life.PERSISTING, Life.CLEARED}),
    Life.PERSISTING: frozenset({Life.PERSISTING, Life.CLEARED}),
    Life.CLEARED: frozenset({Life.CLEARED, Life.REOPENED}),
    Life.REOPENED: frozenset({Life.REOPENED, Life.PERSISTING, Life.CLEARED}),
}
"""Legal steps of a life; staying is a new revision of the same state."""

RAISED: frozenset[Life] = frozenset(
    {Life.OPEN, Life.PERSISTING, Life.CLEARED, Life.REOPENED}
)
"""Lives that leave the worker; candidates only steer which stills are kept."""


LASTING: frozenset[Life] = frozenset({Life.OPEN, Life.PERSISTING, Life.REOPENED})
"""Lives in which the thing is still there."""


class Phase(StrEnum):
    """Whether an open violation is still in its grace."""

    GRACE = "grace"
    DUE = "due"


class Severity(StrEnum):
    """S1 life danger … S4 advisory."""

    S1 = "S1"
    S2 = "S2"
    S3 = "S3"
    S4 = "S4"


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch of media time in which the place was not observed."""

    start: datetime
    end: datetime

    @property
    def seconds(self) -> float:
        """Its length."""
        return (self.end - self.start).total_seconds()


@dataclass(frozen=True, slots=True)
class Violation:
    """The whole state of one violation at one revision.

    Attributes:
        id: `violation_id(place, code, first_seen)`; the same after a restart or on
            another machine.
        revision: Grows by one with every change sent.
        code: Catalogue code, `SW-01`.
        place: Camera, view, zone, slot and shared ground.
        life: Where it stands.
        phase: Grace or due; grace counts in media time from opening.
        severity: From the catalogue, possibly escalated.
        at: Media time of the look that made this revision.
        first_seen: Since when the occupant stands there (occupied since).
        last_seen: When it was last observed there.
        opened_at: When the rule became true; None for candidates.
        due_at: When grace ends; equals `opened_at` without grace.
        cleared_at: When it ended; None while it lasts.
        observed_s: Seconds of it that were really watched.
        gaps: Stretches not watched, oldest first, at most 32; shortest are merged.
        continuity_known: False when it cannot be told that it is the same occupant
            throughout: then it is a clue, never more.
        box: The place in the picture, 0…1.
        label: Class of the occupant, `car`.
        score: Best detector score of the occupant so far.
        clauses: How each clause stood.
        config: Digest of the site revision it was judged under.
        model: The network, `name@digest`.
    """

    id: UUID
    revision: int
    code: str
    place: Place
    life: Life
    phase: Phase
    severity: Severity
    at: datetime
    first_seen: datetime
    last_seen: datetime
    opened_at: datetime | None
    due_at: datetime | None
    cleared_at: datetime | None
    observed_s: float
    gaps: tuple[Gap, ...]
    continuity_known: bool
    box: Box
    label: str
    score: float
    clauses: tuple[ClauseTrace, ...]
    config: str = ""
    model: str = ""


def violation_id(place: Place, code: str, first_seen: datetime) -> UUID:
    """The id of the violation of `code` at `place` that began at `first_seen`.

    Milliseconds are kept: two streams of one camera differ by less than a frame.
    """
    began = first_seen.isoformat(timespec="milliseconds")
    name = f"{place.camera}|{place.view}|{place.zone}|{place.slot}|{code}|{began}"
    return uuid5(NAMESPACE, name)


def ended(violation: Violation) -> Violation:
    """The violation, cleared when it was last observed.

    For one that lasts and will be judged no more: its zone, rule or camera was taken
    out of the configuration. Nothing after `last_seen` is known of it.
    """
    return replace(
        violation,
        revision=violation.revision + 1,
        life=Life.CLEARED,
        cleared_at=violation.last_seen,
    )
