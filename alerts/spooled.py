"""What lies in a spool entry: a violation message or a pack, and how it is to be sent.

One line of head, then JSON: `V<cooldown ms>` or `P`. The cooldown travels with the
message, so that sending it again later decides the same.
"""

from uuid import UUID

from alerts.dedup import PackSubmission, Submission
from alerts.errors import StoreError
from alerts.message import ViolationMessage, decode, decode_pack, encode, encode_pack
from alerts.pack import Pack
from alerts.spool_format import SpoolEntry

_HEAD_MAX = 16


def spool_violation(message: ViolationMessage, cooldown_ms: int) -> bytes:
    """A message as a spool payload."""
    return b"V%d\n%s" % (cooldown_ms, encode(message))


def spool_pack(pack: Pack) -> bytes:
    """A pack as a spool payload."""
    return b"P\n" + encode_pack(pack)


def decode_spooled(spool: str, entry: SpoolEntry) -> Submission | PackSubmission:
    """The submission in an entry of the spool named `spool`.

    Raises:
        StoreError: It is damaged or of another version.
    """
    head, newline, raw = entry.payload.partition(b"\n")
    if head == b"P" and newline:
        pack = decode_pack(raw)
        return PackSubmission(spool, entry.position, UUID(str(pack.id)), raw)
    if not newline or len(head) > _HEAD_MAX or not head[1:].isdigit():
        raise StoreError("a spool entry begins with neither V nor P")
    if head[:1] != b"V":
        raise StoreError("a spool entry begins with neither V nor P")
    return Submission(spool, entry.position, decode(raw), raw, int(head[1:]))
