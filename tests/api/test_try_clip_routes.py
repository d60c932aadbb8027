"""A draft tried on a clip: what is posted, what is told, who may."""

import json
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from alerts.command import JobState, TryClip
from alerts.commands import CommandReceiver
from alerts.redis_client import RedisClient
from identity.right import Role
from sites.load import parse_site
from sites.revision import canonical_json
from tests.api.conftest import Bench
from tests.api.named import Named, as_person
from tests.api.stored import staged, store_alerts

pytestmark = pytest.mark.anyio
PATH = "/api/v1/site/try-clip"
ENGINEER = Named("gao", (Role.ENGINEER,))
THING = {
    "fate": "lost",
    "code": "SW-01",
    "place": "home/kerb",
    "label": "car",
    "severity": "S3",
    "opened_s": 9.0,
    "cleared_s": None,
    "box": [0.1, 0.2, 0.3, 0.4],
    "clauses": {"still_for": "true"},
}
TRIAL = {"things": [THING], "dwell_s": 9.0, "looks": 15, "media_s": 30.0}


def _content(bench: Bench) -> dict[str, Any]:
    held = bench.revisions.current()
    assert held is not None
    content: dict[str, Any] = json.loads(canonical_json(held.site))
    return content


async def _posted(client: httpx.AsyncClient, bench: Bench) -> tuple[UUID, UUID]:
    (alert,) = store_alerts(bench.database, [staged(1)])
    as_person(client, bench.services.identity, ENGINEER)
    body = {"alert": str(alert), "content": _content(bench)}
    answer = await client.post(PATH, json=body)
    assert answer.status_code == 202, answer.text
    assert answer.json()["state"] == "queued"
    return alert, UUID(answer.json()["job"])


async def test_the_draft_goes_with_the_job_and_what_comes_of_it_is_told(
    client: httpx.AsyncClient, bench: Bench, redis_client: RedisClient
) -> None:
    """Only the alert's camera is in it; the answer has each thing with its fate."""
    alert, id_ = await _posted(client, bench)

    receiver = CommandReceiver(redis_client, "test", bench.services.clock)
    receiver.begin()
    (job,) = receiver.take(lambda _job: True)
    assert isinstance(job, TryClip)
    assert (job.alert, job.by, job.role) == (alert, "gao", "engineer")
    assert set(parse_site(job.draft.encode()).cameras) == {"campus"}
    receiver.report(id_, JobState.DONE, json.dumps(TRIAL))

    told = (await client.get(f"{PATH}/{id_}")).json()
    assert (told["state"], told["detail"], told["dwell_s"]) == ("done", "", 9.0)
    (thing,) = told["things"]
    assert thing == THING | {"fate_zh": "草稿下不再触发"}


async def test_a_failed_trial_says_why(
    client: httpx.AsyncClient, bench: Bench, redis_client: RedisClient
) -> None:
    """Its clip may be gone; the text is the command's own last line."""
    _, id_ = await _posted(client, bench)
    receiver = CommandReceiver(redis_client, "test", bench.services.clock)
    receiver.report(id_, JobState.FAILED, "its clip is gone")

    told = (await client.get(f"{PATH}/{id_}")).json()

    assert (told["state"], told["detail"]) == ("failed", "its clip is gone")
    assert told["things"] == []


@pytest.mark.parametrize("detail", ["", "sw-01.yaml: clip, passes", '{"things": 1}'])
async def test_a_job_of_another_kind_is_no_trial(
    client: httpx.AsyncClient, bench: Bench, redis_client: RedisClient, detail: str
) -> None:
    """Whatever it told, nothing of it is shown as one."""
    _, id_ = await _posted(client, bench)
    CommandReceiver(redis_client, "test", bench.services.clock).report(
        id_, JobState.DONE, detail
    )

    answer = await client.get(f"{PATH}/{id_}")

    assert answer.status_code == 404
    assert answer.json()["type"] == "urn:nonsite:problem:not_found"
    assert (await client.get(f"{PATH}/{uuid4()}")).status_code == 404


async def test_a_draft_with_problems_or_files_of_the_machine_is_not_tried(
    client: httpx.AsyncClient, bench: Bench, redis_client: RedisClient
) -> None:
    """Told by key path, as when it is kept."""
    (alert,) = store_alerts(bench.database, [staged(1)])
    as_person(client, bench.services.identity, ENGINEER)
    content = _content(bench)
    content["cameras"]["campus"]["views"]["home"]["reference"] = "/etc/passwd"
    broken = {"version": 1, "name": "x", "cameras": {"campus": {}}}

    for one, key in (
        (content, "content.cameras.campus.views.home.reference"),
        (broken, "content.cameras.campus.feed"),
    ):
        answer = await client.post(PATH, json={"alert": str(alert), "content": one})
        assert answer.status_code == 422
        assert key in {error["field"] for error in answer.json()["errors"]}
    none = _content(bench) | {"cameras": {}}
    answer = await client.post(PATH, json={"alert": str(alert), "content": none})
    assert answer.status_code == 404
    assert redis_client.exists("nonsite:jobs") == 0


async def test_only_who_draws_tries(client: httpx.AsyncClient, bench: Bench) -> None:
    """A reviewer has nothing to try; another's camera is not there."""
    (alert,) = store_alerts(bench.database, [staged(1)])
    body = {"alert": str(alert), "content": _content(bench)}
    as_person(client, bench.services.identity, Named("wang"))
    assert (await client.post(PATH, json=body)).status_code == 403
    other = Named("chen", (Role.ENGINEER,), cameras=("depot",))
    as_person(client, bench.services.identity, other)
    assert (await client.post(PATH, json=body)).status_code == 404
