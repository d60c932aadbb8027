"""The whole application: headers, problems, rights, OpenAPI, words."""

import json
import re
from dataclasses import replace

import httpx
import pytest
from fastapi import Request
from prometheus_client import CollectorRegistry

from alerts.errors import StoreError, StoreUnavailableError
from api.app import create_app
from api.errors import RefusedError
from identity.person import Person
from identity.right import Right
from tests.api.conftest import BASE, Bench
from tests.api.stored import StagedFile, staged, store_alerts, store_pack

pytestmark = pytest.mark.anyio
PAGES = ("/", "/healthz", "/readyz", "/metrics", "/api/v1/openapi.json")
LISTS = ("/api/v1/alerts", "/api/v1/cameras", "/api/v1/cameras/campus", "/api/v1/site")


@pytest.mark.parametrize("path", [*PAGES, *LISTS, "/nothing"])
async def test_every_answer_carries_the_security_headers(
    client: httpx.AsyncClient, path: str
) -> None:
    """No answer is sniffed, framed, embedded or read by another origin, or cached."""
    headers = (
        await client.get(path, headers={"Origin": "http://evil.example"})
    ).headers

    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "no-store" in headers["cache-control"]
    assert not [name for name in headers if name.startswith("access-control")]
    assert "server" not in headers


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        pytest.param("GET", "/nothing", 404, id="unknown path"),
        pytest.param("GET", "/api/v1/alerts/", 404, id="slash at the end"),
        pytest.param("POST", "/api/v1/alerts", 405, id="no such method"),
        pytest.param("DELETE", "/", 405, id="a page cannot be deleted"),
        pytest.param("TRACE", "/healthz", 405, id="trace"),
        pytest.param("GET", "/docs", 404, id="no page that needs a CDN"),
    ],
)
async def test_the_frameworks_own_refusals_are_problems_too(
    client: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    """Whatever refuses a request, the answer has the one form."""
    answer = await client.request(method, path)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert problem["instance"].startswith("urn:uuid:")


async def test_large_bodies_are_refused(client: httpx.AsyncClient) -> None:
    """A declared length beyond the ceiling, or none that is a number, is a 413."""
    for length in ("2097153", "9" * 40, "-1", "x"):
        headers = {"Content-Length": length}
        answer = await client.post("/api/v1/alerts", content=b"x", headers=headers)

        assert answer.status_code == 413


async def test_unexpected_failure_shows_only_its_id(
    client: httpx.AsyncClient, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A defect is a 500 with an id; no traceback, text or credential leaves."""

    def broken(*_: object) -> None:
        msg = "secret rtsp://user:hunter2@host/"
        raise KeyError(msg)

    monkeypatch.setattr(type(bench.services.alerts), "last_seq", broken)

    answer = await client.get("/api/v1/alerts")

    assert answer.status_code == 500
    assert answer.json()["type"] == "urn:nonsite:problem:unexpected"
    assert "hunter2" not in answer.text
    assert "KeyError" not in answer.text


@pytest.mark.parametrize(
    ("error", "status"),
    [
        pytest.param(StoreUnavailableError("away: redis://u:p@h/0"), 503, id="away"),
        pytest.param(StoreError("refused"), 500, id="refused"),
    ],
)
async def test_store_failures_have_their_own_status(
    client: httpx.AsyncClient,
    bench: Bench,
    monkeypatch: pytest.MonkeyPatch,
    error: StoreError,
    status: int,
) -> None:
    """A store that is away is 503 with Retry-After, one that refuses is 500."""

    def failing(*_: object) -> None:
        raise error

    monkeypatch.setattr(type(bench.services.alerts), "last_seq", failing)

    answer = await client.get("/api/v1/alerts")

    assert answer.status_code == status
    assert ("retry-after" in answer.headers) == (status == 503)
    assert "u:p@" not in answer.text


async def test_a_gate_that_refuses_is_a_403(bench: Bench) -> None:
    """With identity another gate decides, and no route changes."""

    class Closed:
        def admit(self, request: Request, right: Right) -> Person:
            raise RefusedError(f"you lack {right}")

        def still_admits(self, request: Request, caller: Person, right: Right) -> bool:
            return False

    services = bench.services
    app = create_app(replace(services, gate=Closed(), registry=CollectorRegistry()))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
        for path in (*LISTS, "/api/v1/events", "/api/v1/cameras/campus/look.jpg"):
            answer = await client.get(path)

            assert answer.status_code == 403, path
        assert (await client.get("/healthz")).status_code == 200


async def test_openapi_has_an_example_and_a_problem_for_every_route(
    client: httpx.AsyncClient,
) -> None:
    """Each operation shows what it answers and how it refuses."""
    document = (await client.get("/api/v1/openapi.json")).json()

    assert len(document["paths"]) >= 11
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            answers = operation["responses"]
            good = (answers.get("200") or answers["202"])["content"]
            assert all("example" in one for one in good.values()), (path, method)
            problems = [
                answer["content"]["application/problem+json"]
                for status, answer in operation["responses"].items()
                if int(status) >= 400
            ]
            assert problems, (path, method)
            assert all("example" in one for one in problems)
    text = json.dumps(document)
    assert "HTTPValidationError" not in text
    for ref in re.findall(r'"#/components/schemas/(\w+)"', text):
        assert ref in document["components"]["schemas"], ref


async def test_no_answer_speaks_of_guilt_or_penalty(
    client: httpx.AsyncClient, bench: Bench
) -> None:
    """Before a verdict the words are 疑似…线索; those of a verdict appear nowhere."""
    (alert,) = store_alerts(bench.database, [staged(1)])
    store_pack(
        bench.database, bench.services.evidence, alert, [StagedFile("first.jpg", b"1")]
    )
    one = f"/api/v1/alerts/{alert}"
    paths = (*PAGES, *LISTS, one, f"{one}/evidence", "/nothing", "/api/v1/alerts?x=1")
    for path in paths:
        text = (await client.get(path)).text

        assert "违法" not in text, path
        assert "处罚" not in text, path
    assert "疑似" in (await client.get(one)).text
