"""The audit trail over the API: for its reader alone, by filter, with its chain."""

from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import delete, event, update

from alerts.audit import Deed, record
from alerts.audit_trail import AuditFilter, AuditTrail
from alerts.database import Database
from alerts.sealer import Sealer
from alerts.tables import AuditRow
from base.clock import SystemClock
from identity.right import Role
from tests.api.conftest import Bench
from tests.api.named import Named, as_person
from tests.api.stored import T0

pytestmark = pytest.mark.anyio
AUDIT, CHAIN = "/api/v1/audit", "/api/v1/audit/chain"


def _done(database: Database, count: int) -> None:
    """Entries by wang and li by turns, one a minute from T0."""
    with database.transaction() as session:
        for n in range(count):
            actor = ("wang", "li")[n % 2]
            action = ("verdict.given", "verdict.undone", "review.claimed")[n % 3]
            deed = Deed(actor, action, f"alert/{n % 5}", {"n": n})
            record(session, T0 + timedelta(minutes=n), deed)
    _seal(database)


def _seal(database: Database) -> None:
    while Sealer(database, SystemClock()).seal():
        pass


@pytest.fixture
def reader(client: httpx.AsyncClient, bench: Bench) -> httpx.AsyncClient:
    """The audit administrator; what that itself wrote lies before the entries."""
    as_person(client, bench.services.identity, Named("audit", (Role.AUDIT_ADMIN,)))
    _seal(bench.database)
    return client


async def _all(reader: httpx.AsyncClient, **asked: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    before: dict[str, int] = {}
    while True:
        answer = await reader.get(AUDIT, params={"limit": 7, **asked, **before})
        assert answer.status_code == 200, answer.text
        page = answer.json()
        found += page["entries"]
        if page["next"] is None:
            return found
        before = {"before": page["next"]}


async def test_pages_go_back_to_the_first_entry_without_gap(
    reader: httpx.AsyncClient, bench: Bench
) -> None:
    """Newest first, each once, however many are written meanwhile."""
    _done(bench.database, 40)

    found = await _all(reader)

    numbers = [one["seq"] for one in found]
    assert numbers == list(range(numbers[0], 0, -1))
    assert all(one["holds"] for one in found)
    assert found[0]["detail"] == {"n": 39}


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        pytest.param({"actor": "li"}, list(range(39, 0, -2)), id="actor"),
        pytest.param({"action": "verdict.given"}, list(range(39, -1, -3)), id="action"),
        pytest.param(
            {"action": "verdict"},
            [n for n in range(39, -1, -1) if n % 3 != 2],
            id="noun",
        ),
        pytest.param({"subject": "alert/4"}, list(range(39, 3, -5)), id="subject"),
        pytest.param(
            {"actor": "wang", "action": "review", "subject": "alert/0"},
            [20],
            id="all at once",
        ),
        pytest.param({"action": "verd"}, [], id="half a noun"),
        pytest.param({"actor": "%"}, [], id="no pattern"),
    ],
)
async def test_entries_are_found_by_who_what_and_to_what(
    reader: httpx.AsyncClient,
    bench: Bench,
    asked: dict[str, str],
    expected: list[int],
) -> None:
    """Exactly those, newest first."""
    _done(bench.database, 40)

    assert [one["detail"]["n"] for one in await _all(reader, **asked)] == expected


async def test_entries_are_found_by_time(
    reader: httpx.AsyncClient, bench: Bench
) -> None:
    """From one moment inclusive to another exclusive; the wrong way round is told."""
    _done(bench.database, 40)
    since, until = (_text(T0 + timedelta(minutes=n)) for n in (10, 12))

    found = await _all(reader, since=since, until=until)

    assert [one["detail"]["n"] for one in found] == [11, 10]
    swapped = await reader.get(AUDIT, params={"since": until, "until": since})
    assert swapped.status_code == 422


def _text(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


@pytest.mark.parametrize(
    "asked",
    [
        {"limit": "0"},
        {"limit": "201"},
        {"before": "0"},
        {"before": "-1"},
        {"before": str(2**70)},
        {"action": "verdict given"},
        {"since": "2026-11-23T10:00:00"},
        {"nobody": "x"},
        {"actor": "x" * 300},
    ],
)
async def test_a_malformed_query_is_told_by_field(
    reader: httpx.AsyncClient, asked: dict[str, str]
) -> None:
    """Nothing is ignored and nothing fails inside."""
    answer = await reader.get(AUDIT, params=asked)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"].startswith("query")


async def _chain(reader: httpx.AsyncClient) -> dict[str, Any]:
    """The whole chain, checked stretch by stretch."""
    after = 0
    while True:
        part: dict[str, Any] = (await reader.get(CHAIN, params={"after": after})).json()
        if part["is_end"]:
            return part
        assert part["reached"] > after
        after = part["reached"]


async def test_a_whole_chain_is_told_as_such_in_pieces(
    reader: httpx.AsyncClient, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each stretch is held against the hash before it; asking beyond the end is."""
    monkeypatch.setattr("api.audit_routes.MOST_CHECKED", 6)
    _done(bench.database, 40)

    part = await _chain(reader)

    assert part["first_break"] is None
    assert part["reached"] == part["head"] >= 40
    beyond = (await reader.get(CHAIN, params={"after": 10**9})).json()
    assert (beyond["is_end"], beyond["first_break"]) == (True, None)


@pytest.mark.parametrize("kind", ["changed", "missing", "missing at the end", "hashed"])
async def test_tampering_is_found_where_it_begins(
    reader: httpx.AsyncClient, bench: Bench, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """A changed row, one with a hash made anew; where one is gone, the next fails."""
    monkeypatch.setattr("api.audit_routes.MOST_CHECKED", 6)
    _done(bench.database, 40)
    head = (await _chain(reader))["head"]
    victim = head if kind == "missing at the end" else 20
    with bench.database.transaction() as session:
        row = AuditRow.seq == victim
        if kind.startswith("missing"):
            session.execute(delete(AuditRow).where(row))
        elif kind == "changed":
            session.execute(update(AuditRow).where(row).values(actor="eve"))
        else:
            session.execute(update(AuditRow).where(row).values(hash="0" * 64))

    part = await _chain(reader)

    assert part["first_break"] == (victim + 1 if kind == "missing" else victim)
    if kind == "changed":
        (told,) = await _all(reader, actor="eve")
        assert told["holds"] is False


@pytest.mark.parametrize("role", [one for one in Role if one is not Role.AUDIT_ADMIN])
async def test_nobody_else_reads_it(
    client: httpx.AsyncClient, bench: Bench, role: Role
) -> None:
    """Not who runs the machines, not who admits people, not who reviews."""
    as_person(client, bench.services.identity, Named("other", (role,)))

    for path in (AUDIT, CHAIN):
        assert (await client.get(path)).status_code == 403


@pytest.mark.parametrize(
    ("asked", "index"),
    [
        (AuditFilter(actor="wang"), "ix_audit_log_actor_seq"),
        (AuditFilter(action="verdict"), "ix_audit_log_action_seq"),
        (AuditFilter(subject="alert/1"), "ix_audit_log_subject"),
    ],
)
def test_a_filter_of_the_trail_walks_an_index(
    database: Database, asked: AuditFilter, index: str
) -> None:
    """A trail of years is not read from end to end for one name."""
    _done(database, 12)
    sent: list[tuple[str, Any]] = []
    event.listen(
        database.engine,
        "before_cursor_execute",
        lambda _c, _cursor, text, values, *_: sent.append((text, values)),
    )

    found = AuditTrail(database).newest(asked, None, 50)

    assert found
    text_, values = sent[-1]
    with database.engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text_}", values).all()
    assert index in str(plan)
    assert "TEMP B-TREE" not in str(plan)
