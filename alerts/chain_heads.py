"""The heads of the chains in a folder or in S3: one sealer of a camera at a time.

In a folder the turn is a lock; S3 gives none, there a head is exchanged only for the
one it was made after.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote

import obstore
from obstore import exceptions as gone
from obstore.store import ObjectStore

from alerts.durable_file import check_reserve, claim, told, write_whole
from alerts.errors import ChainTakenError, NotFoundError
from base.ids import CameraId


@dataclass(frozen=True, slots=True)
class ObstoreChainHeads:
    """`ChainHeads` over obstore; safe to use from several processes.

    Attributes:
        store: Where they lie.
        folder: The same as a folder; None: S3.
        reserve_bytes: Local writes stop while no more than this is free.
        translated: Turns the store's errors into ours.
    """

    store: ObjectStore
    folder: Path | None
    reserve_bytes: int
    translated: Callable[[str], AbstractContextManager[None]]

    def read(self, camera: CameraId) -> bytes:
        """As in `ChainHeads.read`."""
        with self.translated("chain"):
            return bytes(obstore.get(self.store, _path(camera)).bytes())

    def cameras(self) -> Iterator[CameraId]:
        """Every camera whose chain has begun.

        Raises:
            StoreError: The store is away.
        """
        with self.translated("chain"):
            for page in obstore.list(self.store, "chains"):
                for found in page:
                    name = str(found["path"]).rsplit("/", 1)[-1]
                    yield CameraId(unquote(name.removesuffix(".json")))

    @contextmanager
    def turn(self, camera: CameraId) -> Iterator[None]:
        """As in `ChainHeads.turn`; in S3 the head alone tells."""
        if self.folder is None:
            yield
            return
        with told(self.folder):
            held = claim(self.folder / "locks" / quote(camera, safe=""))
        if held is None:
            raise _taken(camera)
        try:
            yield
        finally:
            os.close(held)

    def put(self, camera: CameraId, body: bytes, before: bytes | None) -> None:
        """As in `ChainHeads.put`; in a folder the turn must be held."""
        if self.folder is None:
            self._exchange(camera, body, before)
            return
        found = None
        with suppress(NotFoundError):
            found = self.read(camera)
        if found != before:
            raise _taken(camera)
        check_reserve(self.folder, self.reserve_bytes)
        write_whole(self.folder / _path(camera), body, self.folder / "staging")

    def _exchange(self, camera: CameraId, body: bytes, before: bytes | None) -> None:
        """Put `body` where `before` stands, by its tag."""
        path = _path(camera)
        with self.translated("chain"):
            try:
                if before is None:
                    obstore.put(self.store, path, body, mode="create")
                    return
                found = obstore.get(self.store, path)
                if bytes(found.bytes()) != before:
                    raise _taken(camera)
                tag = found.meta["e_tag"]
                obstore.put(self.store, path, body, mode={"e_tag": tag})
            except (gone.AlreadyExistsError, gone.PreconditionError) as error:
                raise _taken(camera) from error


def _taken(camera: CameraId) -> ChainTakenError:
    return ChainTakenError(f"another process seals a pack of {camera}")


def _path(camera: CameraId) -> str:
    return f"chains/{quote(camera, safe='')}.json"
