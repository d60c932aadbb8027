"""From a worker's inbox to the bureau's own server: an S1 within 5 s, no verdict."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from alerts.consumer import ConsumerParts
from alerts.consumer_metrics import ConsumerMetrics
from alerts.consumers import Consumers
from alerts.database import Database
from alerts.embedded_valkey import EmbeddedValkey
from alerts.inbox import Inbox, InboxSettings
from alerts.redis_client import open_redis
from base.clock import SystemClock
from base.ids import CameraId
from delivery.rota import Rota
from delivery.sender import Sender
from rules.violation import Severity
from tests.alerts.path_rig import SHARDS, until
from tests.api.stored import staged, violation
from tests.delivery.conftest import Post, webhook
from tests.delivery.receiver import Receiver


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[EmbeddedValkey]:
    """The embedded server."""
    server = EmbeddedValkey(tmp_path / "valkey", SystemClock())
    server.start()
    yield server
    server.stop()


def test_life_danger_is_at_the_other_side_within_5_s(
    database: Database, valkey: EmbeddedValkey, hook: Receiver, tmp_path: Path
) -> None:
    """Spool, dedup, consumer, outbox, sender: 20 alarms, the slowest counts."""
    clock, client = SystemClock(), open_redis(valkey.url)
    post = Post(database, clock)
    post.section = {"channels": {"hook": webhook(hook.url)}, "first": ["hook"]}
    metrics = ConsumerMetrics(CollectorRegistry())
    parts = ConsumerParts(client, database, clock, metrics, recipients=Rota(post.site))
    consumers = Consumers(SHARDS, parts)
    inbox = Inbox(InboxSettings(tmp_path / "spool", SHARDS), client, clock)
    inbox.set_lease(CameraId("campus"), 1)
    sender = Sender(post.parts())
    raised = {}
    inbox.start()
    consumers.start()
    sender.start()
    try:
        for n in range(20):
            one = staged(n, severity=Severity.S1, code="CS-09")
            found = replace(violation(one), at=clock.utc_now())
            raised[str(found.id)] = time.time()
            inbox.raise_alert(found)
        until(lambda: len(hook.taken) >= 20)
    finally:
        inbox.close()
        consumers.stop()
        sender.stop()

    late = [one.at - raised[one.content["alert"]] for one in hook.taken]
    assert sorted(raised) == sorted(one.content["alert"] for one in hook.taken)
    assert max(late) <= 5.0, late
