"""`/me/views` over HTTP: one's own filters, and junk refused by name."""

from urllib.parse import quote

import httpx
import pytest

from cases.saved_views import MOST_VIEWS
from identity.right import Role
from tests.api.conftest import Bench
from tests.api.named import Named, as_person

pytestmark = pytest.mark.anyio
VIEWS = "/api/v1/me/views"


async def _keep(client: httpx.AsyncClient, name: str, query: str) -> httpx.Response:
    return await client.put(f"{VIEWS}/{quote(name, safe='')}", json={"query": query})


async def test_a_view_follows_its_person_from_desk_to_desk(
    client: httpx.AsyncClient, bench: Bench
) -> None:
    """Kept, replaced and dropped; whoever else asks finds nothing of it."""
    identity = bench.services.identity
    as_person(client, identity, Named("wang"))
    assert (await client.get(VIEWS)).json() == {"views": []}
    await _keep(client, "夜间 50%", "code=SW-01")
    kept = await _keep(client, "夜间 50%", "code=SW-01&review=queued")

    (view,) = kept.json()["views"]
    assert (view["name"], view["query"]) == ("夜间 50%", "code=SW-01&review=queued")
    assert (await client.get(VIEWS)).json() == kept.json()
    as_person(client, identity, Named("li", (Role.OFFICER,)))
    assert (await client.get(VIEWS)).json() == {"views": []}
    missing = await client.delete(f"{VIEWS}/{quote('夜间 50%')}")
    assert missing.status_code == 404


async def test_views_that_cannot_be_are_refused(
    client: httpx.AsyncClient, bench: Bench
) -> None:
    """Names and queries are bounded, and so is how many one has."""
    as_person(client, bench.services.identity, Named("wang"))
    for name in ("", ".", "..", "a/b", " ", "x" * 61, "a\x00b", "/"):
        answer = await _keep(client, name, "")
        assert answer.status_code in {404, 405, 422}, name
    assert (await _keep(client, "x", "q" * 2001)).status_code == 422
    for body in ({}, {"query": 1}, {"query": "", "person": "li"}):
        assert (await client.put(f"{VIEWS}/x", json=body)).status_code == 422
    for n in range(MOST_VIEWS):
        assert (await _keep(client, f"v{n}", "")).status_code == 200

    full = await _keep(client, "one more", "")

    assert full.status_code == 409
    assert "at most 30" in full.json()["detail"]
