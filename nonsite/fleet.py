"""Keeps worker processes at their posts, without loading what they load.

The web process serves HTTP: it must not hand its threads to a fork, and needs neither
FFmpeg nor a network. So a worker is a command of its own. One that dies is started
again after a growing pause; one that cannot work as configured is given up and told.
"""

import os
import subprocess
import sys
import threading
from dataclasses import dataclass

import structlog

from base.clock import Clock
from nonsite.watch_spec import WatchSpec, encode

WORKER = "nonsite.worker_process"
PARENT = "--parent"
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 30.0
POLL_S = 0.2
STOP_S = 2.5
"""A worker has this long after SIGTERM before SIGKILL."""

FAILED = 3
"""Exit code of a worker that cannot work as configured: no use in trying again."""

_log = structlog.get_logger()


@dataclass(slots=True)
class _Post:
    """One place in the fleet and who holds it."""

    spec: WatchSpec
    process: subprocess.Popen[bytes] | None = None
    pause_s: float = FIRST_PAUSE_S
    started_s: float = 0.0
    is_given_up: bool = False


class Fleet:
    """Keeps a worker process on each post."""

    def __init__(self, specs: tuple[WatchSpec, ...], clock: Clock) -> None:
        self._posts = [_Post(spec) for spec in specs]
        self._clock = clock
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="fleet", daemon=True)
        self.restarts = 0

    def start(self) -> None:
        """Start all workers and watch over them.

        The thread that starts a worker must outlive it: the kernel kills a child when
        the thread that made it ends.
        """
        self._thread.start()

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
        if post.process is not None and post.process.poll() is None:
            return
        if post.is_given_up:
            return
        if post.process is not None:
            code = post.process.returncode
            post.is_given_up = code == FAILED
            _log.error("worker.died", worker=post.spec.worker, exit_code=code)
            if post.is_given_up or self._stopping.wait(post.pause_s):
                return
            self.restarts += 1
            lived_s = self._clock.monotonic_s() - post.started_s
            grown = min(post.pause_s * 2, LONGEST_PAUSE_S)
            post.pause_s = FIRST_PAUSE_S if lived_s > LONGEST_PAUSE_S else grown
        post.started_s = self._clock.monotonic_s()
        post.process = _spawn(post.spec)

    def _end_all(self) -> None:
        alive = [p.process for p in self._posts if p.process is not None]
        for process in alive:
            process.terminate()
        until_s = self._clock.monotonic_s() + STOP_S
        for process in alive:
            try:
                process.wait(max(0.0, until_s - self._clock.monotonic_s()))
            except subprocess.TimeoutExpired:
                _log.error("worker.killed", pid=process.pid)
                process.kill()
                process.wait()


def _spawn(spec: WatchSpec) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
        [sys.executable, "-m", WORKER, PARENT, str(os.getpid())],
        stdin=subprocess.PIPE,
    )
    assert process.stdin is not None
    try:
        process.stdin.write(encode(spec))
        process.stdin.close()
    except BrokenPipeError:
        _log.error("worker.unreachable", worker=spec.worker)
    return process
