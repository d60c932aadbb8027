"""What the service does by itself, by the day: retention, roots, room, a look at packs.

A day's work that fails is tried again a minute later and told; what was done stays
done. Several processes may run it: every deed is a transaction that finds nothing to do
the second time. While the clock may be wrong, nothing goes whose time is counted by it.
"""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import structlog

from alerts.daily_runs import DailyRuns
from alerts.database import Database
from alerts.day_root import DayRoots
from alerts.deidentify import Deidentifier
from alerts.doctor import Doctor, ListedStore
from alerts.errors import StoreError
from alerts.evidence_store import ObjectKey
from alerts.plate_keys import PlateKeyRing
from alerts.reference_retention import forget_references
from alerts.retention import Orphans, Retention, RetentionParts, RetentionReport
from alerts.scrub import Scrub
from base.clock import Clock, beijing_day
from base.guard import Boundary
from base.log import RepeatCounter
from base.turns import Turns
from cases.dismissed import decided_as, dismissed_at, merged_into
from cases.kept_objects import kept_objects
from sites.retention_section import Expendable, RetentionSection

EVERY_S: Final = 60.0
ORPHANS_EVERY_S: Final = 3600.0
LOW_BYTES: Final = 1024**3
"""Evidence stops at 64 MB free; from here on room is made, while there is time."""

SCRUB_BYTES: Final = 10 * 1024**3
"""A minute of one core: a store of 300 GB has been gone over after some fifty days."""

AGELESS: Final = frozenset({Expendable.LEFT, Expendable.REJECTED})
"""What may go under pressure whatever the clock says: a person decided, or nobody."""

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
        low_bytes: Below this much free room evidence goes before its time, in the
            order of the policy.
        policy: The site's, as in force now.
        plate_keys: Keys plates are stored under; None: they are kept elsewhere.
        references: Where reference pictures are taken into; None: not here.
        scrub_bytes: How much of the stored evidence is checked a day at most.
    """

    database: Database
    store: ListedStore
    days: DayRoots
    clock: Clock
    folder: Path | None = None
    low_bytes: int = LOW_BYTES
    policy: Callable[[], RetentionSection] = RetentionSection
    plate_keys: PlateKeyRing | None = None
    references: Path | None = None
    scrub_bytes: int = SCRUB_BYTES


class SeldomOrphans:
    """Objects nobody names, looked for once an hour at most.

    It lists the whole store, and what is old enough to be one does not come by the
    minute, while room is made every minute. Those that went meanwhile are passed over.
    """

    def __init__(self, orphans: Orphans, clock: Clock) -> None:
        self._orphans, self._clock = orphans, clock
        self._found: Sequence[ObjectKey] = ()
        self._at_s: float | None = None

    def __call__(self) -> Sequence[ObjectKey]:
        """Those found last, or anew after an hour."""
        now_s = self._clock.monotonic_s()
        if self._at_s is None or now_s - self._at_s >= ORPHANS_EVERY_S:
            self._found, self._at_s = self._orphans(), now_s
        return self._found


class DailyWork:
    """One thread beside the API."""

    def __init__(self, parts: DailyParts) -> None:
        self._parts = parts
        self._repeats = RepeatCounter(parts.clock)
        self._done_on: date | None = None
        self._runs = DailyRuns(parts.database, parts.clock)
        doctor = Doctor(
            parts.database, parts.store, parts.clock, kept_objects(parts.database)
        )
        self._orphans = SeldomOrphans(doctor.orphans, parts.clock)
        self._scrub = Scrub(parts.database, parts.store, parts.clock, parts.scrub_bytes)
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
            ("plate keys", self._turn_plate_keys),
            ("scrub", self._check_some),
        ):
            try:
                work()
            except StoreError as error:
                if self._repeats.admit(name) is not None:
                    _log.warning("daily.waited", work=name, reason=str(error))

    def _maybe_retain(self) -> None:
        today = beijing_day(self._parts.clock.utc_now())
        if self._done_on == today or not self._is_clock_right():
            return
        policy = self._parts.policy()
        report = self._retention(policy).run(is_dry=False)
        bare = deidentifier_of(self._parts.database, self._parts.clock, policy).run(
            is_dry=False
        )
        references = self._forget_references(policy)
        self._done_on = today
        _log.info(
            "retention.ran",
            references=references,
            erased=len(report.erased),
            archived=len(report.of(Expendable.ARCHIVED)),
            bytes_freed=report.bytes_freed,
            held=len(report.held),
            deidentified=len(bare),
        )

    def _is_clock_right(self) -> bool:
        """Whether today follows the last day's work; else it is told."""
        is_right = self._runs.go_on()
        if not is_right and self._repeats.admit("clock") is not None:
            _log.error(
                "daily.clock_doubted",
                now=self._parts.clock.utc_now().isoformat(),
                fix="the last daily work was days ago: see that this machine's clock "
                "is right, then run `nonsite retention --run`; until then nothing is "
                "deleted for its age",
            )
        return is_right

    def _forget_references(self, policy: RetentionSection) -> int:
        folder, now = self._parts.references, self._parts.clock.utc_now()
        if folder is None or not folder.is_dir():
            return 0
        since = now - timedelta(days=policy.confirmed_days)
        database, clock = self._parts.database, self._parts.clock
        return len(forget_references(folder, database, clock, since))

    def _make_room(self) -> None:
        folder = self._parts.folder
        if folder is None or not folder.is_dir():
            return
        free = shutil.disk_usage(folder).free
        wanted = self._parts.low_bytes - free
        if wanted <= 0:
            return
        policy = self._parts.policy()
        if not self._is_clock_right():
            order = tuple(one for one in policy.pressure_order if one in AGELESS)
            policy = policy.model_copy(update={"pressure_order": order})
        report = self._retention(policy).relieve(wanted)
        if self._repeats.admit("low") is not None:
            _log.error(
                "disk.low",
                free=free,
                wanted=wanted,
                freed=report.bytes_freed,
                short=report.bytes_short,
                went=told_kinds(report, policy),
                held=len(report.held),
                fix="give the evidence store more room: what is undecided, held or "
                "within its term never goes; recording stops instead",
            )

    def _retention(self, policy: RetentionSection) -> Retention:
        parts = self._parts
        decided = decided_as(parts.database)
        work = RetentionParts(
            parts.database,
            parts.store,
            decided,
            parts.clock,
            self._orphans,
            kept_objects(parts.database),
            merged_into(parts.database),
        )
        return Retention(work, policy)

    def _make_roots(self) -> None:
        for day in self._parts.days.make_due():
            _log.info("day.sealed", day=day)

    def _stamp(self) -> None:
        self._parts.days.stamp_due()

    def _check_some(self) -> None:
        for pack, what in self._scrub.turn().items():
            _log.error(
                "evidence.broken",
                pack=str(pack),
                what=what,
                fix="its alert is locked: compare with the backup of the store, and "
                "find out who can write there",
            )

    def _turn_plate_keys(self) -> None:
        ring, policy = self._parts.plate_keys, self._parts.policy()
        if ring is None or not self._is_clock_right():
            return
        rotate_after = timedelta(days=policy.plate_key_days)
        search_for = timedelta(days=policy.plate_search_days)
        for done in ring.turn(rotate_after, search_for):
            _log.info("plate_keys.turned", done=done)


def retention_of(
    database: Database, store: ListedStore, clock: Clock, policy: RetentionSection
) -> Retention:
    """Retention under `policy`, asking the verdicts and the doctor."""
    kept, decided = kept_objects(database), decided_as(database)
    doctor = Doctor(database, store, clock, kept)
    merged = merged_into(database)
    parts = RetentionParts(
        database, store, decided, clock, doctor.orphans, kept, merged
    )
    return Retention(parts, policy)


def deidentifier_of(
    database: Database, clock: Clock, policy: RetentionSection
) -> Deidentifier:
    """The one that takes out of old rows what points to a thing or person."""
    keep = timedelta(days=policy.metadata_days)
    dismissed, merged = dismissed_at(database), merged_into(database)
    return Deidentifier(database, dismissed, clock, keep, merged)


def told_kinds(report: RetentionReport, policy: RetentionSection) -> dict[str, int]:
    """How many of each kind went, in the declared order."""
    return {kind.value: len(report.of(kind)) for kind in policy.pressure_order}
