"""Two sealers of one camera: its chain never forks, whoever was held up where."""

from collections.abc import Callable, Iterator
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from uuid import UUID

import obstore
import pytest
from structlog.testing import capture_logs

from alerts.errors import ChainTakenError
from alerts.evidence_store import ChainHeads, EvidenceStore, ObjectKey
from alerts.memory_evidence_store import MemoryEvidenceStore
from alerts.object_store import ObstoreEvidenceStore
from alerts.pack_chain import GENESIS
from alerts.pack_manifest import decode_manifest
from base.ids import CameraId
from rules.violation import Life
from tests.alerts.evidence_rig import Rig, violation
from tests.alerts.s3_server import serve

FIRST, SECOND, THIRD = "x51y20", "x10y10", "x80y80"


@pytest.fixture(params=["memory", "folder", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[EvidenceStore]:
    """Each kind of store."""
    if request.param == "memory":
        yield MemoryEvidenceStore()
    elif request.param == "folder":
        yield ObstoreEvidenceStore(tmp_path / "evidence", reserve_bytes=0)
    else:
        with serve() as server:
            yield ObstoreEvidenceStore("s3://evidence", options=server.options)


class _HeldUp:
    """A worker's store; `meanwhile` happens once, after it announced a pack.

    `late` is right before its manifest is put in its place.
    """

    def __init__(
        self, store: EvidenceStore, meanwhile: Callable[[], None], *, late: bool = False
    ) -> None:
        self._store, self._heads = store, store.heads
        self._meanwhile, self._late = [meanwhile], late

    @property
    def heads(self) -> "_HeldUp":
        return self

    def put(self, first: object, *rest: object) -> object:
        if not rest:
            return self._store.put(first)  # type: ignore[arg-type]
        self._heads.put(first, *rest)  # type: ignore[arg-type]
        if self._meanwhile and not self._late:
            self._meanwhile.pop()()
        return None

    def put_manifest(self, pack: UUID, body: bytes) -> None:
        if self._meanwhile:
            self._meanwhile.pop()()
        self._store.put_manifest(pack, body)

    def __getattr__(self, name: str) -> object:
        heads = name in {"turn", "read"}
        return getattr(self._heads if heads else self._store, name)


def _seal(rig: Rig, slot: str) -> None:
    rig.look(2, violation(Life.CANDIDATE, 2, slot))
    rig.look(60, violation(Life.OPEN, 60, slot))
    rig.look(82)


def _chain(store: EvidenceStore, *slots: str) -> list[tuple[int, str]]:
    """Places in the chain, in order, with the digest that stands there."""
    raws = [store.manifest(violation(Life.OPEN, 60, slot).id) for slot in slots]
    links = sorted(
        (decode_manifest(raw).link.seq, decode_manifest(raw).link.previous, raw)
        for raw in raws
    )
    for (_, _, raw), (_, previous, _) in pairwise(links):
        assert previous == sha256(raw).hexdigest()
    assert links[0][1] == GENESIS
    return [(seq, sha256(raw).hexdigest()) for seq, _, raw in links]


@pytest.mark.parametrize("late", [False, True])
def test_another_pack_sealed_meanwhile_stands_beside(
    store: EvidenceStore, tmp_path: Path, *, late: bool
) -> None:
    """Held up after announcing, a worker takes no place another has taken."""
    other = Rig(tmp_path / "other", store)
    held_up = Rig(
        tmp_path / "shelf",
        _HeldUp(store, lambda: _seal(other, SECOND), late=late),  # type: ignore[arg-type]
    )
    _seal(held_up, FIRST)
    other.keeper.close()  # tries once more
    held_up.keeper.close()

    assert [seq for seq, _ in _chain(store, FIRST, SECOND)] == [1, 2]


@pytest.mark.parametrize("late", [False, True])
def test_the_same_pack_sealed_meanwhile_keeps_the_chain(
    store: EvidenceStore, tmp_path: Path, *, late: bool
) -> None:
    """The next pack follows the one that stands."""
    other = Rig(tmp_path / "other", store)
    other.clock.advance(5)
    held_up = Rig(
        tmp_path / "shelf",
        _HeldUp(store, lambda: _seal(other, FIRST), late=late),  # type: ignore[arg-type]
    )
    _seal(held_up, FIRST)
    for rig in (other, held_up):
        rig.keeper.close()
        assert len([p for p in rig.sink.packs if p.state != "pending"]) == 1

    later = Rig(tmp_path / "later", store)
    _seal(later, SECOND)

    assert [seq for seq, _ in _chain(store, FIRST, SECOND)] == [1, 2]


def test_the_number_of_a_deleted_manifest_is_never_given_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The chain goes on after it, names it still, and the log says what is missing."""
    store = ObstoreEvidenceStore(tmp_path / "evidence", reserve_bytes=0)
    for number, slot in enumerate((FIRST, SECOND)):
        _seal(Rig(tmp_path / f"shelf{number}", store), slot)
    gone = violation(Life.OPEN, 60, SECOND).id
    deleted = store.manifest(gone)
    (tmp_path / "evidence" / "packs" / f"{gone}.json").unlink()

    _seal(Rig(tmp_path / "later", store), THIRD)

    raw = store.manifest(violation(Life.OPEN, 60, THIRD).id)
    link = decode_manifest(raw).link
    assert (link.seq, link.previous) == (3, sha256(deleted).hexdigest())
    assert str(gone) in capsys.readouterr().out.partition("chain.manifest_gone")[2]


def test_a_head_is_replaced_only_for_the_one_before(store: EvidenceStore) -> None:
    """Whoever read an older one is told."""
    heads: ChainHeads = store.heads
    camera = CameraId("dock_2")
    heads.put(camera, b"one", None)
    for before in (None, b"none"):
        with pytest.raises(ChainTakenError):
            heads.put(camera, b"other", before)
    heads.put(camera, b"two", b"one")

    assert heads.read(camera) == b"two"


def _gone(store: ObstoreEvidenceStore, *, with_object: bool) -> bytes:
    """Delete the manifest of FIRST from its place; its bytes."""
    pack = violation(Life.OPEN, 60, FIRST).id
    raw = store.manifest(pack)
    obstore.delete(store._store, f"packs/{pack}.json")
    if with_object:
        store.delete(ObjectKey(sha256(raw).hexdigest()))
    return raw


@pytest.fixture(params=["folder", "s3"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[EvidenceStore]:
    """Each kind of store somebody may delete in."""
    if request.param == "folder":
        yield ObstoreEvidenceStore(tmp_path / "evidence", reserve_bytes=0)
    else:
        with serve() as server:
            yield ObstoreEvidenceStore("s3://evidence", options=server.options)


def test_a_deleted_newest_manifest_is_put_back_by_the_next_sealing(
    kept: ObstoreEvidenceStore, tmp_path: Path
) -> None:
    """Its number is not given again."""
    rig = Rig(tmp_path / "shelf", kept)
    _seal(rig, FIRST)
    raw = _gone(kept, with_object=False)
    _seal(rig, SECOND)

    assert kept.manifest(violation(Life.OPEN, 60, FIRST).id) == raw
    assert [seq for seq, _ in _chain(kept, FIRST, SECOND)] == [1, 2]


def test_a_number_whose_pack_is_gone_for_good_stays_empty(
    kept: ObstoreEvidenceStore, tmp_path: Path
) -> None:
    """The next pack names what is gone; the log tells."""
    rig = Rig(tmp_path / "shelf", kept)
    _seal(rig, FIRST)
    raw = _gone(kept, with_object=True)
    with capture_logs() as logs:
        _seal(rig, SECOND)

    link = decode_manifest(kept.manifest(violation(Life.OPEN, 60, SECOND).id)).link
    assert (link.seq, link.previous) == (2, sha256(raw).hexdigest())
    (gap,) = [log for log in logs if log["event"] == "chain.manifest_gone"]
    assert (gap["seq"], gap["log_level"]) == (1, "error")
