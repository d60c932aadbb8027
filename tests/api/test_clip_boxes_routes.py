"""The boxes of a clip over the API: who gets them, and what is answered without."""

from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import select

from alerts.clip_boxes import boxes_json
from alerts.clip_cutter import CutClip
from alerts.pack import Role
from alerts.recent_looks import Moment, Seen
from alerts.tables import AuditIntakeRow
from detector.box import Box
from identity.right import Role as PersonRole
from rules.clause import Truth
from tests.api.conftest import Bench
from tests.api.named import Named, as_person
from tests.api.stored import (
    T0,
    Staged,
    StagedFile,
    staged,
    store_alerts,
    store_pack,
    violation,
)

pytestmark = pytest.mark.anyio
BOXES = boxes_json(
    (
        Moment(T0, (Seen("person", Box(0.6, 0.1, 0.7, 0.4)),)),
        Moment(T0, (Seen("car", Box(0.1, 0.2, 0.3, 0.4)),), {"still_for": Truth.TRUE}),
    ),
    CutClip(Path("clip.mp4"), T0, T0, "h264"),
    violation(Staged(1)),
)


def _alert(bench: Bench, body: bytes | None, camera: str = "campus") -> UUID:
    (found,) = store_alerts(bench.database, [staged(1, camera=camera)])
    files = [StagedFile("clip.mp4", b"clip", Role.CLIP, "video/mp4")]
    if body is not None:
        files.append(StagedFile("boxes.json", body, Role.BOXES, "application/json"))
    store_pack(bench.database, bench.services.evidence, found, files)
    return found


def _url(alert: UUID) -> str:
    return f"/api/v1/alerts/{alert}/clip-boxes"


@pytest.fixture(autouse=True)
def viewer(client: httpx.AsyncClient, bench: Bench) -> None:
    """Somebody who may look."""
    as_person(client, bench.services.identity, Named("wang", (PersonRole.VIEWER,)))


async def test_boxes_are_told_by_the_second_and_on_record(
    client: httpx.AsyncClient, bench: Bench
) -> None:
    """What the pack holds, and who looked at it."""
    alert = _alert(bench, BOXES)
    answer = await client.get(_url(alert), params={"reason": "督察"})

    assert answer.status_code == 200
    body = answer.json()
    assert (body["clip"], body["start"]) == ("clip.mp4", "2026-11-23T02:00:00.000Z")
    assert [look["meant"] for look in body["looks"]] == [None, 0]
    assert body["looks"][1]["things"] == [
        {"label": "car", "box": {"x1": 0.1, "y1": 0.2, "x2": 0.3, "y2": 0.4}}
    ]
    assert body["looks"][1]["clauses"] == {"still_for": "true"}
    with bench.database.reading() as session:
        query = select(AuditIntakeRow.actor, AuditIntakeRow.detail)
        viewed = query.where(AuditIntakeRow.action == "evidence.viewed")
        seen = [tuple(row) for row in session.execute(viewed)]
    assert seen == [
        (
            "wang",
            {
                "file": "boxes.json",
                "ground": "stated",
                "role": "viewer",
                "reason": "督察",
            },
        )
    ]


async def test_a_pack_without_boxes_has_none(
    client: httpx.AsyncClient, bench: Bench
) -> None:
    """Packs of older versions, alerts without a pack, alerts that are not there."""
    assert (await client.get(_url(_alert(bench, None)))).status_code == 404
    assert (await client.get(_url(uuid4()))).status_code == 404


async def test_damaged_boxes_are_told_as_such(
    client: httpx.AsyncClient, bench: Bench
) -> None:
    """No half answer and no stack: the store has failed."""
    damaged = _url(_alert(bench, b'{"version":1}'))
    assert (await client.get(damaged)).json()["type"] == "urn:nonsite:problem:reason"
    answer = await client.get(damaged, params={"reason": "督察"})

    assert answer.status_code == 500
    assert answer.json()["type"] == "urn:nonsite:problem:store"


async def test_boxes_of_another_cameras_alert_are_not_there(
    client: httpx.AsyncClient, bench: Bench
) -> None:
    """As with the alert itself."""
    alert = _alert(bench, BOXES)
    only = Named("li", (PersonRole.VIEWER,), cameras=("elsewhere",))
    as_person(client, bench.services.identity, only)

    assert (await client.get(_url(alert))).status_code == 404
