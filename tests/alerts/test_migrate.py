"""The schema is what the models say, on both databases, however it is reached."""

import threading

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from alerts import evidence_tables
from alerts.database import Database, open_database
from alerts.errors import StoreError, StoreUnavailableError
from alerts.migrate import MIGRATIONS, migrate
from alerts.tables import Table
from cases import tables as cases_tables
from delivery import tables as delivery_tables
from identity import tables as identity_tables

OTHERS = (identity_tables, evidence_tables, cases_tables, delivery_tables)
"""Tables of later folders: importing them puts them into the one schema."""

HEAD = ScriptDirectory(str(MIGRATIONS)).get_current_head()


def test_migrated_schema_equals_the_models(database: Database) -> None:
    """Alembic finds nothing to change after the last migration."""
    options = {"compare_type": True, "compare_server_default": True}
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        found = compare_metadata(context, Table.metadata)

    assert found == []


def test_migrating_twice_changes_nothing(database: Database) -> None:
    """A second start finds the schema in place."""
    migrate(database)

    with database.reading() as session:
        version = session.execute(text("SELECT version_num FROM alembic_version"))
        assert version.all() == [(HEAD,)]


def test_processes_starting_at_once_migrate_once(empty_database: Database) -> None:
    """Four starters queue at the lock; none fails."""
    errors: list[Exception] = []

    def start() -> None:
        try:
            migrate(empty_database)
        except StoreError as error:
            errors.append(error)

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []


def test_newer_schema_is_refused(database: Database) -> None:
    """An old program does not touch the database of a newer one."""
    with database.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(StoreError, match="upgrade Nonsite"):
        migrate(database)


@pytest.mark.parametrize(
    ("url", "names"),
    [
        pytest.param("mysql://u:s3cret@h/x", "found mysql", id="another kind"),
        pytest.param("nonsense", "not a database address", id="no address"),
        pytest.param("sqlite://", "name a file", id="memory"),
    ],
)
def test_address_of_no_database_is_named(url: str, names: str) -> None:
    """The error says what is wrong and never shows a password."""
    with pytest.raises(StoreError, match=names) as caught:
        open_database(url)

    assert "s3cret" not in str(caught.value)


def test_absent_server_is_unavailable_and_its_password_unseen() -> None:
    """A PostgreSQL that is not there is a wait, not a crash."""
    database = open_database("postgresql://u:s3cret@127.0.0.1:9/x")

    with pytest.raises(StoreUnavailableError) as caught, database.reading() as session:
        session.execute(text("SELECT 1"))

    assert "s3cret" not in str(caught.value)
