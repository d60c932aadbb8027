"""What the service does once a day by itself: retention, daily roots, room on the disk.

A day's work that fails is tried again a minute later and told; what was done stays
done. Several processes may run it: every deed is a transaction that finds nothing to do
the second time.
"""

import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import structlog

from alerts.database import Database
from alerts.day_root import DayRoots
from alerts.deidentify import Deidentifier
from alerts.errors import StoreError
from alerts.evidence_store import EvidenceStore
from alerts.retention import Retention
from base.clock import Clock, beijing_day
from base.guard import Boundary
from base.log import RepeatCounter
from base.turns import Turns
from cases.dismissed import dismissed_at

EVERY_S: Final = 60.0
LOW_BYTES: Final = 1024**3
"""Evidence stops at 64 MB free; from here on room is made, while there is time."""

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class DailyParts:
    """What it works with.

    Attributes:
        database: Rows.
        store: Where evidence lies.
        days: Daily roots.
        clock: For today.
        folder: The evidence store's, where it is a folder of this machine.
        low_bytes: Below this much free room dismissed evidence goes before its time.
    """

    database: Database
    store: EvidenceStore
    days: DayRoots
    clock: Clock
    folder: Path | None = None
    low_bytes: int = LOW_BYTES


class DailyWork:
    """One thread beside the API."""

    def __init__(self, parts: DailyParts) -> None:
        told = dismissed_at(parts.database)
        self._parts = parts
        self._retention = Retention(parts.database, parts.store, told, parts.clock)
        self._deidentifier = Deidentifier(parts.database, told, parts.clock)
        self._repeats = RepeatCounter(parts.clock)
        self._done_on: date | None = None
        self._turns = Turns("daily", Boundary.JOB_RUNNER, EVERY_S, self.turn)

    def start(self) -> None:
        """Begin."""
        self._turns.start()

    def stop(self) -> None:
        """End; what is under way is finished."""
        self._turns.stop()

    def turn(self) -> None:
        """Everything that is due now, each by itself."""
        for name, work in (
            ("retention", self._maybe_retain),
            ("room", self._make_room),
            ("roots", self._make_roots),
            ("stamps", self._stamp),
        ):
            try:
                work()
            except StoreError as error:
                if self._repeats.admit(name) is not None:
                    _log.warning("daily.waited", work=name, reason=str(error))

    def _maybe_retain(self) -> None:
        today = beijing_day(self._parts.clock.utc_now())
        if self._done_on == today:
            return
        report = self._retention.run(is_dry=False)
        bare = self._deidentifier.run(is_dry=False)
        self._done_on = today
        _log.info(
            "retention.ran",
            erased=len(report.erased),
            bytes_freed=report.bytes_freed,
            held=len(report.held),
            deidentified=len(bare),
        )

    def _make_room(self) -> None:
        folder = self._parts.folder
        if folder is None or not folder.is_dir():
            return
        free = shutil.disk_usage(folder).free
        wanted = self._parts.low_bytes - free
        if wanted <= 0:
            return
        report = self._retention.relieve(wanted)
        if self._repeats.admit("low") is not None:
            _log.error(
                "disk.low",
                free=free,
                freed=report.bytes_freed,
                wanted=wanted,
                fix="give the evidence store more room: only dismissed evidence goes",
            )

    def _make_roots(self) -> None:
        for day in self._parts.days.make_due():
            _log.info("day.sealed", day=day)

    def _stamp(self) -> None:
        self._parts.days.stamp_due()
