"""Alerts with full evidence at a steady rate: looks of 1080p in, packs out.

`python -m benchmarks.evidence_path [--rate R] [--seconds S]`: each alert has stills, a
strip, and a clip of 15 MB (30 s at 4 Mbit/s), through the live keeper on its own
threads, the path and SQLite. Told: raise → readable, how long until every pack was
sealed, and the CPU used.
"""

import argparse
import os
import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from prometheus_client import CollectorRegistry

from alerts.alert import AlertId
from alerts.consumer import ConsumerParts
from alerts.consumer_metrics import ConsumerMetrics
from alerts.consumers import Consumers
from alerts.database import open_database
from alerts.embedded_valkey import EmbeddedValkey
from alerts.errors import NotFoundError
from alerts.evidence_keeper import EvidenceKeeper
from alerts.inbox import Inbox, InboxSettings
from alerts.migrate import migrate
from alerts.object_store import ObstoreEvidenceStore
from alerts.pack_maker import MakerParts
from alerts.pack_scene import Scene
from alerts.pack_shelf import Shelf
from alerts.redis_client import RedisClient, open_redis
from alerts.repository import AlertRepository
from alerts.sealer import Sealer
from base.clock import SystemClock, cpu_s
from base.ids import CameraId
from benchmarks.evidence import full_still
from rules.violation import Life
from sites.evidence_section import EvidenceSection
from tests.alerts.evidence_rig import BOX, ZONE, FakeCutter, look, spoilt, violation

CLOCK = SystemClock()
SHARDS = 4
CLIP_BYTES = 15 << 20
LOOKS_S = (2.0, 4.0, 8.0, 16.0, 31.0, 46.0)


def _cutter() -> FakeCutter:
    return spoilt(body=os.urandom(1 << 20) * (CLIP_BYTES >> 20))


def measured(
    folder: Path, client: RedisClient, rate: float, seconds: float
) -> tuple[list[float], float, int]:
    """Waits until readable, seconds until the last pack was sealed, packs."""
    database = open_database(f"sqlite:///{folder}/path.db")
    migrate(database)
    alerts, sealer = AlertRepository(database), Sealer(database, CLOCK)
    metrics = ConsumerMetrics(CollectorRegistry())
    parts = ConsumerParts(client, database, CLOCK, metrics, on_stored=sealer.wake)
    consumers = Consumers(SHARDS, parts)
    inbox = Inbox(InboxSettings(folder / "spool", SHARDS), client, CLOCK)
    for part in (sealer, consumers, inbox):
        part.start()
    made = MakerParts(
        shelf=Shelf(folder / "shelf", 4 << 30),
        store=ObstoreEvidenceStore(folder / "evidence"),
        sink=inbox,
        scene_of=lambda _violation: Scene("bench", "人行道违停", ZONE),
        clock=CLOCK,
        made_by="benchmark",
    )
    keeper = EvidenceKeeper(made, _cutter(), EvidenceSection())
    still, waits = full_still(), []
    count, begun = round(rate * seconds), CLOCK.monotonic_s()
    for n in range(count):
        time.sleep(max(0.0, begun + n / rate - CLOCK.monotonic_s()))
        camera = CameraId(f"c{n}")
        inbox.set_lease(camera, 1)
        candidate = violation(Life.CANDIDATE, LOOKS_S[0], camera=camera)
        opened = violation(Life.OPEN, 60, camera=camera)
        for at_s in (*LOOKS_S, 60.0):
            said = {LOOKS_S[0]: (candidate,), 60.0: (opened,)}.get(at_s, ())
            if at_s == 60.0:
                raised_s = CLOCK.monotonic_s()
                inbox.raise_alert(replace(opened, at=opened.at))
            keeper.keep(look(at_s, BOX, camera=camera), lambda: still, said)
            time.sleep(0.01)
        while not _is_there(alerts, AlertId(opened.id)):
            time.sleep(0.002)
        waits.append(CLOCK.monotonic_s() - raised_s)
        later_s = 75.0
        while keeper.status().watched:
            keeper.keep(look(later_s, BOX, camera=camera), lambda: still, ())
            later_s += 3.0
            time.sleep(0.02)
    while keeper.status().sealed < count:
        time.sleep(0.01)
    took_s = CLOCK.monotonic_s() - begun
    keeper.close()
    inbox.close()
    consumers.stop()
    sealer.stop()
    database.close()
    return waits, took_s, count


def _is_there(alerts: AlertRepository, alert: AlertId) -> bool:
    try:
        alerts.get_alert(alert)
    except NotFoundError:
        return False
    return True


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=2.0, help="alerts a second")
    parser.add_argument("--seconds", type=float, default=30.0)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="nonsite-bench-") as name:
        server = EmbeddedValkey(Path(name) / "valkey", CLOCK)
        server.start()
        client = open_redis(server.url)
        cpu = cpu_s()
        waits, took_s, packs = measured(Path(name), client, asked.rate, asked.seconds)
        used = cpu_s() - cpu
        client.close()
        server.stop()
    p95 = statistics.quantiles(waits, n=100)[94]
    print(
        f"{packs} alerts with full evidence at {asked.rate:.1f}/s: readable median "
        f"{statistics.median(waits) * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms; all packs "
        f"sealed after {took_s:.1f} s; {used / packs:.2f} CPU s a pack"
    )


if __name__ == "__main__":
    main()
