"""Alerts found by the beginning of their id and by who decided."""

from datetime import timedelta

import httpx
import pytest

from alerts.alert import AlertId
from base.clock import ManualClock, SystemClock
from cases.intake import ReviewIntake, adopt
from cases.life import Act
from cases.sampling import Sampler
from cases.verdict import Verdict
from identity.right import Right
from identity.tokens import NewToken
from rules.violation import Phase
from tests.api.conftest import Bench
from tests.api.named import Named, add, as_person, log_in
from tests.api.stored import staged, store_alerts, store_second_source

pytestmark = pytest.mark.anyio
URL = "/api/v1/alerts"
CLUE = Verdict(Act.CONFIRM_CLUE, "a van on the kerb")


async def _ids(client: httpx.AsyncClient, query: str) -> list[str]:
    answer = await client.get(f"{URL}?{query}")
    assert answer.status_code == 200, answer.text
    return [alert["id"] for alert in answer.json()["alerts"]]


def _queued(bench: Bench) -> list[AlertId]:
    """One at the campus, one at the gate."""
    many = [staged(1, phase=Phase.DUE), staged(2, phase=Phase.DUE, camera="gate")]
    ids = store_alerts(bench.database, many)
    adopt(bench.database, ReviewIntake(), SystemClock())
    return [AlertId(one) for one in ids]


async def test_an_alert_is_found_by_what_is_read_out_of_its_id(
    client: httpx.AsyncClient, bench: Bench
) -> None:
    """The first signs, the whole, or the same of a violation that joined it."""
    one, other = _queued(bench)
    joined = store_second_source(bench.database, one, "depot")

    for called in (one.hex[:8], one.hex[:4], one.hex, str(one), joined.hex[:12]):
        assert await _ids(client, f"id={called}") == [str(one)], called
    two = f"id={one.hex[:8]}&id={other.hex[:8]}"
    assert await _ids(client, two) == [str(other), str(one)]
    assert await _ids(client, f"id={one.hex[:8]}&camera=gate") == []
    assert await _ids(client, "id=00000000") == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        pytest.param("id=abc", "query.id.0", id="too short"),
        pytest.param("id=ABCDEF", "query.id.0", id="capitals"),
        pytest.param("id=abcdefgh", "query.id.0", id="not hexadecimal"),
        pytest.param("id=" + "a" * 33, "query.id.0", id="too long"),
        pytest.param("id=" + "abcdef12-", "query.id.0", id="half a dash"),
        pytest.param("decided_by=", "query.decided_by.0", id="nobody"),
        pytest.param("decided_by=%00", "query.decided_by.0", id="NUL"),
        pytest.param("decided_by=%ED%A0%80x%01", "query.decided_by.0", id="junk"),
        pytest.param("&".join(["decided_by=a"] * 11), "query.decided_by", id="many"),
    ],
)
async def test_what_names_nothing_is_told_not_listed(
    client: httpx.AsyncClient, query: str, field: str
) -> None:
    """A filter that is not understood never shows a wider list."""
    answer = await client.get(f"{URL}?{query}")

    assert answer.status_code == 422
    assert field in [one["field"] for one in answer.json()["errors"]]


async def test_who_decided_is_found_within_what_one_sees_in_lists_and_files(
    client: httpx.AsyncClient, bench: Bench
) -> None:
    """The page and the CSV hold the same; other cameras are not there."""
    identity = bench.services.identity
    wang = add(identity, Named("wang"))
    one, other = _queued(bench)
    for alert in (one, other):
        bench.services.cases.reviews.give(alert, wang, CLUE)
    as_person(client, identity, Named("sun", cameras=("gate",)))

    assert await _ids(client, "decided_by=wan") == [str(other)]
    assert await _ids(client, f"decided_by=wang&id={one.hex[:8]}") == []
    for choice, count in (({"decided_by": ["wang"]}, 1), ({"decided_by": ["x"]}, 0)):
        taken = {"reason": "班次统计", "choice": choice}
        answer = await client.post("/api/v1/exports/alerts", json=taken)
        assert answer.text.count(str(other)) == count, answer.text
        assert str(one) not in answer.text


async def test_who_may_be_asked_to_look_learns_from_no_filter_who_did(
    client: httpx.AsyncClient, bench: Bench
) -> None:
    """A sample waits for li: to her nobody has decided; to wang he himself has."""
    identity = bench.services.identity
    wang = add(identity, Named("wang"))
    one, _ = _queued(bench)
    bench.services.cases.reviews.give(one, wang, CLUE)
    as_person(client, identity, Named("li", certificate="33040200124"))
    assert await _ids(client, "decided_by=wang") == [str(one)]
    later = ManualClock(bench.services.clock.utc_now() + timedelta(days=1))
    assert Sampler(bench.database, later).draw() == 1

    assert await _ids(client, "decided_by=wang") == []
    taken = {"reason": "班次统计", "choice": {"decided_by": ["wang"]}}
    exported = await client.post("/api/v1/exports/alerts", json=taken)
    assert str(one) not in exported.text
    log_in(client, identity, "wang")
    assert await _ids(client, "decided_by=wang") == [str(one)]


async def test_who_may_not_read_reviews_may_not_ask_who_decided(
    client: httpx.AsyncClient, bench: Bench
) -> None:
    """A token for lists alone is told so, and lists by anything else."""
    identity = bench.services.identity
    add(identity, Named("wang"))
    one, other = _queued(bench)
    end = bench.services.clock.utc_now() + timedelta(days=1)
    wanted = NewToken("app", "wang", frozenset({Right.READ_ALERTS}), end)
    bearer = {"Authorization": f"Bearer {identity.tokens.add(wanted, 'x').secret}"}

    refused = await client.get(f"{URL}?decided_by=wang", headers=bearer)
    listed = await client.get(f"{URL}?id={one.hex[:8]}", headers=bearer)

    assert refused.status_code == 403
    assert [alert["id"] for alert in listed.json()["alerts"]] == [str(one)]
    assert str(other) not in listed.text
