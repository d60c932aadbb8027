"""All of identity in one hand, as the API is given it."""

from dataclasses import dataclass

from alerts.database import Database
from alerts.errors import NotFoundError
from base.clock import Clock
from identity.logins import Logins
from identity.oidc import OidcLogin, OidcSettings
from identity.people import People
from identity.refusals import Refusals
from identity.sessions import Sessions
from identity.tokens import Tokens


@dataclass(frozen=True, slots=True)
class Identity:
    """People, how they come in, and what they hold.

    Attributes:
        people: Who there is.
        logins: By name and password.
        sessions: Of people.
        tokens: Of programs.
        refusals: What was refused to whom.
        oidc: By the bureau's own login service; None: not configured.
    """

    people: People
    logins: Logins
    sessions: Sessions
    tokens: Tokens
    refusals: Refusals
    oidc: OidcLogin | None = None

    def require_oidc(self) -> OidcLogin:
        """The other way in.

        Raises:
            NotFoundError: Not configured.
        """
        if self.oidc is None:
            raise NotFoundError("no other login service is configured")
        return self.oidc


def open_identity(
    database: Database, clock: Clock, oidc: OidcSettings | None = None
) -> Identity:
    """Identity over a migrated database."""
    people = People(database, clock)
    return Identity(
        people=people,
        logins=Logins(database, people, clock),
        sessions=Sessions(database, clock),
        tokens=Tokens(database, clock),
        refusals=Refusals(database, clock),
        oidc=None if oidc is None else OidcLogin(oidc, database, people, clock),
    )
