"""Cases over real databases, with a clock that moves when told."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from alerts.acknowledgement import begin_alarm, is_alarming
from alerts.alert import AlertId
from alerts.audit import AuditEntry
from alerts.audit_trail import AuditTrail
from alerts.database import Database
from alerts.memory_evidence_store import MemoryEvidenceStore
from alerts.sealer import Sealer
from alerts.tables import AlertRow
from base.clock import ManualClock
from cases.desk import Desk, open_desk
from cases.intake import ReviewIntake, adopt
from cases.life import Act
from cases.verdict import Reason, Ticks, Verdict
from identity.person import Person
from identity.right import Role
from rules.violation import Phase
from tests.alerts.conftest import (  # noqa: F401 - fixtures
    database,
    migrated_file,
    migrated_postgres,
    postgres_server,
)
from tests.api.stored import Staged, staged, store_alerts

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
ALL = Ticks(True, True, True, True)  # noqa: FBT003 - the four ticks


def person(name: str, *roles: Role, certificate: str = "33040200123") -> Person:
    """Somebody with a certificate unless told otherwise."""
    return Person(name, name, frozenset(roles or (Role.REVIEWER,)), certificate)


WANG, LI, ZHAO = person("wang"), person("li"), person("zhao", Role.SENIOR)


@dataclass(slots=True)
class Bureau:
    """A desk with what stands behind it."""

    database: Database
    clock: ManualClock
    desk: Desk
    intake: ReviewIntake
    store: MemoryEvidenceStore
    clue_reasons: list[str] = field(default_factory=list)

    def alert(self, n: int = 1, **changes: object) -> AlertId:
        """An alert in the queue."""
        changes = {"phase": Phase.DUE, **changes}
        return self.alerts([staged(n, **changes)])[0]

    def alerts(self, many: list[Staged]) -> list[AlertId]:
        """Alerts stored, with their reviews."""
        ids = store_alerts(self.database, many)
        adopt(self.database, self.intake, self.clock)
        return [AlertId(one) for one in ids]

    def follow(self, alert: UUID, **changes: object) -> None:
        """Let rules tell something new of an alert."""
        with self.database.transaction() as session:
            row = session.get(AlertRow, alert)
            assert row is not None
            was_alarming = is_alarming(row)
            row.revision += 1
            for name, value in changes.items():
                setattr(row, name, value)
            self.intake.alert_stored(session, row, self.clock.utc_now())
            if is_alarming(row) and not was_alarming:
                begin_alarm(session, row, self.clock.utc_now())
                self.intake.alarm_begun(session, row, self.clock.utc_now())

    def state(self, alert: AlertId) -> str:
        """Where its review stands."""
        return self.desk.reviews.get(alert)[0].state.value

    def trail(self) -> list[AuditEntry]:
        """The sealed audit trail, whole."""
        while Sealer(self.database, self.clock).seal():
            pass
        trail = AuditTrail(self.database)
        assert trail.first_break() is None
        return list(trail.after(0, 10_000))


@pytest.fixture
def bureau(database: Database) -> Bureau:  # noqa: F811
    """Nobody has done anything yet; every alert may be evidence."""
    clock = ManualClock(NOW)
    reasons: list[str] = []
    store = MemoryEvidenceStore()
    desk = open_desk(database, store, clock, lambda _alert: tuple(reasons))
    return Bureau(database, clock, desk, ReviewIntake(), store, reasons)


def run_together(deeds: Sequence[Callable[[], None]]) -> None:
    """Do all at the same time; what one raises is raised here."""
    with ThreadPoolExecutor(len(deeds)) as pool:
        for done in [pool.submit(deed) for deed in deeds]:
            done.result()


def confirmed(reached: datetime = NOW, **changes: object) -> Verdict:
    """A confirmation of evidence grade with all that it wants."""
    wanted = {"ticks": ALL, "clip_reached": reached, **changes}
    return Verdict(Act.CONFIRM_EVIDENCE, **wanted)  # type: ignore[arg-type]


def agreed(**changes: object) -> Verdict:
    """A second look that agrees."""
    wanted = {"ticks": ALL, "clip_reached": NOW, **changes}
    return Verdict(Act.AGREE, **wanted)  # type: ignore[arg-type]


CLUE = Verdict(Act.CONFIRM_CLUE)
PERMITTED = Verdict(Act.REJECT, reason=Reason.PERMITTED)
LATER = timedelta(minutes=10)
