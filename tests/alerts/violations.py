"""Violations and messages for tests, one line each."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from alerts.message import ViolationMessage
from base.ids import CameraId, ViewName, ZoneName
from detector.box import Box
from rules.clause import ClauseTrace, Truth
from rules.place import Place, SlotId
from rules.violation import Life, Phase, Severity, Violation, violation_id

T0 = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def place(
    camera: str = "dock_2", slot: str = "x51y20", ground: str | None = None
) -> Place:
    """A place in the zone `kerb`."""
    return Place(
        CameraId(camera), ViewName("home"), ZoneName("kerb"), SlotId(slot), ground
    )


def violation(
    where: Place | None = None,
    life: Life = Life.OPEN,
    revision: int = 1,
    at_s: float = 60.0,
    **changes: object,
) -> Violation:
    """A violation first seen at T0; `at_s` is media time after that."""
    where = where or place()
    at = T0 + timedelta(seconds=at_s)
    opened_at = T0 + timedelta(seconds=60)
    made = Violation(
        id=violation_id(where, "SW-01", T0),
        revision=revision,
        code="SW-01",
        place=where,
        life=life,
        phase=Phase.GRACE,
        severity=Severity.S3,
        at=at,
        first_seen=T0,
        last_seen=at,
        opened_at=opened_at,
        due_at=opened_at + timedelta(seconds=300),
        cleared_at=at if life is Life.CLEARED else None,
        observed_s=at_s,
        gaps=(),
        continuity_known=True,
        box=Box(0.1, 0.2, 0.3, 0.4),
        label="car",
        score=0.8,
        clauses=(ClauseTrace("still_for", Truth.TRUE, 60.0, 60.0, T0, None, (T0,)),),
        config="c" * 64,
        model="net@1",
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def message(told: Violation, seq: int = 1, epoch: int = 1) -> ViolationMessage:
    """The violation as a message."""
    return ViolationMessage(1, epoch, seq, T0, told)
