"""Evidence as people read it."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from alerts.alert import AlertId
from alerts.digest import digest
from alerts.pack import EvidenceFile, Pack, PackId, PackState, Role
from api.evidence_view import ROLES_ZH, files_of


def test_every_role_has_its_chinese_name() -> None:
    """A role added to packs must be named before it is shown."""
    assert set(ROLES_ZH) == set(Role)


def test_what_retention_has_deleted_is_not_offered() -> None:
    """A link to bytes that are gone would answer with a fault."""
    at = datetime(2026, 11, 23, 2, tzinfo=UTC)
    file = EvidenceFile("first.jpg", Role.FIRST, "image/jpeg", digest(b"a"), at)
    kept = Pack(PackId(UUID(int=5)), PackState.COMPLETE, (file,))
    gone = replace(kept, id=PackId(UUID(int=6)), is_erased=True)

    shown = files_of(AlertId(UUID(int=5)), (gone, kept))

    assert [one.source for one in shown] == [kept.id]
