"""Overload costs looks where they are needed least, and only while it lasts."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from base.clock import ManualClock
from base.ids import CameraId
from nonsite.overload import MOST_DOUBLINGS, Governor, OverloadTimes
from streams.look_plan import LookRequest

STREET, GATE, PIT = CameraId("street"), CameraId("gate"), CameraId("pit")
ASKED = LookRequest(2.0)
TIMES = OverloadTimes(window_s=5.0, windows=2, calm_s=60.0)


@dataclass
class Process:
    """A process whose missed looks and time the test decides."""

    missed: int = 0
    clock: ManualClock = field(
        default_factory=lambda: ManualClock(datetime(2026, 11, 26, tzinfo=UTC))
    )

    def governor(self, **priorities: int) -> Governor:
        made = Governor(lambda: self.missed, self.clock, TIMES)
        for name, priority in priorities.items():
            made.set_priority(CameraId(name), priority)
        return made

    def suffer(self, governor: Governor, windows: int) -> None:
        """So many windows with a missed look in each."""
        for _ in range(windows):
            self.missed += 1
            self.clock.advance(TIMES.window_s)
            governor.grant(STREET, ASKED)

    def rest(self, governor: Governor, seconds: float) -> None:
        """So long without a missed look."""
        for _ in range(round(seconds / TIMES.window_s)):
            self.clock.advance(TIMES.window_s)
            governor.grant(STREET, ASKED)


def gaps(governor: Governor, *cameras: CameraId) -> list[float]:
    """The gap each camera is granted, seconds."""
    return [governor.grant(camera, ASKED).max_gap_s for camera in cameras]


def test_lowest_priority_makes_room_first_and_the_highest_last() -> None:
    """Step by step each class looks half as often, then each a quarter as often."""
    process = Process()
    governor = process.governor(street=1, gate=5, pit=9)
    seen = []
    for _ in range(4):
        process.suffer(governor, TIMES.windows)
        seen.append(gaps(governor, STREET, GATE, PIT))

    assert seen == [[4, 2, 2], [4, 4, 2], [4, 4, 4], [8, 4, 4]]


def test_a_burst_of_missed_looks_is_no_overload() -> None:
    """Feeds that start together miss a look; nobody is slowed for that."""
    process = Process()
    governor = process.governor(street=1)
    process.suffer(governor, TIMES.windows - 1)
    process.rest(governor, TIMES.window_s)
    process.suffer(governor, TIMES.windows - 1)

    assert not governor.is_slowed(STREET)
    assert governor.grant(STREET, ASKED) == ASKED


def test_looks_are_given_back_when_nothing_is_missed() -> None:
    """One step after each calm minute, the lowest priority last."""
    process = Process()
    governor = process.governor(street=1, pit=9)
    process.suffer(governor, 2 * TIMES.windows)
    assert gaps(governor, STREET, PIT) == [4, 4]

    process.rest(governor, TIMES.calm_s)
    assert gaps(governor, STREET, PIT) == [4, 2]
    process.rest(governor, TIMES.calm_s)
    assert gaps(governor, STREET, PIT) == [2, 2]


def test_stretching_has_an_end() -> None:
    """However long it lasts, a camera still looks at an eighth of its rate."""
    process = Process()
    governor = process.governor(street=1)
    process.suffer(governor, 20 * TIMES.windows)

    assert gaps(governor, STREET) == [2.0 * 2**MOST_DOUBLINGS]


def test_every_frame_is_too_much_under_overload() -> None:
    """A slowed camera is not decoded in full for a thing that falls."""
    process = Process()
    governor = process.governor(street=1, pit=9)
    process.suffer(governor, TIMES.windows)
    every = LookRequest(0.08, every_frame=True)

    assert not governor.grant(STREET, every).every_frame
    assert governor.grant(PIT, every).every_frame


@pytest.mark.parametrize("gone", [STREET, PIT])
def test_a_camera_that_left_takes_its_class_along(gone: CameraId) -> None:
    """What is left shares the load among itself."""
    process = Process()
    governor = process.governor(street=1, pit=9)
    process.suffer(governor, TIMES.windows)
    governor.forget(gone)
    (left,) = {STREET, PIT} - {gone}

    assert governor.is_slowed(left)
    assert not governor.is_slowed(gone)
