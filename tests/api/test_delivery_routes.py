"""Who was told, seen by who may: the duty phone, channels, dead letters."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from alerts.acknowledgement import begin_alarm
from alerts.alarm_tables import AlarmRow
from alerts.alert import AlertId
from alerts.dedup import Telling
from alerts.outbox import NewTelling, Outbox, enqueue
from alerts.tables import AlertRow
from api.session_cookie import COOKIE
from base.clock import ManualClock
from delivery.attempt import Attempt, Outcome
from delivery.escalator import Escalator
from delivery.rota import Rota
from identity.right import Right, Role
from identity.tokens import NewToken
from rules.violation import Severity
from sites.delivery_section import DeliverySection
from sites.draft import draft_site
from sites.revision import canonical_json, revision_of
from tests.api.conftest import Bench
from tests.api.named import Named, add, as_person, log_in
from tests.api.stored import T0, staged, store_alerts, violation

pytestmark = pytest.mark.anyio
SECTION = {
    "channels": {
        "phones": {"kind": "phone_page", "people": ["li"]},
        "hook": {"kind": "webhook", "url": "https://hook.invalid/x"},
    },
    "first": ["phones", "hook"],
    "ladder": [["hook"]],
}


@pytest.fixture
def alarm(bench: Bench) -> AlertId:
    """An S1 owed to li's phone and to a webhook."""
    held = bench.revisions.current()
    assert held is not None
    content: dict[str, Any] = json.loads(canonical_json(held.site))
    site = draft_site(content | {"delivery": SECTION})
    bench.revisions.apply(revision_of(site, T0, "test", "channels"))
    one = staged(1, severity=Severity.S1, code="CS-09")
    (alert,) = store_alerts(bench.database, [replace(one, severity=Severity.S3)])
    with bench.database.transaction() as session:
        row = session.get(AlertRow, alert)
        assert row is not None
        row.severity = one.severity.value
        told = Rota(lambda: site).of(violation(one).place, one.code, one.severity)
        now = bench.services.clock.utc_now()
        enqueue(session, row, NewTelling(Telling.OPENED, told), now)
        begin_alarm(session, row, now)
    return AlertId(alert)


async def test_a_duty_phone_shows_the_alarm_until_somebody_answers(
    client: httpx.AsyncClient, bench: Bench, alarm: AlertId
) -> None:
    """Opening the page is the receipt; answering silences it everywhere."""
    identity = bench.services.identity
    add(identity, Named("li", (Role.OFFICER,)))
    add(identity, Named("qian", (Role.OFFICER,)))
    as_person(client, identity, Named("wang"))
    log_in(client, identity, "li")
    told = (await client.get("/api/v1/duty/alarms")).json()
    assert told["is_on_duty"]
    assert [one["alert"]["id"] for one in told["alarms"]] == [str(alarm)]
    assert "疑似" in told["alarms"][0]["alert"]["text_zh"]

    log_in(client, identity, "qian")
    other = (await client.get("/api/v1/duty/alarms")).json()
    assert other == {"alarms": [], "is_on_duty": False}
    path = f"/api/v1/duty/alarms/{alarm}/acknowledge"
    assert (await client.post(path, json={})).status_code == 404

    end = bench.services.clock.utc_now() + timedelta(days=1)
    wanted = NewToken("robot", "li", frozenset({Right.SELF}), end)
    secret = identity.tokens.add(wanted, "root").secret
    bearer = {"Authorization": f"Bearer {secret}"}
    assert (await client.post(path, json={}, headers=bearer)).status_code == 403

    log_in(client, identity, "li")
    assert (await client.post(path, json={})).json()["by"] == "li"
    assert (await client.get("/api/v1/duty/alarms")).json()["alarms"] == []

    log_in(client, identity, "wang")
    assert (await client.get("/api/v1/alarms")).json()["alarms"] == []
    listed = (await client.get(f"/api/v1/alerts/{alarm}/deliveries")).json()
    (seen,) = listed["attempts"]
    assert (seen["outcome"], seen["recipient"]) == ("seen", "phones/li")


@pytest.mark.parametrize("way", ["a program", "a link to a task"])
async def test_only_who_logged_in_has_seen_an_alarm_and_answers_it(
    client: httpx.AsyncClient, bench: Bench, alarm: AlertId, way: str
) -> None:
    """What asks in somebody's name is no receipt that they looked."""
    identity = bench.services.identity
    add(identity, Named("li", (Role.OFFICER,)))
    end = bench.services.clock.utc_now() + timedelta(days=1)
    if way == "a program":
        wanted = NewToken("robot", "li", frozenset({Right.SELF}), end)
        secret = identity.tokens.add(wanted, "root").secret
        client.headers["Authorization"] = f"Bearer {secret}"
    else:
        held = identity.sessions.start_limited(identity.people.person("li"), end)
        client.cookies.set(COOKIE, held.secret)
        client.headers["X-CSRF-Token"] = held.session.csrf

    told = await client.get("/api/v1/duty/alarms")
    answered = await client.post(f"/api/v1/duty/alarms/{alarm}/acknowledge", json={})

    assert told.status_code == 200
    assert answered.status_code == 403
    assert answered.json()["type"].endswith("refused")
    for header in ("Authorization", "X-CSRF-Token"):
        client.headers.pop(header, None)
    client.cookies.clear()
    as_person(client, identity, Named("wang"))
    listed = (await client.get(f"/api/v1/alerts/{alarm}/deliveries")).json()
    assert listed["attempts"] == []


async def test_an_alarm_is_told_to_have_climbed_once_it_has(
    client: httpx.AsyncClient, bench: Bench, alarm: AlertId
) -> None:
    """By the site's ladder, not by how long it sounds; one begun again has not."""
    as_person(client, bench.services.identity, Named("wang"))
    now = bench.services.clock.utc_now()

    async def has_climbed() -> bool:
        (told,) = (await client.get("/api/v1/alarms")).json()["alarms"]
        return bool(told["is_escalated"])

    with bench.database.transaction() as session:
        session.get_one(AlarmRow, (alarm, 1)).since = now - timedelta(hours=1)
    assert not await has_climbed()
    with bench.database.transaction() as session:
        session.get_one(AlarmRow, (alarm, 1)).since = now
    delivery = DeliverySection(escalate_after_s=5)
    held = bench.revisions.current()
    assert held is not None
    site = held.site.model_copy(update={"delivery": delivery})
    escalator = Escalator(
        bench.database, lambda: site, ManualClock(now + timedelta(seconds=5))
    )
    assert escalator.escalate() == 1

    assert await has_climbed()
    await client.post(f"/api/v1/alerts/{alarm}/acknowledge")
    with bench.database.transaction() as session:
        row = session.get_one(AlertRow, alarm)
        row.revision = 2
        assert begin_alarm(session, row, now)
    assert not await has_climbed()


async def test_a_dead_letter_is_seen_and_tried_again_on_somebodys_word(
    client: httpx.AsyncClient, bench: Bench, alarm: AlertId
) -> None:
    """With a reason, on record; the shift sees how many there are."""
    identity, outbox = bench.services.identity, Outbox(bench.database)
    now = bench.services.clock.utc_now()
    (owed,) = [one for one in outbox.owed(now) if one.recipient == "hook"]
    outbox.give_up(owed.id, "it answered 500")
    add(identity, Named("wang"))
    as_person(client, identity, Named("admin", (Role.SYSTEM_ADMIN,)))
    listed = (await client.get("/api/v1/dead-letters")).json()
    assert listed["count"] == 1
    assert listed["letters"][0]["fault"] == "it answered 500"

    path = f"/api/v1/dead-letters/{owed.id}/retry"
    assert (await client.post(path, json={"reason": ""})).status_code == 422
    assert (await client.post(path, json={"reason": "网关修好"})).status_code == 200
    assert (await client.post(path, json={"reason": "再试"})).status_code == 404
    assert (await client.get("/api/v1/dead-letters")).json()["count"] == 0
    later = now + timedelta(minutes=1)
    assert "hook" in {one.recipient for one in outbox.owed(later)}

    log_in(client, identity, "wang")
    assert (await client.get("/api/v1/shift")).json()["undelivered"] == 0


async def test_channels_are_listed_and_tested_without_a_secret_shown(
    client: httpx.AsyncClient, bench: Bench, alarm: AlertId
) -> None:
    """The answer names the variable that is missing, never an address or a key."""
    as_person(client, bench.services.identity, Named("admin", (Role.SYSTEM_ADMIN,)))

    body = {"reason": "换钥匙后测试"}
    tried = (await client.post("/api/v1/channels/hook/test", json=body)).json()
    listed = await client.get("/api/v1/channels")

    assert tried["outcome"] == "failed"
    assert "NONSITE_HOOK_KEY_HOOK" in tried["fault"]
    names = [(one["name"], one["steps"]) for one in listed.json()["channels"]]
    assert names == [("hook", [1]), ("phones", [])]
    assert "hook.invalid" not in listed.text
    for name in ("phones", "nothing", "..%2f.."):
        path = f"/api/v1/channels/{name}/test"
        assert (await client.post(path, json=body)).status_code == 404


async def test_every_attempt_is_listed_with_receipt_and_reason(
    client: httpx.AsyncClient, bench: Bench, alarm: AlertId
) -> None:
    """By channel, outcome and time, in pages; for who runs the machines alone."""
    book = bench.services.delivery.book
    for n in range(5):
        is_good = n % 2 == 0
        book.note(
            Attempt(
                outbox=1,
                alert=alarm,
                channel="hook" if n < 4 else "phones",
                recipient="hook",
                telling="opened",
                attempt=n + 1,
                outcome=Outcome.SENT if is_good else Outcome.FAILED,
                status=200 if is_good else 500,
                fault="" if is_good else "it answered 500",
                message_sha256=None,
                receipt="r-1" if is_good else "",
                began_at=T0 + timedelta(minutes=n),
                ended_at=T0 + timedelta(minutes=n, seconds=1),
            )
        )
    path = "/api/v1/deliveries"
    as_person(client, bench.services.identity, Named("wang"))
    assert (await client.get(path)).status_code == 403
    as_person(client, bench.services.identity, Named("admin", (Role.SYSTEM_ADMIN,)))

    async def tries(**asked: object) -> list[int]:
        found: list[int] = []
        more: dict[str, object] = {}
        while True:
            sent: dict[str, Any] = {"limit": 2, **asked, **more}
            page = (await client.get(path, params=sent)).json()
            found += [one["attempt"] for one in page["attempts"]]
            if page["next"] is None:
                return found
            more = {"before": page["next"]}

    assert await tries() == [5, 4, 3, 2, 1]
    assert await tries(channel="hook", outcome="failed") == [4, 2]
    assert await tries(channel="phones") == [5]
    assert await tries(since="2026-11-23T02:02:00Z", until="2026-11-23T02:04:00Z") == [
        4,
        3,
    ]
    failed = (await client.get(path, params={"outcome": "failed"})).json()
    assert {one["fault"] for one in failed["attempts"]} == {"it answered 500"}
    assert (await client.get(path, params={"outcome": "lost"})).status_code == 422
    turned = {"since": "2026-11-23T02:04:00Z", "until": "2026-11-23T02:02:00Z"}
    assert (await client.get(path, params=turned)).status_code == 422
