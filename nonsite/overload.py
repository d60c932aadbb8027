"""When looks are being missed, cameras of low priority look less often, and say so.

In: how many frames the mailbox replaced unseen, and what each camera's rules ask for.
Out: the request that is put to the feed, with a longer gap while its camera must make
room. Load is taken away step by step, the lowest priority first, and given back when
nothing was missed for a while. What is not looked at is recorded as a gap by the rules.
A replay misses nothing and has no governor.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import structlog

from base.clock import Clock
from base.ids import CameraId
from streams.look_plan import LookRequest

MOST_DOUBLINGS = 3
"""Eight times the gap: what needs more relief than that needs another machine."""

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class OverloadTimes:
    """How quickly load is taken away and given back.

    Attributes:
        window_s: Length of the windows in which missed looks are counted, seconds.
        windows: So many in a row with missed looks before a step is taken: a start or
            a reconnect of many feeds is no overload.
        calm_s: Without a missed look for this long a step is given back, seconds.
    """

    window_s: float = 5.0
    windows: int = 2
    calm_s: float = 60.0


class Governor:
    """Stretches the look gaps of one process's cameras; used by the judging thread.

    Args:
        missed: Frames replaced before they were taken, over all cameras.
        clock: Measures the windows.
        times: How quickly it acts.
    """

    def __init__(
        self, missed: Callable[[], int], clock: Clock, times: OverloadTimes
    ) -> None:
        self._missed, self._clock, self._times = missed, clock, times
        self._doublings: Mapping[CameraId, int] = {}
        self._priorities: dict[CameraId, int] = {}
        self._level = self._bad_windows = 0
        self._seen = missed()
        self._window_began_s = self._calm_since_s = clock.monotonic_s()

    def set_priority(self, camera: CameraId, priority: int) -> None:
        """Take a camera in; 1 loses looks first, 9 last."""
        self._priorities = {**self._priorities, camera: priority}
        self._share_out()

    def forget(self, camera: CameraId) -> None:
        """The camera left this process."""
        self._priorities = {c: p for c, p in self._priorities.items() if c != camera}
        self._share_out()

    def is_slowed(self, camera: CameraId) -> bool:
        """Whether the camera looks less often than its rules ask; any thread."""
        return self._doublings.get(camera, 0) > 0

    def grant(self, camera: CameraId, request: LookRequest) -> LookRequest:
        """What the camera may have of what its rules ask for."""
        self._watch()
        doublings = self._doublings.get(camera, 0)
        if not doublings:
            return request
        gap_s = request.max_gap_s * 2**doublings
        return replace(request, max_gap_s=gap_s, every_frame=False)

    def _watch(self) -> None:
        now_s = self._clock.monotonic_s()
        if now_s - self._window_began_s < self._times.window_s:
            return
        self._window_began_s = now_s
        seen, self._seen = self._seen, self._missed()
        if self._seen > seen:
            self._calm_since_s = now_s
            self._bad_windows += 1
            if self._bad_windows >= self._times.windows:
                self._bad_windows = 0
                self._move(1)
            return
        self._bad_windows = 0
        if now_s - self._calm_since_s >= self._times.calm_s:
            self._calm_since_s = now_s
            self._move(-1)

    def _move(self, step: int) -> None:
        most = MOST_DOUBLINGS * len(set(self._priorities.values()))
        level = min(max(self._level + step, 0), most)
        if level == self._level:
            return
        self._level = level
        self._share_out()
        slowed = sorted(camera for camera, n in self._doublings.items() if n)
        _log.warning("overload.changed", level=level, cameras=slowed)

    def _share_out(self) -> None:
        """Step by step each class of priority doubles its gaps, the lowest first."""
        classes = sorted(set(self._priorities.values()))
        each, left = divmod(self._level, len(classes)) if classes else (0, 0)
        self._doublings = {
            camera: min(each + (classes.index(priority) < left), MOST_DOUBLINGS)
            for camera, priority in self._priorities.items()
        }
