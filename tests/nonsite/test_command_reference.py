"""`nonsite reference`: the picture of a view taken from its feed, put in force."""

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
