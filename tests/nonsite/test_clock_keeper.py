"""Slot clocks on their way to Redis: after the spool, newest first, not waited for."""

import threading
import time
from collections.abc import Iterator

import pytest

from alerts.embedded_valkey import EmbeddedValkey
from alerts.errors import StoreUnavailableError
from alerts.redis_client import RedisClient, open_redis
from alerts.redis_clock_store import RedisClockStore
from base.errors import StoppedError
from base.ids import CameraId
from base.shutdown import StopSignal
from nonsite.clock_keeper import ClockKeeper
from rules.clock_store import MemoryClockStore
from tests.nonsite.service_process import wait_for

DOCK, GATE = CameraId("dock"), CameraId("gate")
WITHIN_S = 10.0


class SlowStore(MemoryClockStore):
    """A store whose writes wait for `pass_one`, and may be told to be away."""

    def __init__(self) -> None:
        super().__init__()
        self.is_away = False
        self.asked = threading.Semaphore(0)
        self.passes = threading.Semaphore(0)
        self.written: list[tuple[CameraId, bytes]] = []

    def save(self, camera: CameraId, lease_epoch: int, state: bytes) -> bool:
        self.asked.release()
        assert self.passes.acquire(timeout=WITHIN_S)
        if self.is_away:
            raise StoreUnavailableError("away")
        self.written.append((camera, state))
        return super().save(camera, lease_epoch, state)

    def pass_one(self) -> None:
        """Let the write that is waiting, or the next one, go on."""
        self.passes.release()


@pytest.fixture
def slow() -> SlowStore:
    """A store that is held up."""
    return SlowStore()


@pytest.fixture
def keeper(slow: SlowStore) -> Iterator[ClockKeeper]:
    """A running keeper in front of the slow store."""
    made = ClockKeeper(slow, StopSignal())
    made.start()
    yield made
    for _ in range(10):
        slow.pass_one()
    made.close()


@pytest.fixture
def real(client: RedisClient) -> Iterator[ClockKeeper]:
    """A running keeper in front of a real Valkey."""
    made = ClockKeeper(RedisClockStore(client), StopSignal())
    made.start()
    yield made
    made.close()


def _is_stored(client: RedisClient, state: bytes) -> bool:
    return RedisClockStore(client).load(DOCK) == state


def test_nothing_is_written_before_its_release(
    keeper: ClockKeeper, slow: SlowStore
) -> None:
    """A saved state reaches the store once its violations are on the spool."""
    keeper.save(DOCK, 1, b"held")
    assert not slow.asked.acquire(timeout=0.3)

    keeper.release()
    assert slow.asked.acquire(timeout=WITHIN_S)
    keeper.save(DOCK, 1, b"held again")
    slow.pass_one()

    assert wait_for(lambda: slow.written, WITHIN_S) == [(DOCK, b"held")]
    assert not slow.asked.acquire(timeout=0.3)


def test_the_newest_state_of_each_camera_is_written(
    keeper: ClockKeeper, slow: SlowStore
) -> None:
    """What was released while a write took its time is written once, the newest."""
    keeper.save(DOCK, 1, b"first")
    keeper.release()
    assert slow.asked.acquire(timeout=WITHIN_S)
    for state in (b"second", b"third", b"newest"):
        keeper.save(DOCK, 1, state)
        keeper.save(GATE, 1, state)
        keeper.release()
    for _ in range(3):
        slow.pass_one()

    assert wait_for(lambda: len(slow.written) == 3, WITHIN_S)
    assert slow.written[0] == (DOCK, b"first")
    assert sorted(slow.written[1:]) == [(DOCK, b"newest"), (GATE, b"newest")]


def test_a_failed_write_does_not_undo_a_newer_state(
    keeper: ClockKeeper, slow: SlowStore
) -> None:
    """The retry writes what is newest then, not what failed."""
    slow.is_away = True
    keeper.save(DOCK, 1, b"older")
    keeper.release()
    assert slow.asked.acquire(timeout=WITHIN_S)
    keeper.save(DOCK, 1, b"newer")
    keeper.release()
    slow.pass_one()
    assert slow.asked.acquire(timeout=WITHIN_S)
    slow.is_away = False
    slow.pass_one()

    assert wait_for(lambda: slow.written, WITHIN_S) == [(DOCK, b"newer")]


def test_a_store_that_hangs_holds_up_no_look(
    keeper: ClockKeeper, slow: SlowStore
) -> None:
    """Saving and releasing return at once while a write hangs."""
    keeper.save(DOCK, 1, b"first")
    keeper.release()
    assert slow.asked.acquire(timeout=WITHIN_S)

    began = time.monotonic()
    for _ in range(1000):
        assert keeper.save(DOCK, 1, b"state")
        keeper.release()

    assert time.monotonic() - began < 1.0


def test_a_store_that_was_away_gets_the_newest_state(
    real: ClockKeeper, valkey: EmbeddedValkey, client: RedisClient
) -> None:
    """Valkey is stopped, looks go on, Valkey is back: the newest state is there."""
    real.save(DOCK, 1, b"before")
    real.release()
    assert wait_for(lambda: _is_stored(client, b"before"), WITHIN_S)
    valkey.stop()

    for number in range(20):
        assert real.save(DOCK, 1, b"meanwhile %d" % number)
        real.release()
    valkey.start()

    assert wait_for(lambda: _is_stored(client, b"meanwhile 19"), WITHIN_S)


def test_what_is_not_written_yet_is_loaded(
    keeper: ClockKeeper, slow: SlowStore
) -> None:
    """A camera rebuilt while a write hangs begins with its newest clocks."""
    keeper.save(DOCK, 1, b"first")
    keeper.release()
    assert slow.asked.acquire(timeout=WITHIN_S)
    keeper.save(DOCK, 1, b"due")
    keeper.release()

    assert keeper.load(DOCK) == b"due"
    keeper.save(DOCK, 1, b"held")
    assert keeper.load(DOCK) == b"held"


def test_loading_waits_for_a_store_that_is_away(
    real: ClockKeeper, valkey: EmbeddedValkey
) -> None:
    """A worker does not begin with empty clocks because Valkey is not up yet."""
    real.save(DOCK, 1, b"kept")
    real.release()
    real.close()
    valkey.stop()
    found: list[bytes | None] = []
    loader = threading.Thread(target=lambda: found.append(real.load(DOCK)))
    loader.start()
    loader.join(0.5)
    assert loader.is_alive()

    valkey.start()
    loader.join(WITHIN_S)

    assert found == [b"kept"]


def test_the_stop_ends_a_waiting_load(valkey: EmbeddedValkey) -> None:
    """A worker told to end while the store is away ends."""
    client = open_redis(valkey.url)
    valkey.stop()
    stop = StopSignal()
    keeper = ClockKeeper(RedisClockStore(client), stop)
    threading.Timer(0.3, stop.set).start()

    with pytest.raises(StoppedError):
        keeper.load(DOCK)
    client.close()


def test_an_older_lease_is_answered_and_does_not_overwrite(
    real: ClockKeeper, client: RedisClient
) -> None:
    """A worker that lost its camera hears it at a later save; a new lease may save."""
    RedisClockStore(client).save(DOCK, 7, b"the new worker's")

    assert real.save(DOCK, 6, b"mine")
    real.release()

    assert wait_for(lambda: not real.save(DOCK, 6, b"mine too"), WITHIN_S)
    real.release()
    assert real.save(GATE, 6, b"another camera")
    assert real.save(DOCK, 8, b"taken back")
    real.release()
    assert wait_for(lambda: _is_stored(client, b"taken back"), WITHIN_S)


def test_close_writes_what_was_released_and_nothing_else(
    real: ClockKeeper, client: RedisClient
) -> None:
    """What is due is in the store when the keeper has ended; what is held is not."""
    real.save(DOCK, 1, b"due")
    real.release()
    real.save(GATE, 1, b"held")

    real.close()

    store = RedisClockStore(client)
    assert (store.load(DOCK), store.load(GATE)) == (b"due", None)


def test_close_does_not_wait_for_a_store_that_is_away(
    real: ClockKeeper, valkey: EmbeddedValkey
) -> None:
    """The end of the process is not held up by Valkey."""
    valkey.stop()
    real.save(DOCK, 1, b"lost")
    real.release()

    began = time.monotonic()
    real.close()

    assert time.monotonic() - began < 2.0
