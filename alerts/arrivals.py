"""The clip of an arrival: how a thing came that may become a violation.

Eight seconds around first seen, held from the packet ring when the candidate is new,
cut onto the shelf when their time has run, and gone with the candidate when it dies.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from alerts.clip_cutter import ClipCutter, Recording
from alerts.errors import ClipError
from alerts.pack_watch import SETTLE_S, Watch
from alerts.watch_list import WatchList
from detector.look import Look
from rules.violation import Life, Violation

BEFORE = timedelta(seconds=5)
AFTER = timedelta(seconds=3)
"""Eight seconds: how it came, and that it stood."""

MAX_AT_ONCE = 4
"""Arrivals recorded of one look; a burst is a shaking camera, not a street."""

LATEST = timedelta(seconds=15)
"""Later than this after an arrival the ring holds nothing of it."""

REMEMBERED = 4096


class ArrivalHolder:
    """Holds the packets between two looks; used by the looks' thread alone."""

    def __init__(self, clips: ClipCutter) -> None:
        self._clips = clips
        self._known: dict[UUID, None] = {}

    def hold(
        self, look: Look, violations: Sequence[Violation]
    ) -> dict[UUID, Recording]:
        """Packets around the arrival of candidates told of first in this look."""
        held: dict[UUID, Recording] = {}
        for violation in violations:
            if violation.life is not Life.CANDIDATE or violation.id in self._known:
                continue
            self._known[violation.id] = None
            if len(self._known) > REMEMBERED:
                del self._known[next(iter(self._known))]
            start, end = violation.first_seen - BEFORE, violation.first_seen + AFTER
            if look.at - end > LATEST or len(held) >= MAX_AT_ONCE:
                continue
            with suppress(ClipError):  # the pack then has no such clip
                held[violation.id] = self._clips.record(look.camera, start, end)
        return held


class Arrivals:
    """Cuts what was held; used by the lane of the evidence keeper alone."""

    def __init__(self) -> None:
        self._held: dict[UUID, Recording] = {}

    def take(self, held: Mapping[UUID, Recording]) -> None:
        """Take over what the looks' thread holds."""
        for violation, recording in held.items():
            self.forget(violation)
            self._held[violation] = recording

    def forget(self, violation: UUID) -> None:
        """Let the packets go, if any are held."""
        recording = self._held.pop(violation, None)
        if recording is not None:
            recording.release()

    def cut_due(self, watch: Watch, at: datetime, kept: WatchList) -> Watch:
        """The watch with its clip, once the clip's time has run."""
        over_at = watch.violation.first_seen + AFTER + timedelta(seconds=SETTLE_S)
        if watch.id not in self._held or at < over_at:
            return watch
        if watch.arrival is None:
            watch = kept.keep_arrival(watch, self._held[watch.id])
        self.forget(watch.id)
        return watch
