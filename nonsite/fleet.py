"""Keeps worker processes at their posts, without loading what they load.

The web process serves HTTP: it must not hand its threads to a fork, and needs neither
FFmpeg nor a network. So a worker is a command of its own. One that dies is started
again after a growing pause; one that cannot work as configured is given up and told.
"""

import math
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from base.clock import Clock
from base.errors import NonsiteError
from nonsite.watch_spec import WatchSpec, encode

PARENT = "--parent"
WORKER = (sys.executable, "-m", "nonsite.worker_process")
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 30.0
POLL_S = 0.2
STOP_S = 2.5
"""A worker has this long after SIGTERM before SIGKILL."""

FAILED = 3
"""Exit code of a worker that cannot work as configured: no use in trying again."""

_log = structlog.get_logger()


class WorkerError(NonsiteError):
    """A worker process is missing."""


@dataclass(slots=True)
class _Post:
    """One place in the fleet and who holds it."""

    spec: WatchSpec
    process: subprocess.Popen[bytes] | None = None
    pause_s: float = FIRST_PAUSE_S
    started_s: float | None = None
    due_s: float = -math.inf
    is_given_up: bool = False


class Fleet:
    """Keeps a worker process on each post.

    Args:
        specs: What each worker is given over its standard input.
        clock: For the pauses.
        command: Starts a worker; `--parent` and our process id are added.
    """

    def __init__(
        self,
        specs: tuple[WatchSpec, ...],
        clock: Clock,
        command: Sequence[str] = WORKER,
    ) -> None:
        self._posts = [_Post(spec) for spec in specs]
        self._clock = clock
        self._command = command
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="fleet", daemon=True)
        self.restarts = 0

    def start(self) -> None:
        """Start all workers and watch over them.

        The thread that starts a worker must outlive it: the kernel kills a child when
        the thread that made it ends.
        """
        self._thread.start()

    def check(self) -> None:
        """Return when every post is held.

        Raises:
            WorkerError: A worker was given up, or is between two starts.
        """
        vacant = [str(p.spec.worker) for p in self._posts if p.process is None]
        if vacant:
            raise WorkerError(f"no process for worker {', '.join(vacant)}: see the log")
        if not self._thread.is_alive():
            raise WorkerError("nobody watches over the workers: restart the service")

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
        if post.process is not None and post.process.poll() is not None:
            self._note_death(post, post.process.returncode)
        now_s = self._clock.monotonic_s()
        if post.process is None and not post.is_given_up and now_s >= post.due_s:
            self.restarts += post.started_s is not None
            post.started_s = now_s
            try:
                post.process = _spawn(post.spec, self._command)
            except OSError as error:  # no memory, too many processes or open files
                told = {"worker": post.spec.worker, "reason": str(error)}
                _log.error("worker.unstarted", **told)
                self._pause(post)

    def _note_death(self, post: _Post, code: int) -> None:
        """Empty the post; set when it is held again, without waiting for that here."""
        _log.error("worker.died", worker=post.spec.worker, exit_code=code)
        post.process = None
        post.is_given_up = code == FAILED
        self._pause(post)

    def _pause(self, post: _Post) -> None:
        assert post.started_s is not None
        now_s = self._clock.monotonic_s()
        if now_s - post.started_s > LONGEST_PAUSE_S:
            post.pause_s = FIRST_PAUSE_S
        post.due_s = now_s + post.pause_s
        post.pause_s = min(post.pause_s * 2, LONGEST_PAUSE_S)

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


def _spawn(spec: WatchSpec, command: Sequence[str]) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
        [*command, PARENT, str(os.getpid())],
        stdin=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C is ours to pass on
    )
    assert process.stdin is not None
    try:
        with process.stdin as pipe:
            pipe.write(encode(spec))
    except BrokenPipeError:
        _log.error("worker.unreachable", worker=spec.worker)
    return process
