"""A machine before anybody has a name: the siren is silenced, on record as unnamed."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from alerts.database import Database, open_database
from alerts.migrate import migrate
from alerts.tables import AuditIntakeRow
from base.clock import SystemClock
from cases.intake import ReviewIntake, adopt
from rules.violation import Phase, Severity
from tests.api.serving import served
from tests.api.stored import staged, store_alerts
from tests.desk.sitting import DESK_PX

pytestmark = [pytest.mark.process, pytest.mark.timeout(120)]


@dataclass(frozen=True, slots=True)
class Machine:
    """A service nobody has a name at, with an alarm that sounds."""

    address: str
    database: Database


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    """The API and the desk alone, over an empty database with one S1."""
    url = f"sqlite:///{tmp_path}/nonsite.db"
    database = open_database(url)
    migrate(database)
    store_alerts(database, [staged(1, severity=Severity.S1, phase=Phase.DUE)])
    adopt(database, ReviewIntake(), SystemClock())
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with served(url, port):
        yield Machine(f"http://127.0.0.1:{port}", database)
    database.close()


def test_the_siren_is_silenced_by_nobody_named(
    machine: Machine, browser: Browser
) -> None:
    """The bar says that people must be added, and what silencing is worth."""
    context = browser.new_context(viewport=DESK_PX, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{machine.address}/alerts")
    bar = page.locator(".alarms")
    expect(bar).to_contain_text("请先添加人员：nonsite users add")
    bar.get_by_role("button", name="静音（未具名）").click()
    expect(bar).to_have_count(0)
    context.close()

    with machine.database.reading() as session:
        deeds = session.query(AuditIntakeRow).filter_by(action="alarm.silenced")
        assert [deed.actor for deed in deeds] == ["local"]
