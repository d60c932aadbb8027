"""The consumer stores, confirms, takes over, waits, and sets aside what is poison."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from alerts.alert import AlertFilter
from alerts.consumer import GROUP, NAME, Consumer
from alerts.database import Database, open_database
from alerts.dedup import (
    Dedup,
    Submission,
    acked_key,
    poison_key,
    stream_key,
)
from alerts.errors import StoreError
from alerts.message import encode
from alerts.redis_client import RedisClient
from alerts.repository import AlertRepository
from rules.violation import Violation
from tests.alerts.path_rig import parts_of, until
from tests.alerts.violations import message, place, violation


def send(client: RedisClient, *told: Violation, first: int = 1) -> None:
    dedup = Dedup(client, 1)
    for position, one in enumerate(told, first):
        about = message(one, position)
        dedup.submit([Submission("spool", position, about, encode(about), 0)])


def stored(database: Database) -> int:
    page = AlertRepository(database).list_alerts(AlertFilter(), limit=500)
    return len(page.alerts)


def raw_stream(client: RedisClient) -> int:
    return int(client.xlen(stream_key(0)))


def confirmed(client: RedisClient) -> int:
    return int(client.hget(acked_key(0), "spool") or 0)


def entries(client: RedisClient, key: str) -> list[dict[Any, Any]]:
    """Fields of the entries of a stream."""
    found: Any = client.xrange(key)
    return [fields for _, fields in found]


def take_all(consumer: Consumer, client: RedisClient) -> None:
    until(lambda: consumer.step() >= 0 and raw_stream(client) == 0)


def test_confirmed_entries_leave_the_stream(
    client: RedisClient, database: Database
) -> None:
    """After the commit the stream is empty and the spool's owner can tell."""
    send(client, *[violation(place(slot=f"x{n}")) for n in range(5)])
    consumer = Consumer(0, parts_of(client, database))
    take_all(consumer, client)

    assert stored(database) == 5
    assert confirmed(client) == 5
    assert client.xpending(stream_key(0), GROUP)["pending"] == 0
    consumer.stop()


JUNK: dict[str, Mapping[str, str | bytes]] = {
    "no origin": {"kind": "raised", "message": b"{}"},
    "no message": {"kind": "raised", "spool": "spool", "position": "2"},
    "unknown kind": {"kind": "eaten", "spool": "spool", "position": "2"},
    "no alert": {"kind": "raised", "spool": "spool", "position": "2", "alert": "x"},
    "binary": {"kind": b"\xff\xfe", "spool": b"\xff", "position": "2"},
    "huge position": {"kind": "pack", "spool": "spool", "position": "9" * 30},
}


@pytest.mark.parametrize("junk", JUNK.values(), ids=JUNK.keys())
def test_poison_is_set_aside_with_its_reason(
    client: RedisClient, database: Database, junk: Mapping[str, str | bytes]
) -> None:
    """A damaged entry is kept elsewhere, and those behind it go on."""
    send(client, violation())
    client.xadd(stream_key(0), dict(junk.items()))
    send(client, violation(place(slot="x9")), first=3)
    consumer = Consumer(0, parts_of(client, database))
    take_all(consumer, client)

    assert stored(database) == 2
    (aside,) = entries(client, poison_key(0))
    assert aside[b"reason"]
    consumer.stop()


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"label": "car\x00"}, id="a NUL in a text"),
        pytest.param({"revision": 10**30}, id="a number beyond the column"),
        pytest.param({"code": "S" * 500}, id="a code beyond the column"),
    ],
)
def test_values_the_database_refuses_do_not_stop_the_shard(
    client: RedisClient, database: Database, change: dict[str, object]
) -> None:
    """What SQL will never take is set aside; SQLite takes more than PostgreSQL."""
    first, last = violation(place(slot="x1")), violation(place(slot="x2"))
    odd = replace(violation(), **change)  # type: ignore[arg-type]
    send(client, first, odd, last)
    consumer = Consumer(0, parts_of(client, database))
    take_all(consumer, client)

    assert stored(database) + int(client.xlen(poison_key(0))) == 3
    assert confirmed(client) == 3
    consumer.stop()


def test_what_a_dead_consumer_had_read_is_taken_over(
    client: RedisClient, database: Database
) -> None:
    """Entries read and never confirmed come first for the next consumer."""
    send(client, violation(place(slot="x1")), violation(place(slot="x2")))
    client.xgroup_create(stream_key(0), GROUP, id="0", mkstream=True)
    client.xreadgroup(GROUP, NAME, {stream_key(0): ">"}, count=1)
    consumer = Consumer(0, parts_of(client, database))
    take_all(consumer, client)

    assert stored(database) == 2
    assert confirmed(client) == 2
    consumer.stop()


def test_entry_stored_and_not_confirmed_is_not_stored_twice(
    client: RedisClient, database: Database
) -> None:
    """A crash between commit and confirmation leaves one alert at revision 1."""
    send(client, violation())
    (fields,) = entries(client, stream_key(0))
    consumer = Consumer(0, parts_of(client, database))
    take_all(consumer, client)
    client.xadd(stream_key(0), fields)
    take_all(consumer, client)

    page = AlertRepository(database).list_alerts(AlertFilter())
    assert [alert.revision for alert in page.alerts] == [1]
    consumer.stop()


def test_second_consumer_stands_by_and_takes_over(
    client: RedisClient, database: Database
) -> None:
    """One works on a shard; when it lets go the other does."""
    one = Consumer(0, parts_of(client, database))
    two = Consumer(0, parts_of(client, database))
    one.start()
    until(lambda: bool(client.exists("nonsite:{0}:consumer")))
    first = client.get("nonsite:{0}:consumer")
    two.start()
    send(client, violation(place(slot="x1")))
    until(lambda: stored(database) == 1)
    assert client.get("nonsite:{0}:consumer") == first
    one.stop()
    send(client, violation(place(slot="x2")), first=2)
    until(lambda: stored(database) == 2)
    assert client.get("nonsite:{0}:consumer") not in {None, first}
    two.stop()


def test_database_without_tables_confirms_nothing(
    client: RedisClient, tmp_path: Path
) -> None:
    """A database that is not ready is waited for; no entry is called poison."""
    database = open_database(f"sqlite:///{tmp_path}/empty.db")
    send(client, violation())
    consumer = Consumer(0, parts_of(client, database))
    consumer.step()  # takes the shard, finds nothing left by another
    with pytest.raises(StoreError):
        consumer.step()

    assert raw_stream(client) == 1
    assert client.xlen(poison_key(0)) == 0
    assert confirmed(client) == 0
    consumer.stop()
    database.close()


def test_flushed_redis_is_begun_anew(client: RedisClient, database: Database) -> None:
    """A server that lost its memory gets its group again."""
    consumer = Consumer(0, parts_of(client, database))
    consumer.start()
    send(client, violation(place(slot="x1")))
    until(lambda: stored(database) == 1)
    client.flushall()
    send(client, violation(place(slot="x2")), first=2)
    until(lambda: stored(database) == 2)
    assert client.xlen(poison_key(0)) == 0
    consumer.stop()


def test_unknown_pack_id_is_stored_for_later(
    client: RedisClient, database: Database
) -> None:
    """Evidence of an alert nobody has told of yet is no poison."""
    raw = b'{"id":"%s","state":"partial","reasons":["ended"]}' % str(uuid4()).encode()
    client.xadd(
        stream_key(0),
        {"kind": "pack", "spool": "spool", "position": "1", "message": raw},
    )
    consumer = Consumer(0, parts_of(client, database))
    take_all(consumer, client)

    assert client.xlen(poison_key(0)) == 0
    consumer.stop()
