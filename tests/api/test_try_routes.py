"""A draft held against past alerts: kept, lost or unknown, and why."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from alerts.tables import AlertRow
from identity.right import Role
from tests.api.conftest import Bench
from tests.api.named import Named, as_person
from tests.api.stored import staged, store_alerts

pytestmark = pytest.mark.anyio
TRY = "/api/v1/site/try"
WHOLE = [[0, 0], [1, 0], [1, 1], [0, 1]]
ELSEWHERE = [[0.8, 0.8], [0.9, 0.8], [0.9, 0.9]]
BAY = {"purpose": "parking_bay", "points": WHOLE}


@pytest.fixture
def alert(bench: Bench) -> str:
    """A van that stood 60 s, now."""
    (found,) = store_alerts(bench.database, [staged(1)])
    with bench.database.transaction() as session:
        row = session.get(AlertRow, found)
        assert row is not None
        row.opened_at = datetime.now(UTC) - timedelta(hours=1)
    return str(found)


async def _content(client: httpx.AsyncClient) -> dict[str, Any]:
    site = (await client.get("/api/v1/site")).json()
    found: dict[str, Any] = site["content"]
    return found


@pytest.mark.parametrize(
    ("change", "fate", "because"),
    [
        pytest.param({}, "kept", "same", id="unchanged"),
        pytest.param(
            {"points": WHOLE}, "kept", "inside_and_long_enough", id="a larger zone"
        ),
        pytest.param(
            {"points": ELSEWHERE}, "lost", "outside_the_zones", id="moved away"
        ),
        pytest.param(
            {"points": WHOLE, "rules": {"SW-01": {"dwell_s": 90}}},
            "lost",
            "stood_too_short",
            id="a longer dwell",
        ),
        pytest.param(
            {"rules": {"SW-01": {"enabled": False}}},
            "lost",
            "code_not_judged_there",
            id="switched off",
        ),
        pytest.param({"purpose": "mask"}, "lost", "code_not_judged_there", id="mask"),
    ],
)
async def test_what_would_have_become_of_an_alert(
    client: httpx.AsyncClient,
    bench: Bench,
    alert: str,
    change: dict[str, Any],
    fate: str,
    because: str,
) -> None:
    """With the figures it was held against."""
    as_person(client, bench.services.identity, Named("chen", (Role.ENGINEER,)))
    content = await _content(client)
    content["cameras"]["campus"]["views"]["home"]["zones"]["kerb"] |= change

    body = {"content": content, "camera": "campus"}
    told = (await client.post(TRY, json=body)).json()

    (one,) = told["alerts"]
    assert (one["alert"]["id"], one["fate"], one["because"]) == (alert, fate, because)
    assert told[fate] == 1
    if because == "stood_too_short":
        assert (one["stood_s"], one["dwell_s"]) == (60.0, 90.0)


async def test_an_exempt_zone_and_a_view_that_went(
    client: httpx.AsyncClient, bench: Bench, alert: str
) -> None:
    """A bay drawn over it needs the looks; without the view it is lost."""
    as_person(client, bench.services.identity, Named("chen", (Role.ENGINEER,)))
    content = await _content(client)
    zones = content["cameras"]["campus"]["views"]["home"]["zones"]
    zones["kerb"]["points"], zones["bay"] = WHOLE, BAY
    body = {"content": content, "camera": "campus"}
    told = (await client.post(TRY, json=body)).json()
    assert told["alerts"][0]["because"] == "touches_an_exempt_zone"
    assert told["unknown"] == 1

    content["cameras"]["campus"]["views"] = {}
    told = (await client.post(TRY, json=body)).json()
    assert told["alerts"][0]["because"] == "view_gone"


async def test_a_wrong_draft_an_unknown_camera_and_old_alerts(
    client: httpx.AsyncClient, bench: Bench, alert: str
) -> None:
    """Problems by key and nothing tried; 404; what is older is not asked for."""
    as_person(client, bench.services.identity, Named("chen", (Role.ENGINEER,)))
    content = await _content(client)
    other = await client.post(TRY, json={"content": content, "camera": "yard"})
    assert other.status_code == 404
    body = {"content": content, "camera": "campus", "hours": 0.5}
    assert (await client.post(TRY, json=body)).json()["alerts"] == []
    content["version"] = 9
    told = (await client.post(TRY, json=body)).json()
    assert [one["path"] for one in told["problems"]] == ["version"]
