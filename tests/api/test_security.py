"""What must be refused, and leave a mark: one test for each way in.

Traversal in evidence names has its own list in test_evidence_routes.py, lock-out and
tokens theirs in test_identity_routes.py.
"""

import re
from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import pytest

from alerts.audit_trail import AuditTrail
from alerts.sealer import Sealer
from api.address import PREFIX
from api.body_limit import MAX_PHOTO_BYTES
from api.matrix import ENDPOINTS
from api.session_cookie import COOKIE
from base.clock import SystemClock
from cases.intake import ReviewIntake, adopt
from identity.right import RIGHTS, Right, Role
from rules.violation import Phase
from tests.api.conftest import Bench
from tests.api.named import PASSWORD, Named, add, as_person, log_in
from tests.api.stored import StagedFile, staged, store_alerts, store_pack

pytestmark = pytest.mark.anyio
XSS = '<script>alert(1)</script><img src=x onerror="alert(2)">'
JPEG = b"\xff\xd8\xff\xe0 picture \xff\xd9"
EVIDENCE = {
    "kind": "confirm_evidence",
    "ticks": {"true": True, "clear": True, "complete": True, "accurate": True},
    "clip_reached": "2026-11-23T03:00:00Z",
}


@pytest.fixture
def alert(bench: Bench) -> UUID:
    """An alert in the queue, with a file."""
    (found,) = store_alerts(bench.database, [staged(1, phase=Phase.DUE)])
    store_pack(
        bench.database, bench.services.evidence, found, [StagedFile("first.jpg", JPEG)]
    )
    adopt(bench.database, ReviewIntake(), SystemClock())
    return found


def _trail(bench: Bench) -> list[tuple[str, str, str]]:
    """Who, what, why: sealed entries."""
    while Sealer(bench.database, bench.services.clock).seal():
        pass
    trail = AuditTrail(bench.database)
    assert trail.first_break() is None
    return [
        (one.actor, one.action, str(one.detail.get("why", "")))  # type: ignore[union-attr]
        for one in trail.after(0, 10_000)
    ]


async def test_a_right_one_lacks_is_refused_and_on_record(
    client: httpx.AsyncClient, bench: Bench
) -> None:
    """403, and one entry a minute however often somebody knocks."""
    as_person(client, bench.services.identity, Named("na", (Role.OFFICER,)))

    for _ in range(20):
        assert (await client.get(f"{PREFIX}/alerts")).status_code == 403

    assert _trail(bench).count(("na", "right.refused", "alerts.read")) == 1


async def test_scenario_14_an_uncertified_confirmation_is_refused_and_on_record(
    client: httpx.AsyncClient, bench: Bench, alert: UUID
) -> None:
    """行政处罚法 art. 42: without a certificate no evidence, and the try is kept."""
    as_person(client, bench.services.identity, Named("chen"))

    answer = await client.post(f"{PREFIX}/alerts/{alert}/verdict", json=EVIDENCE)

    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:nonsite:problem:gate"
    assert ("chen", "gate.refused", "certificate") in _trail(bench)


REASON = {"reason": "a reason of some length"}
BODIES = {
    "verdict": {"kind": "confirm_clue"},
    "result": {"result": "left"},
    "clock-reading": {"name": "first.jpg", "shown": "2026-11-26T08:00:00+08:00"},
    "replay-case": REASON,
    "holds": REASON,
    "export": REASON,
    "reference": REASON,
    "plates": {"plate": "浙F12345"},
    "viewing": {"purpose": "complaint"},
    "assign": {"officer": "eve"},
}
"""What each act on an alert wants to be told, by the end of its path."""


async def test_idor_nothing_of_another_cameras_alert_is_answered(
    client: httpx.AsyncClient,
    bench: Bench,
    alert: UUID,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Every route that names an alert or a camera: as if it did not exist, and told."""
    identity = bench.services.identity
    as_person(client, identity, Named("wang"))
    wanted = {"alert": str(alert), "kind": "check", "officer": ""}
    task = (await client.post(f"{PREFIX}/tasks", json=wanted)).json()["id"]
    everything = (Role.REVIEWER, Role.OFFICER, Role.SENIOR, Role.LEGAL, Role.ENGINEER)
    as_person(client, identity, Named("eve", everything, "1", cameras=("depot",)))
    known = {"{alert}": str(alert), "{task}": task, "{camera}": "campus"}
    rights = frozenset[Right]().union(*(RIGHTS[role] for role in everything))
    asked = 0
    for endpoint, right in ENDPOINTS.items():
        method, path = endpoint.split()
        if right not in rights or not any(name in path for name in known):
            continue
        for name, value in known.items():
            path = path.replace(name, value)
        path = path.replace("{name}", "first.jpg").replace("{view}", "home")
        path = re.sub(r"\{\w+\}", str(alert), path)
        body = next((it for end, it in BODIES.items() if path.endswith(end)), {})
        headers = {"Idempotency-Key": "idor-key-1", "Content-Type": "application/json"}
        sent = {"json": body} if method in {"POST", "DELETE"} else {}
        if path.endswith("photos"):
            headers["Content-Type"], sent = "image/jpeg", {"content": JPEG}  # type: ignore[dict-item]
        answer = await client.request(method, PREFIX + path, headers=headers, **sent)  # type: ignore[arg-type]
        asked += 1
        assert answer.status_code == 404, (endpoint, answer.status_code, answer.text)

    assert asked >= 35
    assert "scope.refused" in "".join(capsys.readouterr())


async def test_csrf_the_cookie_alone_changes_nothing_and_the_try_is_on_record(
    client: httpx.AsyncClient, bench: Bench, alert: UUID
) -> None:
    """No route that changes anything goes without the session's token."""
    as_person(client, bench.services.identity, Named("wang"))
    del client.headers["X-CSRF-Token"]
    for endpoint, right in ENDPOINTS.items():
        method, path = endpoint.split()
        if right is None or method in {"GET", "HEAD"}:
            continue
        path = re.sub(r"\{\w+\}", str(alert), path)

        answer = await client.request(method, PREFIX + path, json={})

        assert answer.status_code == 403, endpoint
        assert answer.json()["type"].endswith(":forged"), endpoint
    why = "no X-CSRF-Token of the session"
    assert ("wang", "request.forged", why) in _trail(bench)


async def test_session_fixation_a_login_gives_a_new_secret(
    client: httpx.AsyncClient, bench: Bench
) -> None:
    """A secret nobody handed out opens nothing and is not taken over."""
    add(bench.services.identity, Named("wang"))
    client.cookies.set(COOKIE, "planted")
    assert (await client.get(f"{PREFIX}/me")).status_code == 401

    body = {"name": "wang", "password": PASSWORD}
    answer = await client.post(f"{PREFIX}/login", json=body)

    assert "planted" not in answer.headers["set-cookie"]
    client.cookies.clear()
    client.cookies.set(COOKIE, "planted")
    assert (await client.get(f"{PREFIX}/me")).status_code == 401


@pytest.mark.parametrize("name", ["..%2f..%2fetc%2fpasswd", "%2e%2e%2fnonsite.db"])
async def test_path_traversal_a_name_never_becomes_a_path(
    client: httpx.AsyncClient, bench: Bench, alert: UUID, name: str
) -> None:
    """In evidence, pictures of cameras, assets of the desk."""
    as_person(client, bench.services.identity, Named("wang"))
    for path in (
        f"{PREFIX}/alerts/{alert}/evidence/{name}",
        f"{PREFIX}/cameras/{name}/look.jpg",
        f"{PREFIX}/cameras/{name}/live.mp4",
        f"{PREFIX}/tasks/{alert}/stills/{name}",
        f"/assets/{name}",
    ):
        answer = await client.get(path)

        assert answer.status_code in {404, 422}, path
        assert "root:" not in answer.text


async def test_stored_xss_notes_and_camera_names_are_data(
    client: httpx.AsyncClient, bench: Bench, alert: UUID
) -> None:
    """Answered as JSON nobody sniffs or runs; a camera's own name holds no markup."""
    identity = bench.services.identity
    as_person(client, identity, Named("chen", (Role.ENGINEER,)))
    site = (await client.get(f"{PREFIX}/site")).json()
    content = site["content"]
    content["cameras"]["campus"]["title"] = XSS
    body = {"content": content, "note": XSS}
    kept = (await client.post(f"{PREFIX}/site/drafts", json=body)).json()["revision"]
    put = {"base": site["revision"], "reason": XSS}
    path = f"{PREFIX}/site/revisions/{kept}/apply"
    assert (await client.post(path, json=put)).status_code == 200
    content["cameras"][XSS] = content["cameras"]["campus"]
    checked = await client.post(f"{PREFIX}/site/check", json={"content": content})
    assert checked.json()["revision"] is None

    add(identity, Named("wang"))
    log_in(client, identity, "wang")
    for path in ("/cameras", f"/alerts/{alert}", "/queue"):
        answer = await client.get(PREFIX + path)

        assert XSS in [*_texts(answer.json())], path
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["content-security-policy"]


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for one in value.values() for text in _texts(one)]
    if isinstance(value, list):
        return [text for one in value for text in _texts(one)]
    return []


async def test_oversized_uploads_are_refused_and_told(
    client: httpx.AsyncClient,
    bench: Bench,
    alert: UUID,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A declared length and one that only shows as it comes; nothing is kept."""
    as_person(client, bench.services.identity, Named("chen", (Role.ENGINEER,)))
    huge = b"name,looks\n" + b"x" * (2 * 1024 * 1024)

    async def chunks() -> AsyncIterator[bytes]:
        for at in range(0, len(huge), 65536):
            yield huge[at : at + 65536]

    headers = {"Content-Type": "text/csv"}
    url = f"{PREFIX}/site/cameras"
    for content in (huge, chunks()):
        answer = await client.post(url, content=content, headers=headers)
        assert answer.status_code == 413
    big = {"Content-Type": "application/json"}
    answer = await client.post(f"{PREFIX}/site/check", content=huge, headers=big)
    assert answer.status_code == 413
    assert "body.refused" in "".join(capsys.readouterr())


async def test_an_oversized_photo_is_refused(
    client: httpx.AsyncClient, bench: Bench, alert: UUID
) -> None:
    """Eight megabytes are enough for a phone: one byte more is not read to its end."""
    identity = bench.services.identity
    add(identity, Named("na", (Role.OFFICER,)))
    as_person(client, identity, Named("wang"))
    wanted = {"alert": str(alert), "kind": "check", "officer": "na"}
    task = (await client.post(f"{PREFIX}/tasks", json=wanted)).json()["id"]
    log_in(client, identity, "na")
    huge = JPEG + b"\x00" * (MAX_PHOTO_BYTES + 1 - len(JPEG))

    async def chunks() -> AsyncIterator[bytes]:
        for at in range(0, len(huge), 1 << 20):
            yield huge[at : at + (1 << 20)]

    headers = {"Content-Type": "image/jpeg", "Idempotency-Key": "large-key-1"}
    for content in (huge, chunks()):
        url = f"{PREFIX}/tasks/{task}/photos"
        answer = await client.post(url, content=content, headers=headers)
        assert answer.status_code == 413
    shown = (await client.get(f"{PREFIX}/tasks/{task}")).json()
    assert shown["photos"] == []


async def test_wrong_media_types_are_refused_and_on_record(
    client: httpx.AsyncClient, bench: Bench, alert: UUID
) -> None:
    """What is declared and what the bytes are must both be a picture, or a CSV."""
    identity = bench.services.identity
    add(identity, Named("na", (Role.OFFICER,)))
    as_person(client, identity, Named("wang"))
    wanted = {"alert": str(alert), "kind": "check", "officer": "na"}
    task = (await client.post(f"{PREFIX}/tasks", json=wanted)).json()["id"]
    log_in(client, identity, "na")
    for body, kind in (
        (JPEG, "text/html"),
        (b"<svg onload=alert(1)>", "image/png"),
        (b"GIF89a", "image/jpeg"),
        (b"PK\x03\x04", "application/zip"),
    ):
        headers = {"Content-Type": kind, "Idempotency-Key": "media-key-1"}
        path = f"{PREFIX}/tasks/{task}/photos"
        answer = await client.post(path, content=body, headers=headers)
        assert answer.status_code == 415, kind

    assert ("na", "upload.refused", "media type") in _trail(bench)


@pytest.mark.parametrize("role", list(Role))
async def test_no_route_speaks_of_guilt_or_penalty_before_a_verdict(
    client: httpx.AsyncClient, bench: Bench, alert: UUID, role: Role
) -> None:
    """疑似…线索 until a named person has decided; 违法 and 处罚 for no role."""
    as_person(client, bench.services.identity, Named("somebody", (role,)))
    fills = {
        "{alert}": str(alert),
        "{camera}": "campus",
        "{name}": "first.jpg",
        "{revision}": "0" * 64,
    }
    told = 0
    for endpoint, right in ENDPOINTS.items():
        method, path = endpoint.split()
        if method != "GET" or path in {"/events", "/cameras/{camera}/live.mp4"}:
            continue
        for name, value in fills.items():
            path = path.replace(name, value)
        path = re.sub(r"\{\w+\}", str(alert), path)

        answer = await client.get(PREFIX + path)

        told += answer.status_code == 200
        assert "违法" not in answer.text, path
        assert "处罚" not in answer.text, path
        del right
    assert told >= 2
