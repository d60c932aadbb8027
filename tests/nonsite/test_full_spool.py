"""A spool that takes no more, and a worker that ends: nothing is forgotten."""

from dataclasses import replace
from pathlib import Path

from alerts.dedup import Submission
from alerts.inbox import Inbox, InboxSettings
from alerts.redis_client import RedisClient
from alerts.redis_clock_store import RedisClockStore
from alerts.spool import Spool
from alerts.spooled import decode_spooled
from base.clock import SystemClock
from base.ids import CameraId
from rules.violation import Life, Phase
from tests.alerts.violations import violation
from tests.nonsite.posts_rig import (
    DOCK,
    OLD,
    WITHIN_S,
    Worker,
    judge,
    site_with_a_car,
)
from tests.nonsite.service_process import wait_for

CLOCKS = CameraId(f"{DOCK}/home")


def _bound(inbox: Inbox, max_bytes: int) -> None:
    inbox._spool._max_bytes = max_bytes


def test_clocks_do_not_run_ahead_of_a_full_spool(
    worker: Worker, client: RedisClient
) -> None:
    """A worker killed with alerts in memory alone leaves the clocks of before them."""
    changed, looks = site_with_a_car()
    worker.posts.apply(changed, OLD, (DOCK,))
    tools, store = worker.posts._tools, RedisClockStore(client)
    elsewhere = violation()
    tools.inbox.set_lease(elsewhere.place.camera, 1)
    _bound(tools.inbox, 0)
    tools.inbox.raise_alert(elsewhere)

    assert judge(worker, looks[:-1])
    assert tools.inbox.lag().unspooled == 3  # of the car: opened, and still there
    assert not wait_for(lambda: store.load(CLOCKS), 0.5)

    _bound(tools.inbox, 1 << 20)
    judge(worker, looks[-1:])
    assert tools.inbox.lag().unspooled == 0
    assert wait_for(lambda: store.load(CLOCKS), WITHIN_S)


def test_each_step_reached_while_the_spool_is_full_is_kept(
    client: RedisClient, tmp_path: Path
) -> None:
    """Opened, and due later: both are told once there is room, in their order."""
    inbox = Inbox(InboxSettings(tmp_path / "spool"), client, SystemClock())
    opened = replace(violation(), phase=Phase.GRACE)
    again = replace(opened, revision=2)
    due = replace(opened, revision=3, life=Life.PERSISTING, phase=Phase.DUE)
    inbox.set_lease(opened.place.camera, 1)
    _bound(inbox, 0)
    for step in (opened, again, due):
        inbox.raise_alert(step)
    assert inbox.lag().unspooled == 2
    _bound(inbox, 1 << 20)

    assert inbox.spool_held()

    inbox.close()
    spool = Spool(tmp_path / "spool")
    sent = [decode_spooled("one", entry) for entry in spool.after(0, 10)]
    told = [one.message.violation for one in sent if isinstance(one, Submission)]
    assert told == [again, due]
    spool.close()


def test_the_end_tries_what_was_refused_once_more(
    client: RedisClient, tmp_path: Path
) -> None:
    """A worker told to end after somebody made room leaves its alerts on disk."""
    inbox = Inbox(InboxSettings(tmp_path / "spool"), client, SystemClock())
    told = violation()
    inbox.set_lease(told.place.camera, 1)
    _bound(inbox, 0)
    inbox.raise_alert(told)
    _bound(inbox, 1 << 20)

    inbox.close()

    spool = Spool(tmp_path / "spool")
    assert str(told.id).encode() in spool.after(0, 10)[0].payload
    spool.close()
