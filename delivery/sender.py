"""Empties the outbox: one thread takes what is owed, a lane for each channel tells it.

Several processes may each run one: what is owed is given to one of them at a time. What
a process took and did not tell before it died is owed again after `HELD_S`, so that a
telling may arrive twice, under the same id, and never not at all.
"""

from datetime import timedelta

import structlog

from alerts.errors import StoreError
from alerts.outbox import DESK, Outbox
from base.guard import Boundary
from base.log import RepeatCounter
from base.turns import Turns
from delivery.escalator import Escalator
from delivery.lane import Lane
from delivery.rota import channel_of
from delivery.teller import Teller, TellerParts

EVERY_S = 0.2
HELD_S = 90.0
"""Longer than the longest timeout of a channel (30 s) and a few tellings before it."""

STOP_S = 1.0
BATCH = 100

_log = structlog.get_logger()


class Sender:
    """Threads beside the API."""

    def __init__(self, parts: TellerParts) -> None:
        self._parts = parts
        self._outbox = Outbox(parts.database)
        self.teller = Teller(parts)
        self._escalator = Escalator(parts.database, parts.site, parts.clock)
        self._lanes: dict[str, Lane] = {}
        self._repeats = RepeatCounter(parts.clock, every_s=10.0)
        self._turns = Turns("outbox", Boundary.OUTBOX_SENDER, EVERY_S, self.tend)

    def start(self) -> None:
        """Begin to tell."""
        self._turns.start()

    def stop(self) -> None:
        """End within `STOP_S`; what is not told by then is owed to the next process."""
        self._turns.stop()
        until_s = self._parts.clock.monotonic_s() + STOP_S
        for lane in self._lanes.values():
            lane.close()
        left: set[int] = set()
        for lane in self._lanes.values():
            left |= lane.join(max(0.0, until_s - self._parts.clock.monotonic_s()))
        try:
            self._outbox.give_back(left, self._parts.clock.utc_now())
        except StoreError as error:
            _log.warning("outbox.left", tellings=len(left), reason=str(error))

    def tend(self) -> None:
        """Everything that is due now."""
        try:
            self._parts.metrics.escalations.inc(self._escalator.escalate())
            now = self._parts.clock.utc_now()
            self._outbox.settle(DESK, now)
            until = now + timedelta(seconds=HELD_S)
            for telling in self._outbox.take(now, until, BATCH):
                self._lane(channel_of(telling.recipient)).add(telling)
            if self._repeats.admit("counted") is not None:
                dead = self._outbox.dead_count()
                self._parts.metrics.dead_letters.set(dead)
        except StoreError as error:
            if self._repeats.admit("away") is not None:
                _log.warning("outbox.waits", reason=str(error))

    def _lane(self, channel: str) -> Lane:
        if channel not in self._lanes:
            self._lanes[channel] = Lane(channel, self.teller.tell)
        return self._lanes[channel]
