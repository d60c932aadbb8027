"""An S1 sounds until somebody has heard it, and again when it begins again."""

from datetime import timedelta

import pytest

from alerts.acknowledgement import Acknowledgement, Alarms
from alerts.alert import AlertId
from alerts.audit import Deed
from alerts.database import Database
from alerts.dedup import Reason, Telling
from alerts.errors import NoAlarmError, NotFoundError
from alerts.outbox import Outbox
from alerts.tables import AuditIntakeRow
from rules.violation import Life, Severity
from tests.alerts.test_alert_writer import NOW, Store
from tests.alerts.violations import violation

ALERT = AlertId(violation().id)
LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def store(database: Database) -> Store:
    """A store of either kind."""
    return Store(database)


def _tell(store: Store, revision: int, life: Life, severity: Severity) -> None:
    """What a worker tells; the dedup script holds everything back for a cooldown."""
    told = violation(
        life=life, revision=revision, severity=severity, at_s=60.0 + 20 * revision
    )
    is_back = life is Life.REOPENED
    held = Reason.COOLDOWN if is_back else None
    store.write(told, telling=Telling.REOPENED if is_back else None, held=held)


def _hear(store: Store, name: str) -> Acknowledgement:
    deed = Deed(name, "alarm.acknowledged", f"alert/{ALERT}", {})
    return Alarms(store.database).acknowledge(ALERT, deed, LATER)


def _sounding(store: Store) -> list[tuple[AlertId, int]]:
    return [(one.alert, one.number) for one in Alarms(store.database).sounding()]


def test_it_sounds_on_when_the_danger_is_over_unheard(store: Store) -> None:
    """Cleared after 20 s: nobody has looked, so it is no less an alarm."""
    _tell(store, 1, Life.OPEN, Severity.S1)
    _tell(store, 2, Life.CLEARED, Severity.S1)

    assert _sounding(store) == [(ALERT, 1)]
    _hear(store, "wang")
    assert _sounding(store) == []


def test_a_reopened_one_sounds_again_though_it_was_heard(store: Store) -> None:
    """Another alarm, told to people whatever the cooldown; the first answer stays."""
    _tell(store, 1, Life.OPEN, Severity.S1)
    _hear(store, "wang")
    _tell(store, 2, Life.CLEARED, Severity.S1)
    before = len(Outbox(store.database).owed(LATER))
    assert _sounding(store) == []

    _tell(store, 3, Life.REOPENED, Severity.S1)

    assert _sounding(store) == [(ALERT, 2)]
    assert Alarms(store.database).of(ALERT) is None
    assert len(Outbox(store.database).owed(LATER)) == before + 1
    assert _hear(store, "li").by == "li"


def test_one_that_reopens_unheard_is_the_same_alarm(store: Store) -> None:
    """It sounds still: nobody is told twice, and it climbs on from where it is."""
    _tell(store, 1, Life.OPEN, Severity.S1)
    _tell(store, 2, Life.CLEARED, Severity.S1)
    before = len(Outbox(store.database).owed(LATER))

    _tell(store, 3, Life.REOPENED, Severity.S1)

    assert _sounding(store) == [(ALERT, 1)]
    assert len(Outbox(store.database).owed(LATER)) == before


def test_what_rises_to_a_danger_to_life_sounds(store: Store) -> None:
    """Before, there is nothing to acknowledge that could silence it later."""
    _tell(store, 1, Life.OPEN, Severity.S3)
    with pytest.raises(NoAlarmError):
        _hear(store, "wang")
    assert _sounding(store) == []

    _tell(store, 2, Life.PERSISTING, Severity.S1)

    assert _sounding(store) == [(ALERT, 1)]
    (owed,) = Outbox(store.database).owed(LATER)
    assert (owed.telling, owed.severity) == (Telling.ESCALATED, Severity.S1)


def test_what_falls_and_rises_again_is_another_alarm(store: Store) -> None:
    """Whoever heard the first one heard nothing of the second."""
    _tell(store, 1, Life.OPEN, Severity.S1)
    _hear(store, "wang")
    _tell(store, 2, Life.PERSISTING, Severity.S2)
    _tell(store, 3, Life.PERSISTING, Severity.S1)

    assert _sounding(store) == [(ALERT, 2)]


def test_reopening_within_one_batch_of_entries_begins_it(store: Store) -> None:
    """A consumer that catches up stores all of it in one transaction."""
    _tell(store, 1, Life.OPEN, Severity.S1)
    _hear(store, "wang")
    lives = (Life.CLEARED, Life.REOPENED, Life.CLEARED, Life.REOPENED)
    store.write(
        *(
            violation(life=life, revision=n, severity=Severity.S1, at_s=60.0 + 20 * n)
            for n, life in enumerate(lives, 2)
        )
    )

    assert _sounding(store) == [(ALERT, 2)]


def test_the_first_who_hears_it_counts_and_each_beginning_is_on_record(
    store: Store,
) -> None:
    """A second answer changes nothing; an alert that is none is not found."""
    with pytest.raises(NotFoundError):
        _hear(store, "wang")
    _tell(store, 1, Life.OPEN, Severity.S1)

    assert _hear(store, "wang") == Acknowledgement("wang", LATER)
    assert _hear(store, "li") == Acknowledgement("wang", LATER)
    with store.database.reading() as session:
        actions = [row.action for row in session.query(AuditIntakeRow)]
    assert actions == ["alert.raised", "alarm.begun", "alarm.acknowledged"]
