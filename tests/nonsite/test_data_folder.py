"""The data folder: one service at a time, nothing of an earlier one left behind."""

from pathlib import Path

import pytest

from base.errors import ConfigError
from nonsite.data_folder import DataFolder


def test_spools_of_workers_that_are_no_more_are_found(tmp_path: Path) -> None:
    """With fewer workers than before, the spools of the others are still drained."""
    data = DataFolder(tmp_path)
    for worker in range(3):
        data.spool(worker).mkdir(parents=True)

    assert data.left_spools(3) == ()
    assert data.left_spools(1) == (data.spool(1), data.spool(2))


def test_a_folder_is_locked_for_its_role(tmp_path: Path) -> None:
    """A second service of the same role is refused, another role is not."""
    data = DataFolder(tmp_path)
    with (
        data.lock("run"),
        data.lock("apply"),
        pytest.raises(ConfigError, match="another `nonsite run`"),
    ):
        data.lock("run")


def test_a_lock_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    """A command run as another account before leaves its lock: no trace, a way out."""
    (tmp_path / "run.lock").mkdir()  # what nobody may write, root neither

    with pytest.raises(ConfigError, match="run as the account that owns it"):
        DataFolder(tmp_path).lock("run")


def test_a_file_in_the_place_of_the_folder_is_told(tmp_path: Path) -> None:
    """--data that names a file ends with what is wrong, not with a trace."""
    file = tmp_path / "file"
    file.write_bytes(b"")

    with pytest.raises(ConfigError, match="--data"):
        DataFolder(file / "below").make()
