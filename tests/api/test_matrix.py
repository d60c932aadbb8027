"""Role x endpoint: the table is whole, and every route keeps to it."""

import re
from collections.abc import Iterator

import httpx
import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from api.access import Needs
from api.address import PREFIX
from api.app import ROUTERS
from api.matrix import ENDPOINTS
from identity.right import RIGHTS, Right, Role
from tests.api.conftest import Bench
from tests.api.named import Named, add, log_in

pytestmark = pytest.mark.anyio
NOBODYS = "00000000-0000-5000-8000-000000000000"


def _routes() -> Iterator[tuple[str, Right | None]]:
    for router in ROUTERS:
        for route in router.routes:
            if isinstance(route, APIRoute) and route.path.startswith(PREFIX):
                asked = [one.right for one in _needs(route.dependant)]
                assert len(asked) <= 1, route.path
                for method in sorted(route.methods or ()):
                    path = route.path.removeprefix(PREFIX)
                    yield f"{method} {path}", asked[0] if asked else None


def _needs(dependant: Dependant) -> Iterator[Needs]:
    if isinstance(dependant.call, Needs):
        yield dependant.call
    for one in dependant.dependencies:
        yield from _needs(one)


async def test_the_table_holds_every_route_and_the_right_it_asks_for() -> None:
    """A route that is not in the table, or asks for another right, fails here."""
    assert dict(_routes()) == ENDPOINTS


def _address(endpoint: str) -> tuple[str, str]:
    """The endpoint with every parameter filled: well formed, and nothing behind it."""
    method, path = endpoint.split()
    path = re.sub(r"\{(name|camera)\}", "xx", path)
    path = path.replace("{revision}", "0" * 64)
    return method, PREFIX + re.sub(r"\{\w+\}", NOBODYS, path)


@pytest.mark.parametrize("role", [None, *Role])
async def test_each_role_reaches_what_the_table_says_and_nothing_else(
    client: httpx.AsyncClient, bench: Bench, role: Role | None
) -> None:
    """Nobody at all is 401, a role without the right 403, the others are let in."""
    identity = bench.services.identity
    add(identity, Named("somebody", (role or Role.VIEWER,)))
    if role is not None:
        log_in(client, identity, "somebody")
    rights = frozenset() if role is None else RIGHTS[role]
    wrong = []
    for endpoint, right in ENDPOINTS.items():
        if right is None or endpoint in {"GET /events", "POST /logout"}:
            continue
        method, address = _address(endpoint)
        answer = await client.request(method, address)
        kind = ""
        if answer.status_code in {401, 403} and method != "HEAD":
            kind = answer.json()["type"].rpartition(":")[2]
        if role is None:
            is_right = answer.status_code == 401
        elif right in rights:
            is_right = answer.status_code not in {401, 403}
        else:
            is_right = answer.status_code == 403 and kind in {"refused", ""}
        if not is_right:
            wrong.append((endpoint, answer.status_code, kind))

    assert wrong == []
