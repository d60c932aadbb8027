"""People who are logged in, for tests of the API."""

from dataclasses import dataclass

import httpx

from api.session_cookie import COOKIE
from base.ids import CameraId
from identity.identity import Identity
from identity.people import Newcomer
from identity.person import Person, Scope
from identity.right import Role

PASSWORD = "correct horse battery"


@dataclass(frozen=True, slots=True)
class Named:
    """What of a person a test cares about."""

    name: str
    roles: tuple[Role, ...] = (Role.REVIEWER,)
    certificate: str = ""
    cameras: tuple[str, ...] = ()


def add(identity: Identity, named: Named) -> Person:
    """Somebody who may log in with `PASSWORD`."""
    scope = Scope(frozenset(CameraId(name) for name in named.cameras))
    person = Person(
        named.name, named.name, frozenset(named.roles), named.certificate, scope
    )
    identity.people.add(Newcomer(person, PASSWORD), "test")
    return person


def log_in(client: httpx.AsyncClient, identity: Identity, name: str) -> None:
    """Let `client` speak for `name` from now on."""
    held = identity.sessions.start(identity.people.person(name))
    client.cookies.clear()
    client.cookies.set(COOKIE, held.secret)
    client.headers["X-CSRF-Token"] = held.session.csrf


def as_person(client: httpx.AsyncClient, identity: Identity, named: Named) -> Person:
    """Add somebody, and let `client` speak for them."""
    person = add(identity, named)
    log_in(client, identity, named.name)
    return person
