"""What people see of the cameras: the newest look and every status, never a queue."""

import threading
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from alerts.embedded_valkey import EmbeddedValkey
from alerts.live import LiveReader, LiveWriter
from alerts.redis_client import RedisClient
from base.clock import SystemClock
from base.ids import CameraId, ViewName
from detector.look import Look
from nonsite.bulletin import Bulletin
from streams.faults import FeedFault
from streams.feed_status import FeedState, FeedStatus
from streams.frame import Frame
from tests.nonsite.service_process import wait_for

DOCK, GATE = CameraId("dock"), CameraId("gate")
T0 = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)
WITHIN_S = 10.0


class Told:
    """What a worker has to tell, and a board that tells it."""

    def __init__(self, client: RedisClient) -> None:
        self.statuses = {DOCK: FeedStatus(FeedState.CONNECTING, T0)}
        self.owed = 0
        self.gate = threading.Event()
        self.gate.set()
        self.is_held_up = threading.Event()
        self.reader = LiveReader(client)
        writer = LiveWriter(client, SystemClock())
        self.board = Bulletin(writer, self._statuses, self._lag, SystemClock())

    def _statuses(self) -> Mapping[CameraId, FeedStatus]:
        if not self.gate.is_set():
            self.is_held_up.set()
        self.gate.wait(WITHIN_S)
        return self.statuses

    def _lag(self) -> tuple[str, int]:
        return "worker_0", self.owed

    def show(self, number: int, camera: CameraId = DOCK) -> None:
        """Look number `number` of a camera, `number` seconds after T0."""
        image = np.full((90, 160, 3), 100, np.uint8)
        at = T0 + timedelta(seconds=number)
        frame = Frame(camera, at, image, is_keyframe=True)
        self.board.show(frame, Look(camera, ViewName("home"), at, (160, 90)))

    def seconds_shown(self, camera: CameraId = DOCK) -> float | None:
        """Media time of the look people see now, seconds after T0."""
        look = self.reader.camera(camera).look
        return None if look is None else (look.at - T0).total_seconds()


@pytest.fixture
def told(client: RedisClient) -> Iterator[Told]:
    """A running board over a real Valkey."""
    made = Told(client)
    made.board.start()
    yield made
    made.gate.set()
    made.board.close()


def test_a_look_is_shown_with_its_picture(told: Told) -> None:
    """What was looked at last is there for people, as a JPEG too."""
    told.show(1)

    assert wait_for(lambda: told.seconds_shown() == 1, WITHIN_S)
    picture = told.reader.picture(DOCK)
    assert picture is not None
    assert picture.startswith(b"\xff\xd8")


def test_only_the_newest_look_of_each_camera_is_written(told: Told) -> None:
    """While a write takes its time older looks are replaced, not queued."""
    told.gate.clear()
    told.show(0)
    assert wait_for(lambda: told.seconds_shown() == 0, WITHIN_S)
    assert told.is_held_up.wait(WITHIN_S)
    counted = told.reader.camera(DOCK).looks
    for number in range(1, 51):
        told.show(number)
        told.show(number, GATE)
    told.gate.set()

    assert wait_for(lambda: told.seconds_shown() == 50, WITHIN_S)
    assert wait_for(lambda: told.seconds_shown(GATE) == 50, WITHIN_S)
    assert told.reader.camera(DOCK).looks == counted + 1
    assert told.reader.camera(GATE).looks == 1


def test_statuses_and_lag_are_told_without_any_look(told: Told) -> None:
    """A feed that gives no picture is told of all the same, and what is owed."""
    told.statuses = {
        DOCK: FeedStatus(FeedState.WAITING, T0, fault=FeedFault.AUTH),
        GATE: FeedStatus(FeedState.LIVE, T0, faults=frozenset({FeedFault.BLACK})),
    }
    told.owed = 7

    assert wait_for(lambda: told.reader.spool_lags() == {"worker_0": 7}, WITHIN_S)
    shown = told.reader.cameras([DOCK, GATE])
    assert {name: live.status for name, live in shown.items()} == told.statuses


def test_looks_do_not_wait_for_a_valkey_that_is_away(
    told: Told, valkey: EmbeddedValkey
) -> None:
    """Showing returns at once; when Valkey is back the newest look is there."""
    told.show(1)
    assert wait_for(lambda: told.seconds_shown() == 1, WITHIN_S)
    valkey.stop()

    began = time.monotonic()
    for number in range(2, 200):
        told.show(number)
    assert time.monotonic() - began < 1.0

    valkey.start()
    told.show(200)
    assert wait_for(lambda: told.seconds_shown() == 200, WITHIN_S)


def test_statuses_are_told_again_after_an_outage(
    told: Told, valkey: EmbeddedValkey
) -> None:
    """What changed while Valkey was away is told when it is back, without a look."""
    valkey.stop()
    told.statuses = {DOCK: FeedStatus(FeedState.LIVE, T0)}
    told.owed = 3
    valkey.start()

    assert wait_for(lambda: told.reader.spool_lags() == {"worker_0": 3}, WITHIN_S)
    assert told.reader.camera(DOCK).status == told.statuses[DOCK]


def test_the_last_status_is_told_at_the_end(told: Told) -> None:
    """Feeds that were ended do not look live after their worker has gone."""
    assert wait_for(lambda: told.reader.camera(DOCK).status, WITHIN_S)
    told.statuses = {DOCK: FeedStatus(FeedState.ENDED, T0)}
    told.show(9)

    told.board.close()

    assert told.reader.camera(DOCK).status == told.statuses[DOCK]
    assert told.seconds_shown() == 9


def test_the_end_does_not_wait_for_a_valkey_that_is_away(
    told: Told, valkey: EmbeddedValkey
) -> None:
    """A worker ends in time though nobody takes its last words."""
    valkey.stop()
    told.show(1)

    began = time.monotonic()
    told.board.close()

    assert time.monotonic() - began < 2.0
