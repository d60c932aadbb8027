"""The database of a site, opened and migrated; its configuration put in force, told."""

from pydantic import SecretStr

from alerts.command import ApplyRevision
from alerts.commands import CommandSender
from alerts.database import Database, open_database
from alerts.migrate import migrate
from alerts.redis_client import open_redis
from alerts.revisions import SqlRevisionStore
from nonsite.parts import Parts, database_url
from sites.revision import Revision


def database_of(parts: Parts) -> Database:
    """The configured PostgreSQL, or SQLite in the data folder; migrated.

    Raises:
        StoreError: It cannot be opened or migrated.
    """
    database = open_database(database_url(parts).get_secret_value())
    parts.ending.callback(database.close)
    migrate(database)
    parts.done("database", "PostgreSQL" if database.is_postgres else "SQLite")
    return database


def put_in_force(parts: Parts, database: Database, revision: Revision) -> None:
    """Import a revision, unless it is in force already."""
    is_new = SqlRevisionStore(database, parts.clock).apply(revision)
    cameras = len(revision.site.cameras)
    state = "new" if is_new else "unchanged"
    parts.done("site", f"{revision.id[:12]} ({state}), cameras: {cameras}")


def tell_workers(parts: Parts, redis_url: SecretStr, revision: Revision) -> None:
    """Tell those that run what is in force; they rebuild what changed.

    Raises:
        StoreUnavailableError: Redis is away.
    """
    client = open_redis(redis_url.get_secret_value())
    try:
        CommandSender(client, parts.clock).tell(ApplyRevision(revision=revision.id))
    finally:
        client.close()
