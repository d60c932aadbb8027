"""Looks again (复查): a still of the place when its grace ends and when it is over.

A penalty that presupposes that an act went on needs two observations (domain.md §0.1:
"before the order, after the deadline"), and a vehicle counts only if it is still there
when its grace has run (§2.3). So a violation gets a still at two later moments the
rules name: at the first look in which its grace is over and it stands, and at the look
that found it gone. The violation's own pack is sealed half a minute after opening and
is never touched again; a look again is a small pack of its own that names the violation
it is about, in the camera's same chain.

A picture that could not be kept is tried again at the next looks; it says itself when
it was taken. What cannot be made up for any more — it was over before anybody looked,
the process was dead meanwhile — becomes a pack without a picture that says so
(`recheck_missing`), never silence.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid5

import structlog

from alerts.errors import StoreError
from alerts.evidence_facts import ClockCheck
from alerts.pack_watch import Watch, box_in, still_of
from alerts.pack_worker import PackWorker
from alerts.watch_list import WatchList
from base.ids import CameraId
from detector.look import Look, ViewMatch
from rules.violation import LASTING, Life, Phase, Violation
from streams.faults import FeedFault

MOST_AT_ONCE = 4
"""Pictures of one look; a burst is a shaking camera, not a street."""
MOST_WAITING = 64
"""Looks again that wait for a picture; what comes on top is stated as missing."""
GONE_FOR = timedelta(seconds=60)
"""A picture taken so much later no longer shows how the thing had left the place."""
REMEMBERED = 4096


@dataclass(frozen=True, slots=True)
class Called:
    """A look again that a revision calls for: the id of its pack, and about what."""

    pack: UUID
    violation: Violation


@dataclass(frozen=True, slots=True)
class _Shot:
    """What one look gives a look again; no picture: it is stated as missing."""

    look: Look
    clock: ClockCheck | None
    jpeg: bytes | None = None


def recheck_of(violation: Violation) -> UUID | None:
    """Id of the look again that this revision calls for; None: it calls for none.

    At most two of one violation, whatever its life: one when its grace is over, one
    when it is cleared for the first time.
    """
    if violation.opened_at is None:
        return None
    if violation.life is Life.CLEARED:
        return uuid5(violation.id, "cleared")
    if violation.life in LASTING and _has_outlasted(violation):
        return _when_due(violation)
    return None


def _has_outlasted(violation: Violation) -> bool:
    """Whether it was seen to outlast a grace."""
    opened_at, due_at = violation.opened_at, violation.due_at
    had_grace = opened_at is not None and due_at is not None and due_at > opened_at
    return had_grace and violation.phase is Phase.DUE


def _when_due(violation: Violation) -> UUID:
    return uuid5(violation.id, "due")


class Rechecks:
    """Takes them; used by the lane of the evidence keeper alone."""

    def __init__(self, kept: WatchList, packs: PackWorker) -> None:
        self._list, self._packs = kept, packs
        self._done: dict[UUID, None] = {}
        self._called: dict[UUID, Called] = {}

    def __len__(self) -> int:
        """How many wait for a picture."""
        return len(self._called)

    def waits(self, camera: CameraId) -> bool:
        """Whether the camera's next picture is wanted, whatever it shows."""
        return any(
            one.violation.place.camera == camera for one in self._called.values()
        )

    def forget(self, camera: CameraId) -> None:
        """Whoever judges the camera next calls for them again."""
        for one in list(self._called.values()):
            if one.violation.place.camera == camera:
                del self._called[one.pack]

    def call(self, violations: tuple[Violation, ...]) -> None:
        """Note what these revisions call for; said again, also after a restart."""
        for violation in violations:
            pack = recheck_of(violation)
            if pack is not None and self._is_to_do(pack):
                self._called.setdefault(pack, Called(pack, violation))

    def take(
        self,
        look: Look,
        violations: tuple[Violation, ...],
        jpeg: bytes | None,
        clock: ClockCheck | None,
    ) -> None:
        """Take those that are called for, from one look.

        Args:
            look: What was seen.
            violations: What rules made of it.
            jpeg: Its picture; None: it was passed over or is junk.
            clock: The camera's last clock check.
        """
        self.call(violations)
        nothing = _Shot(look, clock)
        for one in self._too_late(look, violations):
            self._keep(one, nothing)
        here = [
            one
            for one in self._called.values()
            if one.violation.place.camera == look.camera
        ]
        if jpeg is not None:
            for one in here[:MOST_AT_ONCE]:
                self._keep(one, _Shot(look, clock, jpeg))
        for one in here[MOST_AT_ONCE + MOST_WAITING :]:
            self._keep(one, nothing)

    def seal(self, watch: Watch) -> None:
        """Make the pack of one that lies on the shelf, after a restart as well."""
        self._list.release(watch)
        self._finish(watch.id)
        self._packs.seal(watch, None)

    def _too_late(
        self, look: Look, violations: tuple[Violation, ...]
    ) -> Iterator[Called]:
        """What no picture can show any more.

        That a thing stood when its grace was over, once it is gone; and how its place
        was left, long after.
        """
        ended = [one for one in violations if one.life is Life.CLEARED]
        ended += [
            one.violation
            for one in self._called.values()
            if one.violation.life is Life.CLEARED
            and one.violation.place.camera == look.camera
        ]
        for violation in ended:
            due = _when_due(violation)
            if _has_outlasted(violation) and self._is_to_do(due):
                yield Called(due, violation)
            gone = self._called.get(uuid5(violation.id, "cleared"))
            if gone is not None and look.at - violation.at > GONE_FOR:
                yield gone

    def _keep(self, called: Called, shot: _Shot) -> None:
        """Shelve the look's picture, or that there is none, and make the pack of it."""
        look, violation = shot.look, called.violation
        watch = Watch(
            violation,
            opened=violation,
            clock=shot.clock,
            has_view_moved=look.view_match is ViewMatch.MOVED,
            is_clock_stepped=FeedFault.CLOCK_STEPPED in look.faults,
            recheck=called.pack,
        )
        if shot.jpeg is None:
            structlog.get_logger().warning(
                "recheck.missing", violation=str(violation.id), pack=str(called.pack)
            )
            self._list.save(watch)
            self.seal(watch)
            return
        still = still_of(look, len(shot.jpeg), box_in(look, violation))
        kept = self._list.keep_recheck(watch, still, shot.jpeg)
        if kept is not None:
            self.seal(kept)

    def _is_to_do(self, pack: UUID) -> bool:
        if pack in self._done:
            return False
        if pack in self._called:
            return True
        try:
            is_there = self._packs.exists(pack)
        except StoreError as error:
            self._list.refused(error)
            return True  # sealing finds the pack that stands, should it
        if is_there:
            self._finish(pack)
        return not is_there

    def _finish(self, pack: UUID) -> None:
        self._called.pop(pack, None)
        self._done[pack] = None
        if len(self._done) > REMEMBERED:
            del self._done[next(iter(self._done))]
