"""Lists, single alerts, evidence and events as the API reads them."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from alerts.alert import Alert, AlertFilter, AlertId, Cursor
from alerts.database import Database
from alerts.errors import CursorError, NotFoundError
from alerts.evidence_store import ObjectKey, StoredObject
from alerts.evidence_writer import write_pack
from alerts.pack import EvidenceFile, Pack, PackId, PackState, Role
from alerts.repository import AlertRepository
from base.ids import CameraId
from detector.box import Box
from rules.violation import Gap, Life, Phase, Severity, Violation
from tests.alerts.test_alert_writer import NOW, Store
from tests.alerts.violations import T0, place, violation


@pytest.fixture
def alerts(database: Database) -> AlertRepository:
    """Four alerts, opened one minute after the other."""
    store = Store(database)
    told = [
        violation(place("gate", "x1")),
        violation(place("gate", "x2"), life=Life.CLEARED),
        replace(violation(place("dock", "x3")), severity=Severity.S1),
        replace(violation(place("dock", "x4")), phase=Phase.DUE),
    ]
    for n, one in enumerate(told):
        store.write(replace(one, opened_at=T0 + timedelta(minutes=n)))
    return AlertRepository(database)


def slots(found: tuple[Alert, ...]) -> list[str]:
    return [alert.place.slot for alert in found]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        pytest.param(AlertFilter(), ["x4", "x3", "x2", "x1"], id="all, newest first"),
        pytest.param(
            AlertFilter(cameras=frozenset({CameraId("gate")})),
            ["x2", "x1"],
            id="a camera",
        ),
        pytest.param(AlertFilter(lives=frozenset({Life.CLEARED})), ["x2"], id="a life"),
        pytest.param(
            AlertFilter(severities=frozenset({Severity.S1})), ["x3"], id="a severity"
        ),
        pytest.param(AlertFilter(phases=frozenset({Phase.DUE})), ["x4"], id="a phase"),
        pytest.param(AlertFilter(codes=frozenset({"WH-01"})), [], id="another code"),
        pytest.param(
            AlertFilter(
                opened_from=T0 + timedelta(minutes=1),
                opened_until=T0 + timedelta(minutes=3),
            ),
            ["x3", "x2"],
            id="a time, its end outside",
        ),
    ],
)
def test_list_holds_what_was_asked(
    alerts: AlertRepository, asked: AlertFilter, expected: list[str]
) -> None:
    """Every field of the filter narrows the list."""
    assert slots(alerts.list_alerts(asked).alerts) == expected


def test_pages_join_without_gap_or_overlap(alerts: AlertRepository) -> None:
    """A list cut at any page size is the same list."""
    whole = slots(alerts.list_alerts(AlertFilter()).alerts)
    for size in (1, 2, 3, 4):
        page = alerts.list_alerts(AlertFilter(), limit=size)
        found = slots(page.alerts)
        while page.next is not None:
            page = alerts.list_alerts(AlertFilter(), page.next, size)
            found += slots(page.alerts)
        assert found == whole


def test_page_does_not_shift_when_alerts_come_in(
    alerts: AlertRepository, database: Database
) -> None:
    """What is added above the cursor moves nothing below it."""
    first = alerts.list_alerts(AlertFilter(), limit=2)
    newer = replace(violation(place(slot="x9")), opened_at=T0 + timedelta(hours=9))
    Store(database).write(newer)
    second = alerts.list_alerts(AlertFilter(), first.next, 2)

    assert slots(second.alerts) == ["x2", "x1"]


def test_alerts_opened_at_one_moment_are_each_met_once(database: Database) -> None:
    """The id decides among equals."""
    store = Store(database)
    store.write(*[violation(place(slot=f"x{n}")) for n in range(9)])
    page = store.alerts.list_alerts(AlertFilter(), limit=4)
    found = slots(page.alerts)
    while page.next is not None:
        page = store.alerts.list_alerts(AlertFilter(), page.next, 4)
        found += slots(page.alerts)

    assert sorted(found) == [f"x{n}" for n in range(9)]


@pytest.mark.parametrize(
    "junk", ["", "x", "é", "AAAA", "bnVsbA", "W10", "WyIyMDI2LTExLTIzIiwgIjAwIl0"]
)
def test_cursor_of_junk_is_refused(alerts: AlertRepository, junk: str) -> None:
    """A cursor that is not ours is a named error."""
    with pytest.raises(CursorError):
        alerts.list_alerts(AlertFilter(), Cursor(junk))


def test_unknown_alert_is_not_found(alerts: AlertRepository) -> None:
    """The error names it."""
    unknown = AlertId(uuid4())
    with pytest.raises(NotFoundError, match=str(unknown)):
        alerts.get_alert(unknown)


def test_counts_tell_the_state_of_the_store(alerts: AlertRepository) -> None:
    """Figures by life and severity, and what waits."""
    counts = alerts.counts()

    assert counts.by_life == {Life.OPEN: 3, Life.CLEARED: 1}
    assert counts.live_by_severity == {Severity.S1: 1, Severity.S3: 2}
    # the life danger among them has begun to sound, and is to be told
    assert (counts.unsealed, counts.owed) == (5, 1)


def _file(name: str, parent: str | None = None) -> EvidenceFile:
    return EvidenceFile(
        name=name,
        role=Role.FIRST,
        media_type="image/jpeg",
        stored=StoredObject(ObjectKey(f"{len(name):064x}"), "3" * 64, 12),
        captured_at=T0,
        parent=parent,
        box=Box(0.1, 0.2, 0.3, 0.4),
    )


def _packed(told: Violation) -> Pack:
    files = (_file("b.jpg"), _file("a.annotated.jpg", "b.jpg"))
    gap = Gap(T0, T0 + timedelta(seconds=4))
    return Pack(
        PackId(told.id), PackState.PARTIAL, files, ("ended",), (gap,), "c", "net@1"
    )


def test_pack_reads_back_as_it_was_sealed(database: Database) -> None:
    """Order of files, digests, boxes and gaps survive both databases."""
    told = violation()
    store = Store(database)
    store.write(told)
    with database.transaction() as session:
        assert write_pack(session, _packed(told), NOW)

    assert store.alerts.pack_of(AlertId(told.id)) == _packed(told)
    assert store.alerts.packs_of(AlertId(told.id)) == (_packed(told),)
    file = store.alerts.evidence_file(AlertId(told.id), "a.annotated.jpg")
    assert file == _file("a.annotated.jpg", "b.jpg")
    alert = store.alerts.get_alert(AlertId(told.id))
    assert (alert.evidence, alert.evidence_reasons) == (PackState.PARTIAL, ("ended",))


def test_sealed_pack_does_not_go_back(database: Database) -> None:
    """A late or repeated telling of a pack changes nothing."""
    told = violation()
    store = Store(database)
    store.write(told)
    sealed = _packed(told)
    with database.transaction() as session:
        write_pack(session, sealed, NOW)
        assert not write_pack(session, sealed, NOW)
        pending = replace(sealed, state=PackState.PENDING, files=())
        assert not write_pack(session, pending, NOW)

    assert store.alerts.pack_of(AlertId(told.id)) == sealed


def test_packs_of_all_sources_are_found_own_first(database: Database) -> None:
    """The second camera's evidence is reached through the alert and by its id."""
    one = violation(place("one", ground="square"))
    two = violation(place("two", ground="square"))
    store = Store(database)
    store.write(one, two)
    with database.transaction() as session:
        write_pack(session, _packed(two), NOW)
        write_pack(session, _packed(one), NOW)

    packs = store.alerts.packs_of(AlertId(one.id))
    assert [pack.id for pack in packs] == [one.id, two.id]
    assert store.alerts.pack_of(AlertId(two.id)).id == two.id
    with pytest.raises(NotFoundError):
        store.alerts.evidence_file(AlertId(one.id), "nothing.jpg")
