"""Which configuration a start goes by: a real database, a real site file."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from nonsite.parts import Parts, opened, read_revision
from nonsite.site_at_start import revision_at_start
from nonsite.stored_site import database_of, put_in_force
from sites.revision import Revision, revision_of
from tests.nonsite.service_process import ROOT


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    """The parts of a command over an empty folder."""
    with opened(tmp_path / "data", "run") as made:
        yield made


@pytest.fixture
def of_file(parts: Parts) -> Revision:
    """The sample's site file."""
    return read_revision(parts, ROOT / "samples" / "site.yaml")


def _renamed(parts: Parts, before: Revision, name: str) -> Revision:
    content = before.site.model_copy(update={"name": name})
    return revision_of(content, parts.clock.utc_now(), "wang.min", "redrawn")


def test_an_empty_folder_begins_with_the_file(parts: Parts, of_file: Revision) -> None:
    """Nothing is opened or made for the question."""
    assert revision_at_start(parts, of_file) == of_file
    assert not parts.data.database.exists()


def test_what_was_set_since_outlives_a_restart(parts: Parts, of_file: Revision) -> None:
    """Zones drawn over the pages stand; going back is `apply`, never a restart."""
    database = database_of(parts)
    redrawn = _renamed(parts, of_file, "Redrawn")
    put_in_force(parts, database, of_file)
    assert revision_at_start(parts, of_file) == of_file

    put_in_force(parts, database, redrawn)

    assert revision_at_start(parts, of_file).content == redrawn.content
    put_in_force(parts, database, of_file)
    assert revision_at_start(parts, of_file) == of_file


def test_a_file_never_seen_is_taken(parts: Parts, of_file: Revision) -> None:
    """Somebody edited it: that is what they want."""
    put_in_force(parts, database_of(parts), of_file)
    edited = _renamed(parts, of_file, "Edited")

    assert revision_at_start(parts, edited) == edited


def test_a_database_that_cannot_be_read_is_told_by_who_needs_it(
    parts: Parts, of_file: Revision
) -> None:
    """Junk in its place does not keep the workers from starting."""
    parts.data.database.write_bytes(b"no database" * 500)

    assert revision_at_start(parts, of_file) == of_file
