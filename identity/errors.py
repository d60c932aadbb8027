"""The identity's branch of the error tree."""

from base.errors import NonsiteError


class IdentityError(NonsiteError):
    """Something about who somebody is."""


class UnknownCallerError(IdentityError):
    """Nobody known: log in, or the session is over."""


class WrongLoginError(IdentityError):
    """Name and password do not fit; never says which of the two."""


class LockedOutError(IdentityError):
    """Too many wrong tries.

    Attributes:
        retry_after_s: How long to wait.
    """

    def __init__(self, text: str, retry_after_s: int) -> None:
        super().__init__(text)
        self.retry_after_s = retry_after_s


class ForgedRequestError(IdentityError):
    """A changing request without the session's own token: another site sent it."""


class PasswordPolicyError(IdentityError):
    """The new password is too weak; says what is wanted."""


class RolesError(IdentityError):
    """Roles that one person may not hold together, or rights an owner lacks."""


class TakenNameError(IdentityError):
    """Somebody has that name already."""


class ProviderError(IdentityError):
    """The bureau's login service failed or named somebody we do not know."""
