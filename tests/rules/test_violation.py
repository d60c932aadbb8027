"""A violation nobody judges any more has an end, and it is the last thing seen."""

from dataclasses import replace

import pytest

from rules.violation import LASTING, TRANSITIONS, Life, ended
from tests.alerts.violations import violation

OPEN = violation(at_s=90.0, revision=4)


def test_an_ended_violation_claims_nothing_after_it_was_last_seen() -> None:
    """It is cleared at the last observation, as a new revision of the same one."""
    end = ended(OPEN)

    assert (end.life, end.cleared_at) == (Life.CLEARED, OPEN.last_seen)
    assert (end.id, end.revision) == (OPEN.id, OPEN.revision + 1)


@pytest.mark.parametrize("life", sorted(LASTING))
def test_whatever_lasts_may_end(life: Life) -> None:
    """The table of legal steps allows the end from each lasting life."""
    assert ended(replace(OPEN, life=life)).life in TRANSITIONS[life]
