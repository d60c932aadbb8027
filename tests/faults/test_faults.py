"""Faults at random moments, by seed: nothing lost, nothing doubled, nothing doubted."""

import os
from pathlib import Path

import pytest

from tests.faults.harness import Run

RUNS = int(os.environ.get("NONSITE_FAULT_RUNS", "6"))
FIRST = int(os.environ.get("NONSITE_FAULT_FIRST", "0"))


@pytest.mark.redis_server
@pytest.mark.parametrize("seed", range(FIRST, FIRST + RUNS))
def test_whatever_dies_comes_back_whole(seed: int, tmp_path: Path) -> None:
    """Raised equals stored, none twice, every pack verifies, nothing orphaned."""
    run = Run(tmp_path, seed, f"sqlite:///{tmp_path}/nonsite.db")

    run.play()

    run.check()
