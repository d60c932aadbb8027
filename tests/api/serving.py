"""The service as a process of its own, so that a test may kill it.

`python -m tests.api.serving DATABASE PORT` serves alerts and events of the database at
that address on 127.0.0.1, with no Redis behind it.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from prometheus_client import CollectorRegistry

from alerts.commands import CommandSender
from alerts.database import open_database
from alerts.drafts import Drafts
from alerts.evidence_desk import open_evidence_desk
from alerts.house_keys import open_house_keys
from alerts.live import LiveReader
from alerts.memory_evidence_store import MemoryEvidenceStore
from alerts.redis_client import open_redis
from alerts.repository import AlertRepository
from alerts.revisions import SqlRevisionStore
from alerts.sealer import Sealer
from api.app import create_app
from api.identity_gate import IdentityGate
from api.server import bind, serve
from api.services import Services
from base.clock import SystemClock
from base.shutdown import StopSignal, stop_on_signals
from cases.desk import open_desk
from identity.identity import open_identity
from tests.delivery.quiet import quiet_teller

SEALS = "--seals"
ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    """Serve until SIGTERM."""
    stop = StopSignal()
    stop_on_signals(stop)
    clock = SystemClock()
    database = open_database(sys.argv[1])
    client = open_redis("redis://127.0.0.1:1")
    store = MemoryEvidenceStore()
    identity = open_identity(database, clock)
    services = Services(
        alerts=AlertRepository(database),
        evidence=store,
        live=LiveReader(client),
        revisions=SqlRevisionStore(database, clock),
        clock=clock,
        stop=stop,
        registry=CollectorRegistry(),
        identity=identity,
        gate=IdentityGate(identity),
        cases=open_desk(database, store, clock),
        commands=CommandSender(client, clock),
        drafts=Drafts(database, clock),
        delivery=quiet_teller(database, clock),
        desk=open_evidence_desk(
            database,
            store,
            open_house_keys(Path(tempfile.mkdtemp()), clock),
            clock,
        ),
    )
    sealer = Sealer(database, clock)
    if SEALS in sys.argv:
        sealer.start()
    serve(create_app(services), bind("127.0.0.1", int(sys.argv[2])), stop)


@contextmanager
def served(
    database: str, port: int, *, seals: bool = False
) -> Iterator[subprocess.Popen[bytes]]:
    """The process, once it answers; ended at the latest when the block is left."""
    command = [sys.executable, "-m", "tests.api.serving", database, str(port)]
    command += [SEALS] if seals else []
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        transport = httpx.HTTPTransport(retries=10)
        with httpx.Client(transport=transport, timeout=30) as client:
            client.get(f"http://127.0.0.1:{port}/healthz").raise_for_status()
        yield process
    finally:
        process.kill()
        process.wait()


if __name__ == "__main__":
    main()
