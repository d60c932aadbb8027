"""Steps of the host's wall clock, told apart from time that passes and from drift."""

from datetime import UTC, datetime

import pytest

from base.clock import ManualClock
from streams.host_clock import HostClock

START = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize("step_s", [3600.0, -3600.0, 1.5])
def test_a_step_is_told_once(step_s: float) -> None:
    """By how much, and not again."""
    clock = ManualClock(START)
    host = HostClock(clock)
    clock.advance(100.0)
    assert host.stepped_s() == 0.0

    clock.step_wall(step_s)
    clock.advance(0.1)

    assert host.stepped_s() == pytest.approx(step_s)
    assert host.stepped_s() == 0.0


def test_a_clock_that_is_drawn_slowly_is_no_step() -> None:
    """Within the second that evidence allows nothing is told."""
    clock = ManualClock(START)
    host = HostClock(clock)

    clock.step_wall(0.9)

    assert host.stepped_s() == 0.0
