"""Opens a spool's folder: who owns it, which files it holds, what of them is whole.

What was being written when the power failed is cut off and told once; damage inside a
file is stepped over and counted.
"""

import fcntl
import os
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import structlog

from alerts.errors import StoreError
from alerts.spool_format import HEADER, scan

SUFFIX = ".spool"

_log = structlog.get_logger()


@dataclass(slots=True)
class Segment:
    """One file of entries.

    Attributes:
        path: Where it is; its name is `first` in hex.
        first: First position it may hold.
        last: Last position in it; `first - 1` while empty.
        size: Bytes of it to read; behind them lies nothing whole.
    """

    path: Path
    first: int
    last: int
    size: int = 0


def fsync_folder(folder: Path) -> None:
    """Make names in `folder` durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def take_folder(folder: Path) -> IO[str]:
    """Own `folder` until the returned file is closed or the process ends.

    Raises:
        StoreError: Another process owns it.
        OSError: The folder cannot be made.
    """
    folder.mkdir(parents=True, exist_ok=True)
    owner = (folder / "lock").open("w")
    try:
        fcntl.flock(owner, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        owner.close()
        msg = f"the spool {folder} is in use by another process"
        raise StoreError(msg) from error
    return owner


def read_id(folder: Path) -> str:
    """The spool's name for the other side; without its files it is another spool.

    Their positions are given anew, and the other side drops those it has seen.
    """
    path = folder / "id"
    has_files = any(folder.glob(f"*{SUFFIX}"))
    if (
        has_files
        and path.exists()
        and (found := path.read_text(errors="replace").strip())
    ):
        return found[:64]
    new = uuid.uuid4().hex
    beside = path.with_suffix(".new")
    with beside.open("w") as handle:
        handle.write(new)
        handle.flush()
        os.fsync(handle.fileno())
    beside.replace(path)
    fsync_folder(folder)
    return new


def new_segment(folder: Path, first: int) -> Segment:
    """An empty file for entries from position `first` on."""
    path = folder / f"{first:016x}{SUFFIX}"
    with path.open("ab") as handle:
        os.fsync(handle.fileno())
    fsync_folder(folder)
    return Segment(path, first, first - 1)


def _inspect(path: Path, first: int) -> tuple[Segment, int]:
    segment = Segment(path, first, first - 1)
    skipped = 0
    for found in scan(path.read_bytes()):
        skipped += found.skipped
        segment.size = found.end
        segment.last = max(segment.last, found.entry.position)
    if skipped:
        _log.error("spool.damage_skipped", bytes=skipped, file=path.name)
    return segment, skipped


def open_segments(folder: Path) -> tuple[list[Segment], int]:
    """The files of `folder`, oldest first, at least one, and the bytes skipped.

    Raises:
        OSError: The disk failed.
    """
    segments: list[Segment] = []
    skipped = 0
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        try:
            first = int(path.stem, 16)
        except ValueError:
            continue  # not made by us
        segment, damaged = _inspect(path, first)
        segments.append(segment)
        skipped += damaged
    if not segments:
        return [new_segment(folder, 1)], skipped
    newest = segments[-1]
    torn = newest.path.stat().st_size - newest.size
    if torn > 0:
        os.truncate(newest.path, newest.size)
        _log.warning("spool.tail_cut", bytes=torn, folder=folder.name)
        # what was cut may have been sent: its positions are never given again
        could_hold = torn // HEADER.size + 1
        segments.append(new_segment(folder, newest.last + 1 + could_hold))
        skipped += torn
    return segments, skipped
