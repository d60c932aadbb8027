"""People for tests."""

import pytest
from argon2 import PasswordHasher

from identity import passwords
from identity.identity import Identity
from identity.people import Newcomer
from identity.person import Person, Scope
from identity.right import Role

PASSWORD = "correct horse battery"


def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Real argon2id at its smallest cost: a suite makes hundreds of hashes."""
    cheap = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    monkeypatch.setattr(passwords, "_HASHER", cheap)
    nobody = cheap.hash("nobody's")
    monkeypatch.setattr(passwords, "_nobody", lambda: nobody)


def add(identity: Identity, name: str, *roles: Role, certificate: str = "") -> Person:
    """Somebody who may log in with `PASSWORD`."""
    person = Person(name, name.title(), frozenset(roles), certificate, Scope())
    identity.people.add(Newcomer(person, PASSWORD), "test")
    return person
