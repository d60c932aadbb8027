"""Passwords: hashed by argon2id, held against a policy, made where none is chosen.

Length counts, not signs of many kinds (NIST SP 800-63B §5.1.1.2); what everybody tries
first and what repeats the name is refused.
"""

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from identity.errors import PasswordPolicyError

SHORTEST = 12
LONGEST = 200
"""argon2 takes more, but a megabyte of password is an attack on the hasher."""

_WEAK = ("password", "12345678", "qwertyui", "nonsite", "admin123", "88888888")
_ALPHABET = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without the signs people confuse when they copy from paper."""

_HASHER = PasswordHasher()
"""RFC 9106's second recommended option, the library's default: 64 MiB, 3 passes."""


def hash_of(password: str) -> str:
    """The argon2id hash, with parameters and salt."""
    return _HASHER.hash(password)


def fits(password: str, hashed: str | None) -> bool:
    """Whether `password` is the one behind `hashed`; as slow for nobody's."""
    if len(password) > LONGEST:
        return False
    try:
        _HASHER.verify(hashed or _nobody(), password)
    except (VerificationError, InvalidHashError):
        return False
    return bool(hashed)


def check_policy(password: str, name: str) -> None:
    """Refuse a weak password.

    Raises:
        PasswordPolicyError: Says what is wanted.
    """
    lowered = password.lower()
    if not SHORTEST <= len(password) <= LONGEST:
        msg = f"a password has {SHORTEST} to {LONGEST} signs"
        raise PasswordPolicyError(msg)
    if name.lower() in lowered:
        raise PasswordPolicyError("a password does not hold one's name")
    if any(weak in lowered for weak in _WEAK) or len(set(password)) < 5:
        raise PasswordPolicyError("this password is among the first that are tried")


def made_password() -> str:
    """A random password of 16 signs, about 92 bits."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(16))


@cache
def _nobody() -> str:
    return hash_of(secrets.token_urlsafe(16))
