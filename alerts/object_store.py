"""Evidence bytes on a local folder or in S3: chunks in, digests out, ranges back.

An object's name is the SHA-256 of its bytes, known only when the last byte has passed;
so a local object is staged on the same disk and named afterwards, an S3 object is
spooled and uploaded afterwards. Both digests are taken in the pass that writes. Reads,
sizes and deletions go through obstore for both; local writes are our own, because they
must be forced to the disk (`durable_file`).
"""

import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO
from uuid import UUID

import obstore
from obstore import exceptions as gone
from obstore.store import LocalStore, ObjectStore, S3Store

from alerts.chain_heads import ObstoreChainHeads
from alerts.digest import DigestPass
from alerts.durable_file import check_reserve, staged, sweep, told
from alerts.errors import (
    NotFoundError,
    PackExistsError,
    StoreError,
    StoreUnavailableError,
)
from alerts.evidence_store import ObjectKey, StoredObject
from base.ids import CameraId
from base.redact import redact_url

_KEY = re.compile(r"[0-9a-f]{64}")
_READ_CHUNK = 256 * 1024
# Stills and JSON stay in memory on their way to S3, clips go over a temporary file.
_SPOOL_IN_MEMORY = 8 * 1024 * 1024
# Evidence stops while the database on the same disk can still be written.
_RESERVE = 64 * 1024 * 1024
_ABSENT = (gone.NotFoundError, FileNotFoundError)
_REFUSED = (gone.PermissionDeniedError, gone.UnauthenticatedError, PermissionError)


class ObstoreEvidenceStore:
    """`EvidenceStore` over a local folder or `s3://bucket/prefix`.

    Layout: `objects/ab/<sha256>`, `packs/<id>.json`, `chains/<camera>.json`. Safe to
    use from several threads and processes at once.

    Args:
        place: A folder (made when missing) or an `s3://` address; keys for S3 come
            from the usual AWS variables of the environment.
        reserve_bytes: Local writes stop while this much of the disk is still free.
        options: Settings of the S3 client, as obstore names them (`endpoint`, …).

    Attributes:
        heads: Of the chains of manifests.

    Raises:
        StoreError: The address is of no known kind, or the folder cannot be made.
    """

    def __init__(
        self,
        place: str | Path,
        reserve_bytes: int = _RESERVE,
        options: dict[str, str] | None = None,
    ) -> None:
        self._folder = _local_folder(place)
        self._reserve_bytes = reserve_bytes
        if self._folder is not None:
            self._shown = str(self._folder)
            with told(self._folder):
                self._folder.mkdir(parents=True, exist_ok=True)
                sweep(self._folder / "staging")
            self._store: ObjectStore = LocalStore(self._folder)
        else:
            self._shown = redact_url(str(place))
            self._store = _s3(str(place), options or {})
        self.heads = ObstoreChainHeads(
            self._store, self._folder, reserve_bytes, self._translated
        )

    def put(self, chunks: Iterable[bytes]) -> StoredObject:
        """Store the bytes durably, hashing them in the same pass.

        Raises:
            StoreFullError: No room; nothing is left behind.
            StoreError: The store is away or refuses; nothing is left behind.
        """
        passed = DigestPass()
        if self._folder is None:
            with tempfile.SpooledTemporaryFile(_SPOOL_IN_MEMORY) as spooled:
                for block in passed.blocks(chunks):
                    spooled.write(block)
                stored = passed.finish()
                spooled.seek(0)
                self._upload(_object_path(stored.key), spooled)
            return stored
        check_reserve(self._folder, self._reserve_bytes)
        with staged(self._folder / "staging", self._folder) as file:
            for block in passed.blocks(chunks):
                file.write(block)
            stored = passed.finish()
            file.commit(self._folder / _object_path(stored.key), exclusive=True)
        return stored

    def open_range(
        self, key: ObjectKey, start: int = 0, end: int | None = None
    ) -> Iterator[bytes]:
        """The bytes from `start` up to `end` (outside), in chunks.

        A range beyond the end of the object is cut to it.

        Raises:
            NotFoundError: No such object.
            ValueError: `start` is negative.
        """
        if start < 0:
            msg = f"a range starts at 0 or later, found {start}"
            raise ValueError(msg)
        size = self.size(key)
        stop = size if end is None else min(end, size)
        if start >= stop:
            return iter(())
        return self._read(_object_path(key), start, stop)

    def size(self, key: ObjectKey) -> int:
        """Number of bytes stored.

        Raises:
            NotFoundError: No such object.
        """
        with self._translated("evidence object"):
            return int(obstore.head(self._store, _object_path(key))["size"])

    def delete(self, key: ObjectKey) -> None:
        """Remove the object; silent when it is not there."""
        try:
            with self._translated("evidence object"):
                obstore.delete(self._store, _object_path(key))
        except NotFoundError:
            return

    def put_manifest(self, pack: UUID, body: bytes) -> None:
        """Make a pack exist; once, and whole or not at all.

        Raises:
            PackExistsError: Another manifest stands under this id; it stays.
            StoreFullError: No room; nothing is left behind.
            StoreError: The store is away or refuses; nothing is left behind.
        """
        if not self._create(_manifest_path(pack), body) and self.manifest(pack) != body:
            msg = f"pack {pack} has another manifest already"
            raise PackExistsError(msg)

    def manifest(self, pack: UUID) -> bytes:
        """The manifest of a pack.

        Raises:
            NotFoundError: The pack does not exist.
        """
        with self._translated("pack"):
            return bytes(obstore.get(self._store, _manifest_path(pack)).bytes())

    def objects(self, before: datetime) -> Iterator[ObjectKey]:
        """Every object written before that, by the store's own clock.

        Raises:
            StoreError: The store is away.
        """
        with self._translated("evidence store"):
            for page in obstore.list(self._store, "objects"):
                for found in page:
                    name = str(found["path"]).rsplit("/", 1)[-1]
                    is_old = found["last_modified"] < before
                    if _KEY.fullmatch(name) and is_old:
                        yield ObjectKey(name)

    def packs(self) -> Iterator[UUID]:
        """Every pack that exists.

        Raises:
            StoreError: The store is away.
        """
        with self._translated("evidence store"):
            for page in obstore.list(self._store, "packs"):
                for found in page:
                    name = str(found["path"]).rsplit("/", 1)[-1]
                    with suppress(ValueError):
                        yield UUID(name.removesuffix(".json"))

    def chains(self) -> Iterator[CameraId]:
        """Every camera whose chain of manifests has begun.

        Raises:
            StoreError: The store is away.
        """
        return self.heads.cameras()

    def _create(self, path: str, body: bytes) -> bool:
        if self._folder is not None:
            check_reserve(self._folder, self._reserve_bytes)
            with staged(self._folder / "staging", self._folder) as file:
                file.write(body)
                return file.commit(self._folder / path, exclusive=True)
        try:
            obstore.put(self._store, path, body, mode="create")
        except gone.AlreadyExistsError:
            return False
        except gone.BaseError as error:
            raise self._error("pack", error) from error
        return True

    def _upload(self, path: str, body: IO[bytes]) -> None:
        with self._translated("evidence object"):
            try:
                obstore.head(self._store, path)
            except _ABSENT:
                obstore.put(self._store, path, body)

    def _read(self, path: str, start: int, stop: int) -> Iterator[bytes]:
        with self._translated("evidence object"):
            got = obstore.get(self._store, path, options={"range": (start, stop)})
            for chunk in got.stream(min_chunk_size=_READ_CHUNK):
                yield bytes(chunk)

    @contextmanager
    def _translated(self, what: str) -> Iterator[None]:
        try:
            yield
        except (gone.BaseError, OSError) as error:
            raise self._error(what, error) from error

    def _error(self, what: str, error: Exception) -> StoreError:
        if isinstance(error, _ABSENT):
            return NotFoundError(f"no such {what} in {self._shown}")
        if isinstance(error, _REFUSED):
            return StoreError(f"{self._shown} refuses access: check keys and rights")
        return StoreUnavailableError(
            f"{self._shown} does not answer as it should ({type(error).__name__})"
        )


def _local_folder(place: str | Path) -> Path | None:
    text = str(place)
    if text.startswith(("s3://", "s3a://")):
        return None
    if text.startswith("file://"):
        return Path(text.removeprefix("file://"))
    if "://" in text:
        msg = f"evidence is kept in a folder or in s3://, not in {redact_url(text)}"
        raise StoreError(msg)
    return Path(text).absolute()


def _s3(url: str, options: dict[str, str]) -> ObjectStore:
    try:
        return S3Store.from_url(
            url,
            config=options,  # type: ignore[arg-type]
            client_options={
                "connect_timeout": "5s",
                "timeout": "60s",
                # a store in the own house may speak plain HTTP, if told so in full
                "allow_http": options.get("endpoint", "").startswith("http://"),
            },
            retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=30)},
        )
    except gone.BaseError as error:
        msg = f"{redact_url(url)} cannot be used as an evidence store"
        raise StoreError(msg) from error


def _object_path(key: ObjectKey) -> str:
    if not _KEY.fullmatch(key):
        msg = "an evidence object is named by 64 hex digits"
        raise NotFoundError(msg)
    return f"objects/{key[:2]}/{key}"


def _manifest_path(pack: UUID) -> str:
    return f"packs/{pack}.json"
