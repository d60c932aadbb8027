"""The schema is what the models say, on both databases, however it is reached."""

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Uuid, bindparam, delete, text

from alerts import alarm_tables, evidence_tables
from alerts.alarm_tables import AlarmRow
from alerts.column_types import UtcDateTime
from alerts.database import WRITES, Database, open_database
from alerts.dedup import Telling
from alerts.errors import StoreError, StoreUnavailableError
from alerts.migrate import MIGRATIONS, migrate
from alerts.outbox import NewTelling, enqueue
from alerts.tables import JSON, AlertRow, OutboxRow, Table
from cases import tables as cases_tables
from cases.tables import VerdictRow
from delivery import tables as delivery_tables
from identity import tables as identity_tables
from rules.violation import Life, Severity
from tests.api.stored import T0, staged, store_alerts

OTHERS = (
    alarm_tables,
    identity_tables,
    evidence_tables,
    cases_tables,
    delivery_tables,
)
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


def _at(database: Database, version: str) -> None:
    """Bring the schema up or down to a version."""
    with database.engine.connect() as raw:
        connection = raw.execution_options(**{WRITES: False})
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        here = MigrationContext.configure(connection).get_current_revision() or ""
        move = command.upgrade if here < version else command.downgrade
        move(config, version)
        connection.commit()


def test_who_has_heard_an_alarm_is_kept_when_alarms_get_rows(
    database: Database,
) -> None:
    """What is there unheard sounds, what cleared before the upgrade does not begin."""
    many = [
        staged(1, severity=Severity.S1),
        staged(2, severity=Severity.S1, life=Life.CLEARED),
        staged(3, severity=Severity.S1),
        staged(4),
    ]
    there, cleared, heard, never = store_alerts(database, many)
    with database.transaction() as session:
        session.execute(delete(AlarmRow).where(AlarmRow.alert_id == heard))
        row = AlarmRow(alert_id=heard, number=1, since=T0, heard_by="li", heard_at=T0)
        session.add(row)
        session.add(AlarmRow(alert_id=there, number=2, since=T0))
        alert = session.get_one(AlertRow, there)
        enqueue(session, alert, NewTelling(Telling.OPENED, ()), T0)

    _at(database, "0008")
    _at(database, str(HEAD))

    with database.reading() as session:
        rows = session.query(AlarmRow).order_by(AlarmRow.since, AlarmRow.alert_id)
        found = {row.alert_id: (row.number, row.heard_by, row.heard_at) for row in rows}
        steps = [row.step for row in session.query(OutboxRow)]
    assert found == {there: (1, None, None), heard: (1, "li", T0)}
    assert not {cleared, never} & set(found)
    assert steps == [0]


def test_verdicts_given_before_are_in_the_order_of_the_list(
    database: Database,
) -> None:
    """Each has its alert's opening; of an alert that is gone nobody knows it."""
    (alert,) = store_alerts(database, [staged(3)])
    gone = uuid4()
    _at(database, "0010")
    told = {
        "code": "SW-01",
        "person": "li",
        "full_name": "li",
        "certificate": "",
        "act": "confirm_clue",
        "state_before": "queued",
        "state_after": "confirmed",
        "comment": "",
        "leniency": "none",
        "education": "",
    }
    names = (*told, "id", "alert_id", "at", "roles")
    columns = ", ".join(names)
    values = ", ".join(f":{name}" for name in names)
    query = text(f"INSERT INTO verdicts ({columns}) VALUES ({values})").bindparams(
        bindparam("id", type_=Uuid()),
        bindparam("alert_id", type_=Uuid()),
        bindparam("at", type_=UtcDateTime()),
        bindparam("roles", type_=JSON),
    )
    with database.transaction() as session:
        for one in (alert, gone):
            row = {"id": uuid4(), "alert_id": one, "at": T0, "roles": []}
            session.execute(query, told | row)

    _at(database, str(HEAD))

    with database.reading() as session:
        rows = session.query(VerdictRow)
        opened = {row.alert_id: row.opened_at for row in rows}
    assert opened == {alert: T0 + timedelta(seconds=3), gone: None}


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
