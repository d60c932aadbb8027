"""A person as the rest of the house knows them: name, roles, certificate, scope."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from base.ids import CameraId
from identity.right import RIGHTS, Right, Role

AT_THIS_MACHINE = frozenset({Right.ACKNOWLEDGE})
"""What whoever sits here may do beyond the roles, before anybody has a name: a siren
that nobody could silence would be pulled out of the wall."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which cameras a person sees; empty on both sides: all of them.

    Attributes:
        cameras: By name.
        areas: Cameras of these districts or street teams, as the site file names them.
    """

    cameras: frozenset[CameraId] = frozenset()
    areas: frozenset[str] = frozenset()

    @property
    def is_everything(self) -> bool:
        """Whether nothing is kept from the person."""
        return not self.cameras and not self.areas

    def among(self, areas: Mapping[CameraId, str]) -> frozenset[CameraId] | None:
        """The cameras seen, out of each camera's area; None: all, former ones too."""
        if self.is_everything:
            return None
        inside = {camera for camera, area in areas.items() if area in self.areas}
        return self.cameras | inside


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who acts.

    Attributes:
        name: What they log in with; what the audit trail says.
        full_name: As printed.
        roles: What they are.
        certificate: Number of the officer certificate (执法证号); empty: none.
        scope: Cameras they see.
        only: Rights left to this session or token; None: all of the roles'.
        is_local: Nobody in particular, at this machine, before identity is set up.
    """

    name: str
    full_name: str
    roles: frozenset[Role]
    certificate: str = ""
    scope: Scope = field(default_factory=Scope)
    only: frozenset[Right] | None = None
    is_local: bool = False

    @property
    def rights(self) -> frozenset[Right]:
        """What the person may do here and now."""
        of_roles = (RIGHTS[role] for role in self.roles)
        given: frozenset[Right] = frozenset().union(*of_roles)
        if self.is_local:
            given |= AT_THIS_MACHINE
        return given if self.only is None else given & self.only

    def may(self, right: Right) -> bool:
        """Whether the person has `right`."""
        return right in self.rights

    @property
    def is_certified(self) -> bool:
        """Whether the person holds an officer certificate (行政处罚法 art. 42)."""
        return bool(self.certificate)


LOCAL = Person(
    name="local",
    full_name="",
    roles=frozenset({Role.VIEWER, Role.ENGINEER}),
    is_local=True,
)
"""Whoever sits at this machine before anybody has a name: reads, draws, silences the
siren, decides nothing (no alert goes further without a named person)."""
