"""The keys plates are stored under: one in use, older ones until they are retired.

They lie in the data folder beside the service's key, readable by their owner alone, and
in no backup that leaves the house without it. A retired key is destroyed: what was
stored under it can no longer be linked to any plate. Several processes may use the file
at once; it is read anew at each use, so that a key made by one is known to all.
"""

import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from alerts.durable_file import sync, told
from alerts.errors import NotFoundError, StoreError
from alerts.plates import PlateKeys
from base.clock import Clock

KEY_BYTES = 32


class _Key(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    secret: str = Field(pattern=r"^[0-9a-f]{64}$")
    made_at: AwareDatetime


class _Ring(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    current: str
    keys: dict[str, _Key]


@dataclass(frozen=True, slots=True)
class KeyAge:
    """A key without its secret.

    Attributes:
        name: As stored beside each digest.
        made_at: Wall time.
        is_current: New plates go under it.
    """

    name: str
    made_at: datetime
    is_current: bool


class PlateKeyRing:
    """The keys of one installation; safe to use from several processes.

    Args:
        path: The file; made with a first key when missing.
        clock: Wall time of new keys.
    """

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path, self._clock = path, clock

    def keys(self) -> PlateKeys:
        """The keys in use and searchable now.

        Raises:
            StoreError: The file cannot be read or made, or is damaged.
        """
        ring = self._ring()
        secret = {n: bytes.fromhex(key.secret) for n, key in ring.keys.items()}
        return PlateKeys(secret, ring.current)

    def ages(self) -> tuple[KeyAge, ...]:
        """Every key there is, oldest first.

        Raises:
            StoreError: As in `keys`.
        """
        ring = self._ring()
        found = (KeyAge(n, k.made_at, n == ring.current) for n, k in ring.keys.items())
        return tuple(sorted(found, key=lambda age: (age.made_at, age.name)))

    def rotate(self) -> str:
        """Make a new key and use it from now on; its name.

        Raises:
            StoreError: As in `keys`.
        """
        with self._locked():
            ring = self._read()
            made = self._new()
            keys = dict(() if ring is None else ring.keys) | made.keys
            self._write(_Ring(current=made.current, keys=keys))
            return made.current

    def retire(self, name: str) -> None:
        """Destroy an old key: plates under it can never be searched again.

        Raises:
            NotFoundError: There is no such key.
            StoreError: It is the one in use; or as in `keys`.
        """
        with self._locked():
            ring = self._read()
            if ring is None or name not in ring.keys:
                raise NotFoundError(f"no plate key named {name}")
            if name == ring.current:
                raise StoreError(f"plate key {name} is in use: rotate first")
            left = {n: key for n, key in ring.keys.items() if n != name}
            self._write(_Ring(current=ring.current, keys=left))

    def turn(self, rotate_after: timedelta, search_for: timedelta) -> tuple[str, ...]:
        """Rotate and retire what is due; what was done, in words.

        Args:
            rotate_after: Age at which the key in use is replaced.
            search_for: How long after its replacement a key is still searched.

        Raises:
            StoreError: As in `keys`.
        """
        now, done = self._clock.utc_now(), []
        if now - self.ages()[-1].made_at >= rotate_after:
            done.append(f"made {self.rotate()}")
        ages = self.ages()
        for old, newer in pairwise(ages):
            if now - newer.made_at >= search_for and not old.is_current:
                self.retire(old.name)
                done.append(f"retired {old.name}")
        return tuple(done)

    def _ring(self) -> _Ring:
        ring = self._read()
        if ring is not None:
            return ring
        with self._locked():
            ring = self._read()
            if ring is None:
                ring = self._new()
                self._write(ring)
            return ring

    def _new(self) -> _Ring:
        now = self._clock.utc_now()
        name = f"{now:%Y%m%d}-{secrets.token_hex(3)}"
        key = _Key(secret=secrets.token_bytes(KEY_BYTES).hex(), made_at=now)
        return _Ring(current=name, keys={name: key})

    def _read(self) -> _Ring | None:
        with told(self._path.parent):
            try:
                content = self._path.read_bytes()
            except FileNotFoundError:
                return None
        try:
            ring = _Ring.model_validate_json(content)
        except ValidationError as error:
            # never the error's own words: they may hold a secret
            msg = f"{self._path} is damaged: restore it from the backup"
            raise StoreError(msg) from error
        if ring.current not in ring.keys:
            raise StoreError(f"{self._path} is damaged: restore it from the backup")
        return ring

    def _write(self, ring: _Ring) -> None:
        content = {
            "current": ring.current,
            "keys": {n: k.model_dump(mode="json") for n, k in ring.keys.items()},
        }
        draft = self._path.with_suffix(f".{secrets.token_hex(4)}.part")
        with told(self._path.parent):
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                    json.dump(content, file, sort_keys=True)
                    file.flush()
                    os.fsync(file.fileno())
                draft.replace(self._path)
                sync(self._path.parent)
            finally:
                draft.unlink(missing_ok=True)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        lock = self._path.with_suffix(".lock")
        with told(self._path.parent):
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(lock, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)
