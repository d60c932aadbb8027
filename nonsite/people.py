"""Identity over the database of a command, with the login service of the settings."""

from alerts.database import Database
from base.errors import ConfigError
from identity.identity import Identity, open_identity
from identity.oidc import OidcSettings
from nonsite.parts import Parts
from nonsite.settings import Settings

CALLBACK = "/api/v1/login/oidc/callback"


def identity_of(parts: Parts, database: Database) -> Identity:
    """People, sessions and tokens of a migrated database.

    Raises:
        ConfigError: A login service is named without its secret or our address.
    """
    return open_identity(database, parts.clock, oidc_of(parts.settings))


def oidc_of(settings: Settings) -> OidcSettings | None:
    """The bureau's login service; None: not configured.

    Raises:
        ConfigError: Something is missing; names it.
    """
    if settings.oidc_issuer is None:
        return None
    missing = []
    if settings.oidc_client_secret is None:
        missing.append("NONSITE_OIDC_CLIENT_SECRET: is wanted with an issuer")
    if not settings.public_url:
        missing.append("NONSITE_PUBLIC_URL: is wanted with an issuer: where to return")
    if missing or settings.oidc_client_secret is None:
        raise ConfigError(tuple(missing))
    return OidcSettings(
        issuer=settings.oidc_issuer,
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret,
        redirect_uri=settings.public_url + CALLBACK,
        title=settings.oidc_title,
        name_claim=settings.oidc_name_claim,
    )
