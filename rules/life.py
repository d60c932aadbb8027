"""The life of one violation: where it stood and a fact in, where it stands now out.

One pure machine for all rules: candidate, open, persisting, cleared, reopened.
Whatever a family judges, only this decides what it is called, so that grace, escalation
and the one-act rule mean the same for every code. All times are media time.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from rules.violation import Life, Phase

NEVER = datetime.max.replace(tzinfo=UTC)


class Fact(StrEnum):
    """What a look says of one rule at one place.

    HOLDS: seen now and every clause that counts is true. ENDED: positively over.
    UNTOLD: nothing that changes a life (not yet true, hidden, not looked at).
    """

    HOLDS = "holds"
    ENDED = "ended"
    UNTOLD = "untold"


HOLDS, ENDED, UNTOLD = Fact.HOLDS, Fact.ENDED, Fact.UNTOLD
_CANDIDATE, _CLEARED, _DROPPED = Life.CANDIDATE, Life.CLEARED, Life.DROPPED
_STANDING = (Life.OPEN, Life.PERSISTING, Life.REOPENED)


@dataclass(frozen=True, slots=True)
class LifeLimits:
    """What a life is held against: grace, and how often a lasting one is told again."""

    grace_s: float
    persist_every_s: float
    persist_steps: int


@dataclass(frozen=True, slots=True)
class Course:
    """One violation's life so far.

    Attributes:
        life: Where it stands.
        phase: Grace or due.
        opened_at: When it opened first.
        due_at: When the running grace ends.
        cleared_at: When it ended; None while it lasts.
        steps: How often it was told again since it was due.
        was_due: Whether it was ever seen to outlast its grace.
    """

    life: Life = Life.CANDIDATE
    phase: Phase = Phase.GRACE
    opened_at: datetime | None = None
    due_at: datetime | None = None
    cleared_at: datetime | None = None
    steps: int = 0
    was_due: bool = False

    @property
    def is_standing(self) -> bool:
        """Open in one of its forms."""
        return self.life in _STANDING


def step(
    course: Course, fact: Fact, at: datetime, limits: LifeLimits, ended_at: datetime
) -> Course:
    """The course after a look at `at`; the same object when nothing changed.

    Due and the steps of persistence need a look that sees the thing there at or after
    their time: what drove off unseen during its grace never becomes due.

    Args:
        course: Where it stood.
        fact: What this look says.
        at: Media time of the look.
        limits: Grace and persistence.
        ended_at: For `ENDED`: since when it is over.
    """
    if fact is UNTOLD or course.life is _DROPPED:
        return course
    if fact is ENDED:
        return _ended(course, ended_at)
    if course.life is _CANDIDATE:
        return _opened(course, Life.OPEN, at, limits)
    if course.life is _CLEARED:
        return _opened(course, Life.REOPENED, at, limits)
    return _lasting(course, at, limits)


def lasts_until(course: Course, limits: LifeLimits) -> datetime | None:
    """Until when a standing course is not changed by looks that see the thing there.

    None: it does not stand.
    """
    if course.due_at is None or not course.is_standing:
        return None
    if course.phase is Phase.GRACE:
        return course.due_at
    if course.steps >= limits.persist_steps:
        return NEVER
    passed_s = (course.steps + 1) * limits.persist_every_s
    return course.due_at + timedelta(seconds=passed_s)


def _ended(course: Course, ended_at: datetime) -> Course:
    if course.life is _CANDIDATE:
        return replace(course, life=Life.DROPPED)
    if course.is_standing:
        return replace(course, life=Life.CLEARED, cleared_at=ended_at)
    return course


def _opened(course: Course, life: Life, at: datetime, limits: LifeLimits) -> Course:
    """Open or reopen; one act has one grace, unless it was left in time."""
    grace_s = 0.0 if course.was_due else limits.grace_s
    is_due = grace_s == 0
    return replace(
        course,
        life=life,
        phase=Phase.DUE if is_due else Phase.GRACE,
        opened_at=course.opened_at or at,
        due_at=at + timedelta(seconds=grace_s),
        cleared_at=None,
        steps=0,
        was_due=is_due,
    )


def _lasting(course: Course, at: datetime, limits: LifeLimits) -> Course:
    if course.due_at is None or at < course.due_at:
        return course
    if course.phase is Phase.GRACE:
        return replace(course, phase=Phase.DUE, was_due=True)
    passed_s = (at - course.due_at).total_seconds()
    steps = min(int(passed_s // limits.persist_every_s), limits.persist_steps)
    if steps <= course.steps:
        return course
    return replace(course, life=Life.PERSISTING, steps=steps)
