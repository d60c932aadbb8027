"""A worker as a process of its own: raises violations, seals a pack for each.

It works as the live one does: its clips are packets of a real recording, evidence is
made on threads, and when it starts anew it says of everything raised before that it is
still there, as rules do that found their clocks again. Tells each violation the moment
its spool has taken it, and `done` once all is handed over, packs included.
"""

import logging
import os
import threading
import time
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Protocol

import structlog

from alerts.clip_cutter import Recording
from alerts.evidence_keeper import EvidenceKeeper
from alerts.inbox import Inbox, InboxSettings
from alerts.object_store import ObstoreEvidenceStore
from alerts.pack_maker import MakerParts
from alerts.pack_scene import Scene
from alerts.pack_shelf import Shelf
from alerts.redis_client import open_redis
from base.clock import Clock, SystemClock
from base.ids import CameraId
from nonsite.ring_cutter import RingCutter
from rules.violation import Life, Phase, Violation
from sites.evidence_section import EvidenceSection
from streams.intake import Intake, IntakeOptions
from streams.look_plan import LookPlan, LookRequest
from streams.resolver import FileResolver
from streams.ring import PacketRing
from streams.settings import FileFeed, Profile
from streams.source import Source
from tests.alerts.evidence_rig import BOX, CAMERA, T0, ZONE, jpeg, look
from tests.alerts.evidence_rig import violation as made

SHARDS = 2
APART_S = 100.0
CLIP_S = 3.0
GRACE_S = 25.0
RECORDED = Path(__file__).resolve().parents[2] / "samples" / "videos" / "campus.mp4"


class HostClock(Protocol):
    """Seconds the wall clock of the one host is off; every process reads the same."""

    value: float


@dataclass(frozen=True, slots=True)
class Task:
    """What one life of a worker is to do.

    Attributes:
        folder: Spool, shelf and store lie in it.
        redis_url: Address.
        first: First violation not raised yet.
        count: How many there are in all.
        epoch: Of the camera's lease.
        host_s: By how much the wall clock of its host is off, shared with the others.
        restates: Whether it raises again, at its start, all that was raised before.
    """

    folder: Path
    redis_url: str
    first: int
    count: int
    epoch: int
    host_s: HostClock
    restates: bool


def told(number: int, life: Life, seconds: float) -> Violation:
    """The violation `number`; each has its own stretch of media time."""
    base = number * APART_S
    said = made(life, base + seconds, slot=f"x{number}")
    return replace(said, observed_s=seconds)


class ShiftedClock(SystemClock):
    """The clock of a host that is stepped while processes run."""

    def __init__(self, host_s: HostClock) -> None:
        self._host_s = host_s

    def utc_now(self) -> datetime:
        return super().utc_now() + timedelta(seconds=self._host_s.value)


@cache
def recorded() -> PacketRing:
    """Real packets, in a ring."""
    request = LookRequest(2.0)
    intake = Intake(CAMERA, LookPlan(request), IntakeOptions(request, ring_s=60))
    intake.connect(T0)
    address = FileResolver(FileFeed(path=RECORDED), Path()).resolve(Profile.LOOKS)
    with Source(address, 5, SystemClock()) as source:
        for number, raw in enumerate(source.packets()):
            list(intake.take(intake.stamp(raw, None)))
            if number > 10 * 2 * CLIP_S:
                break
    return intake.ring


class RecordedCutter:
    """Cuts real clips, always from the same stretch of the recording."""

    def record(self, camera: CameraId, start: datetime, end: datetime) -> Recording:
        del start, end
        cutter = RingCutter({camera: recorded()}.get)
        return cutter.record(camera, T0, T0 + timedelta(seconds=CLIP_S))


def parts_of(folder: Path, inbox: Inbox, clock: Clock) -> MakerParts:
    """What packs are made with, on real disk."""
    return MakerParts(
        shelf=Shelf(folder / "shelf", 1 << 30, reserve_bytes=0),
        store=ObstoreEvidenceStore(folder / "evidence", reserve_bytes=0),
        sink=inbox,
        scene_of=lambda _violation: Scene("故障演练", "人行道违停", ZONE),
        clock=clock,
        made_by="nonsite faults",
    )


class OneLife:
    """One life of the worker."""

    def __init__(self, task: Task, pipe: Connection) -> None:
        self._task, self._pipe = task, pipe
        clock = ShiftedClock(task.host_s)
        settings = InboxSettings(task.folder / "spool", SHARDS)
        self._inbox = Inbox(settings, open_redis(task.redis_url), clock)
        self._inbox.set_lease(CAMERA, task.epoch)
        self._inbox.start()
        self._keeper = EvidenceKeeper(
            parts_of(task.folder, self._inbox, clock),
            RecordedCutter(),
            EvidenceSection(),
        )
        self._keeper.adopt(CAMERA)

    def live(self) -> None:
        """Everything, to the end or to the SIGKILL."""
        for number in range(self._task.first):
            self._stands(number, is_raised=self._task.restates)
        for number in range(self._task.first, self._task.count):
            self._raise(number)
        later_s = 100.0
        while self._is_sealing():
            self._look(self._task.count, later_s)
            later_s += 5.0
            time.sleep(0.02)
        self._keeper.close(30.0)
        if self._keeper.status().waiting:
            return  # the next life seals them
        while self._inbox.lag().entries or self._inbox.lag().unspooled:
            time.sleep(0.02)
        self._inbox.close()
        self._pipe.send("done")

    def _is_sealing(self) -> bool:
        """Whether anything waits for its pack."""
        status = self._keeper.status()
        return bool(status.watched or status.waiting)

    def _raise(self, number: int) -> None:
        self._look(number, 2.0, told(number, Life.CANDIDATE, 2.0))
        self._look(number, 30.0)
        opened = told_open(number)
        self._inbox.raise_alert(opened)
        if self._task.restates:
            self._count(number)
        self._look(number, 60.0, opened)
        for seconds in (75.0, 82.0):
            self._look(number, seconds)
        self._stands(number, is_raised=True)
        if not self._task.restates:
            self._count(number)  # nobody raises it again: all of it must be taken
        time.sleep(0.03)

    def _count(self, number: int) -> None:
        """Tell that it is raised, once the spool has it: clocks wait for that, too."""
        while self._inbox.lag().unspooled:
            time.sleep(0.005)
        self._pipe.send(number)

    def _stands(self, number: int, *, is_raised: bool) -> None:
        """Its grace is over and it is still there: a look again is called for.

        Rules that find their clocks again tell it to the evidence in any case; whether
        alerts hear of it once more is the seed's.
        """
        again = told_due(number)
        if is_raised:
            self._inbox.raise_alert(again)
        self._look(number, 90.0, again)

    def _settle(self) -> None:
        """Wait until what was noted is on the shelf: live, looks are farther apart."""
        taken = threading.Event()
        self._keeper._lane.post(taken.set)
        taken.wait()

    def _look(self, number: int, seconds: float, *said: Violation) -> None:
        shade = jpeg(number * 7 + round(seconds))
        at_s = number * APART_S + seconds
        self._keeper.keep(look(at_s, BOX), lambda: shade, said)
        self._settle()


def told_open(number: int) -> Violation:
    """The violation `number` as it opened, in grace."""
    opened = told(number, Life.OPEN, 60.0)
    due_at = opened.at + timedelta(seconds=GRACE_S)
    return replace(opened, phase=Phase.GRACE, due_at=due_at)


def told_due(number: int) -> Violation:
    """The violation `number` when its grace was over."""
    opened, stands = told_open(number), told(number, Life.PERSISTING, 90.0)
    return replace(
        stands,
        revision=2,
        phase=Phase.DUE,
        opened_at=opened.opened_at,
        due_at=opened.due_at,
    )


def work(task: Task, pipe: Connection) -> None:
    """One life; its log lies beside what it made."""
    quiet(task.folder.parent / f"worker.{task.epoch}.log")
    OneLife(task, pipe).live()


def quiet(log: Path) -> None:
    """Let this process write to a file of its own."""
    kept = os.open(log, os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    os.dup2(kept, 1)
    os.dup2(kept, 2)
    plain = structlog.dev.plain_traceback
    renderer = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=plain)
    stamp = structlog.processors.TimeStamper(fmt="iso")
    structlog.configure(
        processors=[structlog.processors.add_log_level, stamp, renderer],
        logger_factory=structlog.PrintLoggerFactory(),
    )
    logging.basicConfig(level=logging.WARNING)
