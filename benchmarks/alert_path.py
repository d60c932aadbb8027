"""What the path from a raised violation to a readable alert carries, part by part.

`python -m benchmarks.alert_path [--open N] [--seconds S] [--rate R]`: spool appends,
dedup decisions against the embedded Valkey (`appendfsync always`) with few and with N
alerts open, entries into SQLite, and the whole path at a steady rate. One process, its
CPU seconds beside the wall's: on a busy machine only the former mean something.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from prometheus_client import CollectorRegistry
from rich.console import Console
from rich.table import Table

from alerts.alert import AlertId
from alerts.consumer import ConsumerParts
from alerts.consumer_metrics import ConsumerMetrics
from alerts.consumers import Consumers
from alerts.database import open_database
from alerts.dedup import Dedup, Submission, stream_key
from alerts.embedded_valkey import EmbeddedValkey
from alerts.errors import NotFoundError
from alerts.inbox import Inbox, InboxSettings
from alerts.message import encode
from alerts.migrate import migrate
from alerts.redis_client import RedisClient, open_redis
from alerts.repository import AlertRepository
from alerts.sealer import Sealer
from alerts.spool import Spool
from base.clock import SystemClock, cpu_s
from rules.place import Place
from tests.alerts.violations import message, place, violation

CLOCK = SystemClock()
SHARDS = 4
PIPELINE = 128


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table."""

    what: str
    per_s: float
    cpu_share: float


def _timed(what: str, count: int, work: Callable[[], object]) -> Figure:
    begun, cpu = CLOCK.monotonic_s(), cpu_s()
    work()
    wall = CLOCK.monotonic_s() - begun
    return Figure(what, count / wall, (cpu_s() - cpu) / wall)


def spool_appends(folder: Path, count: int = 1000) -> Figure:
    """Entries of a violation's size, each fsynced."""
    spool = Spool(folder)
    payload = encode(message(violation()))

    def work() -> None:
        for _ in range(count):
            spool.append(payload)

    figure = _timed(f"spool appends, {len(payload)} bytes", count, work)
    spool.close()
    return figure


def _server_cpu_s(client: RedisClient) -> float:
    used = client.info("cpu")
    return float(used["used_cpu_sys"]) + float(used["used_cpu_user"])


def _place(prefix: str, n: int) -> Place:
    """Ten alerts a camera: more within a minute would be one group."""
    return place(f"{prefix}_{n // 10}", f"x{n}")


def _submissions(first: int, count: int, prefix: str) -> list[Submission]:
    found = []
    for n in range(first, first + count):
        about = message(violation(_place(prefix, n)), n)
        found.append(Submission(prefix, n, about, encode(about), 300_000))
    return found


def _submit(dedup: Dedup, submissions: Sequence[Submission]) -> None:
    for n in range(0, len(submissions), PIPELINE):
        dedup.submit(submissions[n : n + PIPELINE])


def fill(client: RedisClient, count: int) -> None:
    """Leave `count` alerts open; the stream is emptied as a consumer would."""
    dedup = Dedup(client, 1)
    for first in range(1, count, 10_000):
        _submit(dedup, _submissions(first, min(10_000, count - first + 1), "open"))
        client.xtrim(stream_key(0), maxlen=0, approximate=False)


def dedup_decisions(client: RedisClient, held: int, count: int = 20_000) -> Figure:
    """New violations, pipelined, made beforehand."""
    dedup = Dedup(client, 1)
    submissions = _submissions(1, count, f"at{held}")
    what = f"dedup decisions, {held} alerts open"
    before = _server_cpu_s(client)
    figure = _timed(what, count, lambda: _submit(dedup, submissions))
    per_core = count / (_server_cpu_s(client) - before)
    figure = replace(figure, what=f"{what} ({per_core:,.0f} a core-second of Valkey)")
    client.xtrim(stream_key(0), maxlen=0, approximate=False)
    return figure


def entries_into_sql(folder: Path, client: RedisClient, count: int = 4000) -> Figure:
    """A waiting stream of new alerts, taken batch by batch, confirmed and sealed."""
    database = open_database(f"sqlite:///{folder}/sql.db")
    migrate(database)
    _submit(Dedup(client, 1), _submissions(1, count, "sql"))
    sealer = Sealer(database, CLOCK)
    metrics = ConsumerMetrics(CollectorRegistry())
    parts = ConsumerParts(client, database, CLOCK, metrics, on_stored=sealer.wake)
    consumers = Consumers(1, parts)

    def work() -> None:
        sealer.start()
        consumers.start()
        while AlertRepository(database).last_seq() < count:
            time.sleep(0.01)

    figure = _timed("alerts into SQLite, sealed", count, work)
    consumers.stop()
    sealer.stop()
    database.close()
    return figure


def raise_to_readable(
    folder: Path, client: RedisClient, rate: float, seconds: float
) -> list[float]:
    """Seconds from raising to reading by id, at a steady rate."""
    database = open_database(f"sqlite:///{folder}/path.db")
    migrate(database)
    alerts = AlertRepository(database)
    sealer = Sealer(database, CLOCK)
    metrics = ConsumerMetrics(CollectorRegistry())
    parts = ConsumerParts(client, database, CLOCK, metrics, on_stored=sealer.wake)
    consumers = Consumers(SHARDS, parts)
    inbox = Inbox(InboxSettings(folder / "spool-path", SHARDS), client, CLOCK)
    for part in (sealer, consumers, inbox):
        part.start()
    waits: list[float] = []
    owed: list[tuple[float, AlertId]] = []
    begun, n = CLOCK.monotonic_s(), 0
    while n < rate * seconds or owed:
        now = CLOCK.monotonic_s()
        if n < rate * seconds and now >= begun + n / rate:
            told = violation(_place("path", n))
            inbox.set_lease(told.place.camera, 1)
            owed.append((now, AlertId(told.id)))
            inbox.raise_alert(told)
            n += 1
        elif owed:
            try:
                alerts.get_alert(owed[0][1])
                waits.append(CLOCK.monotonic_s() - owed.pop(0)[0])
            except NotFoundError:
                time.sleep(0.002)
        else:
            time.sleep(0.001)
    inbox.close()
    consumers.stop()
    sealer.stop()
    database.close()
    return waits


def main() -> None:
    """Run the parts and print their figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--open", type=int, default=100_000, help="alerts held open")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--rate", type=float, default=20.0, help="alerts a second")
    arguments = parser.parse_args()
    table = Table("part", "per second", "cores of this process")
    with tempfile.TemporaryDirectory(prefix="nonsite-bench-") as name:
        folder = Path(name)
        server = EmbeddedValkey(folder / "valkey", CLOCK)
        server.start()
        client = open_redis(server.url)
        figures = [spool_appends(folder / "spool"), dedup_decisions(client, 0)]
        fill(client, arguments.open)
        figures.append(dedup_decisions(client, arguments.open))
        memory = int(client.info("memory")["used_memory"])
        figures.append(entries_into_sql(folder, client))
        client.flushall()  # the whole path has more shards than its parts
        waits = raise_to_readable(folder, client, arguments.rate, arguments.seconds)
        client.close()
        server.stop()
    for figure in figures:
        table.add_row(figure.what, f"{figure.per_s:,.0f}", f"{figure.cpu_share:.2f}")
    console = Console()
    console.print(table)
    quantiles = statistics.quantiles(waits, n=100)
    console.print(f"Valkey with {arguments.open} open: {memory >> 20} MiB")
    console.print(
        f"raise → readable at {arguments.rate:.0f}/s, {len(waits)} alerts: "
        f"median {statistics.median(waits) * 1000:.0f} ms, "
        f"p95 {quantiles[94] * 1000:.0f} ms, max {max(waits) * 1000:.0f} ms"
    )


if __name__ == "__main__":
    main()
