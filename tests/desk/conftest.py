"""One real service for all browser tests: real feeds, real stores, real browsers."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright
from sqlalchemy import delete, select

from alerts.audit import AuditEntry
from alerts.audit_trail import AuditTrail
from alerts.database import Database, open_database
from base.clock import SystemClock
from cases.review import LEASE_S
from cases.tables import ReviewRow
from identity.tables import SessionRow
from nonsite.data_folder import DataFolder
from tests.desk.footage import large_footage
from tests.desk.people import EVERYBODY, PASSWORD, add_everybody
from tests.desk.site import site_text
from tests.desk.sitting import DESK_PX, Sitting
from tests.desk.staging import Staged, Stager, stager
from tests.nonsite.service_process import ROOT, ServiceProcess, running, wait_for

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync "
    "--autoplay-policy=no-user-gesture-required"
).split()
PATIENCE_MS = 20_000
"""CI has few and slow cores; nothing is judged by how long it takes here."""
expect.set_options(timeout=PATIENCE_MS)
BUILT = ROOT / "api" / "desk_built" / "index.html"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip, in a plain word, where there is no browser, no ffmpeg or no built desk."""
    lacking = [
        word
        for word, is_there in (
            ("Chromium is missing: run `make apt`", Path(CHROMIUM).exists()),
            ("ffmpeg is missing: run `make apt`", shutil.which("ffmpeg")),
            ("the desk is not built: run `make desk`", BUILT.is_file()),
        )
        if not is_there
    ]
    for item in items:
        if "tests/desk/" in item.path.as_posix() and lacking:
            item.add_marker(pytest.mark.skip(reason=lacking[0]))


@dataclass(frozen=True, slots=True)
class Stage:
    """The service and what it stands on."""

    service: ServiceProcess
    stager: Stager
    site: Path
    data: Path
    footage: Path
    database: Database
    senior: httpx.Client

    @contextmanager
    def api(self, name: str) -> Iterator[httpx.Client]:
        """A client of the API, logged in as `name`."""
        with _client(self.service.address, name) as client:
            yield client

    def put(self, wanted: Staged | None = None) -> UUID:
        """Stage an alert, and wait until the API has it, pack included."""
        wanted = wanted or Staged()
        alert = self.stager.put(wanted)

        def is_there() -> bool:
            answer = self.senior.get(f"/alerts/{alert}")
            whole = {"complete", "partial"} if wanted.has_pack else {"pending"}
            return answer.status_code == 200 and answer.json()["evidence"] in whole

        assert wait_for(is_there, 60), self.service.said[-2000:]
        return alert

    def review(self, alert: UUID | str) -> dict[str, Any]:
        """Where an alert stands, as a senior is told."""
        found: dict[str, Any] = self.senior.get(f"/alerts/{alert}/review").json()
        return found

    def let_lease_run_out(self, alert: UUID) -> None:
        """As if the person had gone: what is left of the lease passes at once."""
        with self.database.transaction() as session:
            row = session.scalars(
                select(ReviewRow).where(ReviewRow.alert_id == alert)
            ).one()
            assert row.claimed_since is not None
            earlier = SystemClock().utc_now() - timedelta(seconds=LEASE_S + 1)
            row.claimed_since = earlier
            row.claimed_until = earlier + timedelta(seconds=LEASE_S)

    def end_sessions(self, name: str) -> None:
        """As if the shift had passed: every session of `name` is over."""
        with self.database.transaction() as session:
            session.execute(delete(SessionRow).where(SessionRow.person == name))

    def audited(self) -> tuple[AuditEntry, ...]:
        """The sealed audit trail; it holds."""
        trail = AuditTrail(self.database)
        assert trail.first_break() is None
        return trail.after(0, 10_000)


@contextmanager
def _client(address: str, name: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{address}/api/v1", timeout=20) as client:
        me = client.post("/login", json={"name": name, "password": PASSWORD})
        me.raise_for_status()
        client.headers["X-CSRF-Token"] = me.json()["csrf"]
        yield client


@pytest.fixture(scope="session")
def footage(tmp_path_factory: pytest.TempPathFactory, sample: Path) -> Path:
    """The sample, as large as evidence must be."""
    return large_footage(sample, tmp_path_factory.mktemp("footage"))


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory, footage: Path) -> Iterator[Stage]:
    """`nonsite run` with people who have names."""
    folder = tmp_path_factory.mktemp("desk")
    data, site = folder / "data", folder / "site.yaml"
    site.write_text(site_text(footage), encoding="utf-8")
    add_everybody(data)
    with running(site, data) as service, stager(data, site, footage) as staging:
        database = open_database(f"sqlite:///{DataFolder(data).database}")
        with _client(service.address, "wu.min") as senior:
            yield Stage(service, staging, site, data, footage, database, senior)
        database.close()


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """Ended with the module: its event loop would disturb other tests."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Debian's Chromium."""
    opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    yield opened
    opened.close()


Seat = Callable[..., Sitting]


@pytest.fixture
def seat(stage: Stage, browser: Browser) -> Iterator[Seat]:
    """Somebody sits down: `seat("chen.jing")`; consoles are asked at the end."""
    taken: list[Sitting] = []

    def sit(name: str | None, **options: Any) -> Sitting:
        chosen = {"viewport": DESK_PX, "locale": "zh-CN", **options}
        context = browser.new_context(**chosen)
        sitting = Sitting(context.new_page(), context, stage.service.address)
        taken.append(sitting)
        return sitting if name is None else sitting.log_in(name)

    yield sit
    for sitting in taken:
        sitting.context.close()
    complaints = [said for sitting in taken for said in sitting.complaints()]
    assert complaints == []


@pytest.fixture(scope="session")
def names() -> dict[str, str]:
    """Login name -> full name."""
    return {name: full for name, full, _, _ in EVERYBODY}
