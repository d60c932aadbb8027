"""Exports, holds, daily roots and standing, as the API takes and tells them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, Field

from alerts.evidence_facts import TimeTrust
from alerts.evidence_mode import REASONS_ZH, ClueReason, EvidenceMode, Standing
from alerts.legal_hold import LegalHold
from alerts.plate_book import PlateReading
from alerts.plates import is_plate
from api.shown import Shown, UtcTime
from api.taken import MOST_TEXT, Taken, Words

Why = Annotated[
    Words,
    Field(
        min_length=1,
        max_length=MOST_TEXT,
        pattern=r"\S",
        description="why; stands in the audit trail",
    ),
]


class ShownReason(Shown):
    """Why evidence is a clue and no more."""

    code: Annotated[ClueReason, Field(description="stable")]
    text_zh: Annotated[str, Field(description="Chinese")]


class ShownStanding(Shown):
    """What an alert's evidence may be used as: computed from facts, never set."""

    mode: Annotated[EvidenceMode, Field(description="clue (线索) or off-site evidence")]
    reasons: Annotated[
        tuple[ShownReason, ...], Field(description="what keeps it a clue; else empty")
    ]
    time_trust: Annotated[TimeTrust, Field(description="whether its times may stand")]
    is_locked: Annotated[
        bool, Field(description="a check found changed bytes: no verdict, no export")
    ]

    @classmethod
    def of(cls, standing: Standing) -> "ShownStanding":
        """From the store's own."""
        return cls(
            mode=standing.mode,
            reasons=tuple(
                ShownReason(code=code, text_zh=REASONS_ZH[code])
                for code in standing.reasons
            ),
            time_trust=standing.time_trust,
            is_locked=ClueReason.INTEGRITY_BROKEN in standing.reasons,
        )


class TakenExport(Taken):
    """Take a pack out of the house."""

    reason: Why
    source: Annotated[
        UUID | None,
        Field(description="pack that is meant, as listed; left out: the alert's own"),
    ] = None
    is_masked: Annotated[
        bool, Field(description="originals stay; false asks for a right of its own")
    ] = True


class TakenHold(Taken):
    """Hold an alert's evidence, or lift a hold."""

    reason: Why


class TakenClock(Taken):
    """What the camera's own clock shows on a still."""

    name: Annotated[str, Field(max_length=100, description="the still, `first.jpg`")]
    shown: Annotated[AwareDatetime, Field(description="the time written on it")]


class ShownClock(Shown):
    """The check that came of it."""

    offset_ms: Annotated[float, Field(description="camera's clock minus media time")]
    at: Annotated[UtcTime, Field(description="media time of the still")]


class ShownHold(Shown):
    """A legal hold."""

    number: Annotated[int, Field(description="its number")]
    alert: Annotated[UUID, Field(description="on which alert")]
    reason: Annotated[str, Field(description="why")]
    placed_by: Annotated[str, Field(description="who placed it")]
    placed_at: Annotated[UtcTime, Field(description="wall time")]
    lifted_at: Annotated[UtcTime | None, Field(description="null while it stands")]
    lifted_by: Annotated[str | None, Field(description="who lifted it")]
    lift_reason: Annotated[str | None, Field(description="why")]

    @classmethod
    def of(cls, hold: LegalHold) -> "ShownHold":
        """From the book's own."""
        return cls.model_validate(hold, from_attributes=True)


class HoldList(Shown):
    """Every hold ever placed on an alert."""

    holds: Annotated[tuple[ShownHold, ...], Field(description="oldest first")]


class ShownKey(Shown):
    """The service's key, as it is published."""

    key: Annotated[str, Field(description="Ed25519 public key, hex")]
    digest: Annotated[str, Field(description="SHA-256 of it, hex: what is compared")]


class DayList(Shown):
    """Days whose audit log has a root."""

    days: Annotated[tuple[str, ...], Field(description="Beijing days, oldest first")]


def clock_of(offset_ms: float, at: datetime) -> ShownClock:
    """A check as shown."""
    return ShownClock(offset_ms=offset_ms, at=at)


def _plate(text: str) -> str:
    if not is_plate(text):
        msg = "is no number plate"
        raise ValueError(msg)
    return text.strip()


Plate = Annotated[
    str,
    Field(min_length=1, max_length=16, description="as read, 浙F·12345"),
    AfterValidator(_plate),
]
"""Only ever in a body, never in an address: addresses are logged."""


class TakenPlate(Taken):
    """A plate as a person reads it off the evidence."""

    plate: Plate


class TakenPlateSearch(Taken):
    """Look for alerts of one plate."""

    plate: Plate
    reason: Why


class ShownPlate(Shown):
    """A plate read off the evidence: the picture shows it, this does not."""

    shown: Annotated[str, Field(description="masked, 浙F****5")]
    key: Annotated[str, Field(description="name of the key it is stored under")]
    read_by: Annotated[str, Field(description="login name")]
    read_at: Annotated[UtcTime, Field(description="wall time")]

    @classmethod
    def of(cls, reading: PlateReading) -> "ShownPlate":
        """From the book's own."""
        return cls.model_validate(reading, from_attributes=True)


class PlateList(Shown):
    """Plates read off one alert's evidence."""

    plates: Annotated[tuple[ShownPlate, ...], Field(description="oldest first")]


class PlateFound(Shown):
    """Alerts off whose evidence a plate was read."""

    shown: Annotated[str, Field(description="what was looked for, masked")]
    alerts: Annotated[
        tuple[UUID, ...], Field(description="those the caller sees, newest first")
    ]
    is_cut: Annotated[
        bool, Field(description="more than 500 alerts: the older ones are left out")
    ]
