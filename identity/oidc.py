"""Login by the bureau's own service: OpenID Connect, code flow with PKCE.

The service only says who somebody is. What they may do stands in our own book: whom we
do not know does not come in. The first login links the service's `sub` to the person
whose login name it gives; from then on the `sub` counts, so that a name given away
later opens nothing.
"""

import hmac
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import httpx2
import structlog
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from pydantic import SecretStr
from sqlalchemy import delete

from alerts.database import Database
from alerts.errors import NotFoundError
from base.clock import Clock
from identity.errors import ProviderError
from identity.people import People
from identity.person import Person
from identity.sessions import digest_of
from identity.tables import LoginFlowRow

ALGORITHMS = ["RS256", "ES256", "PS256"]
"""Signatures taken: a symmetric one would make our client secret a signing key."""

FLOW_S = 600
"""How long somebody may take at the other login page."""

LEEWAY_S = 60
TIMEOUT_S = 5.0

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class OidcSettings:
    """The bureau's login service.

    Attributes:
        issuer: Its address, as its tokens name it.
        client_id: What it calls us.
        client_secret: What we prove it with.
        redirect_uri: `https://host/api/v1/login/oidc/callback`, as registered there.
        title: Shown on the login page.
        name_claim: Which claim holds the login name.
    """

    issuer: str
    client_id: str
    client_secret: SecretStr
    redirect_uri: str
    title: str = "统一身份认证"
    name_claim: str = "preferred_username"


@dataclass(frozen=True, slots=True)
class Begun:
    """A login on its way: where to go, and the secret for the cookie."""

    url: str
    secret: str


class OidcLogin:
    """The code flow; safe to use from any thread.

    Args:
        settings: Where the service is.
        database: Where logins on their way are kept.
        people: Whom we know.
        clock: Wall time.
    """

    cookie = "nonsite_login"

    def __init__(
        self, settings: OidcSettings, database: Database, people: People, clock: Clock
    ) -> None:
        self._settings = settings
        self._database = database
        self._people = people
        self._clock = clock

    @property
    def title(self) -> str:
        """Shown on the login page."""
        return self._settings.title

    def begin(self) -> Begun:
        """Start a login.

        Raises:
            ProviderError: The service does not answer.
        """
        now = self._clock.utc_now()
        secret, nonce = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        verifier = secrets.token_urlsafe(48)
        with _translated(), self._client() as client:
            found = self._metadata(client)
            url, state = client.create_authorization_url(
                str(found["authorization_endpoint"]),
                nonce=nonce,
                code_verifier=verifier,
            )
        with self._database.transaction() as session:
            old = now - timedelta(seconds=FLOW_S)
            session.execute(delete(LoginFlowRow).where(LoginFlowRow.at <= old))
            session.add(
                LoginFlowRow(
                    digest=digest_of(secret),
                    state=state,
                    nonce=nonce,
                    verifier=verifier,
                    at=now,
                )
            )
        return Begun(url, secret)

    def finish(self, query: str, secret: str) -> Person:
        """Who came back.

        Args:
            query: The query string the browser came back with.
            secret: Of the cookie given by `begin`.

        Raises:
            ProviderError: Not begun here, refused there, a token that does not hold,
                or somebody we do not know.
        """
        flow = self._take(secret)
        given = {key: values[0] for key, values in parse_qs(query).items()}
        if not hmac.compare_digest(flow.state, given.get("state", "")):
            raise ProviderError("this login was not begun in this browser")
        if "code" not in given:
            raise ProviderError("the login service did not let you in")
        with _translated(), self._client() as client:
            found = self._metadata(client)
            token = client.fetch_token(
                str(found["token_endpoint"]),
                code=given["code"],
                code_verifier=flow.verifier,
            )
            address = str(found["jwks_uri"])
            keys = client.request("GET", address, withhold_token=True)
            keys.raise_for_status()
            claims = self._claims(token, KeySet.import_key_set(keys.json()), flow.nonce)
        return self._person(claims)

    def _take(self, secret: str) -> LoginFlowRow:
        now = self._clock.utc_now()
        with self._database.transaction() as session:
            row = session.get(LoginFlowRow, digest_of(secret)) if secret else None
            if row is not None:
                session.delete(row)
        if row is None or row.at <= now - timedelta(seconds=FLOW_S):
            raise ProviderError("this login took too long, or was used already")
        return row

    def _client(self) -> Any:
        settings = self._settings
        return OAuth2Client(
            client_id=settings.client_id,
            client_secret=settings.client_secret.get_secret_value(),
            scope="openid profile",
            redirect_uri=settings.redirect_uri,
            code_challenge_method="S256",
            timeout=TIMEOUT_S,
        )

    def _metadata(self, client: Any) -> Mapping[str, Any]:
        address = (
            f"{self._settings.issuer.rstrip('/')}/.well-known/openid-configuration"
        )
        answer = client.request("GET", address, withhold_token=True)
        answer.raise_for_status()
        found: Mapping[str, Any] = answer.json()
        if found.get("issuer") != self._settings.issuer:
            raise ProviderError("the login service names another issuer")
        return found

    def _claims(
        self, token: Mapping[str, Any], keys: KeySet, nonce: str
    ) -> Mapping[str, Any]:
        settings = self._settings
        decoded = jwt.decode(str(token.get("id_token")), keys, algorithms=ALGORITHMS)
        claims = CodeIDToken(
            decoded.claims,
            decoded.header,
            options={
                "iss": {"essential": True, "value": settings.issuer},
                "aud": {"essential": True, "value": settings.client_id},
            },
            params={
                "nonce": nonce,
                "client_id": settings.client_id,
                "access_token": token.get("access_token"),
            },
        )
        now = round(self._clock.utc_now().timestamp())
        claims.validate(now=now, leeway=LEEWAY_S)
        return dict(claims)

    def _person(self, claims: Mapping[str, Any]) -> Person:
        subject = f"{self._settings.issuer}#{claims['sub']}"
        known = self._people.by_subject(subject)
        if known is not None:
            return known
        name = str(claims.get(self._settings.name_claim, ""))
        try:
            return self._people.link(name, subject)
        except NotFoundError as error:
            msg = "the login service named somebody who is not in our book"
            raise ProviderError(msg) from error


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (AuthlibBaseError, JoseError, httpx2.HTTPError, ValueError) as error:
        _log.warning("login_service.failed", reason=type(error).__name__)
        msg = "the login service failed or answered nonsense"
        raise ProviderError(msg) from error
