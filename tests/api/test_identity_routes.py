"""Logging in and out over HTTP: cookies, CSRF, lock-out, scope, people, tokens."""

from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from fastapi import Request
from prometheus_client import CollectorRegistry

from alerts.tables import AuditIntakeRow
from api.app import create_app
from api.session_cookie import COOKIE
from base.clock import SystemClock
from base.ids import CameraId
from cases.intake import ReviewIntake, adopt
from identity.people import Change
from identity.person import Scope
from identity.right import Right, Role
from identity.throttle import MOST_BY_NAME, MOST_BY_ORIGIN
from identity.tokens import NewToken
from rules.violation import Phase, Severity
from tests.api.conftest import Bench
from tests.api.named import PASSWORD, Named, add, as_person, log_in
from tests.api.stored import staged, store_alerts

pytestmark = pytest.mark.anyio
LOGIN = "/api/v1/login"
ME = "/api/v1/me"
USERS = "/api/v1/users"


async def _login(client: httpx.AsyncClient, name: str = "wang") -> httpx.Response:
    return await client.post(LOGIN, json={"name": name, "password": PASSWORD})


async def test_before_anybody_has_a_name_this_machine_reads_and_decides_nothing(
    client: httpx.AsyncClient,
) -> None:
    """The caller is `local`; people cannot be managed without one."""
    me = (await client.get(ME)).json()

    assert (me["name"], me["is_local"]) == ("local", True)
    assert (await client.get("/api/v1/alerts")).status_code == 200
    refused = await client.get(USERS)
    assert refused.status_code == 403
    assert "nonsite users add" in refused.json()["detail"]


async def test_before_anybody_has_a_name_the_siren_is_silenced_as_by_nobody(
    client: httpx.AsyncClient, bench: Bench
) -> None:
    """On record as unnamed; the review waits for a named person as before."""
    database = bench.database
    grave = staged(1, severity=Severity.S1, phase=Phase.DUE)
    (alert,) = store_alerts(database, [grave])
    adopt(database, ReviewIntake(), SystemClock())
    path = f"/api/v1/alerts/{alert}"

    heard = await client.post(f"{path}/acknowledge")

    assert heard.status_code == 200, heard.text
    told = heard.json()
    assert (told["acknowledged_by"], told["state"]) == ("local", "queued")
    assert (told["verdicts"], told["acts"]) == ([], [])
    assert (await client.get("/api/v1/alarms")).json()["alarms"] == []
    refused = await client.post(f"{path}/verdict", json={"kind": "confirm_clue"})
    assert refused.status_code == 403
    with database.reading() as session:
        (deed,) = session.query(AuditIntakeRow).filter_by(action="alarm.silenced")
        assert (deed.actor, deed.subject) == ("local", f"alert/{alert}")
        assert isinstance(deed.detail, dict)
        assert deed.detail["why"] == "unnamed, at this machine"


async def test_a_login_hands_out_a_cookie_no_script_can_read(
    client: httpx.AsyncClient, bench: Bench
) -> None:
    """HttpOnly, SameSite=Strict, the session's secret nowhere in the body."""
    add(bench.services.identity, Named("wang"))

    answer = await _login(client)

    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert client.cookies[COOKIE] not in answer.text
    assert answer.json()["roles"] == ["reviewer"]
    assert (await client.get(ME)).json()["name"] == "wang"


async def test_a_page_can_ask_whether_it_has_a_session_without_being_refused(
    client: httpx.AsyncClient, bench: Bench
) -> None:
    """A browser writes every 401 to its console: the login page needs none."""
    assert (await client.get(LOGIN)).json()["is_known"] is True  # nobody has a name
    add(bench.services.identity, Named("wang"))
    assert (await client.get(LOGIN)).json()["is_known"] is False
    await _login(client)
    assert (await client.get(LOGIN)).json()["is_known"] is True
    client.cookies.set(COOKIE, "made-up")
    assert (await client.get(LOGIN)).json()["is_known"] is False


async def test_with_people_configured_nobody_in_particular_is_401(
    client: httpx.AsyncClient, bench: Bench
) -> None:
    """Even at this machine one has a name from then on."""
    add(bench.services.identity, Named("wang"))

    for path in ("/api/v1/alerts", "/api/v1/cameras", ME, "/api/v1/events"):
        answer = await client.get(path)

        assert answer.status_code == 401, path
        assert answer.json()["type"] == "urn:nonsite:problem:unknown_caller"


async def test_a_planted_session_is_not_taken_over_by_a_login(
    client: httpx.AsyncClient, bench: Bench
) -> None:
    """Session fixation: the secret after the login is another, the old one is dead."""
    identity = bench.services.identity
    add(identity, Named("wang"))
    mallory = add(identity, Named("mallory"))
    planted = identity.sessions.start(mallory).secret
    client.cookies.set(COOKIE, planted)

    answer = await _login(client)

    assert planted not in answer.headers["set-cookie"]
    client.cookies.clear()
    client.cookies.set(COOKIE, planted)
    assert (await client.get(ME)).status_code == 401


async def test_a_changing_request_of_another_site_is_refused(
    client: httpx.AsyncClient, bench: Bench
) -> None:
    """CSRF: the cookie alone changes nothing."""
    as_person(client, bench.services.identity, Named("root", (Role.SECURITY_ADMIN,)))
    del client.headers["X-CSRF-Token"]
    body = {"name": "eve", "full_name": "Eve", "roles": ["viewer"]}

    for headers in ({}, {"X-CSRF-Token": "guess"}):
        answer = await client.post(USERS, json=body, headers=headers)

        assert answer.status_code == 403
        assert answer.json()["type"] == "urn:nonsite:problem:forged"
    users = (await client.get(USERS)).json()["users"]
    assert [user["name"] for user in users] == ["root"]


async def test_too_many_wrong_tries_are_429_with_a_time(
    client: httpx.AsyncClient, bench: Bench
) -> None:
    """Locked out, even with the right password, and told how long."""
    add(bench.services.identity, Named("wang"))
    for _ in range(MOST_BY_NAME):
        wrong = await client.post(LOGIN, json={"name": "wang", "password": "no"})
        assert wrong.status_code == 401

    answer = await _login(client)

    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0


async def test_logging_out_ends_the_session_itself(
    client: httpx.AsyncClient, bench: Bench
) -> None:
    """A copy of the cookie opens nothing afterwards."""
    as_person(client, bench.services.identity, Named("wang"))
    copy = client.cookies[COOKIE]

    assert (await client.post("/api/v1/logout")).status_code == 200

    client.cookies.clear()
    client.cookies.set(COOKIE, copy)
    assert (await client.get(ME)).status_code == 401


async def test_what_lies_outside_ones_scope_is_not_there(
    client: httpx.AsyncClient, bench: Bench
) -> None:
    """IDOR: an alert of another camera is 404 by its id, in lists and its files."""
    mine, others = store_alerts(bench.database, [staged(1), staged(2, camera="depot")])
    as_person(client, bench.services.identity, Named("wang", cameras=("campus",)))

    listed = (await client.get("/api/v1/alerts")).json()["alerts"]
    assert [one["id"] for one in listed] == [str(mine)]
    asked = await client.get("/api/v1/alerts", params={"camera": "depot"})
    assert asked.json()["alerts"] == []
    unknown = await client.get("/api/v1/alerts/00000000-0000-5000-8000-000000000000")
    for path in ("", "/evidence", "/evidence/first.jpg"):
        answer = await client.get(f"/api/v1/alerts/{others}{path}")
        assert answer.status_code == unknown.status_code == 404, path


async def test_people_are_added_changed_and_locked_out_of_nothing_they_need(
    client: httpx.AsyncClient, bench: Bench
) -> None:
    """The made password is shown once; it must be changed before anything else."""
    identity = bench.services.identity
    as_person(client, identity, Named("root", (Role.SECURITY_ADMIN,)))
    roles = ["officer", "reviewer"]
    body = {"name": "li.na", "full_name": "李娜", "roles": roles}
    made = (await client.post(USERS, json=body)).json()
    taken = await client.post(USERS, json=body)
    both = await client.patch(
        f"{USERS}/li.na", json={"roles": ["audit_admin", "system_admin"]}
    )

    assert taken.json()["type"] == "urn:nonsite:problem:name_taken"
    assert both.json()["type"] == "urn:nonsite:problem:roles"
    login = {"name": "li.na", "password": made["password"]}
    me = (await client.post(LOGIN, json=login)).json()
    client.headers["X-CSRF-Token"] = me["csrf"]
    assert me["must_change_password"]
    for path in ("tasks/mine", "me/views", "reports/me"):
        refused = await client.get(f"/api/v1/{path}")
        assert refused.status_code == 403, path
        assert "change the password" in refused.json()["detail"], path
    change = {"old": made["password"], "new": PASSWORD}
    changed = await client.post(f"{ME}/password", json=change)
    assert changed.status_code == 200
    assert (await client.get(ME)).status_code == 401  # sessions end


async def test_a_token_asks_without_cookie_and_csrf(
    client: httpx.AsyncClient, bench: Bench
) -> None:
    """A program reads what its token names; revoked, it reads nothing."""
    identity = bench.services.identity
    add(identity, Named("wang"))
    as_person(client, identity, Named("root", (Role.SECURITY_ADMIN,)))
    end = bench.services.clock.utc_now() + timedelta(days=30)
    body = {
        "title": "platform",
        "owner": "wang",
        "rights": ["alerts.read"],
        "expires_at": end.isoformat(),
    }
    made = (await client.post("/api/v1/tokens", json=body)).json()
    bearer = {"Authorization": f"Bearer {made['secret']}"}
    client.cookies.clear()

    assert (await client.get("/api/v1/alerts", headers=bearer)).status_code == 200
    assert (await client.get("/api/v1/cameras", headers=bearer)).status_code == 403
    assert (await client.post("/api/v1/logout", headers=bearer)).status_code == 403
    log_in(client, identity, "root")
    await client.delete(f"/api/v1/tokens/{made['token']['id']}")
    client.cookies.clear()
    assert (await client.get("/api/v1/alerts", headers=bearer)).status_code == 401


@pytest.mark.parametrize(
    "header", ["Basic d2FuZzp4", "Bearer", "Bearer ", "Bearer nst_\u00ff", "Digest x"]
)
async def test_other_authorizations_are_refused(
    client: httpx.AsyncClient, bench: Bench, header: str
) -> None:
    """Whatever else stands there is nobody, even beside a good cookie."""
    as_person(client, bench.services.identity, Named("wang"))

    raw = [(b"authorization", header.encode("latin-1"))]
    answer = await client.get("/api/v1/alerts", headers=raw)

    assert answer.status_code == 401


async def test_a_program_or_a_link_changes_no_password(
    client: httpx.AsyncClient, bench: Bench
) -> None:
    """Only whoever logged in may try the old one, five times."""
    identity = bench.services.identity
    person = add(identity, Named("na", (Role.OFFICER,)))
    end = bench.services.clock.utc_now() + timedelta(days=1)
    wanted = NewToken("app", "na", frozenset({Right.SELF}), end)
    bearer = {"Authorization": f"Bearer {identity.tokens.add(wanted, 'x').secret}"}
    body = {"old": PASSWORD, "new": "another good one"}
    path = f"{ME}/password"
    assert (await client.post(path, json=body, headers=bearer)).status_code == 403
    held = identity.sessions.start_limited(person, end)
    client.cookies.set(COOKIE, held.secret)
    client.headers["X-CSRF-Token"] = held.session.csrf
    assert (await client.post(path, json=body)).status_code == 403

    log_in(client, identity, "na")
    wrong = body | {"old": "a guess"}
    answers = [await client.post(path, json=wrong) for _ in range(MOST_BY_NAME + 1)]
    assert [one.status_code for one in answers] == [401] * MOST_BY_NAME + [429]


async def test_behind_a_gateway_wrong_tries_count_by_who_came_to_it(
    bench: Bench,
) -> None:
    """One who guesses locks out neither the bureau nor, by a made-up line, another."""
    add(bench.services.identity, Named("wang"))
    services = replace(
        bench.services,
        public_url="https://nonsite.example",
        registry=CollectorRegistry(),
    )
    transport = httpx.ASGITransport(create_app(services), client=("127.0.0.1", 5))

    async def tried(told: str, n: int) -> int:
        body = {"name": f"guess{n}", "password": "x"}
        headers = {"X-Forwarded-For": told}
        return (await client.post(LOGIN, json=body, headers=headers)).status_code

    url = "https://nonsite.example"
    async with httpx.AsyncClient(transport=transport, base_url=url) as client:
        made_up = [await tried(f"10.0.0.{n}, 10.9.9.9", n) for n in range(30)]
        assert made_up == [401] * MOST_BY_ORIGIN
        assert await tried("10.0.0.1, 10.9.9.9", 31) == 429
        assert await tried("10.0.0.1", 32) == 401
        assert (await _login(client)).status_code == 200


async def test_an_open_stream_sees_what_its_person_sees_now(bench: Bench) -> None:
    """A token's scope made narrower ends what was opened under the wider one."""
    identity = bench.services.identity
    person = add(identity, Named("wang"))
    end = bench.services.clock.utc_now() + timedelta(days=1)
    wanted = NewToken("desk", "wang", frozenset({Right.READ_EVENTS}), end)
    secret = identity.tokens.add(wanted, "root").secret
    header = (b"authorization", f"Bearer {secret}".encode())
    request = Request({"type": "http", "headers": [header]})
    gate = bench.services.gate
    assert gate.still_admits(request, person, Right.READ_EVENTS)

    scope = Scope(frozenset({CameraId("depot")}))
    identity.people.change("wang", Change(scope=scope), "root")

    assert not gate.still_admits(request, person, Right.READ_EVENTS)
