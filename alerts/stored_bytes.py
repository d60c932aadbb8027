"""What lies in the store of a pack, held against what is on record of it."""

from contextlib import suppress
from uuid import UUID

from alerts.digest import DigestPass, digest
from alerts.errors import NotFoundError
from alerts.evidence_store import EvidenceStore, ObjectKey


def bytes_problem(store: EvidenceStore, key: ObjectKey, sm3: str) -> str | None:
    """What is wrong with the bytes of one file; None when they are as recorded.

    Raises:
        StoreError: They cannot be read now.
    """
    passed = DigestPass()
    try:
        for _ in passed.blocks(store.open_range(key)):
            pass
    except NotFoundError:
        return "is missing"
    found = passed.finish()
    return None if (found.key, found.sm3) == (key, sm3) else "its bytes were changed"


def put_back(store: EvidenceStore, pack: UUID, recorded: str) -> None:
    """Put a manifest in its place from its object; where that is whole.

    Raises:
        StoreError: The store is away, or another manifest came to lie there.
    """
    with suppress(NotFoundError):
        raw = b"".join(store.open_range(ObjectKey(recorded)))
        if digest(raw).key == recorded:
            store.put_manifest(pack, raw)
