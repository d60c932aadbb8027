"""The table of roles keeps what must be apart apart."""

import pytest

from base.ids import CameraId
from identity.errors import RolesError
from identity.people import check_roles
from identity.person import Person, Scope
from identity.right import CONFLICTS, RIGHTS, ROLES_ZH, Right, Role

ADMINS = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)
EVIDENCE = {Right.READ_ALERTS, Right.READ_EVIDENCE, Right.READ_PICTURES}


def test_every_role_has_rights_and_a_name() -> None:
    """No role is forgotten in the table."""
    assert set(RIGHTS) == set(Role) == set(ROLES_ZH)
    assert all(Right.SELF in rights for rights in RIGHTS.values())


@pytest.mark.parametrize("role", ADMINS)
def test_administrators_see_no_evidence(role: Role) -> None:
    """Whoever runs machines, people or the trail sees no alert and no picture."""
    assert not RIGHTS[role] & EVIDENCE


@pytest.mark.parametrize("pair", CONFLICTS, ids=lambda pair: "+".join(sorted(pair)))
def test_administration_is_not_held_together(pair: frozenset[Role]) -> None:
    """One person is never two of the three administrators."""
    with pytest.raises(RolesError):
        check_roles(pair)


def test_auxiliaries_triage_and_decide_nothing() -> None:
    """协辅 may sort, never confirm, second or settle (浙江条例 art. 30)."""
    rights = RIGHTS[Role.AUXILIARY]

    assert Right.TRIAGE in rights
    assert not rights & {Right.CONFIRM, Right.SECOND, Right.SETTLE}


def test_contacts_may_only_report() -> None:
    """联系人 send what they have seen and read nothing."""
    assert RIGHTS[Role.CONTACT] == {Right.SELF, Right.SEND_LEADS}


def test_a_scope_names_cameras_and_areas() -> None:
    """Either opens a camera; both empty opens all."""
    a, b, c = CameraId("a"), CameraId("b"), CameraId("c")
    areas = {a: "north", b: "south", c: "south"}
    scope = Scope(frozenset({a}), frozenset({"south"}))

    assert scope.among(areas) == frozenset({a, b, c})
    assert Scope(areas=frozenset({"west"})).among(areas) == frozenset()
    assert Scope().among(areas) is None


def test_rights_left_to_a_session_never_grow() -> None:
    """A limited session has what the roles have too, and nothing else."""
    only = frozenset({Right.WORK_TASKS, Right.MANAGE_PEOPLE})
    person = Person("o", "O", frozenset({Role.OFFICER}), only=only)

    assert person.rights == {Right.WORK_TASKS}
