"""Lists of alerts: filters, cursors, strict queries, stable pages."""

from datetime import timedelta
from uuid import UUID, uuid4

import httpx
import pytest

from rules.violation import Life, Phase, Severity
from tests.api.conftest import Bench
from tests.api.stored import (
    T0,
    StagedFile,
    staged,
    store_alerts,
    store_pack,
    store_second_source,
)

pytestmark = pytest.mark.anyio
URL = "/api/v1/alerts"


async def _ids(client: httpx.AsyncClient, query: str) -> list[str]:
    answer = await client.get(f"{URL}?{query}")
    assert answer.status_code == 200, answer.text
    return [alert["id"] for alert in answer.json()["alerts"]]


async def test_list_is_newest_first_with_words_and_titles(
    client: httpx.AsyncClient, bench: Bench
) -> None:
    """The newest opening stands first, called a suspicion, with its camera's title."""
    ids = store_alerts(bench.database, [staged(1), staged(2)])

    listed = (await client.get(URL)).json()

    assert [alert["id"] for alert in listed["alerts"]] == [str(ids[1]), str(ids[0])]
    assert listed["alerts"][0]["text_zh"] == "疑似人行道违停线索"
    assert listed["alerts"][0]["camera_title"] == "校园路口 Campus street"
    assert listed["alerts"][0]["opened_at"] == "2026-11-23T02:00:02.000Z"
    assert listed["next"] is None


async def test_each_filter_finds_its_own(
    client: httpx.AsyncClient, bench: Bench
) -> None:
    """Code, camera, zone, life, phase, severity, times and evidence each narrow."""
    plain, other = store_alerts(
        bench.database,
        [
            staged(1),
            staged(
                2,
                code="SW-02",
                camera="gate",
                zone="door",
                life=Life.CLEARED,
                phase=Phase.DUE,
                severity=Severity.S1,
            ),
        ],
    )
    store_pack(
        bench.database, bench.services.evidence, other, [StagedFile("first.jpg", b"1")]
    )
    until = (T0 + timedelta(seconds=2)).isoformat().replace("+", "%2B")

    for query in (
        "code=SW-02",
        "camera=gate",
        "zone=door",
        "life=cleared",
        "phase=due",
        "severity=S1&severity=S2",
        "evidence=complete",
        f"since={until}",
    ):
        assert await _ids(client, query) == [str(other)], query
    for query in (f"until={until}", "evidence=pending", "life=open&code=SW-01"):
        assert await _ids(client, query) == [str(plain)], query
    assert await _ids(client, "code=SW-01&camera=gate") == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        pytest.param("limit=0", "query.limit", id="limit of nothing"),
        pytest.param("limit=201", "query.limit", id="limit too high"),
        pytest.param("limit=ten", "query.limit", id="limit no number"),
        pytest.param("life=alive", "query.life.0", id="no such life"),
        pytest.param("phase=grace&phase=x", "query.phase.1", id="one of two wrong"),
        pytest.param("severity=S9", "query.severity.0", id="no such severity"),
        pytest.param("evidence=lost", "query.evidence.0", id="no such state"),
        pytest.param("code=' OR 1=1", "query.code.0", id="code with quotes"),
        pytest.param("camera=%00", "query.camera.0", id="NUL"),
        pytest.param("camera=../etc", "query.camera.0", id="camera as a path"),
        pytest.param("camera=" + "a" * 5000, "query.camera.0", id="very long"),
        pytest.param("since=yesterday", "query.since", id="no time"),
        pytest.param("since=2026-11-23T02:00:00", "query.since", id="no zone"),
        pytest.param("since=0001-01-01T00:00:00%2B14:00", "query.since", id="year 1"),
        pytest.param("until=99999999999999999999", "query.until", id="far future"),
        pytest.param("lfie=open", "query.lfie", id="misspelt filter"),
        pytest.param("cursor=!!", "query.cursor", id="cursor of nothing"),
        pytest.param("cursor=bnVsbA", "query.cursor", id="cursor null"),
        pytest.param("cursor=W1tbW1s", "query.cursor", id="cursor of brackets"),
        pytest.param("cursor=%F0%9F%98%80", "query.cursor", id="cursor not ASCII"),
        pytest.param("cursor=" + "A" * 201, "query.cursor", id="cursor too long"),
        pytest.param("&".join(["code=SW-01"] * 101), "query.code", id="many values"),
    ],
)
async def test_malformed_query_names_its_field(
    client: httpx.AsyncClient, query: str, field: str
) -> None:
    """Junk in a query is a 422 problem that names the parameter."""
    answer = await client.get(f"{URL}?{query}")

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert field in [one["field"] for one in answer.json()["errors"]]


async def test_since_after_until_is_malformed(client: httpx.AsyncClient) -> None:
    """An empty stretch of time is told, not answered with an empty list."""
    answer = await client.get(
        f"{URL}?since=2026-11-24T00:00:00Z&until=2026-11-23T00:00:00Z"
    )

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["message"] == "since lies before until"


async def test_thousands_of_unknown_parameters_are_answered_shortly(
    client: httpx.AsyncClient,
) -> None:
    """The answer to a flood of junk stays small."""
    query = "&".join(f"x{n}=1" for n in range(3000))
    answer = await client.get(f"{URL}?{query}")

    assert answer.status_code == 422
    assert len(answer.content) < 5_000


async def test_one_alert_is_told_whole(client: httpx.AsyncClient, bench: Bench) -> None:
    """Clauses, sources and files of every source come with the alert."""
    (alert,) = store_alerts(bench.database, [staged(1)])
    second = store_second_source(bench.database, alert, "gate")
    for pack in (alert, second):
        store_pack(
            bench.database,
            bench.services.evidence,
            pack,
            [StagedFile("first.jpg", pack.bytes)],
        )

    told = (await client.get(f"{URL}/{alert}")).json()

    assert [one["clause"] for one in told["clauses"]] == ["still_for"]
    assert [one["camera"] for one in told["seen_by"]] == ["campus", "gate"]
    own = f"{URL}/{alert}/evidence/first.jpg"
    assert [f["url"] for f in told["files"]] == [own, f"{own}?source={second}"]


@pytest.mark.parametrize(
    ("alert", "status"),
    [
        pytest.param(str(uuid4()), 404, id="unknown"),
        pytest.param("1", 422, id="no uuid"),
        pytest.param("%00", 422, id="NUL"),
        pytest.param("..%2f..%2fetc%2fpasswd", 404, id="path"),
    ],
)
async def test_wrong_alert_is_a_problem(
    client: httpx.AsyncClient, alert: str, status: int
) -> None:
    """An id that names nothing is not found, one that is none is malformed."""
    answer = await client.get(f"{URL}/{alert}")

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


async def test_pages_hold_while_alerts_arrive(
    client: httpx.AsyncClient, bench: Bench
) -> None:
    """10 000 alerts read page by page are each there once, though new ones come."""
    old = store_alerts(bench.database, (staged(n) for n in range(10_000)))
    read: list[UUID] = []
    cursor: str | None = None
    for page in range(1000):
        query = "limit=200" + (f"&cursor={cursor}" if cursor else "")
        listed = (await client.get(f"{URL}?{query}")).json()
        read += [UUID(alert["id"]) for alert in listed["alerts"]]
        store_alerts(bench.database, [staged(20_000 + page)])
        cursor = listed["next"]
        if cursor is None:
            break

    assert read == list(reversed(old))
