"""Opens the database and translates its errors; SQLite and PostgreSQL look alike.

SQLite runs in WAL with `synchronous=FULL`: a commit survives power loss. A write
transaction takes the write lock at its start (`BEGIN IMMEDIATE`), because a lock taken
half-way can fail with "locked" after reading; readers are never in its way.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, exc
from sqlalchemy.engine import URL, make_url
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from alerts.errors import StoreError, StoreUnavailableError, ValuesRefusedError
from base.redact import redact

BUSY_TIMEOUT_MS = 10_000
"""How long a writer waits for another; a batch of 256 entries takes 50 ms."""

POOL_SIZE = 8
"""Connections kept: the API's threads, one consumer a shard, the sealer."""

POSTGRES_OPTIONS = (
    "-c statement_timeout=30000 -c lock_timeout=10000 "
    "-c idle_in_transaction_session_timeout=60000 -c timezone=UTC"
)
WRITES = "nonsite_writes"


def _configure_sqlite(
    connection: sqlite3.Connection, _record: ConnectionPoolEntry
) -> None:
    connection.isolation_level = None  # we begin ourselves, see _begin_sqlite
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _sqlite_engine(url: URL) -> Engine:
    if url.database in {None, "", ":memory:"}:
        msg = "a database in memory cannot be shared by threads: name a file"
        raise StoreError(msg)
    engine = create_engine(
        url,
        connect_args={"timeout": BUSY_TIMEOUT_MS / 1000, "check_same_thread": False},
        pool_size=POOL_SIZE,
        max_overflow=POOL_SIZE,
        pool_timeout=10,
    )
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _postgres_engine(url: URL) -> Engine:
    return create_engine(
        url.set(drivername="postgresql+psycopg"),
        connect_args={
            "connect_timeout": 5,
            "options": POSTGRES_OPTIONS,
            "application_name": "nonsite",
            "tcp_user_timeout": 15_000,
        },
        pool_size=POOL_SIZE,
        max_overflow=POOL_SIZE,
        pool_timeout=10,
        pool_pre_ping=True,
    )


def _is_away(error: exc.SQLAlchemyError) -> bool:
    if isinstance(error, exc.TimeoutError):
        return True
    if not isinstance(error, exc.DBAPIError):
        return False
    if error.connection_invalidated or isinstance(error, exc.InterfaceError):
        return True
    # a missing table is "operational" for SQLite, but waiting will not mend it
    return isinstance(error, exc.OperationalError) and "no such" not in str(error.orig)


def _is_about_values(error: exc.SQLAlchemyError) -> bool:
    if isinstance(error, exc.DBAPIError):
        return isinstance(error, exc.DataError | exc.IntegrityError)
    return isinstance(error, exc.StatementError)


@contextmanager
def translated_errors() -> Iterator[None]:
    """Turn SQLAlchemy's errors into the house's, addresses redacted.

    Raises:
        StoreUnavailableError: The database is away, locked or out of room.
        ValuesRefusedError: It will never take these values.
        StoreError: Anything else it refused.
    """
    try:
        yield
    except exc.SQLAlchemyError as error:
        cause = error.orig if isinstance(error, exc.DBAPIError) else error
        lines = str(cause).strip().splitlines() or [type(error).__name__]
        text = redact(lines[0])
        if _is_away(error):
            msg = f"the database cannot be reached: {text}"
            raise StoreUnavailableError(msg) from error
        msg = f"the database refused: {text}"
        if _is_about_values(error):
            raise ValuesRefusedError(msg) from error
        raise StoreError(msg) from error


class Database:
    """One database; safe to use from any thread."""

    def __init__(self, engine: Engine, file: Path | None) -> None:
        self._engine = engine
        self._writer = engine.execution_options(**{WRITES: True})
        self._file = file
        # SQLite has one writer: waiting here is fair, its own waiting sleeps
        self._queue: AbstractContextManager[object] = (
            threading.Lock() if file is not None else nullcontext()
        )

    @property
    def engine(self) -> Engine:
        """SQLAlchemy's engine, for migrations and tests."""
        return self._engine

    @property
    def file(self) -> Path | None:
        """The file of an SQLite database; None on PostgreSQL."""
        return self._file

    @property
    def is_postgres(self) -> bool:
        """Whether advisory locks and row locks exist."""
        return self._engine.dialect.name == "postgresql"

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """One writing transaction: committed at the end, rolled back on any error.

        Raises:
            StoreUnavailableError: The database is away; nothing was written, unless
                the connection broke during the commit itself: writers are idempotent.
            StoreError: The database refused.
        """
        with (
            self._queue,
            translated_errors(),
            Session(self._writer, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One reading transaction: a consistent view, never in a writer's way.

        Raises:
            StoreUnavailableError: The database is away.
        """
        with translated_errors(), Session(self._engine) as session, session.begin():
            yield session

    def close(self) -> None:
        """Close all connections; the object may be used again."""
        self._engine.dispose()


def open_database(url: str) -> Database:
    """The database at `url`; nothing is read yet, see `alerts.migrate.migrate`.

    Args:
        url: `sqlite:///folder/nonsite.db` or `postgresql://user:password@host/name`.

    Raises:
        StoreError: The address is of neither kind, or the folder cannot be made.
    """
    try:
        parsed = make_url(url)
    except exc.ArgumentError as error:
        msg = f"not a database address: {redact(url)}"
        raise StoreError(msg) from error
    kind = parsed.get_backend_name()
    if kind == "postgresql":
        return Database(_postgres_engine(parsed), None)
    if kind != "sqlite":
        msg = f"a database is sqlite:/// or postgresql://, found {kind}"
        raise StoreError(msg)
    engine = _sqlite_engine(parsed)
    file = Path(parsed.database or "").absolute()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        msg = f"the folder of the database cannot be made: {error.strerror}"
        raise StoreError(msg) from error
    return Database(engine, file)
