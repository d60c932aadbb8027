"""Only this machine: where the service listens and which names it answers to."""

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from api.hosts import HostCheck, names_of, require_loopback
from base.errors import ConfigError


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "127.9.9.9", "::1", "[::1]"]
)
def test_loopback_is_accepted(host: str) -> None:
    """Every form of this machine's own address may be listened on."""
    require_loopback(host, is_configured=False, public_url="")


@pytest.mark.parametrize(
    "host",
    [
        "0.0.0.0",
        "::",
        "10.0.0.1",
        "",
        "example.org",
        "127.0.0.1.evil.org",
        "localhost.",
    ],
)
def test_anything_else_is_refused_with_the_reason(host: str) -> None:
    """Until identity exists no other machine may reach alerts, and it says why."""
    with pytest.raises(ConfigError, match="no identity is configured yet"):
        require_loopback(host, is_configured=False, public_url="")


def test_people_with_names_are_reached_over_tls_only() -> None:
    """With people configured another address is taken, once TLS stands before it."""
    with pytest.raises(ConfigError, match="NONSITE_PUBLIC_URL"):
        require_loopback("10.0.0.1", is_configured=True, public_url="")

    require_loopback("10.0.0.1", is_configured=True, public_url="https://a.example")
    assert "a.example" in names_of("https://a.example:8443")


@pytest.mark.anyio
@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "localhost:8600",
        "127.0.0.1:8600",
        "[::1]",
        "[::1]:8600",
        "LocalHost",
    ],
)
async def test_own_names_are_answered(client: httpx.AsyncClient, host: str) -> None:
    """The names of this machine are answered, with any port."""
    answer = await client.get("/healthz", headers={"Host": host})

    assert answer.status_code == 200


@pytest.mark.anyio
@pytest.mark.parametrize(
    "host",
    [
        pytest.param("evil.example", id="another name"),
        pytest.param("localhost.evil.example", id="a name that begins like ours"),
        pytest.param("127.0.0.1.nip.io", id="a name that points here"),
        pytest.param("localhost:80@evil.example", id="user info"),
        pytest.param("", id="empty"),
        pytest.param("0.0.0.0:8600", id="any address"),
        pytest.param("::1", id="bare IPv6"),
        pytest.param("localhost:８６００", id="digits of another script"),
        pytest.param("a" * 5000, id="very long"),
    ],
)
async def test_other_names_are_misdirected(
    client: httpx.AsyncClient, host: str
) -> None:
    """A page of another origin that points its name here learns nothing (421)."""
    headers = [(b"Host", host.encode())]
    for path in ("/", "/healthz", "/api/v1/alerts", "/metrics"):
        answer = await client.get(path, headers=headers)

        assert answer.status_code == 421
        assert answer.json()["type"] == "urn:nonsite:problem:wrong_host"


@pytest.mark.anyio
async def test_two_hosts_are_refused(client: httpx.AsyncClient) -> None:
    """Two Host headers mean a proxy and we might disagree on the name."""
    headers = [("Host", "localhost"), ("Host", "localhost")]
    answer = await client.get("/healthz", headers=headers)

    assert answer.status_code == 421


async def _answered(request: Request) -> PlainTextResponse:
    return PlainTextResponse("here")


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("headers", "is_configured", "status"),
    [
        pytest.param({"Host": "desk.example"}, False, 421, id="nobody, by the name"),
        pytest.param({"Host": "desk.example"}, True, 200, id="people, by the name"),
        pytest.param(
            {"Host": "localhost", "X-Forwarded-For": "10.9.8.7"},
            False,
            421,
            id="nobody, by a gateway that says localhost",
        ),
        pytest.param(
            {"Host": "localhost", "X-Forwarded-For": "10.9.8.7"},
            True,
            200,
            id="people, by such a gateway",
        ),
        pytest.param({"Host": "localhost:8600"}, False, 200, id="nobody, from here"),
    ],
)
async def test_until_people_have_names_only_this_machine_is_answered(
    headers: dict[str, str], status: int, *, is_configured: bool
) -> None:
    """A gateway before an empty database opens nothing to the network."""
    check = HostCheck(
        Starlette(routes=[Route("/healthz", _answered)]),
        names_of("https://desk.example"),
        lambda: is_configured,
    )
    transport = httpx.ASGITransport(check)
    async with httpx.AsyncClient(transport=transport, base_url="http://a") as client:
        answer = await client.get("/healthz", headers=headers)

    assert answer.status_code == status
