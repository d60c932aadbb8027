"""A camera goes from one worker to another: its shelf has one owner at a time."""

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from alerts.errors import StoreUnavailableError
from alerts.memory_evidence_store import MemoryEvidenceStore
from alerts.pack import PackState, Role
from rules.violation import Life
from tests.alerts.evidence_rig import Rig, at, violation

CAMERA = violation(Life.OPEN, 60).place.camera


@dataclass
class Two:
    """Two workers of one data folder; the camera moves from `old` to `new`."""

    old: Rig
    new: Rig


@pytest.fixture
def two(tmp_path: Path) -> Two:
    """Both with the same shelf and store."""
    store = MemoryEvidenceStore()
    return Two(Rig(tmp_path / "candidates", store), Rig(tmp_path / "candidates", store))


def _files(rig: Rig) -> dict[str, int]:
    found = rig.folder.glob("camera-*/**/*")
    return {str(path): path.stat().st_mtime_ns for path in found if path.is_file()}


def test_a_shelf_in_use_is_left_alone(two: Two) -> None:
    """The new worker neither clears, evicts nor seals what the old one still has."""
    two.old.candidate()
    stranger = next(two.old.folder.glob("camera-*/*")) / "clip.mp4"
    stranger.write_bytes(b"being cut")
    before = _files(two.old)

    two.new.keeper.adopt(CAMERA)
    two.new.look(60, violation(Life.OPEN, 60))
    two.new.look(90)

    assert _files(two.old) == before
    assert two.new.sink.packs == []


def test_the_next_worker_goes_on_with_the_candidates(two: Two) -> None:
    """Its pack has the stills the worker before kept."""
    two.old.candidate()
    two.new.keeper.adopt(CAMERA)
    two.old.keeper.give_up(CAMERA)
    two.new.look(60, violation(Life.OPEN, 60))
    for seconds in range(62, 84, 2):
        two.new.look(seconds)

    assert two.old.sink.packs == []
    roles = {file.role for file in two.new.only_sealed().files}
    assert {Role.FIRST, Role.MID, Role.OPENING, Role.LAST} <= roles
    assert two.new.keeper.status().shelf_bytes == 0


def test_what_was_open_is_sealed_once(two: Two) -> None:
    """By the worker that has its packets; the next one makes no second pack."""
    two.old.candidate()
    two.old.look(60, violation(Life.OPEN, 60))
    two.new.keeper.adopt(CAMERA, (violation(Life.OPEN, 60),))
    two.old.keeper.give_up(CAMERA)
    two.new.look(90, replace(violation(Life.OPEN, 90), opened_at=at(60)))

    assert two.old.only_sealed().state is PackState.PARTIAL
    assert "ended" in two.old.only_sealed().reasons
    assert two.new.sink.packs == []
    assert two.old.keeper.status().shelf_bytes == 0


def test_what_opens_while_the_shelf_is_taken_gets_its_pack(two: Two) -> None:
    """It is found again as after a restart, and says so."""
    two.old.candidate(30)
    two.new.keeper.adopt(CAMERA)
    two.new.look(60, violation(Life.OPEN, 60))
    two.old.keeper.give_up(CAMERA)
    two.new.keeper._cameras.idle()  # an inline lane never idles
    for seconds in range(62, 84, 2):
        two.new.look(seconds)

    assert "restarted" in two.new.only_sealed().reasons


def test_what_a_store_away_did_not_take_goes_to_the_next_worker(two: Two) -> None:
    """The old worker lets go of the shelf without losing what waits there."""
    two.old.candidate()
    two.old.look(60, violation(Life.OPEN, 60))
    two.old.sink.error = StoreUnavailableError("away")
    two.old.keeper.give_up(CAMERA)
    assert two.old.keeper.status().waiting == 0

    two.new.keeper.adopt(CAMERA)
    two.new.look(90)

    assert len(two.new.sink.packs) == 1


def test_a_look_judged_meanwhile_takes_nothing_up_again(two: Two) -> None:
    """Its frame was on its way when the camera went; the shelf stays free."""
    two.old.candidate(30)
    two.old.keeper.give_up(CAMERA)
    two.old.look(32)

    two.new.candidate()
    assert two.new.keeper.status().watched == 1


def test_a_camera_that_comes_back_is_taken_up_again(two: Two) -> None:
    """In the same process, with what was kept of it meanwhile."""
    two.old.candidate(30)
    two.old.keeper.give_up(CAMERA)
    two.new.candidate(40)
    two.new.keeper.give_up(CAMERA)

    two.old.keeper.adopt(CAMERA)

    assert two.old.keeper.status().watched == 1
    assert two.old.keeper.status().shelf_bytes > 0


def test_candidates_of_a_rule_that_went_are_deleted(two: Two) -> None:
    """Pictures and arrival go; what opened meanwhile gets its pack all the same."""
    two.old.candidate()
    gone = frozenset({violation(Life.OPEN, 60).id})
    two.old.keeper.forget(CAMERA, gone)
    assert two.old.kept() == set()
    assert two.old.keeper.status().shelf_bytes == 0

    two.old.candidate()
    two.old.look(60, violation(Life.OPEN, 60))
    two.old.keeper.forget(CAMERA, gone)
    assert two.old.kept()


def test_a_camera_nobody_watches_any_more_keeps_no_candidate(two: Two) -> None:
    """It left the site, or its basis expired."""
    two.old.candidate()
    two.old.keeper.give_up(CAMERA, is_over=True)

    assert two.old.kept() == set()


def test_candidates_the_rules_do_not_remember_are_deleted(two: Two) -> None:
    """After a restart nobody would ever speak of them again."""
    two.old.candidate()
    two.old.restart()
    two.old.keeper.adopt(CAMERA, (), frozenset({violation(Life.OPEN, 60).id}))
    assert two.old.kept()

    two.old.restart()
    two.old.keeper.adopt(CAMERA, (), frozenset())
    assert two.old.kept() == set()


def test_the_shelf_of_a_camera_not_of_the_site_is_cleared_out(two: Two) -> None:
    """A killed worker's: what opened is sealed, the candidate deleted."""
    two.old.candidate()
    two.old.look(59, violation(Life.CANDIDATE, 59, slot="x10y10"))
    two.old.look(60, violation(Life.OPEN, 60))
    two.old.restart()

    two.new.keeper.clear_out(frozenset({CAMERA}))
    assert two.new.sink.packs == []
    two.new.keeper.clear_out(frozenset())

    assert two.new.only_sealed().id == violation(Life.OPEN, 60).id
    assert two.new.kept() == set()


def test_a_shelf_in_use_is_not_cleared_out(two: Two) -> None:
    """Its worker may not have heard yet that the camera went."""
    two.old.candidate()
    before = _files(two.old)

    two.new.keeper.clear_out(frozenset())

    assert _files(two.old) == before
