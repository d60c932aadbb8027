"""The worker's end of the path to alerts: what is raised is on disk when it returns.

Raising never waits for Redis or the database, only for one fsync. When the disk takes
no more, the newest revision of each step of a violation is held in memory, loudly,
until it does again: no step is lost for a full disk. A thread of its own forwards.
Candidates and dropped ones stay inside the worker.
"""

import threading
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import structlog

from alerts.dedup import FLOOD_LIMIT, Dedup
from alerts.errors import SpoolFullError, StoreError
from alerts.forwarder import Forwarder
from alerts.message import ViolationMessage
from alerts.pack import Pack
from alerts.redis_client import RedisClient
from alerts.spool import MAX_BYTES, Spool
from alerts.spooled import spool_pack, spool_violation
from base.clock import Clock
from base.ids import CameraId
from base.log import RepeatCounter
from rules.violation import RAISED, Life, Phase, Violation

HELD_MAX = 1000
"""Steps held while the disk is full: more than a worker's cameras have slots."""

Step = tuple[UUID, Life, Phase]
"""Where a violation stood: each step it reached is told to people for itself."""

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class InboxSettings:
    """How one worker's inbox works.

    Attributes:
        folder: The spool's folder, of this worker alone (`DATA/spool/<worker>`).
        shards: Number of shards of the site.
        cooldown_s: Shortest media time between two tellings of one place and rule.
        flood_alerts: New alerts of one camera within a minute beyond which it is a
            flood and becomes one group.
        max_bytes: Bound of the spool.
    """

    folder: Path
    shards: int = 4
    cooldown_s: float = 300.0
    flood_alerts: int = FLOOD_LIMIT
    max_bytes: int = MAX_BYTES


@dataclass(frozen=True, slots=True)
class Lag:
    """What the store has not confirmed yet.

    Attributes:
        entries: How many, at most.
        bytes: Size of the spool.
        oldest_s: Seconds since the oldest was raised or found at the start.
        is_redis_away: Whether the last round failed.
        unspooled: Revisions held in memory alone, since the disk takes no more.
    """

    entries: int
    bytes: int
    oldest_s: float
    is_redis_away: bool
    unspooled: int = 0


class Inbox:
    """Takes violations and packs of one worker; safe to use from any thread.

    Raises:
        StoreError: The spool's folder cannot be used.
    """

    def __init__(
        self, settings: InboxSettings, client: RedisClient, clock: Clock
    ) -> None:
        self._clock = clock
        self._cooldown_ms = round(settings.cooldown_s * 1000)
        self._flood_alerts = settings.flood_alerts
        self._spool = Spool(settings.folder, settings.max_bytes)
        dedup = Dedup(client, settings.shards)
        self._forwarder = Forwarder(self._spool, dedup, client, settings.shards, clock)
        self._lock = threading.Lock()
        self._leases: dict[CameraId, int] = {}
        self._seqs: dict[CameraId, int] = {}
        self._held: dict[Step, Violation] = {}
        self._repeats = RepeatCounter(clock, every_s=10.0)
        self._raised: deque[tuple[int, float]] = deque(
            [(self._spool.last, clock.monotonic_s())]
        )
        self._forwarder.before_round = self.spool_held

    def start(self) -> None:
        """Begin to forward; what an earlier process left goes first."""
        self._forwarder.start()

    def close(self) -> None:
        """Stop forwarding; what is not confirmed stays for the next start."""
        self._forwarder.stop()
        self.spool_held()
        self._spool.close()

    def set_lease(self, camera: CameraId, epoch: int) -> None:
        """From now on `camera` is judged under lease `epoch`."""
        with self._lock:
            if self._leases.get(camera) != epoch:
                self._leases[camera] = epoch
                self._seqs[camera] = 0

    def set_limits(self, cooldown_s: float, flood_alerts: int) -> None:
        """A new configuration's limits, for what is raised from now on."""
        self._cooldown_ms = round(cooldown_s * 1000)
        self._flood_alerts = flood_alerts

    def raise_alert(self, violation: Violation) -> None:
        """Keep one revision for the store; on disk when this returns.

        Where the disk takes no more it is held in memory until the next revision of
        the same step or until there is room; that is logged as an error.

        Raises:
            StoreError: No lease was set for its camera.
        """
        if violation.life not in RAISED:
            return
        camera = violation.place.camera
        with self._lock:
            if camera not in self._leases:
                raise StoreError(f"camera {camera} has no lease: call set_lease first")
            step = (violation.id, violation.life, violation.phase)
            self._held.pop(step, None)
            self._held[step] = violation  # at the end: revisions stay in their order
        self.spool_held()
        self._forwarder.wake()

    def spool_held(self) -> bool:
        """Try again what the disk refused; false while any is in memory alone."""
        with self._lock:
            for step, violation in list(self._held.items()):
                try:
                    self._spool_one(violation)
                except SpoolFullError as error:
                    self._complain(error)
                    return False
                except StoreError as error:
                    # one that can never be spooled must not stand before the others
                    lost, reason = str(violation.id), str(error)
                    _log.error("violation.lost", violation=lost, reason=reason)
                del self._held[step]
        return True

    def _spool_one(self, violation: Violation) -> None:
        camera = violation.place.camera
        seq = self._seqs[camera] + 1
        now = self._clock.utc_now()
        message = ViolationMessage(1, self._leases[camera], seq, now, violation)
        self._keep(spool_violation(message, self._cooldown_ms, self._flood_alerts))
        self._seqs[camera] = seq

    def _complain(self, error: SpoolFullError) -> None:
        while len(self._held) > HELD_MAX:
            lost = self._held.pop(next(iter(self._held)))
            _log.error("violation.lost", violation=str(lost.id), code=lost.code)
        if self._repeats.admit("full") is not None:
            _log.error("spool.refused", reason=str(error), held=len(self._held))

    def send_pack(self, pack: Pack) -> None:
        """Keep what is known of a pack for the store; on disk when this returns.

        Raises:
            SpoolFullError: Bound reached or disk full; send it again later.
        """
        with self._lock:
            self._keep(spool_pack(pack))
        self._forwarder.wake()

    def _keep(self, payload: bytes) -> None:
        position = self._spool.append(payload)
        self._raised.append((position, self._clock.monotonic_s()))

    def lag(self) -> Lag:
        """How far the store is behind."""
        settled = self._forwarder.settled
        with self._lock:
            while self._raised and self._raised[0][0] <= settled:
                self._raised.popleft()
            oldest = self._raised[0][1] if self._raised else None
            unspooled = len(self._held)
        entries = max(0, self._spool.last - settled)
        now = self._clock.monotonic_s()
        return Lag(
            entries=entries,
            bytes=self._spool.size,
            oldest_s=0.0 if oldest is None or not entries else now - oldest,
            is_redis_away=self._forwarder.is_away,
            unspooled=unspooled,
        )
