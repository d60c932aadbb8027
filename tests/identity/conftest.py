"""Identity over real databases."""

from datetime import UTC, datetime

import pytest

from alerts.database import Database
from base.clock import ManualClock
from identity.identity import Identity, open_identity
from tests.alerts.conftest import (  # noqa: F401 - fixtures
    database,
    migrated_file,
    migrated_postgres,
    postgres_server,
)
from tests.identity.named import cheap_hashes

T0 = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Real argon2id at its smallest cost."""
    cheap_hashes(monkeypatch)


@pytest.fixture
def clock() -> ManualClock:
    """Stands at T0 until moved."""
    return ManualClock(T0)


@pytest.fixture
def identity(database: Database, clock: ManualClock) -> Identity:  # noqa: F811
    """Nobody in it yet."""
    return open_identity(database, clock)
