"""Login by the bureau's own service: a real provider made with Authlib, over HTTP."""

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from prometheus_client import CollectorRegistry
from pydantic import SecretStr

from api.app import create_app
from api.identity_gate import IdentityGate
from api.session_cookie import COOKIE
from identity.identity import Identity, open_identity
from identity.oidc import OidcSettings
from tests.alerts.conftest import plain_tracebacks  # noqa: F401 - a fixture
from tests.api.conftest import BASE, Bench
from tests.api.named import PASSWORD, Named, add
from tests.identity.login_service import (
    CLIENT_ID,
    CLIENT_SECRET,
    LoginService,
    login_service,
)

pytestmark = pytest.mark.anyio
START = "/api/v1/login/oidc/start"
CALLBACK = f"{BASE}/api/v1/login/oidc/callback"
Claims = dict[str, Any]


@pytest.fixture
def provider() -> Iterator[LoginService]:
    """The bureau's login service."""
    with login_service(CALLBACK) as found:
        yield found


@pytest.fixture
def identity(bench: Bench, provider: LoginService) -> Identity:
    """We know one person, and the service."""
    settings = OidcSettings(
        provider.issuer, CLIENT_ID, SecretStr(CLIENT_SECRET), CALLBACK
    )
    found = open_identity(bench.database, bench.services.clock, settings)
    add(found, Named("wang"))
    return found


@pytest.fixture
async def browser(bench: Bench, identity: Identity) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody at our login page."""
    services = replace(
        bench.services,
        identity=identity,
        gate=IdentityGate(identity),
        registry=CollectorRegistry(),
    )
    transport = httpx.ASGITransport(app=create_app(services))
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as found:
        yield found


async def _there(browser: httpx.AsyncClient) -> str:
    """To the other login page; the address it sends the browser back to."""
    begun = await browser.get(START)
    assert begun.status_code == 303
    async with httpx.AsyncClient() as other:
        let_in = await other.get(begun.headers["location"])
    assert let_in.status_code == 302
    found: str = let_in.headers["location"]
    assert found.startswith(CALLBACK)
    return found


async def _login(browser: httpx.AsyncClient) -> httpx.Response:
    return await browser.get(await _there(browser))


async def test_whom_the_service_names_and_we_know_comes_in(
    browser: httpx.AsyncClient, provider: LoginService
) -> None:
    """Code flow with PKCE and nonce; a session of ours, with our own rights."""
    answer = await _login(browser)

    assert answer.status_code == 303
    assert answer.headers["location"] == "/"
    me = (await browser.get("/api/v1/me")).json()
    assert (me["name"], me["roles"]) == ("wang", ["reviewer"])


async def test_the_first_login_links_and_the_subject_counts_afterwards(
    browser: httpx.AsyncClient, provider: LoginService
) -> None:
    """A name given away later opens nothing; the same person under a new name does."""
    await _login(browser)
    browser.cookies.clear()
    provider.user = "renamed"
    await _login(browser)
    assert (await browser.get("/api/v1/me")).json()["name"] == "wang"
    browser.cookies.clear()
    provider.user, provider.subject = "wang", "u-2"
    refused = await _login(browser)

    assert refused.status_code == 403
    assert COOKIE not in browser.cookies


@pytest.mark.parametrize(
    "alter",
    [
        pytest.param(lambda c: c | {"nonce": "another"}, id="nonce"),
        pytest.param(lambda c: c | {"aud": ["another"]}, id="audience"),
        pytest.param(lambda c: c | {"iss": "http://localhost:1"}, id="issuer"),
        pytest.param(lambda c: c | {"exp": 1}, id="expired"),
        pytest.param(lambda c: {k: c[k] for k in c if k != "sub"}, id="no subject"),
        pytest.param(lambda c: c | {"preferred_username": "eve"}, id="unknown"),
    ],
)
async def test_a_token_that_does_not_hold_opens_nothing(
    browser: httpx.AsyncClient,
    provider: LoginService,
    alter: Callable[[Claims], Claims],
) -> None:
    """Signed by the service itself, and still not for us, here and now."""
    provider.alter = alter

    answer = await _login(browser)

    assert answer.status_code == 403
    assert answer.json()["type"] == "urn:nonsite:problem:provider"
    assert COOKIE not in browser.cookies
    assert CLIENT_SECRET not in answer.text


async def test_a_token_of_a_foreign_key_opens_nothing(
    browser: httpx.AsyncClient, provider: LoginService
) -> None:
    """The name of a published key is no signature."""
    provider.foreign_key = True

    assert (await _login(browser)).status_code == 403


async def test_a_code_is_good_once_and_in_one_browser(
    browser: httpx.AsyncClient, provider: LoginService
) -> None:
    """Neither replayed, nor planted into another browser, nor with another state."""
    back = await _there(browser)
    stolen = dict(browser.cookies)
    browser.cookies.clear()
    assert (await browser.get(back)).status_code == 403  # not begun here
    browser.cookies.update(stolen)
    state = parse_qs(urlsplit(back).query)["state"][0]
    forged = await browser.get(back.replace(state, "x" * len(state)))
    assert forged.status_code == 403
    assert (await browser.get(back)).status_code == 403  # used up by the forgery
    again = await _there(browser)
    assert (await browser.get(again)).status_code == 303
    assert (await browser.get(again)).status_code == 403


async def test_a_service_that_names_another_issuer_is_refused_and_passwords_work(
    browser: httpx.AsyncClient, provider: LoginService
) -> None:
    """The way in that stands on nothing else stays open."""
    provider.port = 1  # what it says of itself, not where it listens
    begun = await browser.get(START)
    assert begun.status_code == 403
    assert begun.json()["type"] == "urn:nonsite:problem:provider"
    body = {"name": "wang", "password": PASSWORD}
    assert (await browser.post("/api/v1/login", json=body)).status_code == 200
