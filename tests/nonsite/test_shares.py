"""Cameras shared out among workers: evenly, alike everywhere, and staying put."""

import pytest

from base.ids import CameraId
from nonsite.shares import shares

NAMES = [f"pole_{number}" for number in range(40)]


def _worker_of(names: list[str], workers: int) -> dict[CameraId, int]:
    return {
        camera: worker
        for worker, share in enumerate(shares(names, workers))
        for camera in share
    }


@pytest.mark.parametrize("workers", [1, 2, 4, 7, 50])
def test_every_camera_has_one_worker_and_no_worker_too_many(workers: int) -> None:
    """Each camera once; none has more than an even share, rounded up."""
    given = shares(NAMES, workers)

    assert sorted(camera for share in given for camera in share) == sorted(NAMES)
    assert max(map(len, given)) == -(-len(NAMES) // workers)


@pytest.mark.parametrize("more", ["a_new_one", "pole_17b", "zebra"])
def test_a_camera_more_moves_few_others(more: str) -> None:
    """Wherever its name stands in the order; so does one less."""
    before, after = _worker_of(NAMES, 4), _worker_of([*NAMES, more], 4)

    assert sum(before[CameraId(n)] != after[CameraId(n)] for n in NAMES) <= 5


def test_the_order_of_the_names_does_not_matter() -> None:
    """Each worker reads the site by itself."""
    assert shares(reversed(NAMES), 3) == shares(NAMES, 3)
