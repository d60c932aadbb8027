"""Objects of the evidence store that cases name: no pack does, and no orphans they are.

Pictures officers took on site, and pictures of looks that raised nothing. Whoever looks
for objects nobody names asks here as well.
"""

from collections.abc import Callable

from sqlalchemy import select

from alerts.database import Database
from alerts.evidence_store import ObjectKey
from cases.tables import MissLookRow, TaskPhotoRow


def kept_objects(database: Database) -> Callable[[], frozenset[ObjectKey]]:
    """What tasks and looks name now; asking raises `StoreUnavailableError`."""

    def named() -> frozenset[ObjectKey]:
        looks = select(MissLookRow.picture).where(MissLookRow.picture.is_not(None))
        with database.reading() as session:
            found = {*session.scalars(select(TaskPhotoRow.sha256))}
            found |= {str(key) for key in session.scalars(looks)}
        return frozenset(ObjectKey(key) for key in found)

    return named
