"""The worker's own durable queue: what it raised and the store has not confirmed yet.

Append-only files in one folder, fsynced entry by entry, bounded in bytes; an entry goes
only when it was released, that is, stored in SQL. It survives SIGKILL and power loss:
at worst the entry being written is missing, and that one was never acknowledged.
Positions grow and are never given twice, not even after damage was cut off, since the
other side drops what it has seen. One process owns a spool at a time.
"""

import contextlib
import os
import threading
from pathlib import Path
from typing import IO

from alerts.errors import SpoolFullError, StoreError
from alerts.spool_folder import (
    Segment,
    new_segment,
    open_segments,
    read_id,
    take_folder,
)
from alerts.spool_format import MAX_PAYLOAD, SpoolEntry, pack_entry, scan

SEGMENT_BYTES = 4 << 20
"""A file is removed as a whole: small enough to free soon, large enough to be rare."""

FREE_BYTES = 256 << 10
"""A file smaller than this is not worth three fsyncs to be rid of."""

MAX_BYTES = 256 << 20
"""About 100 000 violations: a day of a busy worker without a store."""


class Spool:
    """A durable queue in `folder`; safe to use from any thread of one process.

    Attributes:
        id: Names this spool to the other side, for ever.
        skipped_bytes: Damage found when it was opened.

    Raises:
        StoreError: The folder cannot be used, or another process uses it.
    """

    def __init__(
        self,
        folder: Path,
        max_bytes: int = MAX_BYTES,
        segment_bytes: int = SEGMENT_BYTES,
    ) -> None:
        self._folder = folder
        self._max_bytes = max_bytes
        self._segment_bytes = segment_bytes
        self._free_bytes = min(FREE_BYTES, max_bytes // 4)
        self._lock = threading.Lock()
        self._cursor: tuple[int, Path, int] | None = None
        try:
            self._owner = take_folder(folder)
            with contextlib.ExitStack() as failed:
                failed.callback(self._owner.close)
                self.id = read_id(folder)
                self._segments, self.skipped_bytes = open_segments(folder)
                self._out: IO[bytes] = self._segments[-1].path.open("ab", buffering=0)
                failed.pop_all()
        except OSError as error:
            msg = f"the spool cannot be opened: {error.strerror}: {folder}"
            raise StoreError(msg) from error

    @property
    def size(self) -> int:
        """Bytes on disk."""
        with self._lock:
            return sum(segment.size for segment in self._segments)

    @property
    def last(self) -> int:
        """Position last given; 0 before the first."""
        with self._lock:
            return self._segments[-1].last

    def append(self, payload: bytes) -> int:
        """Keep `payload`; when this returns it is on disk. Gives its position.

        Raises:
            SpoolFullError: The bound is reached or the disk is full; nothing is kept.
            StoreError: The payload is too long.
        """
        if len(payload) > MAX_PAYLOAD:
            msg = f"an entry of {len(payload)} bytes is too long for the spool"
            raise StoreError(msg)
        with self._lock:
            if sum(s.size for s in self._segments) + len(payload) > self._max_bytes:
                msg = (
                    f"the spool holds {self._max_bytes} bytes the store has not "
                    "confirmed: bring Redis and the database back"
                )
                raise SpoolFullError(msg)
            try:
                if self._segments[-1].size >= self._segment_bytes:
                    self._rotate()
                return self._write(self._segments[-1], payload)
            except OSError as error:
                msg = (
                    f"the spool cannot be written: {error.strerror}: free space "
                    f"in {self._folder}"
                )
                raise SpoolFullError(msg) from error

    def _write(self, segment: Segment, payload: bytes) -> int:
        position = segment.last + 1
        raw = pack_entry(position, payload)
        try:
            written = self._out.write(raw)
            if written != len(raw):  # a disk about to be full takes a part
                self._out.write(raw[written:])
            os.fdatasync(self._out.fileno())
        except OSError:
            with contextlib.suppress(OSError):
                os.truncate(segment.path, segment.size)
            # where even that fails, a reader steps over the half entry
            segment.size = os.fstat(self._out.fileno()).st_size
            raise
        segment.size += len(raw)
        segment.last = position
        return position

    def _rotate(self) -> None:
        segment = new_segment(self._folder, self._segments[-1].last + 1)
        out = segment.path.open("ab", buffering=0)
        self._out.close()
        self._out = out
        self._segments.append(segment)

    def after(self, position: int, limit: int) -> list[SpoolEntry]:
        """At most `limit` entries with a position above `position`, in order.

        Raises:
            StoreError: The disk failed.
        """
        with self._lock:
            segments = [(s.path, s.size) for s in self._segments if s.last > position]
            cursor = self._cursor
        entries: list[SpoolEntry] = []
        for path, size in segments:
            known = cursor is not None and cursor[:2] == (position, path)
            begin = cursor[2] if cursor is not None and known else 0
            for found in scan(self._read(path, begin, size)):
                if found.entry.position > position:
                    entries.append(found.entry)
                    cursor = (found.entry.position, path, begin + found.end)
                if len(entries) >= limit:
                    break
            if len(entries) >= limit:
                break
        with self._lock:
            self._cursor = cursor
        return entries

    @staticmethod
    def _read(path: Path, begin: int, end: int) -> bytes:
        try:
            with path.open("rb") as handle:
                handle.seek(begin)
                return handle.read(end - begin)
        except FileNotFoundError:
            return b""  # released meanwhile
        except OSError as error:
            msg = f"the spool cannot be read: {error.strerror}: {path}"
            raise StoreError(msg) from error

    def release(self, position: int) -> None:
        """Entries up to `position` are stored: files that hold no others are removed.

        Raises:
            StoreError: The disk failed; nothing is lost, entries stay longer.
        """
        with self._lock:
            try:
                newest = self._segments[-1]
                if newest.size >= self._free_bytes and newest.last <= position:
                    self._rotate()
                while len(self._segments) > 1 and self._segments[0].last <= position:
                    self._segments[0].path.unlink(missing_ok=True)
                    del self._segments[0]
            except OSError as error:
                msg = f"the spool cannot be emptied: {error.strerror}: {self._folder}"
                raise StoreError(msg) from error

    def close(self) -> None:
        """Let go of the folder; entries stay."""
        with self._lock:
            self._out.close()
            self._owner.close()
