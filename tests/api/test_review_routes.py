"""The way of one alert over HTTP: claimed, refused to another, decided, seconded."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select

from alerts.dedup import Telling
from alerts.outbox import NewTelling, Outbox, enqueue
from alerts.tables import AlertRow, AuditIntakeRow
from base.clock import ManualClock, SystemClock
from base.ids import CameraId
from cases.intake import ReviewIntake, adopt
from cases.sampling import Sampler
from cases.tables import VerdictRow
from identity.right import Role
from identity.tables import SessionRow
from rules.violation import Life, Phase, Severity
from tests.api.conftest import Bench
from tests.api.named import Named, add, as_person, log_in
from tests.api.stored import staged, store_alerts

pytestmark = pytest.mark.anyio
XSS = "<script>alert(1)</script>"
NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC).isoformat()


def _queued(bench: Bench, n: int = 1, **changes: object) -> str:
    (alert,) = store_alerts(bench.database, [staged(n, phase=Phase.DUE, **changes)])
    adopt(bench.database, ReviewIntake(), SystemClock())
    return f"/api/v1/alerts/{alert}"


async def test_one_of_two_reviewers_claims_and_decides(
    client: httpx.AsyncClient, bench: Bench
) -> None:
    """The other is told whose it is; the queue is empty afterwards; undo works once."""
    identity, one = bench.services.identity, _queued(bench)
    add(identity, Named("li"))
    as_person(client, identity, Named("wang"))
    queue = (await client.get("/api/v1/queue")).json()
    assert (queue["waiting"], len(queue["items"])) == (1, 1)
    claimed = (await client.post(f"{one}/claim")).json()
    assert claimed["claim"]["is_mine"]

    log_in(client, identity, "li")
    refused = await client.post(f"{one}/claim")
    assert refused.status_code == 409
    assert refused.json()["type"] == "urn:nonsite:problem:claimed"

    log_in(client, identity, "wang")
    body = {"kind": "reject", "reason": "permitted", "comment": XSS}
    given = await client.post(f"{one}/verdict", json=body)
    assert given.json()["state"] == "rejected"
    assert given.json()["undo_until"] is not None
    assert (await client.get("/api/v1/queue")).json()["waiting"] == 0
    assert (await client.post(f"{one}/undo", json={})).json()["state"] == "queued"


async def test_a_note_is_text_and_never_runs(
    client: httpx.AsyncClient, bench: Bench
) -> None:
    """Stored XSS: kept as written, answered as JSON that no browser sniffs or runs."""
    one = _queued(bench)
    as_person(client, bench.services.identity, Named("wang"))
    body = {"kind": "unsure", "comment": XSS}
    await client.post(f"{one}/verdict", json=body)

    answer = await client.get(f"{one}/review")

    assert answer.json()["verdicts"][0]["comment"] == XSS
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param({"kind": "reject"}, 422, id="no reason"),
        pytest.param({"kind": "guilty"}, 422, id="no such verdict"),
        pytest.param({"kind": "confirm_clue", "x": 1}, 422, id="another field"),
        pytest.param({"kind": "unsure", "comment": "a\x00b"}, 422, id="control sign"),
        pytest.param({"kind": "unsure", "comment": "x" * 2001}, 422, id="too long"),
        pytest.param({"kind": "unsure", "comment": ""}, 409, id="no comment"),
        pytest.param(
            {"kind": "reject", "reason": "other"}, 409, id="a reason that says nothing"
        ),
        pytest.param(
            {
                "kind": "confirm_evidence",
                "ticks": dict.fromkeys(("true", "clear", "complete", "accurate"), True),
                "clip_reached": NOW,
            },
            409,
            id="evidence without certificate",
        ),
    ],
)
async def test_verdicts_that_cannot_be_are_refused_and_change_nothing(
    client: httpx.AsyncClient, bench: Bench, body: dict[str, object], status: int
) -> None:
    """Malformed is 422 with the field, a closed gate 409 with its reason."""
    one = _queued(bench)
    as_person(client, bench.services.identity, Named("wang"))

    answer = await client.post(f"{one}/verdict", json=body)

    assert answer.status_code == status
    assert (await client.get(f"{one}/review")).json()["state"] == "queued"


async def test_everything_the_first_paint_needs_is_there(
    client: httpx.AsyncClient, bench: Bench
) -> None:
    """Scene, permits, history, review, shift, reports: each answers for one alert."""
    one = _queued(bench)
    as_person(client, bench.services.identity, Named("wang"))
    span = "since=2026-11-22T00:00:00Z&until=2026-11-24T00:00:00Z"

    for path in (
        f"{one}/scene",
        f"{one}/permits",
        f"{one}/history",
        f"{one}/review",
        "/api/v1/shift",
        f"/api/v1/reports?{span}",
        f"/api/v1/reports/quality?{span}",
        "/api/v1/reports/me",
    ):
        answer = await client.get(path)
        assert answer.status_code == 200, (path, answer.text)
    report = (await client.get(f"/api/v1/reports?{span}")).json()
    rows = (await client.get(report["rows"][0]["backlog_rows"])).json()
    assert len(rows["alerts"]) == report["rows"][0]["backlog"] == 1
    assert (rows["alerts"][0]["review"], rows["alerts"][0]["reason"]) == (
        "queued",
        None,
    )
    quality = (await client.get(f"/api/v1/reports/quality?{span}")).json()
    looked = await client.get(quality["answered_rows"])
    assert (looked.status_code, looked.json()["alerts"]) == (200, [])


async def test_an_alarm_sounds_until_somebody_acknowledges_it(
    client: httpx.AsyncClient, bench: Bench
) -> None:
    """S1: in everybody's list at once, also when the danger cleared by itself.

    The first acknowledgement silences it; what is no S1 cannot be silenced ahead.
    """
    one = _queued(bench, severity=Severity.S1)
    with bench.database.transaction() as session:
        row = session.get_one(AlertRow, UUID(one.rsplit("/", 1)[1]))
        row.life = Life.CLEARED.value
    as_person(client, bench.services.identity, Named("wang"))
    (alarm,) = (await client.get("/api/v1/alarms")).json()["alarms"]
    assert (alarm["sound"], alarm["alert"]["life"]) == ("siren", "cleared")

    heard = (await client.post(f"{one}/acknowledge")).json()

    assert (heard["acknowledged_by"], heard["state"]) == ("wang", "queued")
    assert (await client.get("/api/v1/alarms")).json()["alarms"] == []
    street = _queued(bench, n=2)
    refused = await client.post(f"{street}/acknowledge")
    assert (refused.status_code, refused.json()["title"]) == (409, "No alarm")


async def _refused_until_confirmed(
    client: httpx.AsyncClient, one: str, wanted: dict[str, str]
) -> None:
    early = await client.post("/api/v1/tasks", json=wanted)
    assert (early.status_code, early.json()["title"]) == (409, "A legal gate is closed")
    await client.post(f"{one}/claim")
    await client.post(f"{one}/verdict", json={"kind": "confirm_clue"})


async def test_an_officer_works_a_task_on_the_phone(
    client: httpx.AsyncClient, bench: Bench
) -> None:
    """Assigned, opened by link, acknowledged, photographed, closed; junk is refused."""
    identity, one = bench.services.identity, _queued(bench)
    add(identity, Named("na", (Role.OFFICER,)))
    as_person(client, identity, Named("wang"))
    wanted = {"alert": one.rsplit("/", 1)[1], "kind": "handle", "officer": "na"}
    await _refused_until_confirmed(client, one, wanted)
    task = (await client.post("/api/v1/tasks", json=wanted)).json()
    at = f"/api/v1/tasks/{task['id']}"
    link = (await client.post(f"{at}/link")).json()
    client.cookies.clear()
    opened = await client.post(
        "/api/v1/task-links/session", json={"token": link["token"]}
    )
    client.headers["X-CSRF-Token"] = opened.json()["csrf"]
    assert (await client.get("/api/v1/alerts")).status_code == 403

    key = {"Idempotency-Key": "phone-key-1"}
    for _ in range(2):
        seen = await client.post(f"{at}/acknowledge", json={}, headers=key)
        assert seen.json()["state"] == "acknowledged"
    jpeg = b"\xff\xd8\xff\xe0 picture \xff\xd9"
    for body, kind, status in (
        (jpeg, "text/html", 415),
        (b"<script>", "image/jpeg", 415),
        (b"\xff\xd8\xff" + b"0" * (8 * 1024 * 1024), "image/jpeg", 413),
        (jpeg, "image/jpeg", 200),
    ):
        headers = {"Idempotency-Key": f"photo-{status}-{len(body)}"}
        headers["Content-Type"] = kind
        answer = await client.post(f"{at}/photos", content=body, headers=headers)
        assert answer.status_code == status, answer.text
    done = {"result": "left", "remark": "已驶离"}
    key = {"Idempotency-Key": "phone-key-2"}
    closed = (await client.post(f"{at}/result", json=done, headers=key)).json()
    assert (closed["state"], closed["result_zh"]) == ("done", "已驶离")
    (photo,) = (one["url"] for one in closed["photos"])
    assert (await client.get(photo)).content == jpeg
    as_person(client, identity, Named("sun", (Role.VIEWER,)))
    assert (await client.get(photo)).status_code == 422
    assert (await client.get(f"{photo}?reason=抽查")).status_code == 200
    with bench.database.reading() as session:
        rows = session.scalars(
            select(AuditIntakeRow).where(AuditIntakeRow.action == "evidence.viewed")
        )
        looks = {row.actor: row.detail for row in rows}
    officer, viewer = looks["na"], looks["sun"]
    assert isinstance(officer, dict)
    assert isinstance(viewer, dict)
    assert officer["ground"] == "task"
    assert officer["reason"] == f"出勤任务 {task['id'][:8]}"
    assert viewer["reason"] == "抽查"


async def test_whoever_looks_with_fresh_eyes_is_told_neither_score_nor_verdict(
    client: httpx.AsyncClient, bench: Bench
) -> None:
    """Second confirmation or sample, by whatever address: the same, and unswayed."""
    identity = bench.services.identity
    add(identity, Named("li", certificate="33040200124"))
    as_person(client, identity, Named("wang"))
    one = _queued(bench)
    body = {"kind": "reject", "reason": "other", "comment": "no sign there"}
    await client.post(f"{one}/verdict", json=body)
    later = ManualClock(bench.services.clock.utc_now() + timedelta(days=1))
    assert Sampler(bench.database, later).draw() == 1
    log_in(client, identity, "li")

    look = (await client.post("/api/v1/blind/next")).json()

    assert look["alert"]["score"] is None
    detail = (await client.get(one)).json()
    assert detail["score"] is None
    review = (await client.get(f"{one}/review")).json()
    assert (review["state"], review["verdicts"]) == ("second", [])
    assert "no sign" not in str([look, detail, review])
    taken = await client.post("/api/v1/exports/alerts", json={"reason": "班次统计"})
    assert "待第二人" in taken.text
    assert "已排除" not in taken.text
    log_in(client, identity, "wang")
    assert (await client.get(f"{one}/review")).json()["state"] == "rejected"


async def test_no_other_address_tells_the_verdict_on_what_one_looks_at_anew(
    client: httpx.AsyncClient, bench: Bench
) -> None:
    """History of the place, counts, tasks, filters: as of one that awaits a second."""
    identity = bench.services.identity
    add(identity, Named("li", certificate="33040200124"))
    as_person(client, identity, Named("wang"))
    one = _queued(bench)
    body = {"kind": "confirm_clue", "comment": "a van on the kerb"}
    assert (await client.post(f"{one}/verdict", json=body)).status_code == 200
    id_ = one.rsplit("/", 1)[1]
    (next_,) = store_alerts(bench.database, [staged(2, phase=Phase.DUE)])
    with bench.database.transaction() as session:
        place = session.get_one(AlertRow, UUID(id_)).place_key
        session.get_one(AlertRow, next_).place_key = place
    adopt(bench.database, ReviewIntake(), SystemClock())
    later = ManualClock(bench.services.clock.utc_now() + timedelta(days=1))
    assert Sampler(bench.database, later).draw() == 1

    async def told(query: str) -> list[str]:
        page = (await client.get(f"/api/v1/alerts?{query}")).json()
        return [alert["id"] for alert in page["alerts"]]

    async def made_of_it() -> tuple[object, ...]:
        history = (await client.get(f"/api/v1/alerts/{next_}/history")).json()
        tasks = (await client.get("/api/v1/tasks", params={"alert": id_})).json()
        (past,) = history["alerts"]
        return (past["state"], history["confirmed"], len(tasks["tasks"]))

    assert await made_of_it() == ("confirmed", 1, 1)
    (task,) = (await client.get("/api/v1/tasks")).json()["tasks"]
    log_in(client, identity, "li")
    assert (await client.post("/api/v1/blind/next")).json()["alert"]["id"] == id_

    assert await made_of_it() == ("second", 0, 0)
    assert await told("review=confirmed") == []
    assert await told("review=second") == [id_]
    assert await told("review=second&reason=permitted") == []
    gone = await client.post(f"/api/v1/tasks/{task['id']}/cancel")
    assert gone.status_code == 404
    taken = {"reason": "班次统计", "choice": {"review": ["confirmed"]}}
    exported = await client.post("/api/v1/exports/alerts", json=taken)
    assert (exported.status_code, id_ in exported.text) == (200, False)
    log_in(client, identity, "wang")
    assert await made_of_it() == ("confirmed", 1, 1)


async def test_what_the_party_was_told_is_words_like_any_other(
    client: httpx.AsyncClient, bench: Bench
) -> None:
    """Art. 33: plates masked before it is stored, control characters refused."""
    one = _queued(bench)
    as_person(client, bench.services.identity, Named("wang"))
    body = {"kind": "confirm_clue", "leniency": "minor", "education": "已告知\x07"}
    assert (await client.post(f"{one}/verdict", json=body)).status_code == 422

    body["education"] = "已告知浙F12345车主"
    assert (await client.post(f"{one}/verdict", json=body)).status_code == 200
    with bench.database.reading() as session:
        (stored,) = session.scalars(select(VerdictRow.education))
    assert "12345" not in stored


async def test_a_page_that_asks_by_itself_keeps_no_session(
    client: httpx.AsyncClient, bench: Bench
) -> None:
    """Use is a changing request, or one after somebody's input; a duty phone's poll."""
    one = _queued(bench)
    as_person(client, bench.services.identity, Named("wang"))
    ago = bench.services.clock.utc_now() - timedelta(minutes=30)

    async def is_use(method: str, path: str, **headers: str) -> bool:
        with bench.database.transaction() as session:
            for row in session.query(SessionRow):
                row.seen_at = ago
        answer = await client.request(method, path, headers=headers)
        assert answer.status_code == 200, answer.text
        with bench.database.reading() as session:
            (row,) = session.query(SessionRow)
            return row.seen_at > ago

    for path in ("queue", "alarms", "me", "login", "shift"):
        assert not await is_use("GET", f"/api/v1/{path}")
    assert await is_use("GET", "/api/v1/queue", **{"X-Nonsite-Input": "1"})
    assert await is_use("POST", f"{one}/claim")
    assert await is_use("GET", "/api/v1/duty/alarms")


async def test_a_shift_tells_of_the_cameras_one_sees(
    client: httpx.AsyncClient, bench: Bench
) -> None:
    """Tellings that reached nobody are counted at the caller's cameras."""
    identity, one = bench.services.identity, _queued(bench)
    with bench.database.transaction() as session:
        row = session.get_one(AlertRow, UUID(one.rsplit("/", 1)[1]))
        enqueue(session, row, NewTelling(Telling.OPENED, ()), row.stored_at)
    (owed,) = Outbox(bench.database).owed(bench.services.clock.utc_now())
    Outbox(bench.database).give_up(owed.id, "nobody there")
    counted = {}
    for name, camera in (("wang", "campus"), ("li", "depot")):
        as_person(client, identity, Named(name, cameras=(camera,)))
        counted[name] = (await client.get("/api/v1/shift")).json()["undelivered"]

    assert counted == {"wang": 1, "li": 0}


async def test_nobody_is_sent_who_gets_no_tasks(
    client: httpx.AsyncClient, bench: Bench
) -> None:
    """A misspelt officer would never see it, and the check would wait for ever."""
    one = _queued(bench)
    as_person(client, bench.services.identity, Named("wang"))
    alert = one.rsplit("/", 1)[1]
    asked = {"kind": "ask_onsite", "comment": "x"}
    wanted = {"alert": alert, "kind": "check"}
    for officer in ("nobody", "wang"):
        for path, body in (
            (f"{one}/verdict", asked | {"officer": officer}),
            ("/api/v1/tasks", wanted | {"officer": officer}),
        ):
            assert (await client.post(path, json=body)).status_code == 404
    task = (await client.post("/api/v1/tasks", json=wanted | {"officer": ""})).json()
    for officer in ("nobody", ""):
        url = f"/api/v1/tasks/{task['id']}/assign"
        answer = await client.post(url, json={"officer": officer})
        assert answer.status_code in {404, 422}
    assert (await client.get(f"{one}/review")).json()["state"] == "queued"


async def test_a_look_without_alert_is_answered_in_codes_of_the_catalogue(
    client: httpx.AsyncClient, bench: Bench
) -> None:
    """Anything else would stand in the quality report for good."""
    as_person(client, bench.services.identity, Named("wang"))
    assert bench.services.cases.misses.keep(CameraId("campus"), b"jpeg", ("SW-01",))
    (look,) = (await client.get("/api/v1/miss-looks")).json()["looks"]
    picture = await client.get(look["picture_url"])
    assert (picture.status_code, picture.content) == (200, b"jpeg")
    with bench.database.reading() as session:
        viewed = session.query(AuditIntakeRow).filter_by(action="evidence.viewed")
        assert [(row.actor, row.subject) for row in viewed] == [
            ("wang", f"look/{look['id']}")
        ]
    path = f"/api/v1/miss-looks/{look['id']}/answer"
    for codes in (["<b>"], ["ZZ-99"], ["SW-01"] * 21):
        assert (await client.post(path, json={"codes": codes})).status_code == 422

    assert (await client.post(path, json={"codes": ["SW-01"]})).status_code == 200
    span = {"since": NOW, "until": "2100-01-01T00:00:00Z"}
    quality = (await client.get("/api/v1/reports/quality", params=span)).json()
    assert [row["code"] for row in quality["rows"]] == ["SW-01"]


async def test_a_shift_is_handed_to_somebody_who_can_sign(
    client: httpx.AsyncClient, bench: Bench
) -> None:
    """An officer of the street works no shift at the desk."""
    identity = bench.services.identity
    add(identity, Named("na", (Role.OFFICER,)))
    add(identity, Named("li", (Role.AUXILIARY,)))
    as_person(client, identity, Named("wang"))
    path = "/api/v1/shift/handovers"
    assert (await client.post(path, json={"incoming": "na"})).status_code == 404

    made = (await client.post(path, json={"incoming": "li"})).json()
    log_in(client, identity, "li")
    signed = await client.post(f"{path}/{made['id']}/sign")
    assert signed.json()["signed_in_at"] is not None


async def test_a_hand_over_names_the_cameras_one_sees(
    client: httpx.AsyncClient, bench: Bench
) -> None:
    """Feeds that were down elsewhere stand in the record, not before whoever reads."""
    identity = bench.services.identity
    add(identity, Named("li", cameras=("depot",)))
    as_person(client, identity, Named("wang"))
    path = "/api/v1/shift/handovers"
    made = (await client.post(path, json={"incoming": "li"})).json()
    assert made["state"]["feeds_down"] == ["campus"]

    log_in(client, identity, "li")
    signed = (await client.post(f"{path}/{made['id']}/sign")).json()
    (listed,) = (await client.get(path)).json()["handovers"]
    told = [one["state"]["feeds_down"] for one in (signed, listed)]
    assert told == [[], []]
    log_in(client, identity, "wang")
    (listed,) = (await client.get(path)).json()["handovers"]
    assert listed["state"]["feeds_down"] == ["campus"]
