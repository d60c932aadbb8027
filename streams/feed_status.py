"""How one feed is doing, as told to people and machines."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from streams.faults import FeedFault


class FeedState(StrEnum):
    """Where a feed stands in its life."""

    CONNECTING = "connecting"
    LIVE = "live"
    WAITING = "waiting"
    ENDED = "ended"


TRANSITIONS: dict[FeedState, frozenset[FeedState]] = {
    FeedState.CONNECTING: frozenset(
        {FeedState.LIVE, FeedState.WAITING, FeedState.ENDED}
    ),
    FeedState.LIVE: frozenset({FeedState.WAITING, FeedState.ENDED}),
    FeedState.WAITING: frozenset({FeedState.CONNECTING, FeedState.ENDED}),
    FeedState.ENDED: frozenset(),
}
"""Legal changes; `ENDED` is a recording played out, or a feed that was stopped."""


@dataclass(frozen=True, slots=True)
class FeedStatus:
    """One feed at one moment.

    Attributes:
        state: Where it stands.
        fault: What ended the last connection; None while live.
        faults: Health faults of a live feed.
        since: When the present state began, wall time UTC.
        reconnects: Connections made after the first.
        retry_in_s: Seconds to the next attempt while waiting, else None.
        key_interval_s: Measured interval of key frames, seconds.
        codec: Name of the video codec, once known.
        size_px: Width and height of the last look, pixels.
        decoded: Pictures decoded.
        dropped: Frames replaced in the mailbox before they were looked at.
        looks_missed: Looks that were due and did not happen: dropped or undecodable.
        last_frame_at: Media time of the last frame handed on.
        ring_bytes: Bytes of encoded packets held.
        ring_seconds: Media time the ring spans, seconds.
        is_full_decode: Whether every packet is decoded at present.
        utc_offset_ms: Camera's clock minus media time, where the feed carries one.
    """

    state: FeedState
    since: datetime
    fault: FeedFault | None = None
    faults: frozenset[FeedFault] = frozenset()
    reconnects: int = 0
    retry_in_s: float | None = None
    key_interval_s: float | None = None
    codec: str | None = None
    size_px: tuple[int, int] | None = None
    decoded: int = 0
    dropped: int = 0
    looks_missed: int = 0
    last_frame_at: datetime | None = None
    ring_bytes: int = 0
    ring_seconds: float = 0.0
    is_full_decode: bool = False
    utc_offset_ms: float | None = None
