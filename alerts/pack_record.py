"""What the database has on record of a sealed pack, and whether its manifest is that.

The manifest a store gives under a pack's id is whatever lies there; which manifest was
sealed says the digest the worker told of. Whoever can write to the store alone can
neither forge a manifest nor put another pack's in its place.
"""

from hashlib import sha256
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.errors import EvidenceBrokenError, StoreError
from alerts.pack import PackState, Role
from alerts.pack_manifest import Manifest, own_manifest
from alerts.tables import EvidenceFileRow, PackRow


def manifest_digest(session: Session, pack: UUID) -> str | None:
    """SHA-256 of the manifest the pack was sealed with; None: not sealed, or erased."""
    return manifest_digests(session, pack).get(pack)


def manifest_digests(session: Session, *packs: UUID) -> dict[UUID, str]:
    """SHA-256 of each sealed pack's manifest; of every pack that is kept if none."""
    query = (
        select(EvidenceFileRow.pack_id, EvidenceFileRow.sha256)
        .join(PackRow, PackRow.id == EvidenceFileRow.pack_id)
        .where(
            EvidenceFileRow.role == Role.MANIFEST.value,
            PackRow.state != PackState.PENDING.value,
            PackRow.erased_at.is_(None),
        )
    )
    if packs:
        query = query.where(PackRow.id.in_(packs))
    return {row.pack_id: row.sha256 for row in session.execute(query)}


def recorded_manifest(raw: bytes, pack: UUID, digest: str) -> Manifest:
    """The manifest that lies under a pack's id, held against the record.

    Raises:
        EvidenceBrokenError: It is not the one that was sealed.
    """
    if sha256(raw).hexdigest() != digest:
        raise EvidenceBrokenError("manifest.json: is not the one on record")
    try:
        return own_manifest(raw, pack)
    except StoreError as error:
        raise EvidenceBrokenError(f"manifest.json: {error}") from error
