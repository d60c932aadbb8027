"""A feed's packets as they come, for one follower who may be slow.

In: packets out of a ring, from the key frame before a moment on. Out: the same, in
batches, to one other thread. What a follower does not take in time is dropped up to the
next key frame: the ring never waits.
"""

import threading
from collections import deque
from datetime import datetime

from streams.packet import EncodedPacket


class PacketTap:
    """Fed by the ring's thread, emptied by another.

    Args:
        start: Where it begins: the last key frame not after it, media time UTC.
        end: Nothing after this is taken, media time UTC.
        max_bytes: Packets held at most; beyond, the follower is too slow.
    """

    def __init__(self, start: datetime, end: datetime, max_bytes: int) -> None:
        self.start = start
        self.end = end
        self._max_bytes = max_bytes
        self._changed = threading.Condition()
        self._packets: deque[EncodedPacket] = deque()
        self._size_bytes = 0
        self._needs_key = True
        self._is_taken = False
        self._is_complete = False

    @property
    def is_complete(self) -> bool:
        """Whether no further packet will come."""
        with self._changed:
            return self._is_complete

    def close(self) -> None:
        """Take no further packets."""
        with self._changed:
            self._is_complete = True
            self._changed.notify_all()

    def add(self, packet: EncodedPacket) -> None:
        """One more packet in decoding order."""
        with self._changed:
            if self._is_complete:
                return
            if packet.decode_at > self.end:
                self._is_complete = True
                self._changed.notify_all()
                return
            is_early = not self._is_taken and packet.at <= self.start
            if packet.is_keyframe and (is_early or self._needs_key):
                self._clear()
                self._needs_key = False
            if self._needs_key:
                return
            self._packets.append(packet)
            self._size_bytes += len(packet.data)
            if self._size_bytes > self._max_bytes:
                self._clear()
                self._needs_key = True
            self._changed.notify_all()

    def take(self, timeout_s: float) -> tuple[EncodedPacket, ...]:
        """What came since the last call; waits for the first one, may be empty."""
        with self._changed:
            if not self._packets and not self._is_complete:
                self._changed.wait(timeout_s)
            found = tuple(self._packets)
            self._is_taken = self._is_taken or bool(found)
            self._clear()
            return found

    def _clear(self) -> None:
        self._packets.clear()
        self._size_bytes = 0
