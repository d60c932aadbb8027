"""What entries make of alerts, on SQLite and PostgreSQL, even when Redis forgot."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from alerts.alert import Alert, AlertFilter, AlertId
from alerts.alert_book import AlertBook
from alerts.alert_writer import AlertWriter
from alerts.database import Database
from alerts.dedup import Reason, Telling
from alerts.outbox import DeskOnly, Outbox
from alerts.repository import AlertRepository
from alerts.stream_entry import RaisedEntry
from alerts.suppression import Origin
from alerts.tables import SuppressionRow
from rules.violation import Life, Phase, Severity, Violation, violation_id
from tests.alerts.violations import T0, message, place, violation

NOW = T0 + timedelta(hours=1)


class Store:
    """Writes messages as a consumer would and reads them back."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.alerts = AlertRepository(database)
        self._seq = 0

    def write(
        self,
        *told: Violation,
        telling: Telling | None = None,
        held: Reason | None = None,
        alert: Violation | None = None,
    ) -> None:
        entries = []
        for one in told:
            self._seq += 1
            about = message(one, self._seq)
            entries.append(RaisedEntry(about, (alert or one).id, telling, held))
        self.entries(entries)

    def entries(self, entries: Sequence[RaisedEntry]) -> list[bool]:
        database = self.database
        with database.transaction() as session, session.no_autoflush:
            book = AlertBook(session, row_locks=database.is_postgres)
            violations = [entry.message.violation for entry in entries]
            book.load(violations, [entry.alert for entry in entries])
            writer = AlertWriter(book, DeskOnly())
            return [
                writer.raised(entry, Origin("spool", entry.message.seq, NOW))
                for entry in entries
            ]

    def all(self) -> tuple[Alert, ...]:
        return self.alerts.list_alerts(AlertFilter(), limit=500).alerts

    def suppressed(self) -> list[tuple[str, str]]:
        with self.database.reading() as session:
            rows = session.scalars(select(SuppressionRow).order_by(SuppressionRow.id))
            return [(row.reason, row.detail) for row in rows]


@pytest.fixture
def store(database: Database) -> Store:
    """A store of either kind."""
    return Store(database)


def test_alert_reads_back_as_it_was_told(store: Store) -> None:
    """Box, clauses, times and place survive the tables of both databases."""
    told = violation()
    store.write(told)

    alert = store.alerts.get_alert(AlertId(told.id))
    assert alert.violation == told
    assert alert.place == told.place
    assert (alert.life, alert.phase, alert.severity) == (
        Life.OPEN,
        Phase.GRACE,
        Severity.S3,
    )
    assert (alert.first_seen, alert.opened_at) == (told.first_seen, told.opened_at)
    assert alert.stored_at == NOW
    assert alert.sources[0].violation == told


def test_written_twice_is_written_once(store: Store) -> None:
    """A redelivered entry changes nothing: no revision, no telling, no event."""
    entry = RaisedEntry(message(violation()), violation().id, Telling.OPENED, None)

    assert store.entries([entry, entry]) == [True, False]
    assert store.entries([entry]) == [False]
    assert store.all()[0].revision == 1
    assert len(Outbox(store.database).owed(NOW)) == 1
    assert store.alerts.counts().unsealed == 1


def test_illegal_step_is_recorded_and_not_applied(store: Store) -> None:
    """A cleared violation that says it is open stays cleared, with the reason kept."""
    store.write(violation(), violation(life=Life.CLEARED, revision=2, at_s=90))
    store.write(violation(life=Life.OPEN, revision=3, at_s=95))

    assert store.all()[0].life is Life.CLEARED
    assert store.suppressed() == [("illegal_step", "cleared to open, revision 3")]
    store.write(violation(life=Life.REOPENED, revision=4, at_s=99))
    assert store.all()[0].life is Life.REOPENED


def test_two_cameras_on_one_ground_are_one_alert_with_two_sources(
    store: Store,
) -> None:
    """The alert lasts until neither camera sees the thing."""
    one = violation(place("one", ground="square"))
    two = violation(place("two", "x7", ground="square"), at_s=80)
    store.write(one)
    store.write(two, alert=one, held=Reason.MERGED, telling=Telling.OPENED)

    (alert,) = store.all()
    assert [s.violation.id for s in alert.sources] == [one.id, two.id]
    store.write(replace(one, revision=2, life=Life.CLEARED))
    assert store.all()[0].life is Life.OPEN
    store.write(replace(two, revision=2, life=Life.CLEARED))
    assert store.all()[0].life is Life.CLEARED
    assert store.suppressed() == [("merged", "opened not told")]


def test_ground_is_merged_even_when_redis_forgot(store: Store) -> None:
    """The rows of the place say that it is the same matter."""
    one = violation(place("one", ground="square"))
    two = violation(place("two", ground="square"))
    store.write(one)
    store.write(two)

    assert [len(alert.sources) for alert in store.all()] == [2]


def test_two_cameras_in_one_batch_are_merged(store: Store) -> None:
    """It makes no difference whether they come in one transaction or two."""
    one = violation(place("one", ground="square"))
    store.write(one, violation(place("two", ground="square")))

    assert [alert.id for alert in store.all()] == [one.id]


def test_slot_that_began_anew_ends_the_old_alert(store: Store) -> None:
    """Clocks were lost: the old alert is over, a new one begins."""
    old = violation()
    later = T0 + timedelta(hours=2)
    anew = replace(
        violation(),
        id=violation_id(old.place, "SW-01", later),
        first_seen=later,
        opened_at=later,
    )
    store.write(old)
    store.write(anew)

    newest, oldest = store.all()
    assert (newest.id, newest.life) == (anew.id, Life.OPEN)
    assert (oldest.id, oldest.life) == (old.id, Life.CLEARED)
    assert oldest.sources[0].superseded


def test_alert_is_as_grave_and_as_due_as_its_sources(store: Store) -> None:
    """Phase and severity follow the worst source that still sees it."""
    one = violation(place("one", ground="square"))
    two = replace(
        violation(place("two", ground="square")),
        severity=Severity.S1,
        phase=Phase.DUE,
    )
    store.write(one, two)

    alert = store.all()[0]
    assert (alert.severity, alert.phase) == (Severity.S1, Phase.DUE)
    store.write(replace(two, revision=2, life=Life.CLEARED))
    alert = store.all()[0]
    assert (alert.severity, alert.phase) == (Severity.S3, Phase.GRACE)


def test_telling_is_owed_to_the_desk(store: Store) -> None:
    """Nobody is named: the desk is told, once, and the row is settled when sent."""
    told = violation()
    store.write(told, telling=Telling.OPENED)
    outbox = Outbox(store.database)

    (owed,) = outbox.owed(NOW)
    assert (owed.recipient, owed.telling, owed.alert) == (
        "desk",
        Telling.OPENED,
        told.id,
    )
    outbox.put_off(owed.id, NOW + timedelta(minutes=1), "rtsp://u:s3cret@h refused")
    assert outbox.owed(NOW) == ()
    (owed,) = outbox.owed(NOW + timedelta(minutes=1))
    assert owed.attempts == 1
    outbox.mark_sent(owed.id, NOW)
    assert outbox.owed(NOW + timedelta(days=1)) == ()


def test_gravest_telling_is_sent_first(store: Store) -> None:
    """Danger to life does not queue behind parking."""
    store.write(violation(), telling=Telling.OPENED)
    grave = replace(violation(place(slot="x2")), severity=Severity.S1)
    store.write(grave, telling=Telling.OPENED)

    owed = Outbox(store.database).owed(NOW)
    assert [one.severity for one in owed] == [Severity.S1, Severity.S3]


def test_order_of_a_list_never_changes(store: Store) -> None:
    """An earlier opening told later by another camera moves nothing."""
    one = violation(place("one", ground="square"))
    earlier = T0 - timedelta(hours=1)
    two = replace(violation(place("two", ground="square")), opened_at=earlier)
    store.write(one)
    store.write(two)

    assert store.all()[0].opened_at == one.opened_at
