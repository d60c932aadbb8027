"""The built desk: one page for its addresses, assets by name, nothing else."""

import gzip
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from api.desk_routes import desk_router

pytestmark = pytest.mark.anyio

INDEX = '<meta property="csp-nonce" nonce="__NONCE__"><script nonce="__NONCE__">'
SCRIPT = b"export const one = 1;" * 50


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A folder as Vite leaves it, with a file beside it that is none of the desk's."""
    folder = tmp_path / "desk_built"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(INDEX)
    (folder / "favicon.svg").write_text("<svg/>")
    (folder / "officer_sw.js").write_text("self.onfetch = 1")
    (folder / "assets" / "index-B3.js").write_bytes(SCRIPT)
    (folder / "assets" / "index-B3.js.gz").write_bytes(gzip.compress(SCRIPT))
    (folder / "assets" / "notes.txt").write_text("not served")
    (tmp_path / "secret.js").write_text("secret")
    return folder


@pytest.fixture
async def client(built: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the desk's routes alone."""
    app = FastAPI()
    app.include_router(desk_router(built))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://desk") as found:
        yield found


@pytest.mark.parametrize("path", ["/", "/review", "/alerts/3f", "/zones/dock/home"])
async def test_every_address_of_the_desk_is_its_page(
    client: httpx.AsyncClient, path: str
) -> None:
    """A reload anywhere in the desk comes back to the desk."""
    answer = await client.get(path)

    assert answer.status_code == 200
    assert "csp-nonce" in answer.text


async def test_the_worker_of_the_officers_page_asks_this_service_only(
    client: httpx.AsyncClient,
) -> None:
    """Asked for anew each time: an old one would answer with old pages for ever."""
    answer = await client.get("/officer_sw.js")

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "no-cache"
    policy = answer.headers["content-security-policy"]
    assert policy == "default-src 'none'; connect-src 'self'"


async def test_the_nonce_is_in_the_policy_and_new_each_time(
    client: httpx.AsyncClient,
) -> None:
    """What one answer lets run, the next does not."""
    nonces = []
    for _ in range(2):
        answer = await client.get("/")
        (nonce,) = set(re.findall(r'nonce="([^"]+)"', answer.text))
        policy = answer.headers["content-security-policy"]
        assert f"style-src 'self' 'nonce-{nonce}';" in policy
        assert "unsafe" not in policy
        assert "script-src 'self';" in policy
        nonces.append(nonce)

    assert nonces[0] != nonces[1]


@pytest.mark.parametrize("path", ["/nothing", "/reviews", "/assets", "/api/v2"])
async def test_other_addresses_are_not_found(
    client: httpx.AsyncClient, path: str
) -> None:
    """A misspelt address of the API is never answered with a page."""
    assert (await client.get(path)).status_code == 404


async def test_assets_are_kept_by_the_browser_for_good(
    client: httpx.AsyncClient,
) -> None:
    """Their names change with their content."""
    headers = {"Accept-Encoding": "identity"}
    answer = await client.get("/assets/index-B3.js", headers=headers)

    assert answer.content == SCRIPT
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert "immutable" in answer.headers["cache-control"]
    assert "content-encoding" not in answer.headers


async def test_assets_go_out_packed_where_the_browser_unpacks(
    client: httpx.AsyncClient,
) -> None:
    """A phone on a thin line loads a third of the bytes."""
    headers = {"Accept-Encoding": "gzip"}
    answer = await client.get("/assets/index-B3.js", headers=headers)

    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) < len(SCRIPT) / 3
    assert answer.content == SCRIPT


@pytest.mark.parametrize(
    "path",
    [
        "/assets/..%2f..%2fsecret.js",
        "/assets/%2e%2e%2f%2e%2e%2fsecret.js",
        "/assets/../../secret.js",
        "/assets/notes.txt",
        "/assets/missing.js",
        "/assets/.js",
        "/assets/index-B3.js%00",
        "/assets/" + "a" * 300 + ".js",
    ],
)
async def test_nothing_else_is_served(client: httpx.AsyncClient, path: str) -> None:
    """No path leads out of the folder, no other kind of file leaves it."""
    assert (await client.get(path)).status_code == 404


async def test_without_a_built_desk_the_start_page_stands_in(tmp_path: Path) -> None:
    """A machine that could not build it still shows its alerts."""
    app = FastAPI()
    app.include_router(desk_router(tmp_path / "never_built"))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://desk") as client:
        answer = await client.get("/")

    assert answer.status_code == 200
    assert "script-src 'sha256-" in answer.headers["content-security-policy"]
