"""When packets were sent, or are due, on the host's clock.

In: packets as they can be read, with the burst that a server's cache and libav's look
at the format put before the first one. Out: the same packets with the host's time at
which each would have come without the burst. Without this a feed's media time would be
ahead of the world by the length of the burst. A recording, which is all burst, is held
to its own speed instead.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from base.clock import Clock
from streams.errors import FeedError
from streams.packet import RawPacket

BURST_WAIT_S = 2.0
"""A stream that still comes faster than it plays after this long is taken as it is."""
BURST_SPAN_S = 60.0
"""Stamps that spread further than this in one burst are not of one clock."""
PACED_SHARE = 0.5
"""A packet that came this share of a picture after the one before ends the burst."""
PAUSE_S = 0.02


@dataclass(frozen=True, slots=True)
class Arrival:
    """A packet and the host's monotonic time that belongs to it, seconds."""

    raw: RawPacket
    monotonic_s: float


@dataclass(slots=True)
class Pace:
    """When a packet of a recording is due, so that it plays at its own speed."""

    first_at: datetime | None = None
    began_s: float = 0.0

    def due_in_s(self, at: datetime, now_s: float) -> float:
        """Seconds until the packet at media time `at` is due."""
        if self.first_at is None:
            self.first_at, self.began_s = at, now_s
        return self.began_s + (at - self.first_at).total_seconds() - now_s


def arrivals(packets: Iterator[RawPacket], clock: Clock) -> Iterator[Arrival]:
    """The packets, those of the first burst dated back.

    Args:
        packets: Of one connection, from the first on.
        clock: The host's monotonic clock.
    """
    burst: list[RawPacket] = []
    began_s = last_s = clock.monotonic_s()
    try:
        for raw in packets:
            now_s = clock.monotonic_s()
            if not burst:
                began_s = now_s
            burst.append(raw)
            is_paced = len(burst) > 1 and now_s - last_s >= _pause_s(burst)
            last_s = now_s
            if is_paced or now_s - began_s >= BURST_WAIT_S:
                break
    except FeedError:
        # a stream that ended within its burst has pictures all the same
        yield from _dated(burst, last_s)
        raise
    yield from _dated(burst, last_s)
    for raw in packets:
        yield Arrival(raw, clock.monotonic_s())


def _stamp_s(raw: RawPacket) -> float | None:
    """When the picture was taken; the first ones often have no decoding stamp."""
    return raw.pts_s if raw.pts_s is not None else raw.dts_s


def _pause_s(burst: list[RawPacket]) -> float:
    """The pause before a packet that shows it was waited for."""
    earlier, later = _stamp_s(burst[-2]), _stamp_s(burst[-1])
    if earlier is None or later is None or not 0 < later - earlier < BURST_WAIT_S:
        return PAUSE_S
    return max(PAUSE_S, PACED_SHARE * (later - earlier))


def _dated(burst: list[RawPacket], now_s: float) -> Iterator[Arrival]:
    """The burst, each packet as long before `now_s` as it is older than the newest."""
    stamps = [stamp for raw in burst if (stamp := _stamp_s(raw)) is not None]
    newest_s = max(stamps, default=0.0)
    back_s = newest_s - min(stamps, default=0.0)
    if back_s > BURST_SPAN_S:
        yield from (Arrival(raw, now_s) for raw in burst)
        return
    if burst and _stamp_s(burst[0]) is None:
        back_s += burst[0].duration_s or 0.0
    for raw in burst:
        stamp_s = _stamp_s(raw)
        if stamp_s is not None:
            back_s = newest_s - stamp_s
        yield Arrival(raw, now_s - back_s)
