"""Who looked at which evidence file, and why: on record before the bytes go out.

A player asks for a clip in dozens of ranges and a page shows a still again and again:
within `ONCE_S` the same person, file and reason are one view.
"""

import threading
from typing import Final

from alerts.audit import Actor
from alerts.evidence_acts import EvidenceActs
from alerts.pack import PackId
from base.clock import Clock

ONCE_S: Final = 900.0
REMEMBERED: Final = 10_000

_View = tuple[str, str, str, str]


class ViewBook:
    """Puts views on record; safe to use from any thread."""

    def __init__(self, acts: EvidenceActs, clock: Clock) -> None:
        self._acts, self._clock = acts, clock
        self._lock = threading.Lock()
        self._seen: dict[_View, float] = {}

    def note(self, actor: Actor, pack: PackId, name: str, reason: str) -> None:
        """Somebody is about to see the file `name` of a pack.

        Raises:
            ReasonMissingError: No reason was given.
            StoreUnavailableError: The database is away; nothing may be shown.
        """
        view = (actor.name, str(pack), name, reason.strip())
        now_s = self._clock.monotonic_s()
        with self._lock:
            at_s = self._seen.get(view)
        if at_s is not None and now_s - at_s < ONCE_S:
            return
        self._acts.viewed(actor, pack, name, reason)
        with self._lock:
            self._seen.pop(view, None)
            self._seen[view] = now_s
            while len(self._seen) > REMEMBERED:
                del self._seen[next(iter(self._seen))]
