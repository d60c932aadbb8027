"""Facts of a pack on which it depends whether it may be more than a clue.

The worker states them when it seals; `evidence_mode` judges them. Plain values, so that
they travel in the spool, stand in the manifest and can be read without this program.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import TypeAdapter, ValidationError

from alerts.errors import StoreError
from base.json_value import JsonValue

MAX_OFFSET_MS = 1000.0
"""GA/T 832-2014: a clock is off by at most 1.0 s."""
CHECK_HOLDS = timedelta(hours=24)
"""How far from a picture a check of its clock may lie."""


class TimeSource(StrEnum):
    """Where it is known from how far a camera's clock is off."""

    SENDER_REPORT = "rtcp_sender_report"
    PLATFORM = "platform_time"
    """Nothing produces it yet: no platform of ours tells the time of its cameras."""
    ON_SCREEN = "on_screen_clock"


class TimeTrust(StrEnum):
    """Whether a pack's times may be relied on."""

    HIGH = "high"
    LOW = "low"


class Floor(StrEnum):
    """A floor of GA/T 832-2014 that a pack's pictures stay below."""

    TOO_FEW_PANORAMAS = "too_few_panoramas"
    PANORAMAS_TOO_CLOSE = "panoramas_too_close"
    PICTURE_TOO_SMALL = "picture_too_small"
    NOT_24_BIT = "not_24_bit"
    """Of packs sealed earlier: nothing that could tell it is judged any more."""


@dataclass(frozen=True, slots=True)
class ClockCheck:
    """One comparison of a camera's clock with the reference.

    Attributes:
        source: How it was compared.
        offset_ms: Camera's clock minus the reference, milliseconds.
        checked_at: The moment it holds for, UTC.
    """

    source: TimeSource
    offset_ms: float
    checked_at: datetime


@dataclass(frozen=True, slots=True)
class PackFacts:
    """What decides whether a pack may stand as off-site evidence.

    Attributes:
        clock: Last check of the camera's clock before sealing; None: never checked.
        reference: What media time follows: the clock of the host that watched.
        device_lacks: What the camera's dossier lacks (art. 41), codes.
        floors: Floors of GA/T 832-2014 the pictures stay below.
        has_view_moved: Whether the camera showed another view than its zones' own.
        is_clock_stepped: Whether the host's clock was set while it was watched.
    """

    clock: ClockCheck | None = None
    reference: str = "host"
    device_lacks: tuple[str, ...] = ()
    floors: tuple[Floor, ...] = ()
    has_view_moved: bool = False
    is_clock_stepped: bool = False


_FACTS = TypeAdapter(PackFacts)
_CHECK = TypeAdapter(ClockCheck)


def facts_to_json(facts: PackFacts | None) -> JsonValue:
    """The facts as JSON values."""
    whole: JsonValue = None if facts is None else _FACTS.dump_python(facts, mode="json")
    return whole


def facts_from_json(value: JsonValue) -> PackFacts | None:
    """The facts back.

    Raises:
        StoreError: They are damaged.
    """
    try:
        return None if value is None else _FACTS.validate_python(value)
    except (ValidationError, ValueError) as error:
        raise _unreadable(error) from error


def check_to_json(check: ClockCheck) -> JsonValue:
    """The check as JSON values."""
    whole: JsonValue = _CHECK.dump_python(check, mode="json")
    return whole


def check_from_json(value: JsonValue) -> ClockCheck | None:
    """The check back.

    Raises:
        StoreError: It is damaged.
    """
    try:
        return None if value is None else _CHECK.validate_python(value)
    except (ValidationError, ValueError) as error:
        raise _unreadable(error) from error


def _unreadable(error: Exception) -> StoreError:
    first = str(error).splitlines()[0]
    return StoreError(f"stored facts of a pack cannot be read: {first}")
