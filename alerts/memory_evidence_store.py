"""The evidence store in memory: for tests, and for replay that keeps nothing."""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from uuid import UUID

from alerts.digest import digest
from alerts.errors import ChainTakenError, NotFoundError, PackExistsError
from alerts.evidence_store import ObjectKey, StoredObject
from base.ids import CameraId


class MemoryChainHeads:
    """`ChainHeads` in memory: the head alone tells who came first."""

    def __init__(self) -> None:
        self._heads: dict[CameraId, bytes] = {}

    def turn(self, camera: CameraId) -> AbstractContextManager[None]:
        """Nobody is kept waiting."""
        del camera
        return nullcontext()

    def read(self, camera: CameraId) -> bytes:
        """The head of a camera's chain.

        Raises:
            NotFoundError: There is none.
        """
        if camera not in self._heads:
            msg = "no such chain in memory"
            raise NotFoundError(msg)
        return self._heads[camera]

    def put(self, camera: CameraId, body: bytes, before: bytes | None) -> None:
        """Replace the head of a camera's chain.

        Raises:
            ChainTakenError: The head is not `before`.
        """
        if self._heads.get(camera) != before:
            raise ChainTakenError(f"the chain of {camera} has moved on")
        self._heads[camera] = body


class MemoryEvidenceStore:
    """`EvidenceStore` in memory."""

    def __init__(self) -> None:
        self._objects: dict[ObjectKey, bytes] = {}
        self.heads = MemoryChainHeads()
        self._manifests: dict[UUID, bytes] = {}

    def put(self, chunks: Iterable[bytes]) -> StoredObject:
        """Store the bytes."""
        body = b"".join(chunks)
        stored = digest(body)
        self._objects[stored.key] = body
        return stored

    def open_range(
        self, key: ObjectKey, start: int = 0, end: int | None = None
    ) -> Iterator[bytes]:
        """The bytes from `start` up to `end` (outside).

        Raises:
            NotFoundError: No such object.
            ValueError: `start` is negative.
        """
        if start < 0:
            msg = f"a range starts at 0 or later, found {start}"
            raise ValueError(msg)
        body = self._body(key)[start:end]
        return iter([body] if body else [])

    def size(self, key: ObjectKey) -> int:
        """Number of bytes stored.

        Raises:
            NotFoundError: No such object.
        """
        return len(self._body(key))

    def delete(self, key: ObjectKey) -> None:
        """Remove the object; silent when it is not there."""
        self._objects.pop(key, None)

    def put_manifest(self, pack: UUID, body: bytes) -> None:
        """Make a pack exist.

        Raises:
            PackExistsError: Another manifest stands under this id; it stays.
        """
        if self._manifests.setdefault(pack, body) != body:
            msg = f"pack {pack} has another manifest already"
            raise PackExistsError(msg)

    def manifest(self, pack: UUID) -> bytes:
        """The manifest of a pack.

        Raises:
            NotFoundError: The pack does not exist.
        """
        if pack not in self._manifests:
            msg = "no such pack in memory"
            raise NotFoundError(msg)
        return self._manifests[pack]

    def _body(self, key: ObjectKey) -> bytes:
        if key not in self._objects:
            msg = "no such evidence object in memory"
            raise NotFoundError(msg)
        return self._objects[key]
