"""The reference picture of a view over the API: shown, taken, by right."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from alerts.command import TakeReference
from alerts.commands import CommandReceiver
from alerts.redis_client import RedisClient
from identity.right import Role
from sites.draft import draft_site
from sites.revision import canonical_json, revision_of
from tests.api.conftest import Bench
from tests.api.named import Named, as_person
from tests.api.stored import T0

pytestmark = pytest.mark.anyio
PATH = "/api/v1/cameras/campus/views/home/reference"
JPEG = b"\xff\xd8\xff\xe0 a picture \xff\xd9"
ENGINEER = Named("gao", (Role.ENGINEER,))


def _refer(bench: Bench, path: Path) -> None:
    """Let the view `home` of `campus` name a picture."""
    held = bench.revisions.current()
    assert held is not None
    content: dict[str, Any] = json.loads(canonical_json(held.site))
    content["cameras"]["campus"]["views"]["home"]["reference"] = str(path)
    bench.revisions.apply(revision_of(draft_site(content), T0, "test", "reference"))
    bench.app.state.nonsite.site.forget()


async def test_the_picture_in_force_is_shown(
    client: httpx.AsyncClient, bench: Bench, tmp_path: Path
) -> None:
    """With its type and digest; before one was taken there is none."""
    as_person(client, bench.services.identity, ENGINEER)
    assert (await client.get(PATH)).status_code == 404
    picture = tmp_path / "home.jpg"
    picture.write_bytes(JPEG)
    _refer(bench, picture)

    answer = await client.get(PATH)

    assert (answer.status_code, answer.content) == (200, JPEG)
    assert answer.headers["content-type"] == "image/jpeg"
    again = {"If-None-Match": answer.headers["etag"]}
    assert (await client.get(PATH, headers=again)).status_code == 304


@pytest.mark.parametrize("body", [None, b"", b"<svg/>", b"root:x:0:0"])
async def test_what_is_no_picture_is_not_shown(
    client: httpx.AsyncClient, bench: Bench, tmp_path: Path, body: bytes | None
) -> None:
    """A file that is gone, or another one a site file names by mistake."""
    as_person(client, bench.services.identity, ENGINEER)
    picture = tmp_path / "home.jpg"
    if body is not None:
        picture.write_bytes(body)
    _refer(bench, picture)

    assert (await client.get(PATH)).status_code == 404


async def test_taking_it_is_a_job_with_who_and_why(
    client: httpx.AsyncClient, bench: Bench, redis_client: RedisClient
) -> None:
    """Whoever takes the job knows all it needs."""
    as_person(client, bench.services.identity, ENGINEER)

    answer = await client.post(PATH, json={"reason": "井盖换新"})

    assert answer.status_code == 202
    receiver = CommandReceiver(redis_client, "test", bench.services.clock)
    receiver.begin()
    (job,) = receiver.take(lambda _job: True)
    assert isinstance(job, TakeReference)
    assert (job.camera, job.view, job.by) == ("campus", "home", "gao")
    assert (job.role, job.reason) == ("engineer", "井盖换新")
    told = await client.get(f"/api/v1/jobs/{answer.json()['job']}")
    assert told.json()["state"] == "running"


@pytest.mark.parametrize(
    ("path", "reason", "status"),
    [
        (PATH, "", 422),
        (PATH, "  ", 422),
        (PATH.replace("home", "gate"), "x", 404),
        (PATH.replace("home", "..%2f..%2fetc"), "x", 404),
        (PATH.replace("campus", "nowhere"), "x", 404),
        (PATH.replace("home", "x" * 65), "x", 422),
    ],
)
async def test_without_reason_or_view_nothing_is_posted(
    client: httpx.AsyncClient,
    bench: Bench,
    redis_client: RedisClient,
    path: str,
    reason: str,
    status: int,
) -> None:
    """Refused by field or as not there."""
    as_person(client, bench.services.identity, ENGINEER)

    assert (await client.post(path, json={"reason": reason})).status_code == status
    assert redis_client.exists("nonsite:jobs") == 0


async def test_who_draws_no_zones_takes_no_reference(
    client: httpx.AsyncClient, bench: Bench
) -> None:
    """A reviewer sees it and may not replace it; others' cameras are not there."""
    as_person(client, bench.services.identity, Named("wang"))
    assert (await client.post(PATH, json={"reason": "x"})).status_code == 403
    other = Named("chen", (Role.ENGINEER,), cameras=("depot",))
    as_person(client, bench.services.identity, other)
    assert (await client.post(PATH, json={"reason": "x"})).status_code == 404
