"""What happens by itself: leases run out, deferred ones wake, samples are drawn.

One thread looks once a second; several processes may each run one, because every deed
is its own transaction that finds nothing to do the second time.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from alerts.database import Database
from alerts.errors import StoreError
from alerts.live import LiveReader
from base.clock import Clock
from base.guard import Boundary
from base.ids import CameraId
from base.log import RepeatCounter
from base.turns import Turns
from cases.desk import Desk
from cases.intake import ReviewIntake
from cases.leases import run_out
from cases.miss_draw import Draw, MissDraw
from cases.sampling import Sampler

EVERY_S = 1.0
SELDOM_S = 60.0
"""How often it is asked whether a day's work is due and a rule became imprecise."""

MOST_ASKED = 20
"""Cameras tried for one look."""

_log = structlog.get_logger()

JudgedCameras = Callable[[], dict[CameraId, tuple[str, ...]]]
"""Cameras of the site in force, each with the codes judged there."""


@dataclass(frozen=True, slots=True)
class HouseParts:
    """What it works with.

    Attributes:
        database: Where leases are kept.
        desk: Whose work it is.
        sampler: Draws the day's sample.
        intake: Told which codes are put down.
        live: Pictures of last looks.
        judged: Cameras in force.
        clock: Wall time.
    """

    database: Database
    desk: Desk
    sampler: Sampler
    intake: ReviewIntake
    live: LiveReader
    judged: JudgedCameras
    clock: Clock


class Housekeeping:
    """One thread beside the API."""

    def __init__(self, parts: HouseParts) -> None:
        self._database = parts.database
        self._desk, self._sampler, self._intake = (
            parts.desk,
            parts.sampler,
            parts.intake,
        )
        self._live, self._judged, self._clock = parts.live, parts.judged, parts.clock
        self._repeats = RepeatCounter(parts.clock)
        # which looks are asked must not be guessable by whoever wants none of his seen
        self._draw = random.SystemRandom()
        self._seldom_at = 0.0
        self._moments = MissDraw(parts.database, parts.clock)
        self._turns = Turns("housekeeping", Boundary.JOB_RUNNER, EVERY_S, self.tidy)

    def start(self) -> None:
        """Begin."""
        self._turns.start()

    def stop(self) -> None:
        """End; what is under way is finished."""
        self._turns.stop()

    def tidy(self) -> None:
        """Everything that is due now."""
        try:
            run_out(self._database, self._clock)
            for drawn in self._moments.due():
                self._keep_look(drawn)
            now_s = self._clock.monotonic_s()
            if not self._seldom_at or now_s - self._seldom_at >= SELDOM_S:
                self._seldom_at = now_s
                self._seldom()
        except StoreError as error:
            if self._repeats.admit("away") is not None:
                _log.warning("housekeeping.waited", reason=str(error))

    def _seldom(self) -> None:
        self._sampler.draw()
        self._desk.misses.forget()
        imprecise = self._desk.figures.imprecise()
        put_down = frozenset(one.code for one in imprecise if one.is_downgraded)
        for code in sorted(put_down ^ self._intake.downgraded):
            _log.warning("rule.downgraded", code=code, is_down=code in put_down)
        self._intake.downgraded = put_down

    def _keep_look(self, drawn: Draw) -> None:
        """One of the day's moments has come: keep what some camera shows now.

        Where an alert lasts or nothing is seen now, another camera is asked, or there
        would be fewer than a hundred a day.
        """
        judged = self._judged()
        cameras = self._draw.sample(sorted(judged), min(len(judged), MOST_ASKED))
        for camera in cameras:
            picture = self._live.picture(camera)
            if picture is None:
                continue
            if self._desk.misses.keep(camera, picture, judged[camera], drawn):
                return
