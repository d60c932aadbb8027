"""A consumer and a sealer as a process of their own."""

import time
from dataclasses import dataclass
from pathlib import Path

from prometheus_client import CollectorRegistry

from alerts.consumer import ConsumerParts
from alerts.consumer_metrics import ConsumerMetrics
from alerts.consumers import Consumers
from alerts.database import open_database
from alerts.redis_client import open_redis
from alerts.sealer import Sealer
from tests.faults.worker import SHARDS, HostClock, ShiftedClock, quiet


@dataclass(frozen=True, slots=True)
class Consuming:
    """What one life of a consumer is to do.

    Attributes:
        log: Where it writes what it says.
        redis_url: Address.
        database_url: Address.
        host_s: By how much the wall clock of its host is off.
    """

    log: Path
    redis_url: str
    database_url: str
    host_s: HostClock


def consume(task: Consuming) -> None:
    """Store and seal until killed."""
    quiet(task.log)
    clock = ShiftedClock(task.host_s)
    database = open_database(task.database_url)
    sealer = Sealer(database, clock)
    sealer.start()
    metrics = ConsumerMetrics(CollectorRegistry())
    client = open_redis(task.redis_url)
    parts = ConsumerParts(client, database, clock, metrics, on_stored=sealer.wake)
    Consumers(SHARDS, parts).start()
    while True:
        time.sleep(60)
