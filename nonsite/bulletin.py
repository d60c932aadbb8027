"""Shows people the last look of each camera and how its feed is doing.

A thread of its own writes the newest look of each camera; what it cannot write in time
is replaced by the next, never queued: looks are not to wait for a page.
"""

import threading
from collections.abc import Callable, Mapping
from uuid import UUID

import structlog

from alerts.errors import StoreError
from alerts.live import LiveWriter
from base.clock import Clock
from base.ids import CameraId
from base.log import RepeatCounter
from detector.look import Look
from rules.violation import Life, Violation
from streams.feed_status import FeedStatus
from streams.frame import Frame
from streams.still import thumbnail

STATUS_EVERY_S = 1.0
PICTURE_WIDTH_PX = 960
JOIN_S = 1.0
OVER = frozenset({Life.DROPPED, Life.CLEARED})
JUDGED_KEEP_S = 600.0
"""A candidate nothing was heard of for so long is no debugging any more."""

MOST_JUDGED = 100

Statuses = Callable[[], Mapping[CameraId, FeedStatus]]

Lag = Callable[[], tuple[str, int]]
"""Name of the worker, and how many of its spooled entries the store has not."""

_log = structlog.get_logger()


class Bulletin:
    """The worker's notice board; one thread writes, any thread shows."""

    def __init__(
        self, writer: LiveWriter, statuses: Statuses, lag: Lag, clock: Clock
    ) -> None:
        self._writer = writer
        self._lag = lag
        self._statuses = statuses
        self._clock = clock
        self._repeats = RepeatCounter(clock, every_s=10.0)
        self._changed = threading.Condition()
        self._newest: dict[CameraId, tuple[Frame, Look]] = {}
        self._judged: dict[CameraId, dict[UUID, Violation]] = {}
        self._is_closing = False
        self._thread = threading.Thread(target=self._run, name="bulletin", daemon=True)

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def show(
        self, frame: Frame, look: Look, judged: tuple[Violation, ...] = ()
    ) -> None:
        """Show this look from now on, and what rules made of it."""
        with self._changed:
            self._newest[look.camera] = (frame, look)
            self._note(look, judged)
            self._changed.notify()

    def _note(self, look: Look, judged: tuple[Violation, ...]) -> None:
        """What stands now: the newest of each; what is over or old is forgotten."""
        known = self._judged.setdefault(look.camera, {})
        known.update({one.id: one for one in judged})
        for id_, one in list(known.items()):
            age_s = (look.at - one.at).total_seconds()
            if one.life in OVER or age_s > JUDGED_KEEP_S:
                del known[id_]

    def close(self) -> None:
        """Tell the last statuses and end."""
        with self._changed:
            self._is_closing = True
            self._changed.notify()
        if self._thread.is_alive():
            self._thread.join(JOIN_S)

    def _run(self) -> None:
        told_s = -STATUS_EVERY_S
        is_last = False
        while not is_last:
            with self._changed:
                if not self._newest and not self._is_closing:
                    self._changed.wait(STATUS_EVERY_S)
                is_last = self._is_closing
                looks = list(self._newest.values())
                self._newest.clear()
            try:
                for frame, look in looks:
                    self._tell_look(frame, look)
                is_due = self._clock.monotonic_s() - told_s >= STATUS_EVERY_S
                if is_due or is_last:
                    told_s = self._clock.monotonic_s()
                    self._tell_statuses()
            except StoreError as error:
                held = self._repeats.admit("unshown")
                if held is not None:
                    _log.warning("look.unshown", reason=str(error), repeated=held)

    def _tell_look(self, frame: Frame, look: Look) -> None:
        picture = None
        if self._writer.wants_picture(look.camera):
            picture = thumbnail(frame.image, PICTURE_WIDTH_PX)
        self._writer.tell_look(look, picture)
        with self._changed:
            judged = tuple(self._judged.get(look.camera, {}).values())
        self._writer.tell_judged(look.camera, judged[:MOST_JUDGED])

    def _tell_statuses(self) -> None:
        for camera, status in self._statuses().items():
            self._writer.tell_status(camera, status)
        self._writer.tell_lag(*self._lag())
