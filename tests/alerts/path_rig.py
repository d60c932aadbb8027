"""A running path from inbox to repository, for tests."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from prometheus_client import CollectorRegistry

from alerts.alert import AlertFilter, AlertId
from alerts.consumer import ConsumerParts
from alerts.consumer_metrics import ConsumerMetrics
from alerts.consumers import Consumers
from alerts.database import Database
from alerts.inbox import Inbox, InboxSettings
from alerts.redis_client import RedisClient
from alerts.repository import AlertRepository
from alerts.sealer import Sealer
from base.clock import Clock, SystemClock
from base.ids import CameraId

SHARDS = 2


def until(met: Callable[[], bool], timeout_s: float = 30.0) -> None:
    """Wait for a condition that other threads bring about."""
    deadline = time.monotonic() + timeout_s
    while not met():
        assert time.monotonic() < deadline, "it never came about"
        time.sleep(0.01)


def parts_of(client: RedisClient, database: Database) -> ConsumerParts:
    """What consumers work with, with metrics of their own."""
    return ConsumerParts(
        client, database, SystemClock(), ConsumerMetrics(CollectorRegistry())
    )


@dataclass
class Line:
    """Inbox, consumers, sealer and repository."""

    inbox: Inbox
    alerts: AlertRepository
    sealer: Sealer
    consumers: Consumers

    def start(self) -> None:
        self.sealer.start()
        self.inbox.start()
        self.consumers.start()

    def stop(self) -> None:
        self.inbox.close()
        self.consumers.stop()
        self.sealer.stop()

    def settled(self) -> bool:
        return self.inbox.lag().entries == 0

    def ids(self) -> list[AlertId]:
        """Ids of all alerts, met by paging."""
        found: list[AlertId] = []
        page = self.alerts.list_alerts(AlertFilter(), limit=64)
        found += [alert.id for alert in page.alerts]
        while page.next is not None:
            page = self.alerts.list_alerts(AlertFilter(), page.next, 64)
            found += [alert.id for alert in page.alerts]
        return sorted(found)


def make_line(
    client: RedisClient, database: Database, folder: Path, clock: Clock
) -> Line:
    """A path that is not started yet."""
    sealer = Sealer(database, clock)
    metrics = ConsumerMetrics(CollectorRegistry())
    parts = ConsumerParts(client, database, clock, metrics, on_stored=sealer.wake)
    inbox = Inbox(InboxSettings(folder, SHARDS), client, clock)
    inbox.set_lease(CameraId("dock_2"), 1)
    return Line(inbox, AlertRepository(database), sealer, Consumers(SHARDS, parts))
