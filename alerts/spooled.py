"""What lies in a spool entry: a violation message or a pack, and how it is to be sent.

One line of head, then JSON: `V<cooldown ms>,<flood limit>` or `P`. Both travel with the
message, so that sending it again later decides the same. Without a flood limit (spools
of before it was a setting) the default holds.
"""

import re
from uuid import UUID

from alerts.dedup import FLOOD_LIMIT, PackSubmission, Submission
from alerts.errors import StoreError
from alerts.message import ViolationMessage, decode, decode_pack, encode, encode_pack
from alerts.pack import Pack
from alerts.spool_format import SpoolEntry

_HEAD = re.compile(rb"V(\d{1,14})(?:,(\d{1,7}))?")


def spool_violation(
    message: ViolationMessage, cooldown_ms: int, flood_limit: int = FLOOD_LIMIT
) -> bytes:
    """A message as a spool payload; the numbers as in `Submission`."""
    return b"V%d,%d\n%s" % (cooldown_ms, flood_limit, encode(message))


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
    found = _HEAD.fullmatch(head) if newline else None
    if found is None:
        raise StoreError("a spool entry begins with neither V nor P")
    return Submission(
        spool,
        entry.position,
        decode(raw),
        raw,
        cooldown_ms=int(found[1]),
        flood_limit=int(found[2] or FLOOD_LIMIT),
    )
