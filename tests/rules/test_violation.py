"""A violation nobody judges any more has an end, and it is the last thing seen."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from base.ids import CameraId, ViewName, ZoneName
from detector.box import Box
from rules.place import Place, SlotId
from rules.violation import (
    LASTING,
    TRANSITIONS,
    Life,
    Phase,
    Severity,
    Violation,
    ended,
    violation_id,
)

T0 = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
PLACE = Place(CameraId("a"), ViewName("home"), ZoneName("kerb"), SlotId("x1y1"))
OPEN = Violation(
    id=violation_id(PLACE, "SW-01", T0),
    revision=4,
    code="SW-01",
    place=PLACE,
    life=Life.OPEN,
    phase=Phase.DUE,
    severity=Severity.S3,
    at=T0 + timedelta(seconds=60),
    first_seen=T0,
    last_seen=T0 + timedelta(seconds=90),
    opened_at=T0 + timedelta(seconds=60),
    due_at=T0 + timedelta(seconds=60),
    cleared_at=None,
    observed_s=90.0,
    gaps=(),
    continuity_known=True,
    box=Box(0.1, 0.1, 0.2, 0.2),
    label="car",
    score=0.8,
    clauses=(),
)


def test_an_ended_violation_claims_nothing_after_it_was_last_seen() -> None:
    """It is cleared at the last observation, as a new revision of the same one."""
    end = ended(OPEN)

    assert (end.life, end.cleared_at) == (Life.CLEARED, OPEN.last_seen)
    assert (end.id, end.revision) == (OPEN.id, OPEN.revision + 1)


@pytest.mark.parametrize("life", sorted(LASTING))
def test_whatever_lasts_may_end(life: Life) -> None:
    """The table of legal steps allows the end from each lasting life."""
    assert ended(replace(OPEN, life=life)).life in TRANSITIONS[life]
