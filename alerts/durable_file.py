"""Whole files on a local disk: bytes go in, a file appears complete or never.

A crash or power cut at any moment leaves either nothing under the wanted name or all
of it, since the bytes are written beside, forced to the disk, and only then named.
What a killed process leaves half written stays in the staging folder under a lock that
died with it; `sweep` clears it. Libraries for object stores write local files without
forcing them to the disk, which is why this stands here.
"""

import errno
import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alerts.errors import StoreError, StoreFullError

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class StagedFile:
    """A file being written, without its name yet; see `staged`."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path = path
        self._descriptor = descriptor

    def write(self, chunk: bytes | memoryview) -> None:
        """Append the bytes.

        Raises:
            OSError: The disk refuses; `staged` translates it.
        """
        view = memoryview(chunk)
        while view:
            view = view[os.write(self._descriptor, view) :]

    def commit(
        self, path: Path, *, exclusive: bool = False, is_forced: bool = True
    ) -> bool:
        """Force the bytes to the disk and give them their name.

        Args:
            path: On the same file system as the staging folder.
            exclusive: Leave a file that already has this name as it is.
            is_forced: False for what must outlive the process but not a power cut.

        Returns:
            False when `exclusive` and the name was taken.
        """
        if is_forced:
            os.fsync(self._descriptor)
        make_folder(path.parent)
        if exclusive:
            try:
                os.link(self._path, path)
            except FileExistsError:
                return False
        else:
            self._path.replace(path)
        if is_forced:
            sync(path.parent)
        return True


@contextmanager
def staged(folder: Path, owner: Path | None = None) -> Iterator[StagedFile]:
    """A new file in the staging folder `folder`, gone at the end unless committed.

    Args:
        folder: Made when missing; holds nothing but staged files.
        owner: The folder to name to people when the disk is full.

    Raises:
        StoreFullError: The disk or quota is full.
        StoreError: The folder cannot be written.
    """
    with told(owner or folder):
        make_folder(folder)
        path = folder / f"{secrets.token_hex(8)}.part"
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o640)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield StagedFile(path, descriptor)
        finally:
            path.unlink(missing_ok=True)
            os.close(descriptor)


@contextmanager
def told(folder: Path) -> Iterator[None]:
    """Turn what the disk refuses inside into errors that name `folder` and the fix."""
    try:
        yield
    except OSError as error:
        if error.errno in _NO_ROOM:
            msg = f"{folder} is full: free space there or move the evidence elsewhere"
            raise StoreFullError(msg) from error
        msg = f"{folder} cannot be used: {error.strerror or error}"
        raise StoreError(msg) from error


def write_whole(
    path: Path, body: bytes, staging: Path, *, is_forced: bool = True
) -> None:
    """Write or replace one small file, whole.

    Args:
        path: Its name; folders are made when missing.
        body: All of it.
        staging: Where it is written first, on the same file system.
        is_forced: As in `StagedFile.commit`.

    Raises:
        StoreFullError: The disk or quota is full; the old file stands.
        StoreError: The folder cannot be written; the old file stands.
    """
    with staged(staging, path.parent) as file:
        file.write(body)
        file.commit(path, is_forced=is_forced)


def claim(path: Path) -> int | None:
    """Own the file `path` until the descriptor is closed; None while another does.

    Another descriptor of this same process is refused as well.

    Raises:
        OSError: The disk refuses.
    """
    path.parent.mkdir(exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o640)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def check_reserve(folder: Path, reserve_bytes: int) -> None:
    """See that the disk of `folder` has more than `reserve_bytes` free.

    Raises:
        StoreFullError: It has not.
        StoreError: The folder cannot be used.
    """
    with told(folder):
        disk = os.statvfs(folder)
    free = disk.f_bavail * disk.f_frsize
    if free < reserve_bytes:
        msg = (
            f"{folder} has {free >> 20} MB free, less than the reserve of "
            f"{reserve_bytes >> 20} MB: free space there or move the evidence"
        )
        raise StoreFullError(msg)


def sweep(folder: Path) -> int:
    """Remove what dead processes left in a staging folder; how many files."""
    removed = 0
    for path in folder.glob("*.part"):
        try:
            descriptor = os.open(path, os.O_RDONLY)
        except FileNotFoundError:
            continue
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink(missing_ok=True)
            removed += 1
        except BlockingIOError:
            continue
        finally:
            os.close(descriptor)
    return removed


def make_folder(folder: Path) -> None:
    """Create the folder and its parents, each forced to the disk."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    sync(folder.parent)


def sync(path: Path) -> None:
    """Force a file's bytes, or a folder's list of names, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
