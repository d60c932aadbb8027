"""Cameras with health, faults and what to do, last looks from a real Valkey."""

import shutil
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from prometheus_client import CollectorRegistry

from alerts.database import open_database
from alerts.revisions import SqlRevisionStore
from api.app import create_app
from base.ids import CameraId, ViewName
from detector.look import Look
from streams.faults import FeedFault
from streams.feed_status import FeedState, FeedStatus
from tests.api.conftest import BASE, Bench
from tests.api.stored import T0

pytestmark = pytest.mark.anyio
CAMPUS = CameraId("campus")
URL = "/api/v1/cameras"


async def test_camera_nobody_reports_on_is_unknown(client: httpx.AsyncClient) -> None:
    """A configured camera is listed though no worker tells of it."""
    (camera,) = (await client.get(URL)).json()["cameras"]

    assert camera["id"] == "campus"
    assert camera["title"] == "校园路口 Campus street"
    assert camera["zones"] == ["kerb"]
    assert camera["state"] == "unknown"
    assert camera["seconds_since_last_look"] is None
    assert camera["picture_url"] is None


async def test_faults_come_with_their_remedy(
    client: httpx.AsyncClient, bench: Bench
) -> None:
    """Every fault, of connection and of health, is named and says what helps."""
    status = FeedStatus(
        FeedState.WAITING,
        T0,
        fault=FeedFault.AUTH,
        faults=frozenset({FeedFault.LONG_GOP}),
        retry_in_s=4.0,
    )
    bench.live.tell_status(CAMPUS, status)

    camera = (await client.get(f"{URL}/campus")).json()

    assert camera["state"] == "waiting"
    assert camera["retry_in_s"] == 4.0
    assert [(f["code"], f["is_health"]) for f in camera["faults"]] == [
        ("auth", False),
        ("long_gop", True),
    ]
    assert "login" in camera["faults"][0]["remedy"]


async def test_last_look_and_its_picture(
    client: httpx.AsyncClient, bench: Bench
) -> None:
    """The newest look has a time, an age and a JPEG that is not sent twice."""
    look = Look(CAMPUS, ViewName("home"), T0, (640, 480))
    bench.live.tell_look(look, b"\xff\xd8jpeg")

    camera = (await client.get(f"{URL}/campus")).json()
    picture = await client.get(camera["picture_url"])
    again = await client.get(
        camera["picture_url"], headers={"If-None-Match": picture.headers["etag"]}
    )
    head = await client.head(camera["picture_url"])

    assert camera["last_look_at"] == "2026-11-23T02:00:00.000Z"
    assert 0 <= camera["seconds_since_last_look"] < 30
    assert camera["looks"] == 1
    assert picture.content == b"\xff\xd8jpeg"
    assert picture.headers["content-type"] == "image/jpeg"
    assert "no-store" in picture.headers["cache-control"]
    assert again.status_code == 304
    assert (head.status_code, head.content) == (200, b"")


@pytest.mark.parametrize(
    "camera", ["nobody", "..%2fcampus", "CAMPUS", "%00", "campus%0a", "a" * 3000]
)
async def test_unknown_camera_is_not_found(
    client: httpx.AsyncClient, camera: str
) -> None:
    """Only cameras of the configuration in force are answered."""
    for path in (f"{URL}/{camera}", f"{URL}/{camera}/look.jpg"):
        assert (await client.get(path)).status_code == 404


async def test_before_an_import_there_are_no_cameras(
    bench: Bench, migrated_file: Path, tmp_path: Path
) -> None:
    """A fresh database has an empty list of cameras and no site."""
    file = shutil.copy(migrated_file, tmp_path / "fresh.db")
    database = open_database(f"sqlite:///{file}")
    revisions = SqlRevisionStore(database, bench.services.clock)
    services = replace(
        bench.services, revisions=revisions, registry=CollectorRegistry()
    )
    transport = httpx.ASGITransport(app=create_app(services))
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
        site = await client.get("/api/v1/site")
        cameras = await client.get(URL)
    database.close()

    assert site.status_code == 404
    assert cameras.json() == {"cameras": []}


async def test_site_tells_the_revision_in_force(client: httpx.AsyncClient) -> None:
    """The configuration is named by its digest."""
    told = (await client.get("/api/v1/site")).json()

    assert len(told["revision"]) == 64
    assert told["content"]["cameras"]["campus"]["title"] == "校园路口 Campus street"
