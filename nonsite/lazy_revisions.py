"""What is asked of the database before all of SQL is needed: the site's revisions.

Workers and commands import this when they first ask: SQL takes a good second of the
start that no first look needs.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from alerts.database import open_database
from alerts.revisions import SqlRevisionStore
from base.clock import Clock
from sites.revision import Revision, RevisionId


def revision_of(url: str, clock: Clock, revision: RevisionId) -> Revision | None:
    """The revision of this id; None: never imported.

    Raises:
        StoreError: The database cannot be asked.
    """
    with _revisions(url, clock) as store:
        return store.get(revision)


def later_revision(url: str, clock: Clock, known: RevisionId) -> Revision | None:
    """What was put in force after `known`; None also where `known` was never imported.

    Raises:
        StoreError: The database cannot be asked.
    """
    with _revisions(url, clock) as store:
        if store.get(known) is None:
            return None  # what the worker was given stands
        current = store.current()
    return None if current is None or current.id == known else current


@contextmanager
def _revisions(url: str, clock: Clock) -> Iterator[SqlRevisionStore]:
    database = open_database(url)
    try:
        yield SqlRevisionStore(database, clock)
    finally:
        database.close()
