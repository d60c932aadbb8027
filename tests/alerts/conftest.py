"""Real stores for the tests of alerts: SQLite always, PostgreSQL where installed."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from alerts.database import Database, open_database
from alerts.embedded_valkey import EmbeddedValkey
from alerts.migrate import migrate
from alerts.redis_client import RedisClient, open_redis
from base.clock import SystemClock
from tests.alerts.postgres_server import PostgresServer
from tests.alerts.redis_server import RedisServer


@pytest.fixture(scope="session", autouse=True)
def plain_tracebacks() -> None:
    """Expected tracebacks are written plainly: the coloured ones take seconds."""
    renderer = structlog.dev.ConsoleRenderer(
        exception_formatter=structlog.dev.plain_traceback
    )
    structlog.configure(processors=[structlog.processors.add_log_level, renderer])


@pytest.fixture(scope="session")
def postgres_server(postgres_bin: str) -> Iterator[PostgresServer]:
    """A running PostgreSQL of our own."""
    server = PostgresServer(postgres_bin)
    server.start()
    yield server
    server.stop("immediate")
    shutil.rmtree(server.folder, ignore_errors=True)


@pytest.fixture(
    params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)],
)
def empty_database(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Database]:
    """A database of either kind, without tables."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/nonsite.db"
    else:
        url = request.getfixturevalue("postgres_server").new_url()
    database = open_database(url)
    yield database
    database.close()


@pytest.fixture
def database(empty_database: Database) -> Database:
    """A database of either kind at the newest schema."""
    migrate(empty_database)
    return empty_database


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[EmbeddedValkey]:
    """The embedded server over an empty folder."""
    server = EmbeddedValkey(tmp_path / "valkey", SystemClock())
    server.start()
    yield server
    server.stop()


@pytest.fixture(
    params=["valkey", pytest.param("redis", marks=pytest.mark.redis_server)],
)
def client(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RedisClient]:
    """A client of an empty Valkey, and of an empty Redis where installed."""
    server: EmbeddedValkey | RedisServer
    if request.param == "valkey":
        server = EmbeddedValkey(tmp_path / "valkey", SystemClock())
    else:
        server = RedisServer(tmp_path)
    server.start()
    opened = open_redis(server.url)
    yield opened
    opened.close()
    server.stop()
