"""A caller as the audit trail names them."""

from alerts.audit import Actor
from identity.person import Person


def actor_of(caller: Person) -> Actor:
    """Name, roles and certificate number of a caller."""
    roles = ", ".join(sorted(role.value for role in caller.roles))
    return Actor(caller.name, roles or "nobody", caller.certificate)
