"""Real stores for the tests of alerts: SQLite always, PostgreSQL where installed."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import structlog

from alerts.database import Database, open_database
from alerts.embedded_valkey import EmbeddedValkey
from alerts.migrate import migrate
from alerts.redis_client import RedisClient, open_redis
from base.clock import SystemClock
from tests.alerts.redis_server import RedisServer


@pytest.fixture(scope="session", autouse=True)
def plain_tracebacks() -> None:
    """Expected tracebacks are written plainly: the coloured ones take seconds."""
    renderer = structlog.dev.ConsoleRenderer(
        exception_formatter=structlog.dev.plain_traceback
    )
    structlog.configure(processors=[structlog.processors.add_log_level, renderer])


class PostgresServer:
    """A private cluster in a temporary folder, reached over its own socket."""

    def __init__(self, bin_folder: str) -> None:
        self._bin = Path(bin_folder)
        self.folder = Path(tempfile.mkdtemp(prefix="nonsite-pg-"))
        self._data = self.folder / "data"
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")
        self._run("initdb", "-A", "trust", "-U", "nonsite", "--no-sync")

    def _run(self, program: str, *options: str) -> None:
        command = [str(self._bin / program), "-D", str(self._data), *options]
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            command = ["runuser", "-u", "postgres", "--", *command]
        subprocess.run(
            command, check=True, stdout=subprocess.DEVNULL, cwd=self.folder, timeout=60
        )

    def start(self) -> None:
        options = (
            f"-c listen_addresses='' -k {self.folder} -c max_connections=60 "
            "-c fsync=off"
        )
        log = str(self.folder / "log")
        self._run("pg_ctl", "-w", "-l", log, "-o", options, "start")

    def stop(self, mode: str = "fast") -> None:
        self._run("pg_ctl", "-w", "-m", mode, "stop")

    def new_url(self) -> str:
        """Address of an empty database."""
        with psycopg.connect(
            host=str(self.folder), user="nonsite", dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE pid <> pg_backend_pid() AND usename = 'nonsite'"
            )
            connection.execute("DROP SCHEMA IF EXISTS public CASCADE")
            connection.execute("CREATE SCHEMA public")
        return f"postgresql://nonsite@/postgres?host={self.folder}"


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
