"""The shelf: what an earlier process kept is found, what is damaged goes."""

import subprocess
import sys
from pathlib import Path

import pytest

from alerts.errors import StoreError
from alerts.pack_shelf import JOURNAL, Shelf
from alerts.pack_watch import Still, Watch
from base.ids import CameraId
from rules.violation import Life
from tests.alerts.evidence_rig import BOX, CAMERA, at, jpeg, violation

ROOT = Path(__file__).resolve().parents[2]


def _kept(shelf: Shelf, slot: str = "s1") -> Watch:
    watch = Watch(violation(Life.CANDIDATE, 2, slot=slot))
    for seconds in (2, 10):
        still = Still(at(seconds), f"{seconds}.jpg", len(jpeg()), BOX)
        shelf.add(watch, still, jpeg())
        watch, _ = watch.keep(still)
        shelf.save(watch)
    return watch


def test_kept_is_found_again(tmp_path: Path) -> None:
    """The next process finds watches and bytes as they were left."""
    kept = _kept(Shelf(tmp_path, 10**6))

    shelf = Shelf(tmp_path, 10**6)
    assert shelf.take_up(CAMERA).watches == (kept,)
    assert shelf.bytes_held == 2 * len(jpeg())
    assert shelf.read(kept, kept.stills[0]) == jpeg()


def test_nothing_is_left_of_what_is_deleted(tmp_path: Path) -> None:
    """Deleting a watch frees its bytes and its folder."""
    shelf = Shelf(tmp_path, 10**6)
    kept = _kept(shelf)

    shelf.delete(kept)

    assert shelf.bytes_held == 0
    assert not shelf.folder_of(kept).exists()


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda folder: (folder / JOURNAL).unlink(), id="no journal"),
        pytest.param(
            lambda folder: (folder / JOURNAL).write_bytes(b"{"), id="torn journal"
        ),
        pytest.param(
            lambda folder: folder.rename(folder.parent / "not-an-id"), id="renamed"
        ),
    ],
)
def test_damaged_candidate_is_cleared(tmp_path: Path, damage: object) -> None:
    """A half-made folder goes; its neighbours stay."""
    shelf = Shelf(tmp_path, 10**6)
    broken, whole = _kept(shelf, "s1"), _kept(shelf, "s2")
    damage(shelf.folder_of(broken))  # type: ignore[operator]

    shelved = Shelf(tmp_path, 10**6).take_up(CAMERA)

    assert (shelved.watches, shelved.damaged) == ((whole,), 1)
    assert len(list(shelf.folder_of(whole).parent.iterdir())) == 1


def test_torn_picture_is_left_out(tmp_path: Path) -> None:
    """A still cut off by a power cut is not taken for one; strangers are cleared."""
    shelf = Shelf(tmp_path, 10**6)
    kept = _kept(shelf)
    folder = shelf.folder_of(kept)
    (folder / "10.jpg").write_bytes(jpeg()[:50])
    (folder / "clip.mp4").write_bytes(b"half a clip")

    (found,) = Shelf(tmp_path, 10**6).take_up(CAMERA).watches

    assert found.stills == kept.stills[:1]
    assert {path.name for path in folder.iterdir()} == {"2.jpg", JOURNAL}


def test_camera_names_cannot_leave_the_folder(tmp_path: Path) -> None:
    """A name with slashes or dots stays inside the shelf."""
    shelf = Shelf(tmp_path / "shelf", 10**6)
    watch = Watch(violation(Life.CANDIDATE, 2, camera="../../etc"))  # type: ignore[arg-type]

    assert (tmp_path / "shelf") in shelf.folder_of(watch).resolve().parents


KILLED = """
import os, sys
from pathlib import Path
from alerts.pack_shelf import Shelf
from alerts.pack_watch import Watch
from rules.violation import Life
from tests.alerts.evidence_rig import violation

class HalfCut:
    def cut(self, folder):
        (folder / "half.mp4").write_bytes(b"half")
        os._exit(9)

watch = Watch(violation(Life.CANDIDATE, 2))
Shelf(Path(sys.argv[1]), 10**6, 0).cut_arrival(watch, HalfCut(), 10**6)
"""


def test_arrival_half_cut_at_a_kill_is_removed(tmp_path: Path) -> None:
    """It goes when its camera is taken up, and those of other cameras stay."""
    command = [sys.executable, "-c", KILLED, str(tmp_path)]
    ended = subprocess.run(command, cwd=ROOT, timeout=60, check=False)
    assert ended.returncode == 9
    assert list(tmp_path.rglob("half.mp4"))

    Shelf(tmp_path, 10**6).take_up(CameraId("other"))
    assert list(tmp_path.rglob("half.mp4"))
    Shelf(tmp_path, 10**6).take_up(CAMERA)
    assert not list(tmp_path.rglob("half.mp4"))


def test_file_in_the_way_is_told(tmp_path: Path) -> None:
    """A shelf that cannot be made names its folder."""
    (tmp_path / "candidates").write_text("in the way")

    with pytest.raises(StoreError, match="candidates"):
        Shelf(tmp_path / "candidates", 10**6)
