"""Where heavy work is done: on a thread of its own, live; at once, in a replay.

Tasks go in, are done in order, one at a time. A task that fails unexpectedly is logged
and the next one is done.
"""

import queue
import threading
from collections.abc import Callable
from typing import Protocol, TypeAlias

import structlog

from base.clock import Clock
from base.guard import Boundary, guard

Task: TypeAlias = Callable[[], None]

_IDLE_S = 0.5


class Lane(Protocol):
    """Does tasks in the order they were posted."""

    def post(self, task: Task) -> None:
        """Have the task done; never blocks on other tasks' work when live."""
        ...

    def backlog(self) -> int:
        """How many tasks wait."""
        ...

    def close(self, timeout_s: float) -> bool:
        """Do what waits and end; false when time ran out first."""
        ...


class InlineLane:
    """Does each task at once, in the caller's thread."""

    def post(self, task: Task) -> None:
        """Do the task."""
        task()

    def backlog(self) -> int:
        """Nothing ever waits."""
        return 0

    def close(self, timeout_s: float) -> bool:
        """Nothing waits."""
        del timeout_s
        return True


class ThreadLane:
    """One daemon thread; ends when closed.

    Args:
        name: Of the thread, for logs.
        clock: Measures the time between two idle calls.
        idle: Called about twice a second, between tasks.
    """

    def __init__(self, name: str, clock: Clock, idle: Task) -> None:
        self._name = name
        self._clock = clock
        self._idle = idle
        self._tasks: queue.SimpleQueue[Task | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def post(self, task: Task) -> None:
        """Have the task done after those before it."""
        self._tasks.put(task)

    def backlog(self) -> int:
        """How many tasks wait."""
        return self._tasks.qsize()

    def close(self, timeout_s: float) -> bool:
        """Do what waits and end; false when time ran out first."""
        self._tasks.put(None)
        self._thread.join(timeout_s)
        if self._thread.is_alive():
            structlog.get_logger().warning(
                "lane.abandoned", lane=self._name, backlog=self.backlog()
            )
        return not self._thread.is_alive()

    def _run(self) -> None:
        idle_at = self._clock.monotonic_s() + _IDLE_S
        while True:
            try:
                task = self._tasks.get(timeout=_IDLE_S)
            except queue.Empty:
                task = self._idle
            if task is None:
                return
            guard(Boundary.JOB_RUNNER, self._name, task, lambda _error: None)
            if task is not self._idle and self._clock.monotonic_s() >= idle_at:
                guard(Boundary.JOB_RUNNER, self._name, self._idle, lambda _e: None)
                idle_at = self._clock.monotonic_s() + _IDLE_S


def lane(name: str, clock: Clock, idle: Task, *, is_inline: bool) -> Lane:
    """A thread's lane, or an inline one that never idles."""
    return InlineLane() if is_inline else ThreadLane(name, clock, idle)
