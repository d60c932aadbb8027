"""A clause is true, false or unknown; its trace says why, in codes and numbers.

Unknown is never a violation and never "compliant": it is shown as 未观测.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import NamedTuple

from detector.box import Box

ALWAYS = datetime.min.replace(tzinfo=UTC)
"""Since when something is true that never was otherwise: no permit was ever given."""


class Truth(StrEnum):
    """Outcome of one clause on one look."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"


TRUE, FALSE, UNKNOWN = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
"""The same, for what is asked at every look of every place: Python 3.11 looks a member
up in its enumeration ten times as long as a name."""


class Why(StrEnum):
    """Why a clause is unknown."""

    OCCLUDED = "occluded"
    TOO_SMALL = "too_small"
    NO_SUCH_CLASS = "no_such_class"
    CAMERA_MOVED = "camera_moved"
    NOT_COVERED = "not_covered"
    NO_PERMIT_FEED = "no_permit_feed"
    NO_WEATHER_FEED = "no_weather_feed"
    NO_REFERENCE = "no_reference"
    NO_GROUND_PLANE = "no_ground_plane"
    NO_CALENDAR = "no_calendar"
    NO_REGISTER = "no_register"
    NOT_DRAWN = "not_drawn"
    TOO_SPARSE = "too_sparse"
    TOO_DARK = "too_dark"
    NOT_OBSERVED = "not_observed"
    FEED_FAULT = "feed_fault"


@dataclass(frozen=True, slots=True)
class Thing:
    """What a clause is about, for the box of the violation."""

    box: Box
    label: str
    score: float


class Outcome(NamedTuple):
    """What one clause says of one place at one look; made by the functions below.

    A tuple, because a full kerb makes two hundred of them a look.

    Attributes:
        truth: True, false or unknown.
        value: The measured number.
        limit: The threshold it was held against, same unit.
        why: The reason, for unknown only.
        since: Media time since when it is so, where the clause knows better than
            "since the look that showed it"; a crossing is known a while after it.
            `ALWAYS` for what has no beginning.
        thing: What made it true, where it is one thing.
    """

    truth: Truth
    value: float | None = None
    limit: float | None = None
    why: Why | None = None
    since: datetime | None = None
    thing: Thing | None = None

    @property
    def negated(self) -> "Outcome":
        """True for false and the other way round; unknown stays unknown."""
        if self.truth is Truth.UNKNOWN:
            return self
        return outcome(
            self.truth is Truth.FALSE, self.value, self.limit, since=self.since
        )


_new = tuple.__new__
"""Half the cost of `Outcome(…)`, and a full kerb makes two hundred a look."""


def outcome(
    is_true: bool,
    value: float | None = None,
    limit: float | None = None,
    *,
    since: datetime | None = None,
    thing: Thing | None = None,
) -> Outcome:
    """What could be judged: true or false."""
    truth = TRUE if is_true else FALSE
    return _new(Outcome, (truth, value, limit, None, since, thing))


def true(
    value: float | None = None,
    limit: float | None = None,
    *,
    since: datetime | None = None,
    thing: Thing | None = None,
) -> Outcome:
    """What is so."""
    return _new(Outcome, (TRUE, value, limit, None, since, thing))


def false(
    value: float | None = None,
    limit: float | None = None,
    *,
    since: datetime | None = None,
) -> Outcome:
    """What is not so."""
    return _new(Outcome, (FALSE, value, limit, None, since, None))


def unknown(
    why: Why, value: float | None = None, limit: float | None = None
) -> Outcome:
    """What could not be judged, and why."""
    return _new(Outcome, (UNKNOWN, value, limit, why, None, None))


def any_of(truths: Iterable[Truth]) -> Truth:
    """True when one is; unknown when one is unknown; else false (disjunction)."""
    seen = set(truths)
    if TRUE in seen:
        return TRUE
    return UNKNOWN if UNKNOWN in seen else FALSE


@dataclass(frozen=True, slots=True)
class ClauseTrace:
    """How one clause stood when its violation was last judged.

    Attributes:
        clause: Its code, as in the catalogue (`footprint_in_zone`, `still_for`).
        truth: True, false or unknown.
        value: The measured number, in the unit the clause's code implies.
        limit: The threshold it was held against, same unit.
        since: Media time since when it has this truth.
        why: The reason, for unknown only.
        looks: Media times of the looks that decided it, newest last, at most 3.
    """

    clause: str
    truth: Truth
    value: float | None = None
    limit: float | None = None
    since: datetime | None = None
    why: Why | None = None
    looks: tuple[datetime, ...] = ()

    def __post_init__(self) -> None:
        if (self.truth is Truth.UNKNOWN) != (self.why is not None):
            msg = "a clause has a reason exactly when it is unknown"
            raise ValueError(msg)
