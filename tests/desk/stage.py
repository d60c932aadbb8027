"""One real service for the desk's tests, the guide and the benchmark of the desk."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
from sqlalchemy import delete, select

from alerts.audit import AuditEntry
from alerts.audit_trail import AuditTrail
from alerts.database import Database, open_database
from alerts.object_store import ObstoreEvidenceStore
from alerts.pack import PackState
from alerts.tables import PackRow
from base.clock import SystemClock
from cases.review import LEASE_S
from cases.tables import MissLookRow, ReviewRow
from identity.tables import SessionRow
from nonsite.data_folder import DataFolder
from tests.desk.footage import picture_of
from tests.desk.people import PASSWORD, add_everybody
from tests.desk.site import site_text
from tests.desk.staging import Staged, Stager, stager
from tests.nonsite.service_process import ServiceProcess, running, wait_for

LOOPBACK = "127.0.0.0/8"
"""Where pages may name cameras: the tests' own streams."""


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
        with client_of(self.service.address, name) as client:
            yield client

    def anybody(self) -> httpx.Client:
        """A client of the API that nobody has logged in."""
        return httpx.Client(base_url=f"{self.service.address}/api/v1", timeout=20)

    def put(self, wanted: Staged | None = None) -> UUID:
        """Stage an alert, and wait until the API has it, pack included."""
        return self.put_all((wanted or Staged(),))[0]

    def put_all(self, wanted: tuple[Staged, ...]) -> list[UUID]:
        """Stage many, and wait until the API has them all."""
        alerts = [self.stager.put(one) for one in wanted]
        for alert, one in zip(alerts, wanted, strict=True):
            assert wait_for(self._has(alert, one), 60), self.service.said[-2000:]
        return alerts

    def _has(self, alert: UUID, wanted: Staged) -> Callable[[], bool]:
        whole = {"complete", "partial"} if wanted.has_pack else {"pending"}

        def has() -> bool:
            answer = self.senior.get(f"/alerts/{alert}")
            return answer.status_code == 200 and answer.json()["evidence"] in whole

        return has

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

    def put_miss_look(self, camera: str, codes: tuple[str, ...]) -> UUID:
        """A look that raised nothing, as the hourly sample keeps it."""
        store = ObstoreEvidenceStore(
            str(DataFolder(self.data).evidence), reserve_bytes=0
        )
        stored = store.put([picture_of(self.footage, 6.0)])
        row = MissLookRow(
            id=uuid4(),
            camera=camera,
            at=SystemClock().utc_now(),
            picture=stored.key,
            codes=list(codes),
            seen=None,
            comment="",
        )
        with self.database.transaction() as session:
            # the day's own sample may have drawn one meanwhile
            session.execute(
                delete(MissLookRow).where(MissLookRow.answered_by.is_(None))
            )
            session.add(row)
            return row.id

    def is_sealed(self, violation: UUID) -> bool:
        """Whether the evidence of a violation is complete."""
        with self.database.reading() as session:
            row = session.get(PackRow, violation)
            return row is not None and row.state == PackState.COMPLETE.value

    def miss_answer(self, look: UUID) -> tuple[str | None, object]:
        """Who answered a look, and what they saw in it."""
        with self.database.reading() as session:
            row = session.get_one(MissLookRow, look)
            return row.answered_by, row.seen

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
def client_of(address: str, name: str) -> Iterator[httpx.Client]:
    """A client of the API at `address`, logged in as `name`."""
    with httpx.Client(base_url=f"{address}/api/v1", timeout=20) as client:
        me = client.post("/login", json={"name": name, "password": PASSWORD})
        me.raise_for_status()
        client.headers["X-CSRF-Token"] = me.json()["csrf"]
        yield client


@contextmanager
def open_stage(folder: Path, footage: Path) -> Iterator[Stage]:
    """`nonsite run` in `folder`, with people who have names."""
    data, site = folder / "data", folder / "site.yaml"
    site.write_text(site_text(footage), encoding="utf-8")
    add_everybody(data)
    with (
        running(site, data, NONSITE_FEED_NETWORKS=LOOPBACK) as service,
        stager(data, site, footage) as staging,
        client_of(service.address, "wu.min") as senior,
    ):
        database = open_database(f"sqlite:///{DataFolder(data).database}")
        yield Stage(service, staging, site, data, footage, database, senior)
        database.close()
