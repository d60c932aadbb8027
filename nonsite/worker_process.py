"""A stream worker as a process of its own, and the fleet of them.

Workers are spawned, never forked: the parent serves HTTP and must not hand its threads
on. A worker that dies is started again after a growing pause; a worker whose parent
dies is killed by the kernel.
"""

import ctypes
import multiprocessing
import os
import signal
import sys
import threading
from dataclasses import dataclass
from multiprocessing.context import SpawnProcess

import structlog

from base.clock import Clock, SystemClock
from base.errors import NonsiteError
from base.log import configure_logging
from base.shutdown import StopSignal
from detector.threads import use_one_thread
from nonsite.watching import Watcher, WatchSpec

PR_SET_PDEATHSIG = 1
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 30.0
POLL_S = 0.2
STOP_S = 2.5
"""A worker has this long after SIGTERM before SIGKILL."""

FAILED = 3
"""Exit code of a worker that cannot work as configured: no use in trying again."""

_log = structlog.get_logger()


def watch_in_child(spec: WatchSpec, parent: int) -> None:
    """Body of a worker process."""
    _die_with(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal signals the whole group
    stop = StopSignal()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    configure_logging(spec.log_level)
    sys.exit(watch_here(spec, stop))


def watch_here(spec: WatchSpec, stop: StopSignal) -> int:
    """Watch until the stop; 0, or `FAILED` with the reason in the log."""
    use_one_thread()
    try:
        Watcher(spec, SystemClock(), stop).run()
    except NonsiteError as error:
        if stop.is_set():
            return 0
        _log.error("worker.failed", worker=spec.worker, reason=str(error))
        return FAILED
    return 0


def _die_with(parent: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit(1)


@dataclass(slots=True)
class _Post:
    """One place in the fleet and who holds it."""

    spec: WatchSpec
    process: SpawnProcess | None = None
    pause_s: float = FIRST_PAUSE_S
    started_s: float = 0.0
    is_given_up: bool = False


class Fleet:
    """Keeps a worker process on each post."""

    def __init__(self, specs: tuple[WatchSpec, ...], clock: Clock) -> None:
        self._posts = [_Post(spec) for spec in specs]
        self._clock = clock
        self._context = multiprocessing.get_context("spawn")
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="fleet", daemon=True)
        self.restarts = 0

    def start(self) -> None:
        """Start all workers and watch over them.

        The thread that starts a worker must outlive it: the kernel kills a child when
        the thread that made it ends.
        """
        self._thread.start()

    def pids(self) -> tuple[int, ...]:
        """Process ids of the workers running now."""
        processes = [post.process for post in self._posts]
        return tuple(p.pid for p in processes if p is not None and p.pid is not None)

    def stop(self) -> None:
        """End all workers; SIGKILL for whoever does not end in time."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            for post in self._posts:
                self._tend(post)
            self._stopping.wait(POLL_S)
        self._end_all()

    def _tend(self, post: _Post) -> None:
        if post.process is not None and post.process.is_alive():
            return
        if post.is_given_up:
            return
        if post.process is not None:
            code = post.process.exitcode
            post.is_given_up = code == FAILED
            _log.error("worker.died", worker=post.spec.worker, exit_code=code)
            if post.is_given_up or self._stopping.wait(post.pause_s):
                return
            self.restarts += 1
            lived_s = self._clock.monotonic_s() - post.started_s
            grown = min(post.pause_s * 2, LONGEST_PAUSE_S)
            post.pause_s = FIRST_PAUSE_S if lived_s > LONGEST_PAUSE_S else grown
        post.started_s = self._clock.monotonic_s()
        post.process = self._context.Process(
            target=watch_in_child,
            args=(post.spec, os.getpid()),
            name=f"nonsite-worker-{post.spec.worker}",
        )
        post.process.start()

    def _end_all(self) -> None:
        alive = [p.process for p in self._posts if p.process is not None]
        for process in alive:
            process.terminate()
        until_s = self._clock.monotonic_s() + STOP_S
        for process in alive:
            process.join(max(0.0, until_s - self._clock.monotonic_s()))
            if process.is_alive():
                _log.error("worker.killed", pid=process.pid)
                process.kill()
                process.join()
