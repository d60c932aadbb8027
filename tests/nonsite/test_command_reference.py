"""`nonsite reference`: the picture of a view taken from its feed, put in force."""

import hashlib
import json
import sqlite3
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from alerts.database import open_database
from alerts.embedded_valkey import EmbeddedValkey
from alerts.migrate import migrate
from alerts.revisions import SqlRevisionStore
from base.clock import SystemClock
from detector.reference import read_reference
from nonsite.cli import app
from sites.load import parse_site
from sites.revision import revision_of
from sites.schema import ViewSection
from tests.sites.dossiers import DOSSIER_TEMPLATE

SITE = (
    """\
version: 1
name: Yard
cameras:
  yard:
    dossier: """
    + DOSSIER_TEMPLATE
    + """
    feed: {{kind: file, path: {sample}}}
    views:
      home:
        zones:
          pit: {{purpose: opening, points: {pit}}}
          wall: {{purpose: mask, points: [[0, 0], [0.2, 0], [0.2, 0.2], [0, 0.2]]}}
"""
)
EMPTY = "[[0.0, 0.9], [0.05, 0.9], [0.05, 0.99], [0.0, 0.99]]"
CROWDED = "[[0.05, 0.2], [0.99, 0.2], [0.99, 0.99], [0.05, 0.99]]"


def _in_force(data: Path, sample: Path, pit: str) -> SqlRevisionStore:
    """A data folder with this site in force."""
    data.mkdir()
    database = open_database(f"sqlite:///{data / 'nonsite.sqlite'}")
    migrate(database)
    store = SqlRevisionStore(database, SystemClock())
    site = parse_site(SITE.format(sample=sample, pit=pit).encode())
    store.apply(revision_of(site, SystemClock().utc_now(), "test"))
    return store


def _view(store: SqlRevisionStore) -> ViewSection:
    current = store.current()
    assert current is not None
    return current.site.cameras["yard"].views["home"]


def _reference(data: Path, *options: str) -> Result:
    arguments = ["reference", "yard", "--data", str(data), *options]
    return CliRunner().invoke(app, arguments)


@pytest.fixture
def redis_url(valkey: EmbeddedValkey, monkeypatch: pytest.MonkeyPatch) -> str:
    """The Valkey through which workers are told."""
    monkeypatch.setenv("NONSITE_REDIS_URL", valkey.url)
    return valkey.url


@pytest.mark.usefixtures("redis_url")
def test_the_picture_is_taken_masked_and_in_force(tmp_path: Path, sample: Path) -> None:
    """The feed's own size, the mask black, the file named by the view."""
    store = _in_force(tmp_path / "data", sample, EMPTY)

    told = _reference(tmp_path / "data")

    path = _view(store).reference
    assert told.exit_code == 0, told.output
    assert path is not None
    picture = read_reference(path, "reference")
    assert picture.shape == (576, 768, 3)
    assert picture[:100, :140].max() < 16  # JPEG leaves a little
    assert picture[300:, 300:].mean() > 16


@pytest.mark.usefixtures("redis_url")
def test_with_people_before_the_opening_it_is_refused(
    tmp_path: Path, sample: Path
) -> None:
    """What is taken for closed must be seen closed."""
    store = _in_force(tmp_path / "data", sample, CROWDED)

    told = _reference(tmp_path / "data")

    assert told.exit_code != 0
    assert "cameras.yard.views.home.zones.pit: a" in str(told.exception)
    assert _view(store).reference is None


@pytest.mark.usefixtures("redis_url")
def test_a_view_nobody_drew_is_refused(tmp_path: Path, sample: Path) -> None:
    """By its key, with those there are; so is a camera, and an empty folder."""
    _in_force(tmp_path / "data", sample, EMPTY)

    gate = _reference(tmp_path / "data", "--view", "gate")
    nothing = _reference(tmp_path / "new")

    assert "cameras.yard.views.gate: not drawn; it has home" in str(gate.exception)
    assert "no site is in force" in str(nothing.exception)


@pytest.mark.usefixtures("redis_url")
def test_taking_it_anew_keeps_the_old_one_and_says_who_and_why(
    tmp_path: Path, sample: Path
) -> None:
    """As a job of the API runs it: name, role, reason, both files on the trail."""
    data = tmp_path / "data"
    store = _in_force(data, sample, EMPTY)
    assert _reference(data).exit_code == 0
    old = _view(store).reference
    assert old is not None
    renamed = old.with_name("yard_home_before.jpg")
    old.rename(renamed)  # taken in this very second otherwise
    _name(store, renamed)

    told = _reference(data, "--by=gao", "--role=engineer", "--reason=井盖换新")

    new = _view(store).reference
    assert told.exit_code == 0, told.output
    assert new is not None
    assert new != renamed
    assert renamed.is_file()
    assert told.stdout.splitlines()[-1] == new.name
    query = "SELECT actor, detail FROM audit_intake WHERE action = 'reference.taken'"
    deeds = sqlite3.connect(data / "nonsite.sqlite").execute(query).fetchall()
    actor, detail = deeds[-1]
    said = json.loads(detail)
    assert (actor, said["role"], said["reason"]) == ("gao", "engineer", "井盖换新")
    assert (said["replaced"], said["file"]) == (renamed.name, new.name)
    assert said["sha256"] == hashlib.sha256(new.read_bytes()).hexdigest()


def _name(store: SqlRevisionStore, path: Path) -> None:
    """Let the view name this picture."""
    current = store.current()
    assert current is not None
    section = current.site.cameras["yard"]
    view = section.views["home"].model_copy(update={"reference": path})
    section = section.model_copy(update={"views": {"home": view}})
    site = current.site.model_copy(update={"cameras": {"yard": section}})
    store.apply(revision_of(site, SystemClock().utc_now(), "test"))
