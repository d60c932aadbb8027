"""Looks again (复查): a still of the place when its grace ends and when it is over.

A penalty that presupposes that an act went on needs two observations (domain.md §0.1:
"before the order, after the deadline"), and a vehicle counts only if it is still there
when its grace has run (§2.3). So a violation gets a still at two later moments the
rules name: at the first look in which its grace is over and it stands, and at the look
that found it gone. The violation's own pack is sealed half a minute after opening and
is never touched again; a look again is a small pack of its own that names the violation
it is about, in the camera's same chain.
"""

from collections.abc import Iterator
from uuid import UUID, uuid5

import structlog

from alerts.errors import StoreError
from alerts.evidence_facts import ClockCheck
from alerts.pack_watch import Still, Watch, box_in, people_in
from alerts.pack_worker import PackWorker
from alerts.watch_list import WatchList, file_name
from detector.look import Look, ViewMatch
from rules.violation import LASTING, Life, Phase, Violation
from streams.faults import FeedFault

MOST_AT_ONCE = 4
"""Of one look; a burst is a shaking camera, not a street."""
REMEMBERED = 4096


def recheck_of(violation: Violation) -> UUID | None:
    """Id of the look again that this revision calls for; None: it calls for none.

    At most two of one violation, whatever its life: one when its grace is over, one
    when it is cleared for the first time.
    """
    opened_at, due_at = violation.opened_at, violation.due_at
    if opened_at is None:
        return None
    if violation.life is Life.CLEARED:
        return uuid5(violation.id, "cleared")
    had_grace = due_at is not None and due_at > opened_at
    is_due = had_grace and violation.phase is Phase.DUE
    if is_due and violation.life in LASTING:
        return uuid5(violation.id, "due")
    return None


class Rechecks:
    """Takes them; used by the lane of the evidence keeper alone."""

    def __init__(self, kept: WatchList, packs: PackWorker) -> None:
        self._list, self._packs = kept, packs
        self._taken: dict[UUID, None] = {}

    def take(
        self,
        look: Look,
        violations: tuple[Violation, ...],
        jpeg: bytes | None,
        clock: ClockCheck | None,
    ) -> None:
        """Take those that the revisions of one look call for.

        Args:
            look: What was seen.
            violations: What rules made of it.
            jpeg: Its picture; None: it was passed over or is junk.
            clock: The camera's last clock check.
        """
        for violation, recheck in self._called_for(violations):
            if jpeg is None:
                structlog.get_logger().warning(
                    "recheck.passed_over", violation=str(violation.id)
                )
                continue
            box = box_in(look, violation)
            still = Still(look.at, file_name(look.at), len(jpeg), box, people_in(look))
            watch = Watch(
                violation,
                opened=violation,
                clock=clock,
                has_view_moved=look.view_match is ViewMatch.MOVED,
                is_clock_stepped=FeedFault.CLOCK_STEPPED in look.faults,
                recheck=recheck,
            )
            kept = self._list.keep_recheck(watch, still, jpeg)
            if kept is not None:
                self.seal(kept)

    def seal(self, watch: Watch) -> None:
        """Make the pack of one that lies on the shelf, after a restart as well."""
        self._list.release(watch)
        self._remember(watch.id)
        self._packs.seal(watch, None)

    def _called_for(
        self, violations: tuple[Violation, ...]
    ) -> Iterator[tuple[Violation, UUID]]:
        count = 0
        for violation in violations:
            recheck = recheck_of(violation)
            if recheck is None or recheck in self._taken or count >= MOST_AT_ONCE:
                continue
            try:
                is_there = self._packs.exists(recheck)
            except StoreError as error:
                self._list.refused(error)
                is_there = False  # sealing finds the pack that stands, should it
            self._remember(recheck)
            if not is_there:
                count += 1
                yield violation, recheck

    def _remember(self, recheck: UUID) -> None:
        self._taken[recheck] = None
        if len(self._taken) > REMEMBERED:
            del self._taken[next(iter(self._taken))]
