"""Which cameras each worker watches: the same answer in every worker, evenly.

Cameras are drawn by hash, so that one more or one less moves a few others, not all: a
camera that moves leaves its clocks, packets and open evidence behind for a moment.
"""

from collections.abc import Iterable
from hashlib import sha256

from base.ids import CameraId


def shares(cameras: Iterable[str], workers: int) -> tuple[tuple[CameraId, ...], ...]:
    """The cameras of each worker, by name, none more than an even share, rounded up.

    Each camera goes to the worker it wishes for most that still has room.
    """
    names = sorted(set(cameras))
    most = -(-len(names) // workers)
    wishes = sorted(
        (sha256(f"{worker}/{name}".encode()).digest(), name, worker)
        for name in names
        for worker in range(workers)
    )
    drawn: dict[str, int] = {}
    taken = [0] * workers
    for _, name, worker in wishes:
        if name not in drawn and taken[worker] < most:
            drawn[name] = worker
            taken[worker] += 1
    return tuple(
        tuple(CameraId(name) for name in names if drawn[name] == worker)
        for worker in range(workers)
    )
