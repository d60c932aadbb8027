"""The last seconds of a feed as encoded packets, and recordings pinned out of them.

In: packets in decoding order, from one demux thread. Out: the packets since the last
key frame (to begin full decoding) and `ClipRecording`s (to cut evidence), to any
thread. The ring holds whole groups of pictures, since packets before the first key
frame are of no use; it is bounded by time and by bytes, whichever is reached first.
"""

import threading
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from streams.packet import EncodedPacket
from streams.tap import PacketTap

GROUP_SPANS = 2.0
"""A group of pictures longer than this many rings is not kept: it has no use for a
clip, and a stream that never sends a second key frame must not grow without bound."""
RECORDING_SHARE = 3.0
"""A recording may hold this many times the ring's bytes before it is cut short."""

MOST_PAST = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class _Group:
    """Packets from one key frame to the next."""

    packets: list[EncodedPacket] = field(default_factory=list)
    size_bytes: int = 0


class ClipRecording:
    """Packets pinned for one clip, fed until its end is reached; thread-safe.

    Attributes:
        start: Wanted start, media time UTC.
        end: Wanted end, media time UTC.
    """

    def __init__(self, start: datetime, end: datetime, max_bytes: int) -> None:
        self.start = start
        self.end = end
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._packets: list[EncodedPacket] = []
        self._size_bytes = 0
        self._shown_until = start
        self._ends_at = MOST_PAST
        self._is_complete = False

    @property
    def is_complete(self) -> bool:
        """Whether no further packet will come: end reached, feed ended, or full."""
        with self._lock:
            return self._is_complete

    @property
    def size_bytes(self) -> int:
        """Bytes of the packets held."""
        with self._lock:
            return self._size_bytes

    def packets(self) -> tuple[EncodedPacket, ...]:
        """What was recorded so far, in decoding order, from a key frame on."""
        with self._lock:
            return tuple(self._packets)

    @property
    def short_by_start_s(self) -> float:
        """How much later than wanted the first picture is, seconds; 0 when it is not.

        With nothing recorded, the whole wanted span.
        """
        with self._lock:
            if not self._packets:
                return (self.end - self.start).total_seconds()
            late = self._packets[0].at - self.start
            return max(0.0, late.total_seconds())

    def close(self) -> None:
        """Take no further packets; what ended before the wanted start goes."""
        with self._lock:
            self._is_complete = True
            if self._ends_at <= self.start:
                self._forget()

    def add(self, packet: EncodedPacket) -> None:
        """One more packet in decoding order; ignored once complete."""
        with self._lock:
            if self._is_complete:
                return
            # a picture shown after all others closes the group of B-frames before it
            if packet.decode_at > self.end and packet.at > self._shown_until:
                self._is_complete = True
                return
            if not self._packets and not packet.is_keyframe:
                return
            is_moot = packet.at <= self.start or self._ends_at <= self.start
            if packet.is_keyframe and is_moot:
                # a later key frame still before the start makes the older ones moot,
                # and so does an outage over the start
                self._forget()
            self._packets.append(packet)
            self._shown_until = max(self._shown_until, packet.at)
            self._ends_at = max(self._ends_at, packet.ends_at)
            self._size_bytes += len(packet.data)
            self._is_complete = self._size_bytes >= self._max_bytes

    def _forget(self) -> None:
        self._packets.clear()
        self._size_bytes, self._ends_at = 0, MOST_PAST


class PacketRing:
    """The last packets of one feed; one thread appends, any thread reads.

    Args:
        ring_s: How far back it reaches, seconds of media time.
        max_bytes: Ceiling of the packets' bytes; old groups go first.
    """

    def __init__(self, ring_s: float, max_bytes: int) -> None:
        self._span = timedelta(seconds=ring_s)
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._groups: deque[_Group] = deque()
        self._size_bytes = 0
        self._recordings: list[ClipRecording | PacketTap] = []
        self._needs_key = False
        self._has_ended = False

    @property
    def size_bytes(self) -> int:
        """Bytes of the packets in the ring, recordings not counted."""
        with self._lock:
            return self._size_bytes

    @property
    def newest_at(self) -> datetime | None:
        """Media time of the newest packet, UTC; None while there is none."""
        with self._lock:
            return self._groups[-1].packets[-1].decode_at if self._groups else None

    @property
    def seconds(self) -> float:
        """Media time the ring spans now, seconds."""
        with self._lock:
            if not self._groups:
                return 0.0
            first = self._groups[0].packets[0].decode_at
            newest = self._groups[-1].packets[-1].decode_at
            return (newest - first).total_seconds()

    def append(self, packet: EncodedPacket) -> None:
        """The next packet in decoding order."""
        with self._lock:
            if self._needs_key and not packet.is_keyframe:
                return
            self._needs_key = False
            for recording in self._recordings:
                recording.add(packet)
            self._recordings = [r for r in self._recordings if not r.is_complete]
            if packet.is_keyframe:
                self._groups.append(_Group())
            if not self._groups:
                return
            group = self._groups[-1]
            group.packets.append(packet)
            group.size_bytes += len(packet.data)
            self._size_bytes += len(packet.data)
            self._evict(packet.decode_at)

    def _evict(self, now: datetime) -> None:
        """Drop old groups: the second one alone reaches back far enough, or bytes."""
        groups = self._groups
        while len(groups) > 1 and groups[1].packets[0].decode_at <= now - self._span:
            self._size_bytes -= groups.popleft().size_bytes
        while groups and self._size_bytes > self._max_bytes:
            self._size_bytes -= groups.popleft().size_bytes
        limit = self._span * GROUP_SPANS
        if groups and now - groups[-1].packets[0].decode_at > limit:
            groups.clear()
            self._size_bytes = 0

    def since_key(self) -> tuple[EncodedPacket, ...] | None:
        """Packets from the last key frame on; None when the ring lost that key."""
        with self._lock:
            if not self._groups or self._needs_key:
                return None
            return tuple(self._groups[-1].packets)

    def interrupt(self) -> None:
        """The stream broke: packets up to the next key frame refer to lost ones."""
        with self._lock:
            self._needs_key = True

    def record(self, start: datetime, end: datetime) -> ClipRecording:
        """Pin the packets from the key frame before `start`, fed until `end`.

        Args:
            start: Wanted start, media time UTC; may lie before what is held.
            end: Wanted end, media time UTC; may lie in the future.

        Returns:
            The recording; `short_by_start_s` says what the ring no longer had.
        """
        recording = ClipRecording(start, end, int(self._max_bytes * RECORDING_SHARE))
        with self._lock:
            for group in self._groups:
                for packet in group.packets:
                    recording.add(packet)
            if self._has_ended:
                recording.close()
            elif not recording.is_complete:
                self._recordings.append(recording)
        return recording

    def tap(self, back_s: float, for_s: float) -> PacketTap:
        """Follow the feed from `back_s` before its newest packet on, for `for_s`.

        Args:
            back_s: May reach further back than what is held, seconds.
            for_s: From now on, seconds of media time; 0: what is held, and no more.
        """
        with self._lock:
            held = [packet for group in self._groups for packet in group.packets]
            if not held:
                tap = PacketTap(MOST_PAST, MOST_PAST, 0)
                tap.close()
                return tap
            newest = held[-1].decode_at
            start = newest - timedelta(seconds=back_s)
            end = newest + timedelta(seconds=for_s)
            tap = PacketTap(start, end, int(self._max_bytes * RECORDING_SHARE))
            for packet in held:
                tap.add(packet)
            if self._has_ended or for_s <= 0:
                tap.close()
            elif not tap.is_complete:
                self._recordings.append(tap)
        return tap

    def pass_time(self, now: datetime) -> None:
        """Complete the recordings whose end has passed on a feed that is down."""
        with self._lock:
            for recording in self._recordings:
                if recording.end < now:
                    recording.close()
            self._recordings = [r for r in self._recordings if not r.is_complete]

    def end(self) -> None:
        """No packet will come any more: complete every recording."""
        with self._lock:
            self._has_ended = True
            for recording in self._recordings:
                recording.close()
            self._recordings.clear()
