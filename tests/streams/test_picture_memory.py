"""Memory of pictures goes back to the system."""

import threading

import numpy as np

from streams.picture_memory import return_pictures


def _resident_mb() -> float:
    with open("/proc/self/status", encoding="ascii") as status:  # noqa: PTH123
        line = next(line for line in status if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def test_threads_keep_no_pictures() -> None:
    """After sixteen threads used pictures of 6 MB each, none of that stays."""
    assert return_pictures()
    before_mb = _resident_mb()
    done = threading.Barrier(17)
    leave = threading.Event()

    def use() -> None:
        for _ in range(5):
            np.ones((1080, 1920, 3), np.uint8)
        done.wait()
        leave.wait()

    threads = [threading.Thread(target=use) for _ in range(16)]
    for thread in threads:
        thread.start()
    done.wait()
    kept_mb = _resident_mb() - before_mb
    leave.set()
    for thread in threads:
        thread.join()

    assert kept_mb < 16
