"""Turns come one after the other, outlive a failure, and end when told."""

import threading

import pytest

from base.guard import Boundary
from base.turns import Turns


def test_a_failed_turn_does_not_end_the_others() -> None:
    """What nobody expected is logged; the next turn comes."""
    done, count = threading.Event(), 0

    def turn() -> None:
        nonlocal count
        count += 1
        if count == 1:
            msg = "nobody expected this"
            raise RuntimeError(msg)
        done.set()

    turns = Turns("test", Boundary.JOB_RUNNER, 0.01, turn)
    turns.start()

    assert done.wait(10)
    turns.stop()


def test_stop_waits_for_the_turn_under_way() -> None:
    """And no further turn begins."""
    began, may_end, ended = threading.Event(), threading.Event(), []

    def turn() -> None:
        began.set()
        may_end.wait(10)
        ended.append(turns.is_stopping)

    turns = Turns("test", Boundary.JOB_RUNNER, 0.01, turn)
    turns.start()
    assert began.wait(10)
    stopper = threading.Thread(target=turns.stop)
    stopper.start()
    while not turns.is_stopping:
        pass
    may_end.set()
    stopper.join(10)

    assert ended == [True]


def test_what_never_began_may_be_stopped(recwarn: pytest.WarningsRecorder) -> None:
    """A service that fails while it starts stops all its parts."""
    Turns("test", Boundary.JOB_RUNNER, 1.0, lambda: None).stop()

    assert not recwarn.list
