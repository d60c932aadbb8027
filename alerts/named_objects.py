"""Which objects of the evidence store somebody names: nobody deletes those.

Packs name their files; later folders keep pictures in the same store and tell by a
port. Equal bytes are one object, so whoever deletes asks for all of them.
"""

from collections.abc import Callable, Collection
from collections.abc import Set as AbstractSet
from typing import TypeAlias
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.evidence_store import ObjectKey
from alerts.tables import EvidenceFileRow, PackRow

NamedElsewhere: TypeAlias = Callable[[], AbstractSet[ObjectKey]]
"""Objects that are no evidence of a pack and are kept all the same."""


def named_by_packs(
    session: Session, keys: Collection[ObjectKey], besides: Collection[UUID] = ()
) -> frozenset[ObjectKey]:
    """Which of `keys` a pack names that was not erased, `besides` left out."""
    query = (
        select(EvidenceFileRow.sha256)
        .join(PackRow, PackRow.id == EvidenceFileRow.pack_id)
        .where(
            EvidenceFileRow.sha256.in_(list(keys)),
            EvidenceFileRow.pack_id.not_in(list(besides)),
            PackRow.erased_at.is_(None),
        )
    )
    return frozenset(ObjectKey(found) for found in session.scalars(query))
