"""Faults at random moments, by seed: nothing lost, nothing doubled, nothing doubted."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.alerts.conftest import postgres_server  # noqa: F401 - a fixture
from tests.alerts.postgres_server import PostgresServer
from tests.faults.harness import Run
from tests.faults.strikes import small_disk
from tests.faults.verdict import check

RUNS = int(os.environ.get("NONSITE_FAULT_RUNS", "6"))
FIRST = int(os.environ.get("NONSITE_FAULT_FIRST", "0"))


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[bool]:
    """Whether the worker's disk can be filled: that needs root."""
    with small_disk(tmp_path / "disk") as is_own:
        yield is_own


def _seed(seed: int) -> object:
    """Odd seeds run on PostgreSQL, even ones on SQLite."""
    return pytest.param(seed, marks=[pytest.mark.postgres] if seed % 2 else [])


@pytest.mark.redis_server
@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", [_seed(n) for n in range(FIRST, FIRST + RUNS)])
def test_whatever_fails_comes_back_whole(
    seed: int,
    tmp_path: Path,
    disk: bool,
    request: pytest.FixtureRequest,
) -> None:
    """Raised equals stored, none twice, every pack verifies, nothing orphaned."""
    server: PostgresServer | None = None
    if seed % 2:
        server = request.getfixturevalue("postgres_server")
    run = Run(tmp_path, seed, server, disk)

    run.play()

    check(run)
    shutil.rmtree(tmp_path / "disk", ignore_errors=True)
