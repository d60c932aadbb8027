"""One entry of a shard's stream as the consumer reads it."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from alerts.dedup import Reason, Telling, Verdict
from alerts.errors import StoreError
from alerts.message import ViolationMessage, decode, decode_pack
from alerts.pack import Pack


@dataclass(frozen=True, slots=True)
class RaisedEntry:
    """A violation with what was decided of it.

    Attributes:
        message: The message.
        alert: The alert it belongs to.
        telling: The step worth telling; None for none.
        held: Why it is not told; None when it is.
    """

    message: ViolationMessage
    alert: UUID
    telling: Telling | None
    held: Reason | None


@dataclass(frozen=True, slots=True)
class SuppressedEntry:
    """A message that changes nothing, with the reason."""

    message: ViolationMessage
    alert: UUID
    reason: Reason


@dataclass(frozen=True, slots=True)
class StreamEntry:
    """One entry.

    Attributes:
        id: The stream's id of it.
        spool: Id of the spool it came from.
        position: Its place there.
        content: What it carries.
    """

    id: str
    spool: str
    position: int
    content: RaisedEntry | SuppressedEntry | Pack


def origin(fields: Mapping[bytes, bytes]) -> tuple[str, int] | None:
    """Spool and position of an entry, damaged or not; None when even they are."""
    spool, position = fields.get(b"spool", b""), fields.get(b"position", b"")
    if not spool or not position.isdigit():
        return None
    return spool.decode(errors="replace"), int(position)


def read_entry(id_: str, fields: Mapping[bytes, bytes]) -> StreamEntry:
    """The entry with the stream's `id_`.

    Raises:
        StoreError: It is damaged; a poison entry.
    """
    place = origin(fields)
    if place is None:
        raise StoreError("a stream entry does not say where it comes from")
    try:
        kind = Verdict(fields.get(b"kind", b"").decode())
        return StreamEntry(id_, *place, _content(kind, fields))
    except ValueError as error:
        msg = f"a stream entry cannot be read: {error}"
        raise StoreError(msg) from error


def _content(
    kind: Verdict, fields: Mapping[bytes, bytes]
) -> RaisedEntry | SuppressedEntry | Pack:
    raw = fields.get(b"message", b"")
    if kind is Verdict.PACK:
        return decode_pack(raw)
    alert = UUID(fields.get(b"alert", b"").decode())
    telling = fields.get(b"telling", b"").decode()
    held = fields.get(b"held", b"").decode()
    if kind is Verdict.SUPPRESSED:
        return SuppressedEntry(decode(raw), alert, Reason(held))
    return RaisedEntry(
        decode(raw),
        alert,
        Telling(telling) if telling else None,
        Reason(held) if held else None,
    )
