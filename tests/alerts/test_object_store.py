"""The evidence store: one contract over a folder, S3 and memory, and what is local."""

import fcntl
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from alerts.errors import (
    NotFoundError,
    PackExistsError,
    StoreError,
    StoreFullError,
    StoreUnavailableError,
)
from alerts.evidence_store import EvidenceStore, ObjectKey
from alerts.memory_evidence_store import MemoryEvidenceStore
from alerts.object_store import ObstoreEvidenceStore
from tests.alerts.s3_server import S3Server, serve
from tests.alerts.small_disk import mounted

PACK = UUID(int=7)
ROOT = Path(__file__).resolve().parents[2]
# SM3 of "abc", GB/T 32905-2016 annex A.
SM3_ABC = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


@pytest.fixture
def s3() -> Iterator[S3Server]:
    with serve() as server:
        yield server


def _s3_store(server: S3Server) -> ObstoreEvidenceStore:
    return ObstoreEvidenceStore("s3://evidence/site-1", options=server.options)


@pytest.fixture(params=["memory", "folder", "s3"])
def store(
    request: pytest.FixtureRequest, tmp_path: Path, s3: S3Server
) -> EvidenceStore:
    if request.param == "memory":
        return MemoryEvidenceStore()
    if request.param == "folder":
        return ObstoreEvidenceStore(tmp_path / "evidence", reserve_bytes=0)
    return _s3_store(s3)


def _all(store: EvidenceStore, key: ObjectKey) -> bytes:
    return b"".join(store.open_range(key))


def test_object_is_named_by_its_bytes(store: EvidenceStore) -> None:
    """The key is the SHA-256, the SM3 stands beside it, the bytes come back."""
    stored = store.put([b"a", b"", b"bc"])

    assert stored.key == hashlib.sha256(b"abc").hexdigest()
    assert stored.sm3 == SM3_ABC
    assert stored.size == 3
    assert store.size(stored.key) == 3
    assert _all(store, stored.key) == b"abc"


def test_object_may_be_empty_or_large(store: EvidenceStore) -> None:
    """No bytes is an object too; twenty megabytes come back byte by byte."""
    large = os.urandom(1 << 20) * 20

    assert _all(store, store.put([]).key) == b""
    assert _all(store, store.put([large]).key) == large


def test_same_bytes_are_one_object(store: EvidenceStore) -> None:
    """Storing again changes nothing and answers the same."""
    assert store.put([b"still"]) == store.put([b"sti", b"ll"])


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        pytest.param(0, None, b"0123456789", id="all"),
        pytest.param(3, None, b"3456789", id="to the end"),
        pytest.param(2, 5, b"234", id="inside"),
        pytest.param(8, 99, b"89", id="cut to the object"),
        pytest.param(10, None, b"", id="at the end"),
        pytest.param(50, 60, b"", id="beyond"),
        pytest.param(4, 4, b"", id="empty"),
    ],
)
def test_ranges(
    store: EvidenceStore, start: int, end: int | None, expected: bytes
) -> None:
    """A range gives these bytes and no others."""
    key = store.put([b"0123456789"]).key

    assert b"".join(store.open_range(key, start, end)) == expected


def test_range_cannot_begin_before_the_object(store: EvidenceStore) -> None:
    """A negative start is a mistake of the caller and said so."""
    key = store.put([b"0123456789"]).key

    with pytest.raises(ValueError, match="-1"):
        store.open_range(key, -1)


@pytest.mark.parametrize(
    "key", ["0" * 64, "", "../../etc/passwd", "A" * 64, "0" * 63 + "/"]
)
def test_what_is_not_there_is_not_found(store: EvidenceStore, key: str) -> None:
    """An unknown or malformed key is not found, before any byte is read."""
    with pytest.raises(NotFoundError):
        store.open_range(ObjectKey(key))
    with pytest.raises(NotFoundError):
        store.size(ObjectKey(key))


def test_deleting_is_final_and_silent_the_second_time(store: EvidenceStore) -> None:
    """A deleted object is gone; deleting what is gone is no error."""
    key = store.put([b"still"]).key

    store.delete(key)
    store.delete(key)

    with pytest.raises(NotFoundError):
        store.size(key)


def test_pack_exists_once(store: EvidenceStore) -> None:
    """A manifest may be put again as it is; another one under its id is refused."""
    with pytest.raises(NotFoundError):
        store.manifest(PACK)

    store.put_manifest(PACK, b'{"a":1}')
    store.put_manifest(PACK, b'{"a":1}')

    with pytest.raises(PackExistsError):
        store.put_manifest(PACK, b'{"a":2}')
    assert store.manifest(PACK) == b'{"a":1}'


def _broken() -> Iterator[bytes]:
    yield b"first half"
    msg = "the camera went away"
    raise StoreError(msg)


def test_broken_source_leaves_nothing(tmp_path: Path, s3: S3Server) -> None:
    """When the bytes stop coming half way, no object and no remains are left."""
    for store in (ObstoreEvidenceStore(tmp_path, reserve_bytes=0), _s3_store(s3)):
        with pytest.raises(StoreError, match="went away"):
            store.put(_broken())

    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert s3.objects == {}


def test_remains_of_a_killed_process_are_swept(tmp_path: Path) -> None:
    """What a dead writer left is removed at start; a living writer's file is not."""
    staging = tmp_path / "staging"
    staging.mkdir()
    (staging / "dead.part").write_bytes(b"half")
    (staging / "alive.part").write_bytes(b"half")

    with (staging / "alive.part").open("rb") as living:
        fcntl.flock(living, fcntl.LOCK_EX)
        ObstoreEvidenceStore(tmp_path)

    assert [path.name for path in staging.iterdir()] == ["alive.part"]


_ENDLESS = """
import itertools, sys
from alerts.object_store import ObstoreEvidenceStore

def chunks():
    for n in itertools.count():
        yield n.to_bytes(8, "big") * 4096
        if n == 50:
            print("writing", flush=True)

ObstoreEvidenceStore(sys.argv[1], reserve_bytes=0).put(chunks())
"""


def test_killed_writer_leaves_no_object(tmp_path: Path) -> None:
    """SIGKILL in the middle of a write: no object, and its remains go at start."""
    command = [sys.executable, "-c", _ENDLESS, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"writing\n"
        writer.kill()
    assert len(list(tmp_path.rglob("*.part"))) == 1

    ObstoreEvidenceStore(tmp_path, reserve_bytes=0)

    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    with mounted(tmp_path / "disk") as disk:
        yield disk


def test_full_disk_is_told_and_leaves_nothing(small_disk: Path) -> None:
    """A disk that fills up half way names itself; earlier objects stand."""
    store = ObstoreEvidenceStore(small_disk, reserve_bytes=0)
    kept = store.put([b"kept"])

    with pytest.raises(StoreFullError, match=f"{small_disk} is full: free space"):
        store.put([os.urandom(1 << 20)] * 2)

    assert _all(store, kept.key) == b"kept"
    assert list((small_disk / "staging").iterdir()) == []
    store.put_manifest(PACK, b"{}")


def test_evidence_stops_before_the_disk_is_full(small_disk: Path) -> None:
    """With less free than the reserve nothing is written any more."""
    store = ObstoreEvidenceStore(small_disk, reserve_bytes=2 << 20)

    with pytest.raises(StoreFullError, match="reserve of 2 MB"):
        store.put([b"x"])
    with pytest.raises(StoreFullError, match="reserve of 2 MB"):
        store.put_manifest(PACK, b"{}")


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        pytest.param(403, "refuses access", id="wrong keys"),
        pytest.param(404, "no such|does not answer", id="no such bucket"),
    ],
)
def test_refusing_s3_is_named_without_its_keys(
    s3: S3Server, status: int, expected: str
) -> None:
    """A refusal says what to check and shows no secret."""
    store = _s3_store(s3)
    s3.refusing = status

    with pytest.raises(StoreError, match=expected) as told:
        store.put([b"x"])

    assert "secret" not in str(told.value)


def test_s3_away_is_unavailable() -> None:
    """An address nobody listens at is a store to try again later."""
    with serve() as server:
        options = server.options
    store = ObstoreEvidenceStore("s3://evidence", options=options)

    with pytest.raises(StoreUnavailableError, match="s3://evidence"):
        store.put([b"x"])


@pytest.mark.parametrize("place", ["ftp://host/x", "gs://bucket"])
def test_unknown_kind_of_place_is_refused(place: str) -> None:
    """Only folders and S3 are stores."""
    with pytest.raises(StoreError, match="folder or in s3"):
        ObstoreEvidenceStore(place)


def test_file_in_the_way_is_told(tmp_path: Path) -> None:
    """A file where the folder should be is a store error naming it."""
    (tmp_path / "evidence").write_text("not a folder")

    with pytest.raises(StoreError, match="evidence"):
        ObstoreEvidenceStore(tmp_path / "evidence")
