"""Whoever may be asked for a second look is told nothing of the first verdict."""

import socket
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from sqlalchemy import insert

from alerts.alert import AlertId, EventKind
from alerts.database import Database
from alerts.memory_evidence_store import MemoryEvidenceStore
from alerts.sealer import Sealer
from alerts.tables import AlertRow, EventIntakeRow
from base.clock import ManualClock, SystemClock
from cases.desk import open_desk
from cases.intake import ReviewIntake, adopt
from cases.life import Act
from cases.sampling import Sampler
from cases.verdict import Reason, Verdict
from identity.identity import open_identity
from identity.right import Role
from rules.violation import Phase
from tests.api.conftest import Bench
from tests.api.listening import listen
from tests.api.named import Named, add, as_person, log_in
from tests.api.serving import served
from tests.api.stored import T0, staged, store_alerts

LI = Named("li", certificate="33040200124")
CLUE = Verdict(Act.CONFIRM_CLUE, "a van on the kerb")
NO = Verdict(Act.REJECT, reason=Reason.PERMITTED)


def _queued(database: Database, n: int) -> AlertId:
    (alert,) = store_alerts(database, [staged(n, phase=Phase.DUE)])
    adopt(database, ReviewIntake(), SystemClock())
    return AlertId(alert)


def _draw(database: Database) -> int:
    later = ManualClock(SystemClock().utc_now() + timedelta(days=1))
    return Sampler(database, later).draw()


@pytest.mark.anyio
async def test_what_one_may_be_asked_is_told_by_no_list_before(
    client: httpx.AsyncClient, bench: Bench
) -> None:
    """Nobody has taken the look up: to whoever may, the alert awaits a second."""
    database, identity = bench.database, bench.services.identity
    wang = add(identity, Named("wang"))
    one, next_ = _queued(database, 1), _queued(database, 2)
    bench.services.cases.reviews.give(one, wang, CLUE)
    with database.transaction() as session:
        place = session.get_one(AlertRow, UUID(str(one))).place_key
        session.get_one(AlertRow, UUID(str(next_))).place_key = place

    async def told() -> tuple[object, ...]:
        history = (await client.get(f"/api/v1/alerts/{next_}/history")).json()
        review = (await client.get(f"/api/v1/alerts/{one}/review")).json()
        tasks = (await client.get("/api/v1/tasks")).json()["tasks"]
        confirmed = (await client.get("/api/v1/alerts?review=confirmed")).json()
        return (
            review["state"],
            len(review["verdicts"]),
            history["confirmed"],
            len(tasks),
            len(confirmed["alerts"]),
        )

    as_person(client, identity, LI)
    assert await told() == ("confirmed", 1, 1, 1, 1)
    assert _draw(database) == 1

    assert await told() == ("second", 0, 0, 0, 0)
    as_person(client, identity, Named("sun", (Role.VIEWER,)))
    assert await told() == ("confirmed", 1, 1, 1, 1)


@pytest.mark.anyio
@pytest.mark.parametrize("verdict", [CLUE, NO], ids=["confirmed", "rejected"])
async def test_no_refusal_tells_the_verdict(
    client: httpx.AsyncClient, bench: Bench, verdict: Verdict
) -> None:
    """Tried in vain, whatever the first person said: one answer to each."""
    database, identity = bench.database, bench.services.identity
    wang = add(identity, Named("wang"))
    one = _queued(database, 1)
    bench.services.cases.reviews.give(one, wang, verdict)
    assert _draw(database) == 1
    as_person(client, identity, Named("li", (Role.SENIOR,)))
    tried = {
        f"alerts/{one}/claim": {},
        f"alerts/{one}/verdict": {"kind": "unsure", "comment": "x"},
        "tasks": {"alert": str(one), "kind": "handle", "officer": ""},
        f"alerts/{one}/replay-case": {"reason": "x"},
    }

    said = []
    for path, body in tried.items():
        answer = await client.post(f"/api/v1/{path}", json=body)
        said.append((answer.status_code, answer.json().get("detail")))

    assert said == [
        (409, "a review that is past it is not worked on"),
        (409, "a review that is past it cannot be unsure"),
        (409, "confirm it first; until then send to check"),
        (403, "you may be asked for a second look at it: afterwards"),
    ]


@pytest.mark.anyio
@pytest.mark.parametrize("verdict", [CLUE, NO], ids=["confirmed", "rejected"])
async def test_what_an_alert_may_be_merged_into_tells_no_verdict(
    client: httpx.AsyncClient, bench: Bench, verdict: Verdict
) -> None:
    """One may be asked to look at it: nothing is merged into it, whatever was said."""
    database, identity = bench.database, bench.services.identity
    wang = add(identity, Named("wang"))
    one, next_ = _queued(database, 1), _queued(database, 2)
    bench.services.cases.reviews.give(one, wang, verdict)
    assert _draw(database) == 1
    as_person(client, identity, LI)

    body = {"kind": "merge", "into": str(one)}
    refused = await client.post(f"/api/v1/alerts/{next_}/verdict", json=body)

    told = "you may be asked for a second look at that one: later"
    assert (refused.status_code, refused.json()["detail"]) == (409, told)
    review = (await client.get(f"/api/v1/alerts/{next_}/review")).json()
    assert review["state"] == "queued"


@pytest.mark.anyio
async def test_who_may_be_sent_to_handle_it_is_not_asked_to_look(
    client: httpx.AsyncClient, bench: Bench
) -> None:
    """A task on offer on one's phone says that it was confirmed, and is work."""
    database, identity = bench.database, bench.services.identity
    wang = add(identity, Named("wang"))
    bench.services.cases.reviews.give(_queued(database, 1), wang, CLUE)
    # seen on the phone once the verdict can be taken back no more
    assert _draw(database) == 1
    add(identity, LI)
    as_person(client, identity, Named("na", (Role.REVIEWER, Role.OFFICER)))

    refused = await client.post("/api/v1/blind/next")
    log_in(client, identity, "li")
    asked = await client.post("/api/v1/blind/next")

    assert (refused.status_code, asked.status_code) == (404, 200)


@pytest.mark.anyio
async def test_an_alert_that_is_worked_on_again_is_asked_of_nobody(
    client: httpx.AsyncClient, bench: Bench
) -> None:
    """Danger back after a rejection: everybody works on it and reads what was said."""
    database, identity = bench.database, bench.services.identity
    wang = add(identity, Named("wang"))
    one = _queued(database, 1)
    bench.services.cases.reviews.give(one, wang, NO)
    assert _draw(database) == 1
    as_person(client, identity, LI)
    path = f"/api/v1/alerts/{one}/review"
    assert (await client.get(path)).json()["state"] == "second"
    with database.transaction() as session:
        row = session.get_one(AlertRow, UUID(str(one)))
        row.revision += 1
        ReviewIntake().alarm_begun(session, row, SystemClock().utc_now())

    review = (await client.get(path)).json()

    assert (review["state"], len(review["verdicts"])) == ("queued", 1)
    assert (await client.post("/api/v1/blind/next")).status_code == 404


@pytest.mark.process
@pytest.mark.timeout(60)
def test_events_tell_no_verdict_to_whoever_may_be_asked(database: Database) -> None:
    """Read anew from the first: to others all, to them nothing people made of it."""
    clock = SystemClock()
    identity = open_identity(database, clock)
    people = [add(identity, Named("wang")), add(identity, LI)]
    one = _queued(database, 1)
    desk = open_desk(database, MemoryEvidenceStore(), clock)
    desk.reviews.give(one, people[0], CLUE)
    assert _draw(database) == 1
    end = {"kind": EventKind.ALERT_CHANGED.value, "alert_id": one, "camera": "campus"}
    with database.transaction() as session:
        session.execute(insert(EventIntakeRow), [end | {"detail": {}, "at": T0}])
    while Sealer(database, clock).seal():
        pass
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]

    heard: dict[str, set[str]] = {}
    with served(f"sqlite:///{database.file}", port):
        for person in people:
            secret = identity.sessions.start(person).secret
            names = heard.setdefault(person.name, set())
            for event in listen(port, None, "?after=0", secret):
                names.add(event.name)
                if event.name == "alert.changed":
                    break

    assert heard == {
        "wang": {"review.changed", "task.changed", "alert.changed"},
        "li": {"alert.changed"},
    }
