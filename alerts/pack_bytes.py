"""The files of a pack handed over, as a folder or a ZIP; whatever else is in it, too.

Neither may hold a byte that a check does not see and a reader might. So of a ZIP only
the plain kind that exports are is read: stored entries one after the other from the
first byte on, the directory after them, nothing before, between or behind. And of a
folder only what really lies in it: no links.
"""

import os
import stat
import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from alerts.errors import StoreError

MOST_BYTES: Final = 1 << 30
"""Of one file: a clip of two minutes at 16 Mbit/s has 240 MB."""

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4sH5H3I2HH2HII")
_END = struct.Struct("<4s4H2IH")
_UTF_8 = 0x800
_FOREIGN = "the ZIP is not the plain kind exports are: unpack it and check the folder"


class PackBytes(Protocol):
    """The files of one pack by name."""

    def names(self) -> frozenset[str]:
        """Every file there is."""
        ...

    def read(self, name: str) -> bytes:
        """The bytes of one.

        Raises:
            StoreError: It cannot be read.
        """
        ...


class FolderPack:
    """A pack as a folder.

    Raises:
        StoreError: It cannot be listed, or holds a link or a device.
    """

    def __init__(self, folder: Path) -> None:
        self._sizes: dict[str, int] = {}
        self._folder = folder
        try:
            for path, size in _regular_files(folder):
                self._sizes[path.relative_to(folder).as_posix()] = size
        except OSError as error:
            raise StoreError(f"{folder}: {error.strerror}") from error

    def names(self) -> frozenset[str]:
        """Every file, by its path inside the folder."""
        return frozenset(self._sizes)

    def read(self, name: str) -> bytes:
        """The bytes of one.

        Raises:
            StoreError: It cannot be read.
        """
        if name not in self._sizes:
            raise StoreError(f"{name}: is missing")
        if self._sizes[name] > MOST_BYTES:
            raise StoreError(f"{name}: is larger than any file of a pack")
        try:
            return (self._folder / name).read_bytes()
        except OSError as error:
            raise StoreError(f"{name}: {error.strerror}") from error


def _regular_files(folder: Path) -> Iterator[tuple[Path, int]]:
    """Every file below `folder` with its size; nothing is followed."""
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda one: one.name):
            if not entry.name.isprintable():
                raise StoreError(f"{entry.name!r}: is no name of a file of a pack")
            told = entry.stat(follow_symlinks=False)
            if stat.S_ISDIR(told.st_mode):
                yield from _regular_files(Path(entry.path))
            elif stat.S_ISREG(told.st_mode):
                yield Path(entry.path), told.st_size
            else:
                raise StoreError(f"{entry.name}: is a link or a device, no file")


@dataclass(frozen=True, slots=True)
class _Entry:
    """Where the bytes of one entry of a ZIP are, and their CRC-32."""

    start: int
    end: int
    crc: int


class ZipPack:
    """A pack as a ZIP.

    Raises:
        StoreError: It is no ZIP, not a plain one, or holds a name twice.
    """

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._entries = _entries(body)

    def names(self) -> frozenset[str]:
        """Every file."""
        return frozenset(self._entries)

    def read(self, name: str) -> bytes:
        """The bytes of one.

        Raises:
            StoreError: It cannot be read.
        """
        entry = self._entries.get(name)
        if entry is None:
            raise StoreError(f"{name}: is missing")
        if entry.end - entry.start > MOST_BYTES:
            raise StoreError(f"{name}: is larger than any file of a pack")
        body = self._body[entry.start : entry.end]
        if zlib.crc32(body) != entry.crc:
            raise StoreError(f"{name}: its bytes are not those the ZIP names")
        return body


def _entries(body: bytes) -> Mapping[str, _Entry]:
    """Every entry by its name, each byte of the ZIP accounted for."""
    try:
        sign, *disks, count, total, length, at, comment = _END.unpack(
            body[-_END.size :]
        )
    except struct.error as error:
        raise StoreError("it is no whole ZIP") from error
    if sign != b"PK\x05\x06":
        raise StoreError("it is no whole ZIP, or something stands behind it")
    if any((*disks, comment)) or (count, at + length) != (
        total,
        len(body) - _END.size,
    ):
        raise StoreError(_FOREIGN)
    found: dict[str, _Entry] = {}
    reached, ends = 0, at + length
    while at < ends:
        name, entry, at = _entry(body, at, reached)
        if name in found:
            raise StoreError("the ZIP holds a name twice")
        found[name], reached = entry, entry.end
    if (at, reached, len(found)) != (ends, ends - length, count):
        raise StoreError(_FOREIGN)
    return found


def _entry(body: bytes, at: int, reached: int) -> tuple[str, _Entry, int]:
    """Name and place of the entry the directory has at `at`, and where it goes on.

    Args:
        body: The ZIP.
        at: Where its directory tells of the entry.
        reached: Where the entry before it ends.
    """
    try:
        told = _CENTRAL.unpack_from(body, at)
        local = _LOCAL.unpack_from(body, reached)
    except struct.error as error:
        raise StoreError("it is no whole ZIP") from error
    flags, method, crc, packed, size, length = (told[n] for n in (3, 4, 7, 8, 9, 10))
    name = body[at + _CENTRAL.size :][:length]
    start = reached + _LOCAL.size + length
    is_plain = (
        told[0] == b"PK\x01\x02"
        and local[0] == b"PK\x03\x04"
        # version, flags, method, time, CRC, sizes, length of the name
        and told[2:11] == local[1:10]
        and not (local[10] or any(told[11:14]))
        and (method, flags & ~_UTF_8, packed, told[-1]) == (0, 0, size, reached)
        and body[reached + _LOCAL.size : start] == name
        and start + size <= len(body)
    )
    if not is_plain:
        raise StoreError(_FOREIGN)
    try:
        text = name.decode("utf-8" if flags & _UTF_8 else "ascii")
    except UnicodeDecodeError as error:
        raise StoreError(_FOREIGN) from error
    if not text.isprintable():
        raise StoreError(f"{text!r}: is no name of a file of a pack")
    return text, _Entry(start, start + size, crc), at + _CENTRAL.size + length


def open_pack(path: Path) -> PackBytes:
    """The pack at `path`, a folder or a ZIP.

    Raises:
        StoreError: It is neither.
    """
    if path.is_dir():
        return FolderPack(path)
    try:
        return ZipPack(path.read_bytes())
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}") from error
