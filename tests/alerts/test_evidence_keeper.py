"""The evidence keeper: looks in, one pack an alert out, whatever happens meanwhile."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from alerts.errors import ClipError, StoreFullError, StoreUnavailableError
from alerts.memory_evidence_store import MemoryEvidenceStore
from alerts.object_store import ObstoreEvidenceStore
from alerts.pack import PackState, Role
from alerts.pack_manifest import decode_manifest
from detector.box import Box
from detector.look import Track
from rules.violation import Life
from tests.alerts.blurred_heads import detail, grey
from tests.alerts.evidence_rig import (
    BOX,
    FakeCutter,
    Rig,
    at,
    jpeg,
    look,
    noise,
    opened,
    spoilt,
    violation,
)
from tests.alerts.small_disk import fill, mounted

STILLS = {"first.jpg", "mid.jpg", "opening.jpg", "last.jpg"}
DRAWN = {name.replace(".jpg", ".annotated.jpg") for name in STILLS}
WHOLES = {f"panorama.{n}{end}" for n in (1, 2) for end in (".jpg", ".annotated.jpg")}
EXTRAS = {"party.jpg", "dwell.jpg", "dwell.annotated.jpg", "arrival.mp4"}
WHOLE = (
    STILLS
    | DRAWN
    | WHOLES
    | EXTRAS
    | {"clip.mp4", "boxes.json", "seen.json", "manifest.json"}
)


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    store = ObstoreEvidenceStore(tmp_path / "evidence", reserve_bytes=0)
    return Rig(tmp_path / "candidates", store)


def test_alert_gets_a_complete_pack(rig: Rig) -> None:
    """Stills and drawn copies, crop, strip, both clips, what was seen, the manifest."""
    rig.alert()

    pack = rig.only_sealed()
    assert pack.state is PackState.COMPLETE
    assert {file.name for file in pack.files} == WHOLE
    assert pack.id == violation(Life.OPEN, 60).id
    assert rig.verifies(pack)
    assert decode_manifest(rig.store.manifest(pack.id)).pack == pack.id


def test_stills_show_first_middle_opening_and_last(rig: Rig) -> None:
    """First at the second look, middle near the middle, last before the clip ends."""
    rig.alert()

    times = {
        file.role: (file.captured_at - at(0)).total_seconds()
        for file in rig.only_sealed().files
        if file.media_type == "image/jpeg"
    }
    assert times[Role.FIRST] == 2
    assert abs(times[Role.MID] - 31) <= 8
    assert times[Role.OPENING] == 60
    assert times[Role.LAST] == 80


def test_originals_are_untouched_and_parents_named(rig: Rig) -> None:
    """The still in the store is the frame's own JPEG; drawn copies name it."""
    rig.alert()

    pack = rig.only_sealed()
    assert rig.bytes_of(pack, "opening.jpg") == jpeg(180)
    for file in pack.files:
        expected = None
        if ".annotated" in file.name:
            expected = file.name.replace(".annotated", "")
        if file.role is Role.PARTY:
            expected = "opening.jpg"
        if file.role is Role.BOXES:
            expected = "clip.mp4"
        if file.name in {"panorama.1.jpg", "panorama.2.jpg"}:
            expected = "first.jpg" if "1" in file.name else "last.jpg"
        assert file.parent == expected


def test_drawn_copies_show_no_bystander(rig: Rig) -> None:
    """A passer's head and another car's plate: in the original, not in its copy."""
    rig.candidate()
    passer = Track(Box(0.6, 0.1, 0.7, 0.9), "person", 0.8, 150.0)
    other = Track(Box(0.75, 0.4, 0.95, 0.7), "car", 0.8, 60.0)
    seen = look(60, BOX)
    seen = replace(seen, tracks=(*seen.tracks, passer, other))
    rig.keeper.keep(seen, lambda: noise((320, 240)), (violation(Life.OPEN, 60),))

    pack = rig.sink.packs[0]
    whole = grey(rig.bytes_of(pack, "opening.jpg"))
    drawn = grey(rig.bytes_of(pack, "opening.annotated.jpg"))
    for place in ((slice(30, 70), slice(194, 222)), (slice(130, 165), slice(284, 302))):
        assert detail(whole[place]) > 20
        assert detail(drawn[place]) < 8


def test_stills_are_shown_at_opening(rig: Rig) -> None:
    """A pending pack with the stills comes at once, the clip when its time has run."""
    rig.candidate()
    rig.look(60, violation(Life.OPEN, 60))

    assert [pack.state for pack in rig.sink.packs] == [PackState.PENDING]
    names = {file.name for file in rig.sink.packs[0].files}
    assert names == (STILLS | DRAWN) - {"last.jpg", "last.annotated.jpg"}


def test_clip_is_asked_for_at_opening(rig: Rig) -> None:
    """The packets are held from 10 s before to 20 s after, and let go at the end."""
    rig.alert()

    _arrival, recording = rig.clips.made
    assert (recording.start, recording.end) == (at(50), at(80))
    assert recording.released


def test_dropped_candidate_leaves_nothing(rig: Rig) -> None:
    """When the car leaves before the dwell, no still of it stays on disk."""
    rig.candidate(30)
    assert len(rig.kept()) > 1

    rig.look(32, violation(Life.DROPPED, 32))

    assert rig.kept() == set()
    assert rig.sink.packs == []
    assert rig.keeper.status().shelf_bytes == 0


def test_sealed_alert_leaves_nothing_on_the_shelf(rig: Rig) -> None:
    """What is in the store is not kept twice."""
    rig.alert()

    assert rig.kept() == set()
    assert rig.keeper.status().shelf_bytes == 0


def test_later_revisions_make_no_second_pack(rig: Rig) -> None:
    """Due, persisting, cleared and reopened belong to the pack there is."""
    said = violation(Life.OPEN, 60)
    rig.alert()
    for seconds, life in ((360, Life.OPEN), (700, Life.CLEARED), (800, Life.REOPENED)):
        rig.look(seconds, opened(seconds, replace(said, life=life)))
    rig.restart()
    rig.look(900, opened(900, replace(said, life=Life.PERSISTING)))
    rig.look(930)

    rig.only_sealed()
    assert rig.kept() == set()


def test_passer_by_does_not_become_the_last_still(rig: Rig) -> None:
    """Looks that do not show the car do not replace one that does."""
    rig.candidate()
    rig.look(60, violation(Life.OPEN, 60))
    rig.look(66)
    rig.look(72, box=None)
    rig.look(78, box=Box(0.7, 0.1, 0.9, 0.3))
    rig.look(84)

    last = next(file for file in rig.only_sealed().files if file.name == "last.jpg")
    assert last.captured_at == at(66)
    assert last.box == BOX


def test_car_gone_after_opening_still_has_a_last_still(rig: Rig) -> None:
    """The newest look of the clip's time shows that it has left."""
    rig.candidate()
    rig.look(60, violation(Life.OPEN, 60))
    for seconds in (66, 72, 78, 84):
        rig.look(seconds, box=None)

    pack = rig.only_sealed()
    last = next(file for file in pack.files if file.name == "last.jpg")
    assert (last.captured_at, last.box) == (at(78), None)
    assert pack.state is PackState.COMPLETE


@pytest.mark.parametrize(
    ("clips", "expected"),
    [
        pytest.param(
            spoilt(short_before_s=4.0), ("ring_too_short",), id="ring too short"
        ),
        pytest.param(spoilt(short_after_s=9.0), ("feed_lost",), id="feed lost"),
        pytest.param(
            spoilt(error=ClipError("empty")), ("clip_failed",), id="nothing recorded"
        ),
        pytest.param(
            spoilt(error=StoreFullError("full")), ("disk_full",), id="disk full"
        ),
        pytest.param(FakeCutter(has_ring=False), ("clip_failed",), id="no ring"),
        pytest.param(spoilt(short_after_s=0.2), (), id="a frame short is whole"),
    ],
)
def test_clip_that_falls_short_makes_the_pack_partial(
    rig: Rig, clips: FakeCutter, expected: tuple[str, ...]
) -> None:
    """The reason is a code; the stills are there all the same."""
    rig.clips = clips
    rig.restart()
    rig.alert()

    pack = rig.only_sealed()
    assert pack.reasons == expected
    assert (pack.state is PackState.COMPLETE) == (not expected)
    assert {file.name for file in pack.files} >= STILLS


def test_short_clip_states_its_gap(rig: Rig) -> None:
    """What the clip leaves out is a gap of the pack, from and to."""
    rig.clips = spoilt(short_before_s=4.0)
    rig.restart()
    rig.alert()

    (gap,) = rig.only_sealed().gaps
    assert (gap.start, gap.end) == (at(50), at(54))


def test_end_before_the_clip_ends_is_partial(rig: Rig) -> None:
    """A file that ends, or a stop, gives a pack at once, with the reason."""
    rig.alert(until_s=70)
    rig.keeper.close()

    assert rig.only_sealed().reasons == ("ended",)
    assert rig.kept() == set()


def test_store_away_is_tried_again(rig: Rig) -> None:
    """While the sink refuses nothing is lost; a later attempt seals the pack."""
    rig.sink.error = StoreUnavailableError("away")
    rig.alert()
    status = rig.keeper.status()
    assert (status.waiting, status.sealed, status.fault) == (1, 0, "away")
    assert "watch.json" in rig.kept()

    rig.sink.error = None
    rig.keeper.close()

    rig.only_sealed()
    assert rig.keeper.status().fault is None


@pytest.mark.parametrize(
    "junk",
    [b"", b"not a jpeg", jpeg()[:-40], b"\xff\xd8\xff" + bytes(64) + b"\xff\xd9"],
    ids=["empty", "text", "cut off", "framed noise"],
)
def test_junk_pictures_never_stop_the_pack(rig: Rig, junk: bytes) -> None:
    """Stills that are none are left out or left undrawn; the pack says so."""
    rig.candidate()
    rig.keeper.keep(look(60, BOX), lambda: junk, [violation(Life.OPEN, 60)])
    for seconds in (62, 70, 80, 82):
        rig.look(seconds)

    pack = rig.only_sealed()
    assert {"first.jpg", "last.jpg", "clip.mp4"} <= {file.name for file in pack.files}


def test_failing_encoder_costs_the_picture_alone(rig: Rig) -> None:
    """Whatever the encoder raises, the violations of that look are not lost."""

    def broken() -> bytes:
        msg = "no such plane"
        raise ValueError(msg)

    rig.candidate()
    rig.keeper.keep(look(60, BOX), broken, [violation(Life.OPEN, 60)])
    for seconds in (62, 70, 80, 82):
        rig.look(seconds)

    assert rig.only_sealed().state is PackState.COMPLETE
    assert rig.keeper.status().junk == 1


def test_what_was_seen_is_the_same_bytes_each_time(tmp_path: Path) -> None:
    """Equal looks under an equal configuration give an equal seen.json."""
    seen = []
    for name in ("one", "two"):
        rig = Rig(tmp_path / name, MemoryEvidenceStore())
        rig.alert()
        rig.clock.advance(100)
        seen.append(rig.bytes_of(rig.only_sealed(), "seen.json"))

    assert seen[0] == seen[1]
    assert "疑似人行道违停" in seen[0].decode()


def test_bytes_of_the_shelf_are_bounded(tmp_path: Path) -> None:
    """A hundred candidates share the bound; the quietest are given up for it."""
    bound = 20 * len(jpeg())
    rig = Rig(tmp_path / "c", MemoryEvidenceStore(), max_bytes=bound)
    for n in range(100):
        rig.look(2.0 + n, violation(Life.CANDIDATE, 2.0 + n, slot=f"s{n}"))

        assert rig.keeper.status().shelf_bytes <= bound

    files = [path for path in (tmp_path / "c").rglob("*.jpg") if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= bound
    assert rig.keeper.status().evicted > 0


def test_full_shelf_costs_stills_not_the_alert(tmp_path: Path) -> None:
    """With the worker's disk full the pack is partial, names it, and has the clip."""
    with mounted(tmp_path / "disk") as disk:
        rig = Rig(disk / "candidates", MemoryEvidenceStore())
        rig.candidate(20)
        ballast = fill(disk)
        rig.look(60, violation(Life.OPEN, 60))
        assert rig.keeper.status().fault is not None
        assert str(disk) in str(rig.keeper.status().fault)
        ballast.unlink()
        for seconds in (70, 78, 82):
            rig.look(seconds)

        pack = rig.only_sealed()
        assert "disk_full" in pack.reasons
        assert {"first.jpg", "last.jpg", "clip.mp4"} <= {f.name for f in pack.files}
        assert rig.keeper.status().fault is None
        rig.keeper.close()


def test_full_store_keeps_the_evidence_on_the_shelf(tmp_path: Path) -> None:
    """Nothing half stored, nothing lost: room again, the next process seals it."""
    with mounted(tmp_path / "disk") as disk:
        store = ObstoreEvidenceStore(disk, reserve_bytes=0)
        rig = Rig(tmp_path / "candidates", store)
        ballast = fill(disk)
        rig.alert()
        rig.keeper.close()
        assert rig.sink.packs == []
        assert "is full: free space there" in str(rig.keeper.status().fault)

        ballast.unlink()
        rig.restart()
        rig.look(90)

        assert rig.verifies(rig.only_sealed())


def test_looks_never_wait_for_a_slow_disk(tmp_path: Path) -> None:
    """With a store that hangs, looks go on; pictures are passed over and counted."""
    hang = threading.Event()

    class _Slow(MemoryEvidenceStore):
        def put(self, chunks: object) -> object:  # type: ignore[override]
            hang.wait(20)
            return super().put(chunks)  # type: ignore[arg-type]

    rig = Rig(tmp_path, _Slow(), is_inline=False)  # type: ignore[arg-type]
    entered = threading.Event()

    def slow_picture() -> bytes:
        entered.set()
        hang.wait(20)
        return jpeg()

    for n in range(300):
        said = [violation(Life.CANDIDATE, n, slot=f"s{n}")]
        rig.keeper.keep(look(n, BOX), slow_picture, said)
    assert entered.wait(10)
    assert rig.keeper.status().passed_over >= 280

    hang.set()
    rig.keeper.close(20)


def test_live_keeper_seals_on_its_own_threads(tmp_path: Path) -> None:
    """The same alert over threads gives the same complete pack."""
    rig = Rig(tmp_path, MemoryEvidenceStore(), is_inline=False)
    rig.look(2, violation(Life.CANDIDATE, 2))
    rig.look(30, violation(Life.CANDIDATE, 30))
    rig.look(60, violation(Life.OPEN, 60))
    rig.look(70, violation(Life.OPEN, 60))
    rig.look(82, violation(Life.OPEN, 60))
    rig.keeper.close(20)

    assert rig.only_sealed().state is PackState.COMPLETE


def test_silent_feed_after_opening_gives_its_pack(tmp_path: Path) -> None:
    """When no look comes any more, monotonic time ends the wait."""
    rig = Rig(tmp_path, MemoryEvidenceStore(), is_inline=False)
    rig.look(2, violation(Life.CANDIDATE, 2))
    rig.look(60, violation(Life.OPEN, 60))
    done = threading.Event()
    waited = 0.0
    while rig.keeper.status().sealed == 0 and waited < 20:
        rig.clock.advance(10)
        done.wait(0.1)
        waited += 0.1
    rig.keeper.close(20)

    assert "feed_lost" in rig.only_sealed().reasons


def test_cameras_of_other_workers_are_left_alone(rig: Rig) -> None:
    """A worker takes up the candidates of its own cameras only."""
    rig.candidate(10)
    rig.restart()
    rig.keeper.adopt(look(0).camera)
    mine = rig.keeper.status().watched
    rig.restart()
    other = look(100, camera=violation(Life.OPEN, 1).place.camera + "_b")  # type: ignore[arg-type]
    rig.keeper.keep(other, jpeg, [])

    assert (mine, rig.keeper.status().watched) == (1, 0)
    assert rig.kept() != set()
