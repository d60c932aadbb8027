"""From a worker's inbox to the repository on real servers: nothing lost or doubled."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from alerts.alert import AlertFilter, AlertId, EventKind
from alerts.consumer import ConsumerParts, waiting
from alerts.consumer_metrics import ConsumerMetrics
from alerts.consumers import Consumers
from alerts.database import Database
from alerts.inbox import Inbox, InboxSettings
from alerts.redis_client import RedisClient
from alerts.repository import AlertRepository
from alerts.sealer import Sealer
from base.clock import SystemClock
from base.ids import CameraId
from rules.violation import Life
from tests.alerts.violations import place, violation

SHARDS = 2


def until(met: Callable[[], bool], timeout_s: float = 20.0) -> None:
    """Wait for a condition that other threads bring about."""
    deadline = time.monotonic() + timeout_s
    while not met():
        assert time.monotonic() < deadline, "it never came about"
        time.sleep(0.01)


@dataclass
class Line:
    """A running path: inbox, consumers, sealer, repository."""

    inbox: Inbox
    alerts: AlertRepository
    sealer: Sealer
    consumers: Consumers

    def settled(self) -> bool:
        return self.inbox.lag().entries == 0

    def stop(self) -> None:
        self.inbox.close()
        self.consumers.stop()
        self.sealer.stop()


@pytest.fixture
def line(client: RedisClient, database: Database, tmp_path: Path) -> Iterator[Line]:
    """The path over each kind of Redis and each kind of database."""
    clock = SystemClock()
    sealer = Sealer(database, clock)
    metrics = ConsumerMetrics(CollectorRegistry())
    parts = ConsumerParts(client, database, clock, metrics, on_stored=sealer.wake)
    consumers = Consumers(SHARDS, parts)
    inbox = Inbox(InboxSettings(tmp_path / "spool", SHARDS), client, clock)
    inbox.set_lease(CameraId("dock_2"), 1)
    made = Line(inbox, AlertRepository(database), sealer, consumers)
    sealer.start()
    inbox.start()
    consumers.start()
    yield made
    made.stop()


def test_raised_violation_becomes_a_readable_alert(
    line: Line, client: RedisClient
) -> None:
    """One violation through its life is one alert, with its events in order."""
    told = violation()
    line.inbox.raise_alert(told)
    line.inbox.raise_alert(violation(life=Life.PERSISTING, revision=2, at_s=400))
    line.inbox.raise_alert(violation(life=Life.CLEARED, revision=3, at_s=500))
    until(line.settled)

    alert = line.alerts.get_alert(AlertId(told.id))
    assert alert.life is Life.CLEARED
    assert alert.revision == 3
    assert alert.violation.revision == 3
    assert alert.sources[0].seq == 3
    until(lambda: line.alerts.last_seq() == 3)
    events = line.alerts.events_after(0)
    assert [e.seq for e in events] == [1, 2, 3]
    assert [e.kind for e in events] == [
        EventKind.ALERT_RAISED,
        EventKind.ALERT_CHANGED,
        EventKind.ALERT_CHANGED,
    ]
    assert waiting(client, SHARDS) == {0: 0, 1: 0}


def test_five_hundred_alerts_arrive_once_each(line: Line) -> None:
    """A flood from one camera is stored whole; paging meets each alert once."""
    raised = [violation(place(slot=f"x{n}")) for n in range(500)]
    for told in raised:
        line.inbox.raise_alert(told)
    until(line.settled)

    seen: list[AlertId] = []
    page = line.alerts.list_alerts(AlertFilter(), limit=64)
    seen += [alert.id for alert in page.alerts]
    while page.next is not None:
        page = line.alerts.list_alerts(AlertFilter(), page.next, 64)
        seen += [alert.id for alert in page.alerts]
    assert sorted(seen) == sorted(told.id for told in raised)
