"""What can go wrong, one function each; every one ends by itself."""

import os
import random
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from alerts.spool_format import HEADER
from tests.alerts.small_disk import fill

DISK_MB = 48
"""Holds the spool, shelf and store of one run with room to spare."""


@contextmanager
def small_disk(folder: Path) -> Iterator[bool]:
    """A file system of its own at `folder` that can be filled; false without root."""
    folder.mkdir()
    size = f"size={DISK_MB}m"
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(folder)],
        capture_output=True,
        check=False,
    )
    try:
        yield done.returncode == 0
    finally:
        if done.returncode == 0:
            subprocess.run(["umount", "-l", str(folder)], check=True)


def fill_disk(folder: Path, rng: random.Random) -> None:
    """Leave hardly a byte for up to a second."""
    with suppress(OSError):
        fill(folder, spare=rng.randint(0, 20_000))
    time.sleep(rng.uniform(0.1, 1.0))
    (folder / "ballast").unlink(missing_ok=True)


def break_off_spool(folder: Path, rng: random.Random) -> None:
    """What a power cut leaves: half an entry at the end of the newest segment."""
    segments = sorted((folder / "spool").glob("*.spool"))
    if segments:
        with segments[-1].open("ab") as file:
            file.write(rng.randbytes(rng.randint(1, 40)))


def rot_spool(folder: Path, rng: random.Random) -> None:
    """What a failing disk does: one byte of some entry is another one."""
    segments = [
        path
        for path in sorted((folder / "spool").glob("*.spool"))
        if path.stat().st_size > HEADER.size
    ]
    if segments:
        path = rng.choice(segments)
        with path.open("r+b") as file:
            where = rng.randrange(path.stat().st_size)
            file.seek(where)
            was = file.read(1)[0]
            file.seek(where)
            file.write(bytes([was ^ (1 << rng.randrange(8))]))


def leave_halves(folder: Path, rng: random.Random) -> None:
    """Half-written files where a process died: on the shelf and in the store."""
    for part in ("shelf", "evidence"):
        staging = folder / part / "staging"
        staging.mkdir(parents=True, exist_ok=True)
        (staging / f"{rng.getrandbits(32):08x}.part").write_bytes(b"half")


def pause(process: int, rng: random.Random) -> None:
    """The scheduler forgets a process for a while."""
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGSTOP)
        time.sleep(rng.uniform(0.1, 0.8))
        os.kill(process, signal.SIGCONT)


Mark = Callable[[Path, random.Random], None]

ROTTEN = "worker, spool rotten"

ON_DEAD_WORKER: dict[str, Mark | None] = {
    "worker": None,
    "worker, spool broken off": break_off_spool,
    ROTTEN: rot_spool,
    "worker, halves left": leave_halves,
}
"""What its disk looks like when the worker comes back."""
