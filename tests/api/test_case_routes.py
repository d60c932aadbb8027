"""Make this a test: a job is posted with who and why, and its state is told."""

from uuid import UUID, uuid4

import httpx
import pytest

from alerts.command import JobState, ReplayCase
from alerts.commands import CommandReceiver
from alerts.redis_client import RedisClient
from identity.right import Role
from tests.api.conftest import Bench
from tests.api.named import Named, add, as_person
from tests.api.stored import staged, store_alerts

pytestmark = pytest.mark.anyio
API = "/api/v1"
ENGINEER = Named("gao", (Role.ENGINEER,))
SENIOR = Named("zhao", (Role.SENIOR,))


def _path(alert: object) -> str:
    return f"{API}/alerts/{alert}/replay-case"


@pytest.mark.parametrize("person", [ENGINEER, SENIOR])
async def test_a_job_is_posted_with_who_and_why_and_followed(
    client: httpx.AsyncClient, bench: Bench, redis_client: RedisClient, person: Named
) -> None:
    """202 with a job; whoever takes it knows all it needs; its end is told."""
    (alert,) = store_alerts(bench.database, [staged(1)])
    as_person(client, bench.services.identity, person)

    body = {"reason": " 每天都停 ", "boxes_only": True}
    answer = await client.post(_path(alert), json=body)
    assert answer.status_code == 202
    told = answer.json()
    assert (told["state"], told["detail"]) == ("queued", "")

    receiver = CommandReceiver(redis_client, "test", bench.services.clock)
    receiver.begin()
    (job,) = receiver.take(lambda _job: True)
    assert isinstance(job, ReplayCase)
    assert (str(job.job), job.alert, job.by) == (told["job"], alert, person.name)
    assert (job.role, job.reason) == (person.roles[0].value, " 每天都停 ")
    assert job.boxes_only
    state = await client.get(f"{API}/jobs/{told['job']}")
    assert state.json()["state"] == "running"

    receiver.report(UUID(told["job"]), JobState.FAILED, "its clip is gone")
    state = await client.get(f"{API}/jobs/{told['job']}")
    assert (state.json()["state"], state.json()["detail"]) == (
        "failed",
        "its clip is gone",
    )


@pytest.mark.parametrize(
    "role",
    sorted(set(Role) - {Role.ENGINEER, Role.SENIOR}),
)
async def test_others_are_refused_and_no_job_is_posted(
    client: httpx.AsyncClient, bench: Bench, redis_client: RedisClient, role: Role
) -> None:
    """A reviewer reviews; an administrator sees no evidence at all."""
    (alert,) = store_alerts(bench.database, [staged(1)])
    as_person(client, bench.services.identity, Named("wang", (role,)))

    answer = await client.post(_path(alert), json={"reason": "x"})
    looked = await client.get(f"{API}/jobs/{uuid4()}")

    assert (answer.status_code, looked.status_code) == (403, 403)
    assert redis_client.exists("nonsite:jobs") == 0


async def test_what_lies_outside_the_scope_is_not_there(
    client: httpx.AsyncClient, bench: Bench
) -> None:
    """The same answer as for an alert that does not exist."""
    (alert,) = store_alerts(bench.database, [staged(1)])
    elsewhere = Named("gao", (Role.ENGINEER,), cameras=("another",))
    as_person(client, bench.services.identity, elsewhere)

    for one in (alert, uuid4()):
        answer = await client.post(_path(one), json={"reason": "x"})
        assert answer.status_code == 404
        assert answer.json()["detail"] == f"no alert {one}"
    assert (await client.get(f"{API}/jobs/{uuid4()}")).status_code == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        pytest.param({}, "reason", id="nothing"),
        pytest.param({"reason": ""}, "reason", id="empty"),
        pytest.param({"reason": "  \n "}, "reason", id="blank"),
        pytest.param({"reason": 7}, "reason", id="number"),
        pytest.param({"reason": "a\x00b"}, "reason", id="control"),
        pytest.param({"reason": "x" * 2001}, "reason", id="long"),
        pytest.param({"reason": "x", "boxes_only": "maybe"}, "boxes_only", id="maybe"),
        pytest.param({"reason": "x", "path": "/etc"}, "path", id="unknown field"),
    ],
)
async def test_junk_is_refused_with_its_field(
    client: httpx.AsyncClient, bench: Bench, body: dict[str, object], field: str
) -> None:
    """422, and no job."""
    (alert,) = store_alerts(bench.database, [staged(1)])
    as_person(client, bench.services.identity, ENGINEER)

    answer = await client.post(_path(alert), json=body)

    assert answer.status_code == 422
    assert field in answer.json()["errors"][0]["field"]


async def test_without_redis_it_is_unavailable(
    client: httpx.AsyncClient, bench: Bench
) -> None:
    """An id that is none is told, too."""
    as_person(client, bench.services.identity, ENGINEER)
    add(bench.services.identity, Named("li", (Role.ENGINEER,)))

    assert (await client.get(f"{API}/jobs/none")).status_code == 422
    answer = await client.post(_path("none"), json={"reason": "x"})
    assert answer.status_code == 422
