"""The bytes of a spool segment: entries one after the other, each told from junk.

An entry is `magic, length, position, crc, payload`; the checksum covers position and
payload. A reader that finds no entry where one should be looks for the next magic, so
that one damaged entry never hides those behind it.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

MAGIC = b"NSP1"
HEADER = struct.Struct("<4sIQI")
MAX_PAYLOAD = 1 << 20
"""A violation is 1 to 8 KB, a pack's list of files 10 KB: more is damage."""


@dataclass(frozen=True, slots=True)
class SpoolEntry:
    """One entry: its position, never given twice in one spool, and its payload."""

    position: int
    payload: bytes


@dataclass(frozen=True, slots=True)
class Found:
    """An entry with where its bytes end, and how many damaged ones lay before it."""

    entry: SpoolEntry
    end: int
    skipped: int


def pack_entry(position: int, payload: bytes) -> bytes:
    """The bytes of one entry."""
    crc = zlib.crc32(payload, zlib.crc32(position.to_bytes(8, "little")))
    return HEADER.pack(MAGIC, len(payload), position, crc) + payload


def _entry_at(content: bytes, start: int) -> SpoolEntry | None:
    if start + HEADER.size > len(content):
        return None
    magic, length, position, crc = HEADER.unpack_from(content, start)
    begin = start + HEADER.size
    if magic != MAGIC or length > MAX_PAYLOAD or begin + length > len(content):
        return None
    payload = content[begin : begin + length]
    if zlib.crc32(payload, zlib.crc32(position.to_bytes(8, "little"))) != crc:
        return None
    return SpoolEntry(position, payload)


def scan(content: bytes, start: int = 0) -> Iterator[Found]:
    """Whole entries of `content` from `start` on; what is damaged is stepped over."""
    skipped = 0
    while start < len(content):
        entry = _entry_at(content, start)
        if entry is None:
            found = content.find(MAGIC, start + 1)
            if found < 0:
                return
            skipped += found - start
            start = found
            continue
        start += HEADER.size + len(entry.payload)
        yield Found(entry, start, skipped)
        skipped = 0
