"""The evidence book: restarts and kills at any moment leave one pack an alert."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from alerts.errors import StoreUnavailableError
from alerts.evidence_store import StoredObject
from alerts.memory_evidence_store import MemoryEvidenceStore
from alerts.object_store import ObstoreEvidenceStore
from alerts.pack import PackState
from alerts.pack_manifest import decode_manifest
from rules.violation import Gap, Life
from streams.faults import FeedFault
from tests.alerts.evidence_rig import (
    CrashingStore,
    KilledError,
    Rig,
    at,
    opened,
    spoilt,
    violation,
)

STILLS = {"first.jpg", "mid.jpg", "opening.jpg", "last.jpg"}
DRAWN = {name.replace(".jpg", ".annotated.jpg") for name in STILLS}
WHOLES = {f"panorama.{n}{end}" for n in (1, 2) for end in (".jpg", ".annotated.jpg")}
EXTRAS = {"party.jpg", "dwell.jpg", "dwell.annotated.jpg", "arrival.mp4"}
WHOLE = STILLS | DRAWN | WHOLES | EXTRAS | {"clip.mp4", "seen.json", "manifest.json"}


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    store = ObstoreEvidenceStore(tmp_path / "evidence", reserve_bytes=0)
    return Rig(tmp_path / "candidates", store)


def test_candidates_outlive_the_process(rig: Rig) -> None:
    """The first still of before the restart is in the pack of after it."""
    rig.candidate(30)
    rig.keeper.close()
    rig.restart()
    for seconds in range(32, 60, 2):
        rig.look(seconds)
    rig.look(60, violation(Life.OPEN, 60))
    for seconds in range(62, 84, 2):
        rig.look(seconds)

    pack = rig.only_sealed()
    first = next(file for file in pack.files if file.name == "first.jpg")
    assert first.captured_at == at(2)
    assert pack.state is PackState.COMPLETE


def test_killed_after_opening_gives_one_partial_pack(rig: Rig) -> None:
    """The stills are found again; the clip that could not be cut is named."""
    rig.alert(until_s=70)
    rig.clips.has_ring = False
    rig.restart()
    rig.look(90)

    pack = rig.only_sealed()
    assert pack.reasons == ("restarted",)
    assert {file.name for file in pack.files} == WHOLE - {"clip.mp4"}
    assert pack.gaps == (Gap(at(50), at(80)),)


def test_restart_within_the_clip_keeps_the_rest_of_it(rig: Rig) -> None:
    """What the new process can still record is in the pack, which is partial."""
    rig.alert(until_s=64)
    rig.clips = spoilt(short_before_s=16.0)
    rig.restart()
    for seconds in range(68, 84, 2):
        rig.look(seconds)

    pack = rig.only_sealed()
    assert pack.reasons == ("restarted",)
    assert "clip.mp4" in {file.name for file in pack.files}


def test_opening_lost_with_the_process_still_gives_a_pack(rig: Rig) -> None:
    """Rules remember what they opened; the next revision finds no pack and makes it."""
    rig.candidate()
    said = violation(Life.OPEN, 60)
    rig.restart()
    rig.look(1860, opened(1860, replace(said, life=Life.PERSISTING)))

    pack = rig.only_sealed()
    assert pack.reasons[0] == "restarted"
    assert "first.jpg" in {file.name for file in pack.files}


def test_a_host_clock_set_while_it_stood_there_is_in_the_pack(rig: Rig) -> None:
    """The step was over when it opened; its dwell spans it all the same."""
    rig.candidate(10)
    rig.look(12, faults=frozenset({FeedFault.CLOCK_STEPPED}))
    for seconds in range(14, 60, 2):
        rig.look(seconds)
    rig.look(60, violation(Life.OPEN, 60))
    for seconds in range(62, 84, 2):
        rig.look(seconds)

    pack = rig.only_sealed()
    assert pack.facts is not None
    assert pack.facts.is_clock_stepped
    assert decode_manifest(rig.bytes_of(pack, "manifest.json")).time.is_clock_stepped


def test_stale_candidate_goes(rig: Rig) -> None:
    """A candidate nobody spoke of for a week is deleted; its rules forgot it."""
    rig.candidate(10)
    rig.look(8 * 86_400, box=None)

    assert rig.kept() == set()


def test_store_away_makes_no_second_pack(rig: Rig) -> None:
    """Whether there is a pack cannot be asked: the next revision asks again."""
    rig.alert()
    said = replace(violation(Life.OPEN, 60), life=Life.PERSISTING)
    store, rig.store = rig.store, _Away()
    rig.restart()
    rig.look(1860, opened(1860, said))
    assert rig.keeper.status().fault == "the store is away"

    rig.store = store
    rig.restart()
    rig.look(3660, opened(3660, said))

    assert rig.only_sealed().state is PackState.COMPLETE


def test_unexpected_failure_of_the_cutter_costs_the_clip_alone(rig: Rig) -> None:
    """Whatever cutting raises, the stills are sealed at the next attempt."""
    rig.clips = spoilt(error=ZeroDivisionError("in the muxer"))
    rig.restart()
    rig.alert()
    rig.keeper.close()

    pack = rig.only_sealed()
    assert pack.reasons == ("clip_failed",)
    assert {file.name for file in pack.files} >= STILLS
    assert rig.clips.made[0].released


def test_clip_outlives_a_store_that_is_away(rig: Rig) -> None:
    """Cut once and kept beside the stills: packets are let go, a restart finds it."""
    rig.sink.error = StoreUnavailableError("away")
    store, rig.store = rig.store, _Away()
    rig.restart()
    rig.alert()
    assert rig.clips.made[0].released
    assert "clip.mp4" in rig.kept()

    rig.sink.error, rig.store = None, store
    rig.clips.has_ring = False
    rig.restart()
    rig.look(90)

    assert rig.only_sealed().state is PackState.COMPLETE
    assert rig.kept() == set()


class _Away(MemoryEvidenceStore):
    """A store nobody can reach."""

    def put(self, chunks: Iterable[bytes]) -> StoredObject:
        del chunks
        msg = "the store is away"
        raise StoreUnavailableError(msg)

    def manifest(self, pack: UUID) -> bytes:
        del pack
        msg = "the store is away"
        raise StoreUnavailableError(msg)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", range(1, 20))
def test_kill_at_any_step_leaves_nothing_or_a_whole_pack(
    rig: Rig, step: int, tmp_path_factory: pytest.TempPathFactory, *, after: bool
) -> None:
    """Killed around any write: no manifest or a true one; then one pack, once."""
    evidence = tmp_path_factory.mktemp("evidence")
    store = ObstoreEvidenceStore(evidence, reserve_bytes=0)
    rig.store = CrashingStore(store, step, after)  # type: ignore[assignment]
    rig.restart()
    died = False
    try:
        rig.alert(opens_s=12, until_s=34)
    except KilledError:
        died = True
    rig.store = store
    rig.restart()
    if died:
        said = violation(Life.OPEN, 12)
        rig.look(90)
        rig.look(120, opened(120, replace(said, life=Life.PERSISTING)))

    pack = rig.only_sealed()
    assert rig.verifies(pack)
    assert {file.name for file in pack.files} >= STILLS - {"last.jpg"}
    assert decode_manifest(rig.store.manifest(pack.id)).state is pack.state
    assert rig.kept() == set()


def test_every_step_was_tried(tmp_path: Path) -> None:
    """A pack takes as many writes as the kill test tries."""
    store = CrashingStore(MemoryEvidenceStore(), 10**6)
    rig = Rig(tmp_path, store)  # type: ignore[arg-type]
    rig.alert()

    assert store.steps == 19


def test_told_again_after_a_kill_between_manifest_and_telling(rig: Rig) -> None:
    """The manifest is existence: the next process tells what it says, to the byte."""
    rig.alert(until_s=78)
    rig.sink.error = StoreUnavailableError("the spool is full")
    rig.look(82)
    before = rig.store.manifest(violation(Life.OPEN, 60).id)
    assert rig.keeper.status().waiting == 1

    rig.sink.error = None
    rig.clock.advance(3600)
    rig.restart()
    rig.look(90)

    assert rig.store.manifest(rig.only_sealed().id) == before
