"""Backgrounds on disk: whole or absent, and never a reason to stop looking."""

from pathlib import Path

from base.ids import CameraId, ViewName
from nonsite.background_folder import FolderBackgroundStore

DOCK, HOME, GATE = CameraId("dock"), ViewName("home"), ViewName("gate")


def test_views_are_kept_apart_and_the_newest_wins(tmp_path: Path) -> None:
    """What was saved last for a view is loaded by the next worker."""
    folder = tmp_path / "backgrounds"
    FolderBackgroundStore(folder).save(DOCK, HOME, b"old")
    FolderBackgroundStore(folder).save(DOCK, HOME, b"new")
    FolderBackgroundStore(folder).save(DOCK, GATE, b"gate")

    again = FolderBackgroundStore(folder)

    assert (again.load(DOCK, HOME), again.load(DOCK, GATE)) == (b"new", b"gate")
    assert again.load(CameraId("yard"), HOME) is None
    assert not list(folder.glob("*.new"))


def test_folder_that_cannot_be_used_does_no_harm(tmp_path: Path) -> None:
    """A file stands where the folder should be: nothing is kept, nothing raised."""
    blocked = tmp_path / "backgrounds"
    blocked.write_text("in the way")
    store = FolderBackgroundStore(blocked)

    store.save(DOCK, HOME, b"raw")

    assert store.load(DOCK, HOME) is None
