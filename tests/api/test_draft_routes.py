"""The zone editor's way: read, draw, check as one types, keep, apply, take back."""

from typing import Any

import httpx
import pytest

from alerts.audit_trail import AuditTrail
from alerts.command import COMMANDS_KEY
from alerts.redis_client import RedisClient
from alerts.sealer import Sealer
from identity.right import Role
from tests.api.conftest import Bench
from tests.api.named import Named, add, as_person, log_in

pytestmark = pytest.mark.anyio
SITE = "/api/v1/site"
POINTS = [[0.1, 0.5], [0.9, 0.5], [0.9, 0.9], [0.1, 0.9]]
ENGINEER = Named("chen", (Role.ENGINEER,))


async def _site(client: httpx.AsyncClient) -> dict[str, Any]:
    found: dict[str, Any] = (await client.get(SITE)).json()
    return found


def _drawn(site: dict[str, Any], points: object = POINTS) -> dict[str, Any]:
    content: dict[str, Any] = site["content"]
    zone = content["cameras"]["campus"]["views"]["home"]["zones"]["kerb"]
    zone["points"] = points
    return content


def _deeds(bench: Bench) -> list[tuple[str, str]]:
    while Sealer(bench.database, bench.services.clock).seal():
        pass
    trail = AuditTrail(bench.database).after(0, 1000)
    return [(one.actor, one.action) for one in trail]


async def test_a_zone_is_drawn_applied_and_taken_back(
    client: httpx.AsyncClient, bench: Bench, redis_client: RedisClient
) -> None:
    """Nothing is in force before apply; workers are told; each act is on record."""
    as_person(client, bench.services.identity, ENGINEER)
    site = await _site(client)
    first = site["revision"]
    content = _drawn(site)

    checked = (await client.post(f"{SITE}/check", json={"content": content})).json()
    assert checked["problems"] == []
    (change,) = checked["changes"]
    assert change["path"] == "cameras.campus.views.home.zones.kerb.points"
    assert change["after"] == POINTS

    body = {"content": content, "note": "改到路缘石"}
    kept = (await client.post(f"{SITE}/drafts", json=body)).json()
    assert kept["revision"] == checked["revision"]
    assert (await _site(client))["revision"] == first
    listed = (await client.get(f"{SITE}/revisions")).json()
    assert [one["revision"] for one in listed["drafts"]] == [kept["revision"]]

    body = {"base": first, "reason": "现场复核"}
    one = f"{SITE}/revisions/{kept['revision']}"
    applied = (await client.post(f"{one}/apply", json=body)).json()
    assert applied == {"revision": kept["revision"], "is_new": True, "is_told": True}
    assert (await _site(client))["revision"] == kept["revision"]
    assert redis_client.xlen(COMMANDS_KEY) == 1

    back = f"{SITE}/revisions/{first}"
    told = (await client.get(f"{back}/changes")).json()
    assert [one["path"] for one in told["changes"]] == [change["path"]]
    body = {"base": kept["revision"], "reason": "区域画错"}
    assert (await client.post(f"{back}/apply", json=body)).json()["is_new"]
    listed = (await client.get(f"{SITE}/revisions")).json()
    assert [(one["author"], one["reason"]) for one in listed["applied"]] == [
        ("chen", "区域画错"),
        ("chen", "现场复核"),
        ("test", "imported"),
    ]
    deeds = _deeds(bench)
    assert deeds.count(("chen", "draft.kept")) == 1
    assert deeds.count(("chen", "revision.applied")) == 2


async def test_nobody_overwrites_what_they_have_not_seen(
    client: httpx.AsyncClient, bench: Bench
) -> None:
    """Two draw at once: the second is told, and nothing happened."""
    as_person(client, bench.services.identity, ENGINEER)
    site = await _site(client)
    first = site["revision"]
    kept = []
    for shift in (0.0, 0.01):
        content = _drawn(site, [[x, y + shift] for x, y in POINTS])
        body = {"content": content, "note": "drawn"}
        answer = await client.post(f"{SITE}/drafts", json=body)
        kept.append(answer.json()["revision"])
    body = {"base": first, "reason": "why"}
    await client.post(f"{SITE}/revisions/{kept[0]}/apply", json=body)

    refused = await client.post(f"{SITE}/revisions/{kept[1]}/apply", json=body)

    assert refused.status_code == 409
    assert refused.json()["type"] == "urn:nonsite:problem:overtaken"
    assert (await _site(client))["revision"] == kept[0]


async def test_a_wrong_draft_is_told_by_key_and_not_kept(
    client: httpx.AsyncClient, bench: Bench
) -> None:
    """Checking answers 200 with problems, keeping answers 422 with the same."""
    as_person(client, bench.services.identity, ENGINEER)
    content = _drawn(await _site(client), [[0, 0], [1, 1]])
    where = "cameras.campus.views.home.zones.kerb.points"

    checked = (await client.post(f"{SITE}/check", json={"content": content})).json()
    kept = await client.post(f"{SITE}/drafts", json={"content": content, "note": "x"})

    assert checked["revision"] is None
    assert [one["path"] for one in checked["problems"]] == [where]
    assert kept.status_code == 422
    assert [one["field"] for one in kept.json()["errors"]] == [f"content.{where}"]
    assert (await client.get(f"{SITE}/revisions")).json()["drafts"] == []


async def test_a_page_names_no_files_and_no_address_of_this_machine(
    client: httpx.AsyncClient, bench: Bench
) -> None:
    """Neither a recording on disk nor the service's own ports become a camera."""
    as_person(client, bench.services.identity, ENGINEER)
    content = (await _site(client))["content"]
    for name, feed in (
        ("a", {"kind": "file", "path": "/etc/passwd"}),
        ("b", {"kind": "url", "looks": "http://127.0.0.1:6379/"}),
        ("c", {"kind": "url", "looks": "http://169.254.169.254/latest"}),
    ):
        content["cameras"][name] = {"feed": feed}

    checked = (await client.post(f"{SITE}/check", json={"content": content})).json()

    assert [one["path"] for one in checked["problems"]] == [
        "cameras.a.feed.path",
        "cameras.b.feed.looks",
        "cameras.c.feed.looks",
    ]


async def test_whoever_sees_some_cameras_changes_those_only(
    client: httpx.AsyncClient, bench: Bench
) -> None:
    """An engineer of one street cannot reconfigure another."""
    identity = bench.services.identity
    add(identity, Named("qian", (Role.ENGINEER,), cameras=("dock",)))
    as_person(client, identity, ENGINEER)
    site = await _site(client)
    body = {"content": _drawn(site), "note": "drawn"}
    kept = (await client.post(f"{SITE}/drafts", json=body)).json()["revision"]

    log_in(client, identity, "qian")
    body = {"base": site["revision"], "reason": "why"}
    refused = await client.post(f"{SITE}/revisions/{kept}/apply", json=body)

    assert refused.status_code == 403
    assert (await _site(client))["revision"] == site["revision"]


async def test_unknown_revisions_and_wrong_ids(
    client: httpx.AsyncClient, bench: Bench
) -> None:
    """A digest nobody kept is 404, what is no digest 422."""
    as_person(client, bench.services.identity, ENGINEER)
    body = {"base": None, "reason": "why"}
    for one, status in (("0" * 64, 404), ("..%2f..", 404), ("abc", 422)):
        path = f"{SITE}/revisions/{one}"
        assert (await client.get(path)).status_code == status
        assert (await client.get(f"{path}/changes")).status_code == status
        answer = await client.post(f"{path}/apply", json=body)
        assert answer.status_code == status
