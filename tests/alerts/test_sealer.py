"""Numbers of events have no gaps and no surprises; the audit chain shows tampering."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from alerts.alert import EventKind
from alerts.audit import Deed, record
from alerts.audit_trail import AuditTrail
from alerts.database import Database
from alerts.repository import AlertRepository
from alerts.sealer import Sealer
from alerts.tables import AuditIntakeRow, AuditRow, EventIntakeRow, EventRow
from base.clock import SystemClock

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


def write(database: Database, name: str, count: int = 1) -> None:
    """One transaction with events and audit entries."""
    with database.transaction() as session:
        for n in range(count):
            session.add(
                EventIntakeRow(
                    kind=EventKind.ALERT_CHANGED.value,
                    alert_id=None,
                    camera=name,
                    detail={"n": n},
                    at=NOW,
                )
            )
            record(session, NOW, Deed("tester", "thing.done", name, {"n": n, "f": 1.5}))


def test_numbers_are_gapless_under_concurrent_writers_and_sealers(
    database: Database,
) -> None:
    """A follower that reads on from its last number misses nothing, ever."""
    alerts = AlertRepository(database)
    sealers = [Sealer(database, SystemClock()) for _ in range(2)]
    for sealer in sealers:
        sealer.start()

    def write_ten(name: str) -> None:
        for _ in range(10):
            write(database, name, 3)

    writers = [threading.Thread(target=write_ten, args=(f"w{k}",)) for k in range(4)]
    for writer in writers:
        writer.start()
    seen: list[tuple[int, str | None, object]] = []
    while len(seen) < 120:
        after = seen[-1][0] if seen else 0
        found = alerts.events_after(after, 50)
        seen += [(e.seq, e.camera, e.detail["n"]) for e in found]
    for writer in writers:
        writer.join()
    for sealer in sealers:
        sealer.stop()

    assert [seq for seq, _, _ in seen] == list(range(1, 121))
    for k in range(4):
        assert [n for _, camera, n in seen if camera == f"w{k}"] == [0, 1, 2] * 10
    assert alerts.last_seq() == 120
    assert AuditTrail(database).first_break() is None


def test_numbers_go_on_after_the_log_was_emptied(database: Database) -> None:
    """Retention may delete sealed events; their numbers are never given again."""
    sealer = Sealer(database, SystemClock())
    write(database, "a", 3)
    sealer.seal()
    with database.transaction() as session:
        session.execute(delete(EventRow))
    write(database, "b")
    sealer.seal()

    assert [e.seq for e in AlertRepository(database).events_after(0)] == [4]


def test_sealing_nothing_writes_nothing(database: Database) -> None:
    """An idle sealer does not wake the disk."""
    sealer = Sealer(database, SystemClock())
    write(database, "a")

    assert [sealer.seal(), sealer.seal()] == [1, 0]


def _flip(session: Session) -> None:
    session.execute(update(AuditRow).where(AuditRow.seq == 3).values(detail={"n": 99}))


def _drop(session: Session) -> None:
    session.execute(delete(AuditRow).where(AuditRow.seq == 3))


def _cut_the_end(session: Session) -> None:
    session.execute(delete(AuditRow).where(AuditRow.seq >= 3))


def _cut_the_start(session: Session) -> None:
    session.execute(delete(AuditRow).where(AuditRow.seq == 1))


@pytest.mark.parametrize(
    ("tamper", "where"),
    [
        pytest.param(_flip, 3, id="a changed entry"),
        pytest.param(_drop, 4, id="a missing entry"),
        pytest.param(_cut_the_end, 3, id="a missing end"),
        pytest.param(_cut_the_start, 1, id="a missing start"),
    ],
)
def test_tampering_is_found_where_it_begins(
    database: Database, tamper: Callable[[Session], None], where: int
) -> None:
    """The first entry that does not hold is named."""
    write(database, "a", 6)
    Sealer(database, SystemClock()).seal()
    trail = AuditTrail(database)
    assert trail.first_break() is None
    with database.transaction() as session:
        tamper(session)

    assert trail.first_break() == where


def test_intake_is_emptied(database: Database) -> None:
    """What is sealed is in one place only."""
    write(database, "a", 5)
    Sealer(database, SystemClock()).seal()

    with database.reading() as session:
        assert session.query(EventIntakeRow).count() == 0
        assert session.query(AuditIntakeRow).count() == 0
