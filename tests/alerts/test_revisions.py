"""Configurations are kept for ever and the last applied is in force."""

from datetime import UTC, datetime

import pytest

from alerts.alert import EventKind
from alerts.database import Database
from alerts.repository import AlertRepository
from alerts.revisions import SqlRevisionStore
from alerts.sealer import Sealer
from base.clock import SystemClock
from sites.revision import Revision, RevisionId, revision_of
from sites.schema import Site

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


@pytest.fixture
def store(database: Database) -> SqlRevisionStore:
    """An empty store."""
    return SqlRevisionStore(database, SystemClock())


def named(name: str) -> Revision:
    return revision_of(Site(version=1, name=name), NOW, "tester", "第一版")


def test_nothing_is_in_force_before_the_first_import(store: SqlRevisionStore) -> None:
    """An empty store has no current revision."""
    assert store.current() is None
    assert store.history(10) == ()
    assert store.get(RevisionId("0" * 64)) is None


def test_applied_revision_reads_back_byte_for_byte(store: SqlRevisionStore) -> None:
    """Its digest still names its content."""
    revision = named("南湖")

    assert store.apply(revision)
    assert store.current() == revision
    assert store.get(revision.id) == revision


def test_applying_what_is_in_force_changes_nothing(store: SqlRevisionStore) -> None:
    """Each start imports its file; only a change is a new step."""
    store.apply(named("a"))

    assert not store.apply(named("a"))
    assert len(store.history(10)) == 1


def test_older_revision_can_be_put_back(store: SqlRevisionStore) -> None:
    """Going back is a step of its own in the history."""
    for name in ("a", "b", "a"):
        assert store.apply(named(name))

    assert [r.site.name for r in store.history(10)] == ["a", "b", "a"]
    assert [r.site.name for r in store.history(2)] == ["a", "b"]


def test_clients_are_told_of_a_new_revision(
    store: SqlRevisionStore, database: Database
) -> None:
    """The sealed log carries its id."""
    store.apply(named("a"))
    Sealer(database, SystemClock()).seal()

    (event,) = AlertRepository(database).events_after(0)
    assert event.kind is EventKind.REVISION_APPLIED
    assert event.detail == {"revision": named("a").id}
