"""A worker and later revisions: taken up, whatever happens meanwhile."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from alerts.command import ApplyRevision
from alerts.commands import CommandSender
from alerts.database import open_database
from alerts.embedded_valkey import EmbeddedValkey
from alerts.migrate import migrate
from alerts.redis_client import RedisClient
from alerts.revisions import SqlRevisionStore
from base.clock import SystemClock
from base.ids import CameraId
from base.shutdown import StopSignal
from models.catalogue import SHIPPED_DIR
from nonsite.data_folder import DataFolder
from nonsite.watch_spec import WatchSpec
from nonsite.watching import Watcher
from sites.load import parse_site
from sites.revision import Revision, revision_of
from tests.nonsite.service_process import wait_for
from tests.sites.dossiers import DOSSIER_TEMPLATE

DOCK = CameraId("dock")
WITHIN_S = 15.0
SITE = (
    """\
version: 1
name: One camera
cameras:
  dock:
    title: {title}
    feed: {{kind: file, path: {sample}, loop: true}}
    dossier: """
    + DOSSIER_TEMPLATE
)


def _revision(sample: Path, title: str) -> Revision:
    site = parse_site(SITE.format(title=title, sample=sample).encode())
    return revision_of(site, SystemClock().utc_now(), "test")


def _put_in_force(folder: Path, revision: Revision) -> None:
    database = open_database(f"sqlite:///{folder}/nonsite.sqlite")
    migrate(database)
    SqlRevisionStore(database, SystemClock()).apply(revision)
    database.close()


@contextmanager
def _working(spec: WatchSpec) -> Iterator[Watcher]:
    """A worker at work, ended whatever happens."""
    stop = StopSignal()
    made = Watcher(spec, SystemClock(), stop)
    thread = threading.Thread(target=made.run)
    thread.start()
    try:
        yield made
    finally:
        stop.set()
        thread.join(WITHIN_S)
        made._client.close()
    assert not thread.is_alive()


@pytest.fixture
def spec(valkey: EmbeddedValkey, tmp_path: Path, sample: Path) -> WatchSpec:
    """One worker's spec, its revision in force."""
    revision = _revision(sample, "Before")
    _put_in_force(tmp_path, revision)
    return WatchSpec(
        site=revision.content,
        config=revision.id,
        base_dir=tmp_path,
        data=DataFolder(tmp_path),
        worker=0,
        workers=1,
        redis_url=SecretStr(valkey.url),
        database_url=SecretStr(f"sqlite:///{tmp_path}/nonsite.sqlite"),
        evidence=str(tmp_path / "evidence"),
        shards=1,
        models=(SHIPPED_DIR,),
        log_level="info",
    )


def _has_taken_up(watcher: Watcher, revision: Revision) -> bool:
    line = watcher._posts.lines.get(DOCK)
    return watcher._site == revision.site and line is not None


def test_a_worker_started_again_takes_up_what_is_in_force(
    spec: WatchSpec, tmp_path: Path, sample: Path
) -> None:
    """It is given the spec of the first start; what was applied since is not undone."""
    later = _revision(sample, "After")
    _put_in_force(tmp_path, later)

    with _working(spec) as watcher:
        assert wait_for(lambda: _has_taken_up(watcher, later), WITHIN_S)


def test_a_site_never_imported_stands(
    spec: WatchSpec, tmp_path: Path, sample: Path
) -> None:
    """A worker started while SQL was away keeps its own site, not an older one."""
    own = _revision(sample, "Own")
    mine = replace(spec, site=own.content, config=own.id)

    with _working(mine) as watcher:
        assert wait_for(lambda: DOCK in watcher._posts.lines, WITHIN_S)
        assert watcher._later_revision() is None
        assert _has_taken_up(watcher, own)


def test_a_revision_told_while_sql_is_away_is_applied_later(
    spec: WatchSpec, client: RedisClient, tmp_path: Path, sample: Path
) -> None:
    """The worker is told once; it tries until the database gives the revision."""
    first, second = _revision(sample, "First"), _revision(sample, "Second")
    sender = CommandSender(client, SystemClock())
    database, kept = tmp_path / "nonsite.sqlite", tmp_path / "kept.sqlite"
    _put_in_force(tmp_path, first)
    with _working(spec) as watcher:
        assert wait_for(lambda: _has_taken_up(watcher, first), WITHIN_S)
        _put_in_force(tmp_path, second)
        database.rename(kept)

        sender.tell(ApplyRevision(revision=second.id))
        assert wait_for(database.exists, WITHIN_S)  # the worker looked, in an empty one
        kept.replace(database)

        assert wait_for(lambda: _has_taken_up(watcher, second), WITHIN_S)
