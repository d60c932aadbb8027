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

KINDS = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


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


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file at the newest schema, to be copied."""
    file = tmp_path_factory.mktemp("schema") / "nonsite.db"
    made = open_database(f"sqlite:///{file}")
    migrate(made)
    made.close()
    return file


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: PostgresServer) -> str:
    """Name of a database at the newest schema, to be copied."""
    name = "migrated"
    made = open_database(postgres_server.new_url(name))
    migrate(made)
    made.close()
    return name


@pytest.fixture(params=KINDS)
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


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database of either kind at the newest schema, copied: migrating takes long."""
    if request.param == "sqlite":
        file = tmp_path / "nonsite.db"
        shutil.copyfile(request.getfixturevalue("migrated_file"), file)
        url = f"sqlite:///{file}"
    else:
        server: PostgresServer = request.getfixturevalue("postgres_server")
        url = server.new_url(template=request.getfixturevalue("migrated_postgres"))
    database = open_database(url)
    yield database
    database.close()


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
