"""A clause is true, false or unknown; its trace says why, in codes and numbers.

Unknown is never a violation and never "compliant": it is shown as 未观测.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Truth(StrEnum):
    """Outcome of one clause on one look."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"


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
    NOT_OBSERVED = "not_observed"
    FEED_FAULT = "feed_fault"


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
