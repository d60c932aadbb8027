"""Servers and processes of the path die and come back: every alert is there once."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from alerts.audit_trail import AuditTrail
from alerts.database import Database, open_database
from alerts.dedup import stream_key
from alerts.embedded_valkey import EmbeddedValkey
from alerts.inbox import Inbox, InboxSettings
from alerts.migrate import migrate
from alerts.redis_client import RedisClient, open_redis
from base.clock import Clock, ManualClock, SystemClock
from base.ids import CameraId
from rules.place import Place
from tests.alerts.path_rig import SHARDS, Line, make_line, until
from tests.alerts.postgres_server import PostgresServer
from tests.alerts.redis_server import RedisServer
from tests.alerts.violations import place, violation

ROOT = Path(__file__).resolve().parents[2]
QUICK_S = 1.0


@contextmanager
def running(
    client: RedisClient, database: Database, folder: Path, clock: Clock | None = None
) -> Iterator[Line]:
    line = make_line(client, database, folder, clock or SystemClock())
    line.start()
    try:
        yield line
    finally:
        line.stop()


def sqlite(folder: Path) -> Database:
    database = open_database(f"sqlite:///{folder}/nonsite.db")
    migrate(database)
    return database


def whereabouts(n: int) -> Place:
    """Ten alerts a camera: more would be a flood."""
    return place(f"c{n // 10}", f"x{n}")


def raise_some(line: Line, first: int, count: int) -> None:
    """Raise violations at places of their own; raising never waits for the store."""
    for n in range(first, first + count):
        where = whereabouts(n)
        line.inbox.set_lease(where.camera, 1)
        begun = time.monotonic()
        line.inbox.raise_alert(violation(where))
        assert time.monotonic() - begun < QUICK_S


def expected(count: int) -> list[UUID]:
    return sorted(violation(whereabouts(n)).id for n in range(count))


def assert_whole(line: Line, count: int) -> None:
    """All are there, each written once, and the trail of it is unbroken."""
    until(line.settled, 60)
    assert line.ids() == expected(count)
    until(lambda: line.alerts.last_seq() == count)
    trail = AuditTrail(line.alerts._database)
    assert len(trail.after(0, count + 1)) == count
    assert trail.first_break() is None


def test_valkey_away_for_a_while_loses_nothing(tmp_path: Path) -> None:
    """Raising goes on while it is away; afterwards every alert is there once."""
    server = EmbeddedValkey(tmp_path / "valkey", SystemClock())
    server.start()
    client, database = open_redis(server.url), sqlite(tmp_path)
    with running(client, database, tmp_path / "spool") as line:
        raise_some(line, 0, 20)
        server.stop()
        raise_some(line, 20, 20)
        until(lambda: line.inbox.lag().is_redis_away)
        assert line.inbox.lag().entries >= 20
        server.start()
        raise_some(line, 40, 20)
        assert_whole(line, 60)
    client.close()
    server.stop()
    database.close()


@pytest.mark.redis_server
def test_killed_redis_loses_nothing(tmp_path: Path) -> None:
    """SIGKILL of the server in the middle, three times."""
    server = RedisServer(tmp_path)
    server.start()
    client, database = open_redis(server.url), sqlite(tmp_path)
    with running(client, database, tmp_path / "spool") as line:
        for n in range(3):
            raise_some(line, n * 20, 20)
            server.stop()
            server.start()
        assert_whole(line, 60)
    client.close()
    server.stop()
    database.close()


@pytest.mark.postgres
def test_postgres_away_for_a_while_loses_nothing(
    postgres_server: PostgresServer, valkey: EmbeddedValkey, tmp_path: Path
) -> None:
    """Nothing is confirmed while it is away; afterwards every alert is there once."""
    client = open_redis(valkey.url)
    database = open_database(postgres_server.new_url())
    migrate(database)
    with running(client, database, tmp_path / "spool") as line:
        raise_some(line, 0, 30)
        postgres_server.stop("immediate")
        try:
            raise_some(line, 30, 30)
            until(lambda: sum(line.consumers.waiting().values()) >= 30)
            assert line.inbox.lag().entries >= 30
        finally:
            postgres_server.start()
        assert_whole(line, 60)
    client.close()
    database.close()


def test_lost_stream_is_filled_again_from_the_spool(
    valkey: EmbeddedValkey, tmp_path: Path
) -> None:
    """Entries that vanished from Redis unconfirmed are appended once more."""
    client, database = open_redis(valkey.url), sqlite(tmp_path)
    clock = ManualClock(datetime.now(UTC))
    line = make_line(client, database, tmp_path / "spool", clock)
    line.inbox.start()
    raise_some(line, 0, 10)
    until(lambda: sum(line.consumers.waiting().values()) == 10)
    for shard in range(SHARDS):
        client.delete(stream_key(shard))
    line.consumers.start()
    line.sealer.start()

    def stored() -> bool:
        clock.advance(10)
        return line.settled()

    until(stored)
    assert_whole(line, 10)
    line.stop()
    client.close()
    database.close()


def set_back(client: RedisClient, state: dict[bytes | str, bytes]) -> None:
    """Everything as it was: a replica promoted before it had the newest commands."""
    pipe = client.pipeline(transaction=True)
    pipe.flushdb()
    for key, dump in state.items():
        pipe.restore(key, 0, dump)
    pipe.execute()


@pytest.mark.parametrize("raised_after", [0, 1])
def test_newest_entries_lost_by_a_failover_are_appended_again(
    valkey: EmbeddedValkey, tmp_path: Path, raised_after: int
) -> None:
    """The connection never fails and the promoted replica knows 2 of 5 entries."""
    client, database = open_redis(valkey.url), sqlite(tmp_path)
    clock = ManualClock(datetime.now(UTC))
    line = make_line(client, database, tmp_path / "spool", clock)
    line.inbox.start()
    raise_some(line, 0, 2)
    until(lambda: sum(line.consumers.waiting().values()) == 2)
    state = {key: client.dump(key) or b"" for key in client.keys("nonsite:*")}
    raise_some(line, 2, 3)
    until(lambda: sum(line.consumers.waiting().values()) == 5)
    set_back(client, state)
    raise_some(line, 5, raised_after)
    line.consumers.start()
    line.sealer.start()

    assert_whole(line, 5 + raised_after)
    line.stop()
    client.close()
    database.close()


RAISER = """
import sys
from pathlib import Path
from alerts.inbox import Inbox, InboxSettings
from alerts.redis_client import open_redis
from base.clock import SystemClock
from base.ids import CameraId
from tests.alerts.violations import place, violation
settings = InboxSettings(Path(sys.argv[1]), 2)
inbox = Inbox(settings, open_redis(sys.argv[2]), SystemClock())
inbox.start()
for n in range(100_000):
    inbox.set_lease(CameraId(f"c{n // 10}"), 1)
    inbox.raise_alert(violation(place(f"c{n // 10}", f"x{n}")))
    print(n, flush=True)
"""


def test_killed_worker_loses_and_doubles_nothing(
    valkey: EmbeddedValkey, tmp_path: Path
) -> None:
    """SIGKILL while forwarding: the next start sends what is left, once."""
    client, database = open_redis(valkey.url), sqlite(tmp_path)
    spool = tmp_path / "spool"
    worker = subprocess.Popen(
        [sys.executable, "-c", RAISER, str(spool), valkey.url],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        text=True,
    )
    assert worker.stdout is not None
    for told in worker.stdout:
        if int(told) >= 150:
            break
    worker.kill()
    acknowledged = 151 + len(worker.stdout.read().split())
    worker.wait()
    worker.stdout.close()

    with running(client, database, spool) as line:
        until(line.settled)
        kept = len(line.ids())
        # the entry being written at the moment may be there, unacknowledged
        assert kept in {acknowledged, acknowledged + 1}
        assert_whole(line, kept)
    client.close()
    database.close()


CONSUMER = """
import sys, time
from alerts.consumers import Consumers
from alerts.database import open_database
from alerts.redis_client import open_redis
from tests.alerts.path_rig import SHARDS, parts_of
parts = parts_of(open_redis(sys.argv[1]), open_database(sys.argv[2]))
Consumers(SHARDS, parts).start()
print("started", flush=True)
time.sleep(60)
"""


def test_killed_consumer_loses_and_doubles_nothing(
    valkey: EmbeddedValkey, tmp_path: Path
) -> None:
    """SIGKILL of the storing process in the middle, twice."""
    client, database = open_redis(valkey.url), sqlite(tmp_path)
    url = f"sqlite:///{tmp_path}/nonsite.db"
    line = make_line(client, database, tmp_path / "spool", SystemClock())
    line.inbox.start()
    for n in range(2):
        raise_some(line, n * 100, 100)
        process = subprocess.Popen(
            [sys.executable, "-c", CONSUMER, valkey.url, url],
            stdout=subprocess.PIPE,
            cwd=ROOT,
        )
        assert process.stdout is not None
        process.stdout.readline()
        have = len(line.ids())
        until(lambda have=have: len(line.ids()) > have)  # type: ignore[misc]
        process.kill()
        process.wait()
        process.stdout.close()
    line.consumers.start()
    line.sealer.start()
    assert_whole(line, 200)
    line.stop()
    client.close()
    database.close()


def test_full_spool_holds_the_newest_revisions_until_there_is_room(
    tmp_path: Path,
) -> None:
    """Raising goes on in memory and says so; all arrives once the store is back."""
    server = EmbeddedValkey(tmp_path / "valkey", SystemClock())
    server.start()
    client, database = open_redis(server.url), sqlite(tmp_path)
    line = make_line(client, database, tmp_path / "spool", SystemClock())
    settings = InboxSettings(tmp_path / "small", SHARDS, max_bytes=5000)
    line.inbox.close()
    line.inbox = Inbox(settings, client, SystemClock())
    line.inbox.set_lease(CameraId("dock_2"), 1)
    raise_some(line, 0, 20)
    raise_some(line, 0, 20)
    assert line.inbox.lag().unspooled > 0
    line.start()

    until(lambda: line.inbox.lag().unspooled == 0 and line.settled(), 60)
    assert line.ids() == expected(20)
    line.stop()
    client.close()
    server.stop()
    database.close()
