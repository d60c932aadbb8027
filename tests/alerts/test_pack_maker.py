"""Packs out of watches: what goes in, in which order, and what is said of it."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from alerts.clip_cutter import CutClip
from alerts.errors import ClipError, StoreFullError
from alerts.evidence_store import StoredObject
from alerts.memory_evidence_store import MemoryEvidenceStore
from alerts.pack import PackState, Role
from alerts.pack_maker import PackMaker
from alerts.pack_scene import Corners
from alerts.pack_watch import Still, Watch
from rules.violation import Life
from tests.alerts.evidence_rig import (
    BOX,
    FakeRecording,
    Rig,
    at,
    jpeg,
    violation,
)


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    return Rig(tmp_path, MemoryEvidenceStore())


def _opened(rig: Rig) -> Watch:
    """A watch with all its stills on the shelf."""
    shelf = rig.parts().shelf
    watch = Watch(violation(Life.CANDIDATE, 2))
    for seconds in (2, 30, 60, 75):
        if seconds == 60:
            said = violation(Life.OPEN, 60)
            watch, _ = watch.open(said, at(50), at(80))
        still = Still(at(seconds), f"{seconds}.jpg", len(jpeg(seconds)), BOX)
        shelf.add(watch, still, jpeg(seconds))
        watch, _ = watch.keep(still)
        shelf.save(watch)
    return watch


class _H265Recording(FakeRecording):
    """A recording that browsers cannot play."""

    def derive(
        self, clip: CutClip, folder: Path, masks: Sequence[Corners] = ()
    ) -> Path | None:
        del clip, masks
        path = folder / "clip.h264.mp4"
        path.write_bytes(b"h264 " * 100)
        return path


class _Unplayable(FakeRecording):
    """A recording no copy can be made of."""

    def derive(
        self, clip: CutClip, folder: Path, masks: Sequence[Corners] = ()
    ) -> Path | None:
        del clip, folder, masks
        msg = "the encoder is missing"
        raise ClipError(msg)


def test_copy_for_browsers_names_the_clip(rig: Rig) -> None:
    """H.265 stays as it is; the H.264 copy beside it has it as parent."""
    maker = PackMaker(rig.parts())
    watch = maker.cut(_opened(rig), _H265Recording(at(50), at(80)), hasty=False)
    pack = maker.seal(watch)

    clips = {f.name: f.parent for f in pack.files if f.role is Role.CLIP}
    assert clips == {"clip.mp4": None, "clip.h264.mp4": "clip.mp4"}
    assert rig.bytes_of(pack, "clip.mp4") == b"mp4 " * 1000


@pytest.mark.parametrize(
    ("recording", "hasty"),
    [
        pytest.param(_Unplayable(at(50), at(80)), False, id="cannot be made"),
        pytest.param(_H265Recording(at(50), at(80)), True, id="no time"),
    ],
)
def test_missing_copy_is_no_shortfall(
    rig: Rig, recording: FakeRecording, *, hasty: bool
) -> None:
    """The evidence is the original; a copy can be made from it at any time."""
    maker = PackMaker(rig.parts())
    pack = maker.seal(maker.cut(_opened(rig), recording, hasty=hasty))

    assert pack.state is PackState.COMPLETE
    assert "clip.h264.mp4" not in {file.name for file in pack.files}


class _Ordered(MemoryEvidenceStore):
    """Notes the order of what is stored."""

    def __init__(self) -> None:
        super().__init__()
        self.order: list[str] = []

    def put(self, chunks: Iterable[bytes]) -> StoredObject:
        self.order.append("object")
        return super().put(chunks)

    def put_manifest(self, pack: UUID, body: bytes) -> None:
        self.order.append("manifest")
        super().put_manifest(pack, body)


def test_manifest_is_stored_last(rig: Rig) -> None:
    """Every object is there before the pack exists."""
    store = _Ordered()
    rig.store = store
    maker = PackMaker(rig.parts())
    maker.seal(_opened(rig))

    assert store.order[-1] == "manifest"
    assert store.order.count("manifest") == 1


def test_sealing_twice_tells_the_same_pack(rig: Rig) -> None:
    """The second sealing of a violation tells what the first one stored."""
    maker = PackMaker(rig.parts())
    watch = _opened(rig)
    first = maker.seal(maker.cut(watch, FakeRecording(at(50), at(80)), hasty=False))
    rig.clock.advance(60)

    assert maker.seal(watch) == first
    assert rig.sink.packs == [first, first]


def test_lost_still_is_named_not_fatal(rig: Rig) -> None:
    """A picture that vanished from the shelf costs that picture."""
    watch = _opened(rig)
    (rig.parts().shelf.folder_of(watch) / "30.jpg").unlink()

    pack = PackMaker(rig.parts()).seal(watch)

    assert "mid_missing" in pack.reasons
    assert "first.jpg" in {file.name for file in pack.files}


def test_store_without_room_for_the_clip_takes_the_rest(rig: Rig) -> None:
    """Stills are small: they are sealed, the clip is named as missing."""

    class _Small(MemoryEvidenceStore):
        def put(self, chunks: Iterable[bytes]) -> StoredObject:
            body = b"".join(chunks)
            if body.startswith(b"mp4 "):
                msg = "full"
                raise StoreFullError(msg)
            return super().put([body])

    rig.store = _Small()
    maker = PackMaker(rig.parts())
    recording = FakeRecording(at(50), at(80))
    pack = maker.seal(maker.cut(_opened(rig), recording, hasty=False))

    assert (pack.state, pack.reasons) == (PackState.PARTIAL, ("disk_full",))
    assert {"first.jpg", "seen.json"} <= {file.name for file in pack.files}


def test_seen_holds_the_violation_and_each_clause(rig: Rig) -> None:
    """What was judged stands there whole, in codes and in words."""
    pack = PackMaker(rig.parts()).seal(_opened(rig))
    seen = json.loads(rig.bytes_of(pack, "seen.json"))

    assert seen["opened"]["code"] == "SW-01"
    assert seen["opened"]["clauses"][0]["limit"] == 60.0
    assert "成立 静止停留 60 秒（阈值 60 秒）" in seen["clauses"]
    assert [still["role"] for still in seen["stills"]] == [
        "first",
        "mid",
        "opening",
        "last",
    ]
    assert (seen["config"], seen["model"]) == ("c" * 64, "nano@0123456789ab")


def test_pack_of_a_violation_never_seen_on_a_picture(rig: Rig) -> None:
    """Without a single still there is a pack: what was seen, and why so little."""
    said = replace(violation(Life.OPEN, 60))
    watch, _ = Watch(said).open(said, at(50), at(80))

    pack = PackMaker(rig.parts()).seal(watch)

    assert {file.name for file in pack.files} == {"seen.json", "manifest.json"}
    assert pack.reasons[-3:] == ("first_missing", "mid_missing", "last_missing")
