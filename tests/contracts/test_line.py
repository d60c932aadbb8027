"""The seams hold together: a made-up look becomes an alert that the API answers with.

No camera, no network: looks are written by hand, everything behind them is real.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from prometheus_client import CollectorRegistry

from alerts.commands import CommandSender
from alerts.database import Database, open_database
from alerts.drafts import Drafts
from alerts.embedded_valkey import EmbeddedValkey
from alerts.evidence_desk import open_evidence_desk
from alerts.house_keys import open_house_keys
from alerts.live import LiveReader
from alerts.memory_evidence_store import MemoryEvidenceStore
from alerts.migrate import migrate
from alerts.redis_client import RedisClient, open_redis
from alerts.repository import AlertRepository
from alerts.revisions import SqlRevisionStore
from api.app import create_app
from api.identity_gate import IdentityGate
from api.services import Services
from base.clock import SystemClock
from base.ids import CameraId, ViewName, ZoneName
from base.shutdown import StopSignal
from cases.desk import open_desk
from detector.box import Box
from detector.look import Look, Track
from detector.signature import Signature
from identity.identity import open_identity
from rules.build import CameraRules
from rules.clock_store import MemoryClockStore
from rules.engine import RuleEngine
from rules.settings import Purpose, RuleSection, ZoneSection
from tests.alerts.path_rig import Line, make_line, until
from tests.delivery.quiet import quiet_teller

T0 = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
CAMERA, HOME, KERB = CameraId("dock_2"), ViewName("home"), ZoneName("kerb")


@dataclass
class Stores:
    """A Valkey and a database of one test."""

    client: RedisClient
    database: Database


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    """Both empty, ended with the test."""
    valkey = EmbeddedValkey(tmp_path / "valkey", SystemClock())
    valkey.start()
    client = open_redis(valkey.url)
    database = open_database(f"sqlite:///{tmp_path}/nonsite.db")
    migrate(database)
    yield Stores(client, database)
    database.close()
    client.close()
    valkey.stop()


def _engine() -> RuleEngine:
    rule = RuleSection(dwell_s=10, grace_s=0)
    zone = ZoneSection(
        purpose=Purpose.PAVEMENT,
        points=((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)),
        rules={"SW-01": rule},
    )
    settings = CameraRules(CAMERA, HOME, {KERB: zone})
    return RuleEngine(settings, MemoryClockStore(), 1)


def _look(second: int) -> Look:
    pixels = bytes(range(192))
    car = Track(Box(0.4, 0.4, 0.6, 0.6), "car", 0.9, 200, signature=Signature(pixels))
    return Look(
        camera=CAMERA,
        view=HOME,
        at=T0 + timedelta(seconds=second),
        size_px=(1920, 1080),
        tracks=(car,),
        classes=frozenset({"car", "person"}),
    )


def _raise_all(line: Line, looks: list[Look]) -> None:
    engine = _engine()
    for look in looks:
        for violation in engine.judge(look):
            line.inbox.raise_alert(violation)


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_a_look_becomes_an_alert_in_the_api(
    stores: Stores, tmp_path: Path
) -> None:
    """Look → Violation → spool → Valkey → SQL → API, exactly once."""
    clock = SystemClock()
    line = make_line(stores.client, stores.database, tmp_path / "spool", clock)
    line.start()
    try:
        _raise_all(line, [_look(second) for second in range(15)])
        until(lambda: line.settled() and len(line.ids()) == 1)
    finally:
        line.stop()
    store = MemoryEvidenceStore()
    identity = open_identity(stores.database, clock)
    app = create_app(
        Services(
            alerts=AlertRepository(stores.database),
            evidence=store,
            live=LiveReader(stores.client),
            revisions=SqlRevisionStore(stores.database, clock),
            clock=clock,
            stop=StopSignal(),
            registry=CollectorRegistry(),
            identity=identity,
            gate=IdentityGate(identity),
            cases=open_desk(stores.database, store, clock),
            commands=CommandSender(stores.client, clock),
            drafts=Drafts(stores.database, clock),
            delivery=quiet_teller(stores.database, clock),
            desk=open_evidence_desk(
                stores.database,
                store,
                open_house_keys(tmp_path, clock),
                clock,
            ),
        )
    )

    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://localhost"
    ) as client:
        (alert,) = (await client.get("/api/v1/alerts")).json()["alerts"]

    assert (alert["code"], alert["camera"], alert["zone"]) == (
        "SW-01",
        "dock_2",
        "kerb",
    )
    assert alert["occupied_since"] == "2026-11-23T02:00:00.000Z"
