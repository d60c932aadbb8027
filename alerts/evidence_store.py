"""Port: where evidence bytes lie, keyed by their SHA-256.

Object stores have no rename: an object exists whole or not at all, a pack exists when
its manifest does. The obstore form serves a local folder and S3 alike.
"""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import NewType, Protocol
from uuid import UUID

from base.ids import CameraId

ObjectKey = NewType("ObjectKey", str)
"""SHA-256 of the bytes, hex."""


@dataclass(frozen=True, slots=True)
class StoredObject:
    """What is known of stored bytes.

    Attributes:
        key: Their SHA-256, hex.
        sm3: Their SM3, hex.
        size: Their number.
    """

    key: ObjectKey
    sm3: str
    size: int


class ChainHeads(Protocol):
    """The newest pack of each camera's chain of manifests, and who adds to it."""

    def turn(self, camera: CameraId) -> AbstractContextManager[None]:
        """The chain for one sealer alone, where the store can see to it.

        Raises:
            ChainTakenError: Another has it now.
        """
        ...

    def read(self, camera: CameraId) -> bytes:
        """What was last put as the head.

        Raises:
            NotFoundError: Nothing was.
        """
        ...

    def put(self, camera: CameraId, body: bytes, before: bytes | None) -> None:
        """Replace the head, whole or not at all.

        Args:
            camera: Whose chain.
            body: The new head.
            before: The head it was made after; None: there was none.

        Raises:
            ChainTakenError: The head is another one now; it stands.
            StoreFullError: No room; the older one stands.
            StoreUnavailableError: The store is away; the older one stands.
        """
        ...


class EvidenceStore(Protocol):
    """Content-addressed storage of bytes."""

    @property
    def heads(self) -> ChainHeads:
        """The heads of the chains of manifests."""
        ...

    def put(self, chunks: Iterable[bytes]) -> StoredObject:
        """Store the bytes durably, hashing them in the same pass.

        Raises:
            StoreFullError: No room; nothing is left behind.
            StoreUnavailableError: The store is away; nothing is left behind.
        """
        ...

    def open_range(
        self, key: ObjectKey, start: int = 0, end: int | None = None
    ) -> Iterator[bytes]:
        """The bytes from `start` up to `end` (outside), in chunks.

        Raises:
            NotFoundError: No such object.
        """
        ...

    def size(self, key: ObjectKey) -> int:
        """Number of bytes stored.

        Raises:
            NotFoundError: No such object.
        """
        ...

    def delete(self, key: ObjectKey) -> None:
        """Remove the object; silent when it is not there."""
        ...

    def put_manifest(self, pack: UUID, body: bytes) -> None:
        """Make a pack exist; once, and whole or not at all.

        Silent when the same manifest is there already.

        Raises:
            PackExistsError: Another manifest stands under this id; it stays.
            StoreFullError: No room; nothing is left behind.
            StoreUnavailableError: The store is away; nothing is left behind.
        """
        ...

    def manifest(self, pack: UUID) -> bytes:
        """The manifest of a pack.

        Raises:
            NotFoundError: The pack does not exist.
        """
        ...
