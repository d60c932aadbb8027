"""What a worker tells alerts: one whole violation, with what makes it idempotent.

Pydantic stands here because the text crosses a process: whatever is read back from
Redis or the spool is checked like any other input.
"""

import zlib
from datetime import datetime
from typing import Literal

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from alerts.errors import StoreError
from alerts.pack import Pack
from base.json_value import JsonValue
from rules.place import Place
from rules.violation import Violation


@dataclass(frozen=True, slots=True, config=ConfigDict(extra="forbid"))
class ViolationMessage:
    """One revision of one violation on its way from worker to store.

    Attributes:
        version: Of this format.
        lease_epoch: Grows each time a camera gets a new worker.
        seq: Grows by one with each message of a camera under one lease; a message
            whose (lease_epoch, seq) is not above the stored one is ignored.
        sent_at: Wall time of the worker, for latency only.
        violation: The whole state.
    """

    version: Literal[1]
    lease_epoch: int
    seq: int
    sent_at: datetime
    violation: Violation


_ADAPTER = TypeAdapter(ViolationMessage)
_VIOLATION = TypeAdapter(Violation)
_PACK = TypeAdapter(Pack)


def encode(message: ViolationMessage) -> bytes:
    """The message as JSON bytes, one line."""
    return _ADAPTER.dump_json(message)


def decode(raw: bytes) -> ViolationMessage:
    """The message back.

    Raises:
        StoreError: It is damaged or of another version; a poison entry.
    """
    try:
        return _ADAPTER.validate_json(raw, strict=False)
    except (ValidationError, ValueError) as error:
        first = str(error).splitlines()[0]
        msg = f"a violation message cannot be read: {first}"
        raise StoreError(msg) from error


def encode_pack(pack: Pack) -> bytes:
    """A sealed pack as JSON bytes, one line."""
    return _PACK.dump_json(pack)


def decode_pack(raw: bytes) -> Pack:
    """The pack back.

    Raises:
        StoreError: It is damaged; a poison entry.
    """
    try:
        return _PACK.validate_json(raw)
    except (ValidationError, ValueError) as error:
        first = str(error).splitlines()[0]
        msg = f"a pack cannot be read: {first}"
        raise StoreError(msg) from error


def violation_to_json(violation: Violation) -> JsonValue:
    """The violation as JSON values, as stored beside an alert."""
    whole: JsonValue = _VIOLATION.dump_python(violation, mode="json")
    return whole


def violation_from_json(value: JsonValue) -> Violation:
    """The violation back.

    Raises:
        StoreError: It is damaged.
    """
    try:
        return _VIOLATION.validate_python(value)
    except (ValidationError, ValueError) as error:
        first = str(error).splitlines()[0]
        msg = f"a stored violation cannot be read: {first}"
        raise StoreError(msg) from error


def shard_of(place: Place, shards: int) -> int:
    """Which shard's keys, stream and consumer a place belongs to, 0…shards-1.

    By shared ground, where two cameras must meet in one shard; else by camera, so that
    what floods in from one camera is counted in one place.
    """
    meets = place.camera if place.ground is None else f"ground:{place.ground}"
    return zlib.crc32(meets.encode()) % shards
