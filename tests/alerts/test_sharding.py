"""Every process of a site works with one number of shards, or says why it does not."""

from pathlib import Path

import pytest

from alerts.consumers import Consumers
from alerts.database import Database
from alerts.embedded_valkey import EmbeddedValkey
from alerts.errors import StoreError
from alerts.inbox import Inbox, InboxSettings
from alerts.redis_client import RedisClient, open_redis
from alerts.sharding import KEY, agree_on_shards
from base.clock import SystemClock
from base.ids import CameraId
from tests.alerts.path_rig import SHARDS, make_line, parts_of, until
from tests.alerts.violations import place, violation


def test_first_number_stands_until_redis_is_emptied(client: RedisClient) -> None:
    """Another number is refused and the error says what to set."""
    agree_on_shards(client, 4)
    agree_on_shards(client, 4)

    with pytest.raises(StoreError, match="set NONSITE_SHARDS=4 in every process"):
        agree_on_shards(client, 8)
    client.flushall()
    agree_on_shards(client, 8)
    assert client.get(KEY) == b"8"


def test_web_process_with_another_number_does_not_start(
    client: RedisClient, database: Database
) -> None:
    """Consumers of the wrong shards would leave entries waiting for ever."""
    agree_on_shards(client, SHARDS)

    with pytest.raises(StoreError, match=f"in {SHARDS} shards"):
        Consumers(SHARDS + 1, parts_of(client, database)).start()


def test_consumers_start_while_redis_is_away(
    valkey: EmbeddedValkey, database: Database
) -> None:
    """A Redis that cannot be asked keeps nobody from waiting for it."""
    lost = open_redis(valkey.url)
    valkey.stop()
    consumers = Consumers(1, parts_of(lost, database))

    consumers.start()

    until(lambda: _is_away(consumers))
    consumers.stop()


def _is_away(consumers: Consumers) -> bool:
    try:
        consumers.check()
    except StoreError:
        return True
    return False


def test_worker_with_another_number_keeps_what_it_raises(
    client: RedisClient, database: Database, tmp_path: Path
) -> None:
    """Its spool holds everything; started again with the right number it is sent."""
    line = make_line(client, database, tmp_path / "right", SystemClock())
    line.start()
    agree_on_shards(client, SHARDS)
    wrong = Inbox(InboxSettings(tmp_path / "wrong", SHARDS + 1), client, SystemClock())
    wrong.start()
    wrong.set_lease(CameraId("dock_2"), 1)
    told = violation(place())
    wrong.raise_alert(told)

    until(lambda: wrong.lag().is_redis_away)
    assert wrong.lag().entries == 1
    assert line.ids() == []
    wrong.close()
    right = Inbox(InboxSettings(tmp_path / "wrong", SHARDS), client, SystemClock())
    right.start()
    until(lambda: right.lag().entries == 0)
    right.close()
    until(lambda: line.ids() == [told.id])
    line.stop()
