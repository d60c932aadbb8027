"""Which violations are watched for evidence, and what each look means for them.

Used by one thread, the lane of the evidence keeper; `next_due` by any. A
violation enters as a candidate or when it opens, leaves when it is dropped or when its
clip's time has run, and is then sealed by the pack worker.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from alerts.arrivals import Arrivals
from alerts.clip_cutter import ClipCutter, Recording
from alerts.errors import ClipError, StoreError
from alerts.evidence_facts import ClockCheck, TimeSource
from alerts.next_due import NextDue
from alerts.pack import Shortfall
from alerts.pack_maker import MakerParts
from alerts.pack_watch import Watch
from alerts.pack_worker import PackWorker
from alerts.recent_looks import LEAD, Moment, RecentLooks
from alerts.rechecks import Rechecks
from alerts.watch_list import WatchList
from base.ids import CameraId
from detector.look import Look, ViewMatch
from rules.violation import RAISED, Life, Violation
from sites.evidence_section import EvidenceSection
from streams.faults import FeedFault

# A candidate nobody speaks of for a week belongs to rules that lost their memory.
STALE = timedelta(days=7)
# A feed that stays silent this long after a clip's end does not come back for it.
_OVERDUE_S = 15.0
_REMEMBERED = 4096


@dataclass(frozen=True, slots=True)
class SeenLook:
    """One look with what was made of it.

    Attributes:
        look: What was seen.
        violations: What rules said, candidates and dropped included.
        recordings: Packets held for those that opened in this look.
        arrivals: Packets held around the arrival of new candidates.
    """

    look: Look
    violations: tuple[Violation, ...]
    recordings: Mapping[UUID, Recording]
    arrivals: Mapping[UUID, Recording] = field(default_factory=dict)


class EvidenceBook:
    """The watches of all cameras of a worker, and when each is over.

    Attributes:
        next_due: What the looks' thread asks.
    """

    def __init__(
        self,
        parts: MakerParts,
        packs: PackWorker,
        clips: ClipCutter,
        section: EvidenceSection,
        recent: RecentLooks,
    ) -> None:
        self._clock = parts.clock
        self._recent = recent
        self._packs = packs
        self._clips = clips
        self._section = section
        self._list = WatchList(parts.shelf)
        self._recordings: dict[UUID, Recording] = {}
        self._arrivals = Arrivals()
        self._rechecks = Rechecks(self._list, packs)
        self._restored: set[UUID] = set()
        self._overdue_at_s: dict[UUID, float] = {}
        self._handed_over: dict[UUID, None] = {}
        self._clock_checks: dict[CameraId, ClockCheck] = {}
        self.next_due = NextDue()

    def set_section(self, section: EvidenceSection) -> None:
        """A new configuration's clip lengths, for what opens from now on."""
        self._section = section

    def adopt(self, camera: CameraId, standing: tuple[Violation, ...] = ()) -> None:
        """Find again what an earlier process kept of a camera.

        Args:
            camera: Which.
            standing: What its rules remember as raised; the shelf may not know of it.

        Raises:
            ShelfTakenError: Another worker keeps its evidence still.
        """
        for watch in self._list.take_up(camera):
            if watch.recheck is not None:
                self._rechecks.seal(watch)
            elif watch.clip is not None:
                self._hand_over(watch)
            elif watch.opened is not None:
                self._list.put(watch.lacking(Shortfall.RESTARTED))
                self._restored.add(watch.id)
                self._expect(watch.id)
        for violation in standing:
            self._find_again(violation)
        self._rechecks.call(standing)
        self._settle(camera)

    def take(self, seen: SeenLook, picture: Callable[[], bytes] | None) -> None:
        """Note one look.

        Args:
            seen: The look and what was made of it.
            picture: Encodes its frame; None when it is passed over.
        """
        look = seen.look
        if look.utc_offset_ms is not None:
            self._clock_checks[look.camera] = ClockCheck(
                TimeSource.SENDER_REPORT, look.utc_offset_ms, look.at
            )
        self._arrivals.take(seen.arrivals)
        jpeg = self._list.encoded(picture)
        opened = {v.id for v in seen.violations if self._applied(v, seen.recordings)}
        for watch in self._list.of(look.camera):
            self._list.keep_still(watch, look, jpeg)
        for watch in self._list.of(look.camera):
            self._list.put(_told_by(look, watch, is_opened=watch.id in opened))
            if watch.id in opened:
                self._packs.publish(watch)
        for watch in self._list.of(look.camera):
            self._move_on(self._arrivals.cut_due(watch, look.at, self._list), look)
        clock = self._clock_checks.get(look.camera)
        self._rechecks.take(look, seen.violations, jpeg, clock)
        self._settle(look.camera)

    def close_overdue(self) -> None:
        """Seal what waits for looks that do not come: the feed is lost."""
        now_s = self._clock.monotonic_s()
        for violation, at_s in list(self._overdue_at_s.items()):
            watch = self._list.get(violation)
            if watch is not None and now_s >= at_s:
                self._hand_over(watch.lacking(Shortfall.FEED_LOST))
                self._settle(watch.violation.place.camera)

    def forget(self, camera: CameraId, is_gone: Callable[[UUID], bool]) -> None:
        """Delete the candidates nobody judges any more."""
        for watch in self._list.of(camera):
            if watch.opened is None and is_gone(watch.violation.id):
                self._arrivals.forget(watch.id)
                self._list.drop(watch)
        self._settle(camera)

    def give_up(self, camera: CameraId) -> None:
        """Seal what is open, leave the candidates and the shelf to the next owner."""
        for watch in self._list.of(camera):
            if watch.opened is not None:
                self._hand_over(watch.lacking(Shortfall.ENDED), hasty=True)
            self._list.release(watch)
            self._arrivals.forget(watch.id)
        self._rechecks.forget(camera)
        self._clock_checks.pop(camera, None)
        self._packs.leave(camera)
        self._settle(camera)

    def end(self) -> None:
        """The process ends: seal what is open, keep the candidates on the shelf."""
        for watch in self._list.opened():
            self._hand_over(watch.lacking(Shortfall.ENDED), hasty=True)

    def _applied(
        self, violation: Violation, recordings: Mapping[UUID, Recording]
    ) -> bool:
        """Take one revision; whether it opened the watch."""
        watch = self._list.get(violation.id)
        if violation.life is Life.DROPPED:
            self._arrivals.forget(violation.id)
            if watch is not None:
                self._list.drop(watch)
            return False
        recording = recordings.get(violation.id)
        if watch is None and not self._is_new(violation):
            if recording is not None:
                recording.release()
            return False
        watch = replace(watch or Watch(violation), violation=violation)
        self._list.put(watch)
        if violation.life not in RAISED or watch.opened is not None:
            return False
        self._open(watch, violation, recording)
        return True

    def _find_again(self, violation: Violation) -> None:
        """Watch what opened while nobody kept evidence: between two processes."""
        watch = self._list.get(violation.id) or Watch(violation)
        if watch.opened is not None or violation.life not in RAISED:
            return
        if violation.id in self._handed_over:
            return
        if _is_sealed(violation.id, self._packs, self._list):
            return
        watch = replace(watch, violation=violation).lacking(Shortfall.RESTARTED)
        self._open(watch, violation, None)
        self._restored.add(watch.id)

    def _is_new(self, violation: Violation) -> bool:
        """Whether a watch is to begin; a sealed violation keeps its one pack."""
        if violation.id in self._handed_over:
            return False
        if violation.life not in RAISED or violation.at == violation.opened_at:
            return True
        return not _is_sealed(violation.id, self._packs, self._list)

    def _open(
        self, watch: Watch, violation: Violation, recording: Recording | None
    ) -> None:
        start, end = clip_window(violation.opened_at or violation.at, self._section)
        watch, gone = watch.open(violation, start, end)
        if violation.at != violation.opened_at:
            watch = watch.lacking(Shortfall.RESTARTED)
            self._restored.add(watch.id)
        if recording is not None:
            self._recordings[watch.id] = recording
        self._expect(watch.id)
        self._list.save(watch, gone)

    def _move_on(self, watch: Watch, look: Look) -> None:
        if watch.is_over(look.at):
            self._hand_over(watch)
        elif watch.id in self._restored:
            self._restored.discard(watch.id)
            again = _recorded_again(watch, self._clips)
            if again is not None:
                self._recordings[watch.id] = again
        elif watch.opened is None and look.at - watch.due_at() > STALE:
            self._list.drop(watch)

    def _hand_over(self, watch: Watch, *, hasty: bool = False) -> None:
        self._list.release(watch)
        self._restored.discard(watch.id)
        self._arrivals.forget(watch.id)
        self._overdue_at_s.pop(watch.id, None)
        self._handed_over[watch.id] = None
        if len(self._handed_over) > _REMEMBERED:
            del self._handed_over[next(iter(self._handed_over))]
        clock = self._clock_checks.get(watch.violation.place.camera, watch.clock)
        watch = replace(watch, clock=clock, moments=_moments(watch, self._recent))
        self._packs.seal(watch, self._recordings.pop(watch.id, None), hasty=hasty)

    def _expect(self, violation: UUID) -> None:
        self._overdue_at_s[violation] = (
            self._clock.monotonic_s() + self._section.clip_after_s + _OVERDUE_S
        )

    def _settle(self, camera: CameraId) -> None:
        """Tell the looks' thread what matters next."""
        self.next_due.settle(camera, self._list, self._rechecks)


def _is_sealed(pack: UUID, packs: PackWorker, kept: WatchList) -> bool:
    """Whether a pack stands or is about to; granted while nobody can say."""
    try:
        return packs.exists(pack)
    except StoreError as error:
        kept.refused(error)
        return True


def _recorded_again(watch: Watch, clips: ClipCutter) -> Recording | None:
    """After a restart the rest of the clip is better than none."""
    camera = watch.violation.place.camera
    if watch.clip_start is None or watch.clip_end is None:
        return None
    try:
        return clips.record(camera, watch.clip_start, watch.clip_end)
    except ClipError as error:
        structlog.get_logger().warning(
            "clip.not_recorded", camera=camera, why=str(error)
        )
        return None


def _moments(watch: Watch, recent: RecentLooks) -> tuple[Moment, ...]:
    start, end = watch.clip_start, watch.clip_end
    if watch.moments or start is None or end is None:
        return watch.moments  # an earlier process has handed it over
    return recent.of(watch.violation, start - LEAD, end)


def _told_by(look: Look, watch: Watch, *, is_opened: bool) -> Watch:
    """The watch with what a look says of view and clock."""
    if is_opened:
        watch = replace(watch, has_view_moved=look.view_match is ViewMatch.MOVED)
    if FeedFault.CLOCK_STEPPED in look.faults and not watch.is_clock_stepped:
        watch = replace(watch, is_clock_stepped=True)
    return watch


def clip_window(
    opened_at: datetime, section: EvidenceSection
) -> tuple[datetime, datetime]:
    """From when to when a clip is wanted, media time."""
    return (
        opened_at - timedelta(seconds=section.clip_before_s),
        opened_at + timedelta(seconds=section.clip_after_s),
    )
