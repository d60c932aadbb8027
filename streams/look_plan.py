"""When to look, as a function of media time alone.

The rules of a camera state the longest gap between looks they tolerate; the plan picks
which pictures to decode so that this gap holds. Because it knows media time only, a
replay at any speed and a live feed look at the same pictures.
"""

from dataclasses import dataclass
from datetime import datetime

EPSILON_S = 1e-3
"""Time stamps of streams are rounded to a millisecond at worst."""


@dataclass(frozen=True, slots=True)
class LookRequest:
    """What the rules of a camera need from now on.

    Attributes:
        max_gap_s: Longest tolerated gap between two looks, seconds.
        every_frame: Whether every picture is wanted (a falling object).
    """

    max_gap_s: float
    every_frame: bool = False

    def __post_init__(self) -> None:
        if not self.max_gap_s > 0:
            msg = f"a look gap must be positive, found {self.max_gap_s}"
            raise ValueError(msg)


class LookPlan:
    """Which pictures of one feed are looks.

    A request made at look *t* acts on pictures after *t*: the caller passes the time of
    the look it was made at. One owner thread asks, any thread may request.
    """

    def __init__(self, request: LookRequest) -> None:
        self._request = request
        self._last: datetime | None = None

    @property
    def request(self) -> LookRequest:
        """What is asked for now."""
        return self._request

    def ask(self, request: LookRequest) -> None:
        """Change what is asked for; acts on the next picture offered."""
        self._request = request

    def keys_suffice(self, key_interval_s: float | None) -> bool:
        """Whether key frames alone keep the gap.

        Args:
            key_interval_s: Longest recent interval between key frames, None until
                two were seen; then key frames are trusted.
        """
        if self._request.every_frame:
            return False
        if key_interval_s is None:
            return True
        return key_interval_s <= self._request.max_gap_s + EPSILON_S

    def is_due(self, at: datetime, step_s: float) -> bool:
        """Whether the picture at `at` must be looked at.

        Args:
            at: Media time of the picture offered.
            step_s: Time to the next picture that could be looked at instead (key
                interval, or frame interval under full decode); 0 when not known.
        """
        if self._request.every_frame or self._last is None:
            return True
        passed_s = (at - self._last).total_seconds()
        if passed_s <= 0:
            return passed_s < -EPSILON_S
        return passed_s + step_s > self._request.max_gap_s + EPSILON_S

    def looked(self, at: datetime) -> None:
        """Note that the picture at `at` was handed on."""
        self._last = at

    def restart(self) -> None:
        """Forget the last look: after a discontinuity the next picture is due."""
        self._last = None
