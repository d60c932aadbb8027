"""Lanes: in order, one at a time, whatever fails."""

import threading

from alerts.lane import InlineLane, ThreadLane
from base.clock import SystemClock
from base.errors import NonsiteError


def _nothing() -> None:
    """No idle work."""


def test_inline_lane_does_it_at_once() -> None:
    """A replay sees the effect when the call returns."""
    done: list[int] = []

    InlineLane().post(lambda: done.append(1))

    assert done == [1]


def test_thread_lane_keeps_the_order_and_ends() -> None:
    """Everything posted before the end is done, in order, on another thread."""
    done: list[tuple[int, str]] = []
    lane = ThreadLane("t", SystemClock(), _nothing)
    for n in range(100):
        lane.post(lambda n=n: done.append((n, threading.current_thread().name)))  # type: ignore[misc]

    assert lane.close(10)
    assert done == [(n, "t") for n in range(100)]


def test_failing_task_does_not_stop_the_lane() -> None:
    """An unexpected error costs its task alone."""
    done = threading.Event()

    def fail() -> None:
        msg = "unexpected"
        raise NonsiteError(msg)

    lane = ThreadLane("t", SystemClock(), _nothing)
    lane.post(fail)
    lane.post(done.set)

    assert lane.close(10)
    assert done.is_set()


def test_hanging_task_does_not_hold_the_end() -> None:
    """Closing gives up after its time and says so."""
    hang = threading.Event()
    lane = ThreadLane("t", SystemClock(), _nothing)

    def wait() -> None:
        hang.wait(20)

    lane.post(wait)

    assert not lane.close(0.05)

    hang.set()
    assert lane.close(10)


def test_idle_is_called_between_tasks_too() -> None:
    """A busy lane still looks after what is overdue."""
    idled = threading.Event()
    lane = ThreadLane("t", SystemClock(), idled.set)

    def again() -> None:
        if not idled.wait(0.01):
            lane.post(again)

    lane.post(again)

    assert idled.wait(20)
    assert lane.close(10)
