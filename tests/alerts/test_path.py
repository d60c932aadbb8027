"""From a worker's inbox to the repository on real servers: nothing lost or doubled."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from alerts.alert import AlertId, EventKind
from alerts.consumer import waiting
from alerts.database import Database
from alerts.errors import NotFoundError, StoreError
from alerts.outbox import Outbox
from alerts.pack import Pack, PackId, PackState
from alerts.redis_client import RedisClient
from base.clock import SystemClock
from base.ids import CameraId
from rules.violation import Life
from tests.alerts.path_rig import SHARDS, Line, make_line, until
from tests.alerts.violations import place, violation


@pytest.fixture
def line(client: RedisClient, database: Database, tmp_path: Path) -> Iterator[Line]:
    """The path over each kind of Redis and each kind of database, running."""
    made = make_line(client, database, tmp_path / "spool", SystemClock())
    made.start()
    yield made
    made.stop()


def test_raised_violation_becomes_a_readable_alert(
    line: Line, client: RedisClient
) -> None:
    """One violation through its life is one alert, with its events in order."""
    told = violation()
    line.inbox.raise_alert(told)
    line.inbox.raise_alert(violation(life=Life.PERSISTING, revision=2, at_s=400))
    line.inbox.raise_alert(violation(life=Life.CLEARED, revision=3, at_s=500))
    until(line.settled)

    alert = line.alerts.get_alert(AlertId(told.id))
    assert alert.life is Life.CLEARED
    assert alert.revision == 3
    assert alert.violation.revision == 3
    assert alert.sources[0].seq == 3
    until(lambda: line.alerts.last_seq() == 3)
    events = line.alerts.events_after(0)
    assert [e.seq for e in events] == [1, 2, 3]
    assert [e.kind for e in events] == [
        EventKind.ALERT_RAISED,
        EventKind.ALERT_CHANGED,
        EventKind.ALERT_CHANGED,
    ]
    assert waiting(client, SHARDS) == {0: 0, 1: 0}


def test_five_hundred_alerts_arrive_once_each(line: Line) -> None:
    """A flood from many cameras is stored whole; paging meets each alert once."""
    raised = [violation(place(f"c{n % 20}", f"x{n}")) for n in range(500)]
    for n in range(20):
        line.inbox.set_lease(CameraId(f"c{n}"), 1)
    for told in raised:
        line.inbox.raise_alert(told)
    until(line.settled)

    assert line.ids() == sorted(told.id for told in raised)


def test_two_cameras_on_the_same_car_are_one_alert_with_two_sources(
    line: Line, database: Database
) -> None:
    """Scenario 8: told once, ended when neither sees it, evidence of both in reach."""
    for camera in ("north", "south"):
        line.inbox.set_lease(CameraId(camera), 1)
    north = violation(place("north", "x10y20", ground="square"))
    south = violation(place("south", "x77y31", ground="square"), at_s=75)
    line.inbox.raise_alert(north)
    line.inbox.raise_alert(south)
    for told in (north, south):
        line.inbox.send_pack(Pack(PackId(told.id), PackState.PARTIAL))
    until(line.settled)

    (only,) = line.ids()
    alert = line.alerts.get_alert(only)
    assert [s.violation.place.camera for s in alert.sources] == ["north", "south"]
    assert {pack.id for pack in line.alerts.packs_of(only)} == {north.id, south.id}
    assert len(Outbox(database).owed(SystemClock().utc_now())) == 1
    for told in (north, south):
        assert line.alerts.get_alert(only).life is Life.OPEN
        line.inbox.raise_alert(
            replace(told, revision=2, life=Life.CLEARED, cleared_at=told.at)
        )
        until(line.settled)
    assert line.alerts.get_alert(only).life is Life.CLEARED


def test_evidence_finds_its_alert_whichever_comes_first(line: Line) -> None:
    """A pack sent before its alert is found with it; a later state replaces it."""
    told = violation()
    pack = Pack(PackId(told.id), PackState.PENDING)
    line.inbox.send_pack(pack)
    until(line.settled)
    assert line.alerts.pack_of(AlertId(told.id)).state is PackState.PENDING
    line.inbox.raise_alert(told)
    line.inbox.send_pack(replace(pack, state=PackState.COMPLETE))
    line.inbox.send_pack(pack)
    until(line.settled)

    alert = line.alerts.get_alert(AlertId(told.id))
    assert alert.evidence is PackState.COMPLETE
    with pytest.raises(NotFoundError):
        line.alerts.pack_of(AlertId(violation(place(slot="x9")).id))


@pytest.mark.parametrize("life", [Life.CANDIDATE, Life.DROPPED])
def test_what_never_opened_stays_inside(line: Line, life: Life) -> None:
    """Candidates and dropped ones are not sent."""
    line.inbox.raise_alert(violation(life=life, opened_at=None))

    assert line.inbox.lag().entries == 0


def test_camera_without_a_lease_is_refused(line: Line) -> None:
    """Nothing is sent under a lease nobody took."""
    told = violation(place("unknown"))
    with pytest.raises(StoreError, match="no lease"):
        line.inbox.raise_alert(told)


def test_new_lease_of_a_camera_goes_on_with_the_same_alert(line: Line) -> None:
    """After a restart the worker's count begins again and the alert is the same."""
    told = violation()
    line.inbox.raise_alert(told)
    line.inbox.raise_alert(replace(told, revision=2))
    line.inbox.set_lease(CameraId("dock_2"), 2)
    line.inbox.raise_alert(replace(told, revision=3, life=Life.PERSISTING))
    until(line.settled)

    (alert,) = [line.alerts.get_alert(found) for found in line.ids()]
    assert (alert.life, alert.sources[0].lease_epoch) == (Life.PERSISTING, 2)
    assert alert.first_seen == told.first_seen
