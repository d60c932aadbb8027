"""A spool that takes no more, and a worker that ends: nothing is forgotten."""

from pathlib import Path

from alerts.inbox import Inbox, InboxSettings
from alerts.redis_client import RedisClient
from alerts.redis_clock_store import RedisClockStore
from alerts.spool import Spool
from base.clock import SystemClock
from base.ids import CameraId
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
    assert tools.inbox.lag().unspooled == 2
    assert not wait_for(lambda: store.load(CLOCKS), 0.5)

    _bound(tools.inbox, 1 << 20)
    judge(worker, looks[-1:])
    assert tools.inbox.lag().unspooled == 0
    assert wait_for(lambda: store.load(CLOCKS), WITHIN_S)


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
