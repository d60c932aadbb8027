"""Delivery over real databases and a real HTTP server on this machine."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from prometheus_client import CollectorRegistry
from pydantic import SecretStr

from alerts.acknowledgement import begin_alarm
from alerts.alert import AlertId
from alerts.audit import Deed
from alerts.audit_trail import AuditTrail
from alerts.database import Database
from alerts.dedup import Telling
from alerts.outbox import NewTelling, enqueue
from alerts.sealer import Sealer
from alerts.tables import AlertRow
from base.clock import Clock, ManualClock
from delivery.channels import HookSecrets
from delivery.metrics import DeliveryMetrics
from delivery.rota import Rota
from delivery.teller import TellerParts
from rules.violation import Severity
from sites.schema import Site
from tests.alerts.conftest import (  # noqa: F401 - fixtures
    database,
    migrated_file,
    migrated_postgres,
    postgres_server,
)
from tests.api.stored import staged, store_alerts, violation
from tests.delivery.receiver import Receiver, receiver

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
KEY = "a key of more than sixteen signs"
TITLE = "东门 浙F12345 岗亭"


@pytest.fixture
def hook() -> Iterator[Receiver]:
    """The bureau's own server."""
    with receiver() as found:
        yield found


@pytest.fixture
def second_hook() -> Iterator[Receiver]:
    """Another one."""
    with receiver() as found:
        yield found


def webhook(url: str, timeout_s: float = 1.0) -> dict[str, object]:
    """A channel to a server on this machine."""
    return {
        "kind": "webhook",
        "url": url,
        "networks": ["127.0.0.0/8"],
        "timeout_s": timeout_s,
    }


def ladder(first: str, chief: str, timeout_s: float, after_s: int) -> dict[str, Any]:
    """A site's section: one channel at once, another where nobody answers."""
    return {
        "channels": {
            "first": webhook(first, timeout_s),
            "chief": webhook(chief, timeout_s),
        },
        "first": ["first"],
        "ladder": [["chief"]],
        "escalate_after_s": after_s,
    }


@dataclass(slots=True)
class Post:
    """What delivery stands on, and a site that may change."""

    database: Database
    clock: Clock
    section: dict[str, Any] = field(default_factory=dict)
    key: Callable[[str], SecretStr | None] = lambda _: SecretStr(KEY)

    def site(self) -> Site:
        """The configuration in force."""
        camera = {
            "title": TITLE,
            "feed": {"kind": "url", "looks": "rtsp://10.0.0.2/sub"},
        }
        return Site.model_validate(
            {
                "version": 1,
                "name": "test",
                "cameras": {"campus": camera},
                "delivery": self.section,
            }
        )

    def parts(self) -> TellerParts:
        """For a teller or a sender."""
        return TellerParts(
            database=self.database,
            site=self.site,
            secrets=HookSecrets(key=self.key, url=lambda _: None),
            public_url="https://desk.example",
            metrics=DeliveryMetrics(CollectorRegistry()),
            clock=self.clock,
        )

    def raise_s1(self, n: int = 1, **changes: object) -> AlertId:
        """An alarm that was just stored, owed to whom the site says."""
        wanted = {"severity": Severity.S1, "code": "CS-09", **changes}
        one = staged(n, **wanted)
        # it becomes an alarm in the transaction that owes its tellings, as for real
        (alert,) = store_alerts(self.database, [replace(one, severity=Severity.S3)])
        place = violation(one).place
        now = self.clock.utc_now()
        with self.database.transaction() as session:
            row = session.get(AlertRow, alert)
            assert row is not None
            row.stored_at, row.severity = now, one.severity.value
            told = Rota(self.site).of(place, one.code, one.severity)
            enqueue(session, row, NewTelling(Telling.OPENED, told), now)
            begin_alarm(session, row, now)
        return AlertId(alert)

    def trail(self) -> list[tuple[str, str]]:
        """The sealed audit trail: actor and action."""
        while Sealer(self.database, self.clock).seal():
            pass
        trail = AuditTrail(self.database)
        assert trail.first_break() is None
        return [(one.actor, one.action) for one in trail.after(0, 10_000)]


@pytest.fixture
def clock() -> ManualClock:
    """Time that moves when told."""
    return ManualClock(NOW)


@pytest.fixture
def post(database: Database, clock: ManualClock) -> Post:  # noqa: F811
    """A site without channels."""
    return Post(database, clock)


def heard(name: str, alert: AlertId) -> Deed:
    """Somebody acknowledges."""
    return Deed(name, "alarm.acknowledged", f"alert/{alert}", {})
