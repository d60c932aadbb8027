"""A disk of one megabyte, for tests of what happens when it is full."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def mounted(folder: Path) -> Iterator[Path]:
    """A file system of 1 MB at `folder`; skips where none can be mounted."""
    if os.geteuid() != 0:
        pytest.skip("a small disk needs root: run `sudo make test`")
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)],
        capture_output=True,
        check=False,
    )
    if done.returncode != 0:
        pytest.skip("this container cannot mount: run `make test` on a host")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def fill(folder: Path, spare: int = 0) -> Path:
    """Take all room but about `spare` bytes; the file to delete to give it back."""
    path = folder / "ballast"
    disk = os.statvfs(folder)
    wanted = max(0, disk.f_bavail * disk.f_frsize - spare)
    path.write_bytes(bytes(wanted))
    return path
