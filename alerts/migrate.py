"""Brings a database to the schema of this version; run by code at every start.

Several processes may start at once: on PostgreSQL they queue at an advisory lock, on
SQLite at a lock file beside the database.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from alerts.database import WRITES, Database, translated_errors
from alerts.errors import StoreError

MIGRATIONS = Path(__file__).parent / "migrations"
LOCK_KEY = 0x6E6F6E73
"""Advisory lock of the schema: "nons"."""


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


@contextmanager
def _locked(database: Database, connection: Connection) -> Iterator[None]:
    if database.file is None:
        connection.execute(text("SELECT pg_advisory_xact_lock(:k)"), {"k": LOCK_KEY})
        yield
        return
    beside = database.file.with_name(database.file.name + ".lock")
    try:
        handle = beside.open("w")
    except OSError as error:
        msg = f"the database's lock file cannot be made: {error.strerror}: {beside}"
        raise StoreError(msg) from error
    with handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def migrate(database: Database) -> None:
    """Bring `database` to the newest schema; nothing happens when it is there.

    Raises:
        StoreUnavailableError: The database is away.
        StoreError: Its schema is of a newer version than this program, or damaged.
    """
    known = {s.revision for s in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}
    with translated_errors(), database.engine.connect() as raw:
        connection = raw.execution_options(**{WRITES: False})
        with _locked(database, connection):
            found = MigrationContext.configure(connection).get_current_revision()
            if found is not None and found not in known:
                msg = f"the database is of a newer version ({found}): upgrade Nonsite"
                raise StoreError(msg)
            command.upgrade(_config(connection), "head")
            connection.commit()
