"""Evidence as people read it."""

from alerts.pack import Role
from api.evidence_view import ROLES_ZH


def test_every_role_has_its_chinese_name() -> None:
    """A role added to packs must be named before it is shown."""
    assert set(ROLES_ZH) == set(Role)
