"""The real application in process: SQLite, a real Valkey, evidence on a real folder."""

import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from alerts.commands import CommandSender
from alerts.database import Database, open_database
from alerts.drafts import Drafts
from alerts.embedded_valkey import EmbeddedValkey
from alerts.evidence_desk import open_evidence_desk
from alerts.house_keys import open_house_keys
from alerts.live import LiveReader, LiveWriter
from alerts.object_store import ObstoreEvidenceStore
from alerts.redis_client import RedisClient, open_redis
from alerts.repository import AlertRepository
from alerts.revisions import SqlRevisionStore
from api.app import create_app
from api.identity_gate import IdentityGate
from api.services import Services
from base.clock import SystemClock
from base.shutdown import StopSignal
from cases.desk import open_desk
from identity.identity import open_identity
from sites.load import read_site
from sites.revision import revision_of
from tests.alerts.conftest import migrated_file  # noqa: F401 - a fixture
from tests.api.stored import T0
from tests.delivery.quiet import quiet_teller
from tests.identity.named import cheap_hashes

ROOT = Path(__file__).resolve().parents[2]
BASE = "http://localhost"


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Real argon2id at its smallest cost."""
    cheap_hashes(monkeypatch)


@pytest.fixture(scope="session")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedValkey]:
    """The embedded server, one for all tests of this folder."""
    server = EmbeddedValkey(tmp_path_factory.mktemp("valkey"), SystemClock())
    server.start()
    yield server
    server.stop()


@pytest.fixture
def redis_client(valkey: EmbeddedValkey) -> Iterator[RedisClient]:
    """A client of an empty server."""
    client = open_redis(valkey.url)
    client.flushall()
    yield client
    client.close()


@pytest.fixture
def database(
    tmp_path: Path,
    migrated_file: Path,  # noqa: F811
) -> Iterator[Database]:
    """SQLite at the newest schema."""
    shutil.copy(migrated_file, tmp_path / "nonsite.db")
    found = open_database(f"sqlite:///{tmp_path}/nonsite.db")
    yield found
    found.close()


@pytest.fixture
def revisions(database: Database) -> SqlRevisionStore:
    """The sample site in force."""
    store = SqlRevisionStore(database, SystemClock())
    site = read_site(ROOT / "samples" / "site.yaml")
    store.apply(revision_of(site, T0, "test", "imported"))
    return store


@dataclass(frozen=True, slots=True)
class Bench:
    """A service under test with what stands behind it."""

    services: Services
    app: FastAPI
    database: Database
    live: LiveWriter
    revisions: SqlRevisionStore


@pytest.fixture
def bench(
    tmp_path: Path,
    database: Database,
    redis_client: RedisClient,
    revisions: SqlRevisionStore,
) -> Iterator[Bench]:
    """The application over real stores."""
    clock = SystemClock()
    store = ObstoreEvidenceStore(tmp_path / "evidence")
    identity = open_identity(database, clock)
    services = Services(
        alerts=AlertRepository(database),
        evidence=store,
        live=LiveReader(redis_client),
        revisions=revisions,
        clock=clock,
        stop=StopSignal(),
        registry=CollectorRegistry(),
        identity=identity,
        gate=IdentityGate(identity),
        cases=open_desk(database, store, clock),
        commands=CommandSender(redis_client, clock),
        drafts=Drafts(database, clock),
        delivery=quiet_teller(database, clock),
        desk=open_evidence_desk(
            database, store, open_house_keys(tmp_path, clock), clock
        ),
    )
    live = LiveWriter(redis_client, clock)
    yield Bench(services, create_app(services), database, live, revisions)
    services.stop.set()


@pytest.fixture
def anyio_backend() -> str:
    """Asyncio alone: it is what the service runs on."""
    return "asyncio"


Get = Callable[..., httpx.Response]


@pytest.fixture
async def client(bench: Bench) -> AsyncIterator[httpx.AsyncClient]:
    """An HTTP client of the application, in process, its lifespan running."""
    transport = httpx.ASGITransport(app=bench.app)
    async with (
        bench.app.router.lifespan_context(bench.app),
        httpx.AsyncClient(transport=transport, base_url=BASE) as found,
    ):
        yield found
