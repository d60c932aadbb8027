"""Worker processes at their posts: started again, given up, ended; small real ones."""

import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from base.clock import Clock, ManualClock, SystemClock
from nonsite.fleet import FAILED, FIRST_PAUSE_S, LONGEST_PAUSE_S, POLL_S, STOP_S, Fleet
from nonsite.watch_spec import decode
from tests.nonsite.service_process import is_gone, wait_for
from tests.nonsite.test_watch_spec import spec

T0 = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)
WITHIN_S = 10.0

BEGIN = """
import json, os, signal, sys, time
from pathlib import Path
raw = sys.stdin.buffer.read()
spec = json.loads(raw)
mine = Path(sys.argv[1]) / str(spec["worker"])
with mine.open("a") as told:
    told.write(f"{os.getpid()}\\n")
"""
"""A stand-in for a worker: takes its spec, tells its process id in a file."""

STAY = "signal.pause()"
DIE = "sys.exit(1)"
GIVE_UP = f"sys.exit({FAILED})"
DEAF = """
signal.signal(signal.SIGTERM, signal.SIG_IGN)
(mine.with_suffix(".deaf")).touch()
while True:
    time.sleep(60)
"""


class Bench:
    """Fleets of stand-ins, ended after the test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.fleets: list[Fleet] = []

    def fleet(self, body: str, clock: Clock, workers: int = 1) -> Fleet:
        """A started fleet of workers that do `body`."""
        command = (sys.executable, "-S", "-c", BEGIN + body, str(self.folder))
        specs = tuple(replace(spec(), worker=n) for n in range(workers))
        made = Fleet(specs, clock, command)
        self.fleets.append(made)
        made.start()
        return made

    def pids(self, worker: int = 0) -> list[int]:
        """Process ids of all who held this post, oldest first."""
        with suppress(FileNotFoundError):
            return [int(p) for p in (self.folder / str(worker)).read_text().split()]
        return []

    def waits(self, worker: int = 0) -> bool:
        """Whether a death was noted on this post and its time has not come yet."""
        fleet = self.fleets[-1]
        post = fleet._posts[worker]
        return post.process is None and post.due_s > fleet._clock.monotonic_s()

    def await_starts(self, number: int, worker: int = 0) -> list[int]:
        """Wait until the post was held by so many."""
        assert wait_for(lambda: len(self.pids(worker)) >= number, WITHIN_S), self.pids(
            worker
        )
        return self.pids(worker)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """A bench of fleets."""
    made = Bench(tmp_path)
    yield made
    for fleet in made.fleets:
        fleet.stop()


def test_every_worker_is_given_its_own_spec(bench: Bench, tmp_path: Path) -> None:
    """The spec comes whole over standard input, and no secret over the arguments."""
    save = 'mine.with_suffix(".spec").write_bytes(raw)\nsignal.pause()'
    bench.fleet(save, SystemClock(), workers=2)

    for worker in range(2):
        (pid,) = bench.await_starts(1, worker)
        raw = wait_for((tmp_path / f"{worker}.spec").read_bytes, WITHIN_S)
        assert raw is not None
        assert decode(raw) == replace(spec(), worker=worker)
        assert b"hunter" not in Path(f"/proc/{pid}/cmdline").read_bytes()


def test_a_killed_worker_is_started_again_alone(bench: Bench) -> None:
    """The post of the dead is held again; the other worker is not touched."""
    fleet = bench.fleet(STAY, SystemClock(), workers=2)
    (first,), (other,) = bench.await_starts(1), bench.await_starts(1, 1)

    os.kill(first, signal.SIGKILL)

    assert bench.await_starts(2)[0] == first
    assert bench.pids(1) == [other]
    assert not is_gone(other)
    assert fleet.restarts == 1


def test_a_worker_that_cannot_be_started_is_tried_again(bench: Bench) -> None:
    """A machine without room for a process for a moment: the others live on."""
    fleet = bench.fleet(STAY, SystemClock(), workers=2)
    (first,), (other,) = bench.await_starts(1), bench.await_starts(1, 1)
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, limit[1]))
    try:
        os.kill(first, signal.SIGKILL)
        assert wait_for(lambda: fleet._posts[0].pause_s > FIRST_PAUSE_S * 2, WITHIN_S)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limit)

    assert bench.await_starts(2)[0] == first
    assert bench.pids(1) == [other]
    fleet.check()


def test_the_pause_before_a_restart_grows_to_a_bound(bench: Bench) -> None:
    """A worker that dies at once is started after 0.5, 1, 2 … 30, 30 s, not sooner."""
    clock = ManualClock(T0)
    bench.fleet(DIE, clock)
    pause_s = FIRST_PAUSE_S
    for starts in range(1, 9):
        bench.await_starts(starts)
        assert wait_for(bench.waits, WITHIN_S)
        clock.advance(pause_s * 0.9)
        if pause_s in {FIRST_PAUSE_S, LONGEST_PAUSE_S}:
            time.sleep(2 * POLL_S)  # a fleet that starts it too soon has done so now
        assert len(bench.pids()) == starts
        clock.advance(pause_s * 0.2)
        pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
    bench.await_starts(9)


def test_a_worker_that_lived_long_is_started_soon(bench: Bench) -> None:
    """After a good while the pause is short again."""
    clock = ManualClock(T0)
    bench.fleet(STAY, clock)
    for starts in range(1, 4):
        pid = bench.await_starts(starts)[-1]
        os.kill(pid, signal.SIGKILL)
        assert wait_for(bench.waits, WITHIN_S)
        clock.advance(LONGEST_PAUSE_S)
    pid = bench.await_starts(4)[-1]
    clock.advance(LONGEST_PAUSE_S + 1)
    os.kill(pid, signal.SIGKILL)
    assert wait_for(bench.waits, WITHIN_S)

    clock.advance(FIRST_PAUSE_S * 1.1)

    bench.await_starts(5)


def test_a_long_pause_of_one_holds_up_no_other(bench: Bench) -> None:
    """While one post waits for its turn another one that dies is held again."""
    only_first = f"{DIE} if spec['worker'] == 0 else {STAY}"
    clock = ManualClock(T0)
    bench.fleet(only_first, clock, workers=2)
    bench.await_starts(1)
    (other,) = bench.await_starts(1, 1)
    for starts in range(1, 6):
        bench.await_starts(starts)
        assert wait_for(bench.waits, WITHIN_S)
        clock.advance(FIRST_PAUSE_S * 2**starts)

    os.kill(other, signal.SIGKILL)
    assert wait_for(lambda: bench.waits(1), WITHIN_S)
    clock.advance(FIRST_PAUSE_S * 1.1)

    bench.await_starts(2, 1)


def test_a_worker_that_cannot_work_as_configured_is_given_up(bench: Bench) -> None:
    """Exit code 3 is no accident: it is not tried again, the others go on."""
    only_first = f"{GIVE_UP} if spec['worker'] == 0 else {STAY}"
    clock = ManualClock(T0)
    fleet = bench.fleet(only_first, clock, workers=2)
    (first,) = bench.await_starts(1)
    (other,) = bench.await_starts(1, 1)
    assert wait_for(lambda: fleet._posts[0].is_given_up, WITHIN_S)

    clock.advance(LONGEST_PAUSE_S * 10)

    time.sleep(3 * POLL_S)  # a fleet that tries again has done so by now
    assert bench.pids() == [first]
    assert not is_gone(other)


def test_the_stop_ends_all_workers(bench: Bench) -> None:
    """When stop returns no worker is left, and none is started after it."""
    clock = SystemClock()
    fleet = bench.fleet(STAY, clock, workers=3)
    pids = [bench.await_starts(1, worker)[0] for worker in range(3)]

    began_s = clock.monotonic_s()
    fleet.stop()

    assert all(map(is_gone, pids))
    assert clock.monotonic_s() - began_s < STOP_S
    assert [bench.pids(worker) for worker in range(3)] == [[pid] for pid in pids]


def test_a_worker_that_ignores_sigterm_is_killed(bench: Bench, tmp_path: Path) -> None:
    """It has its time, then it is gone: the process of a service must end."""
    clock = SystemClock()
    fleet = bench.fleet(DEAF, clock)
    (pid,) = bench.await_starts(1)
    assert wait_for((tmp_path / "0.deaf").exists, WITHIN_S)

    began_s = clock.monotonic_s()
    fleet.stop()

    assert is_gone(pid)
    assert STOP_S <= clock.monotonic_s() - began_s < STOP_S + 2


def test_the_stop_does_not_wait_for_a_pause(bench: Bench) -> None:
    """A service ends at once though a worker's next start is far off."""
    clock = ManualClock(T0)
    fleet = bench.fleet(DIE, clock)
    bench.await_starts(1)
    assert wait_for(bench.waits, WITHIN_S)

    fleet.stop()

    assert len(bench.pids()) == 1


def test_a_worker_that_dies_before_it_reads_is_started_again(bench: Bench) -> None:
    """One that ends without taking its spec does not end the fleet."""
    clock = ManualClock(T0)
    command = (sys.executable, "-S", "-c", "import os; os.close(0)")
    big = replace(spec(), site="x" * 1_000_000)
    fleet = Fleet((big,), clock, command)
    bench.fleets.append(fleet)
    fleet.start()

    assert wait_for(_restarted(fleet, clock), WITHIN_S)


def _restarted(fleet: Fleet, clock: ManualClock) -> Callable[[], bool]:
    def asked() -> bool:
        clock.advance(LONGEST_PAUSE_S)
        return fleet.restarts >= 2

    return asked
