"""The mailbox: newest frame per camera, oldest-waiting camera first."""

import threading
from datetime import UTC, datetime, timedelta

import numpy as np

from base.ids import CameraId
from base.shutdown import StopSignal
from streams.frame import Frame
from streams.mailbox import Mailbox

START = datetime(2026, 5, 1, tzinfo=UTC)
IMAGE = np.zeros((2, 2, 3), np.uint8)


def frame(camera: str, second: int) -> Frame:
    at = START + timedelta(seconds=second)
    return Frame(CameraId(camera), at, IMAGE, is_keyframe=True)


def test_the_newest_frame_of_the_longest_waiting_camera_comes_first() -> None:
    """A replaced frame keeps its camera's place in the line."""
    box, stop = Mailbox(), StopSignal()
    for camera, second in [("a", 1), ("b", 1), ("a", 2), ("c", 1), ("a", 3)]:
        box.put(frame(camera, second))
    frames = box.newest(stop)

    got = [next(frames) for _ in range(3)]

    assert [(f.camera, f.at.second) for f in got] == [("a", 3), ("b", 1), ("c", 1)]
    assert box.waiting() == 0


def test_replaced_frames_are_counted() -> None:
    """Each frame that was never taken counts for its own camera."""
    box = Mailbox()
    for second in range(5):
        box.put(frame("a", second))
    box.put(frame("b", 0))

    assert box.dropped(CameraId("a")) == 4
    assert box.dropped(CameraId("b")) == 0
    assert box.dropped(CameraId("unknown")) == 0
    assert box.waiting() == 2


def test_it_ends_when_the_stop_is_set() -> None:
    """A consumer blocked on an empty mailbox ends soon after the stop."""
    box, stop = Mailbox(), StopSignal()
    got: list[Frame] = []
    consumer = threading.Thread(target=lambda: got.extend(box.newest(stop)))
    consumer.start()
    box.put(frame("a", 1))

    stop.set()
    consumer.join(2)

    assert not consumer.is_alive()


def test_a_blocked_consumer_wakes_for_a_frame() -> None:
    """A frame put while the consumer waits is taken at once."""
    box, stop = Mailbox(), StopSignal()
    taken = threading.Event()

    def consume() -> None:
        next(box.newest(stop))
        taken.set()

    consumer = threading.Thread(target=consume)
    consumer.start()
    box.put(frame("a", 1))

    assert taken.wait(2)
    consumer.join(2)


def test_many_feeds_lose_nothing_but_counts() -> None:
    """Frames put by eight threads are either taken or counted as dropped."""
    box, stop = Mailbox(), StopSignal()
    each = 300

    def fill(camera: str) -> None:
        for second in range(each):
            box.put(frame(camera, second % 60))

    feeds = [threading.Thread(target=fill, args=(f"cam{n}",)) for n in range(8)]
    taken = 0
    for feed in feeds:
        feed.start()
    frames = box.newest(stop)
    while any(feed.is_alive() for feed in feeds) or box.waiting():
        if box.waiting():
            next(frames)
            taken += 1
    dropped = sum(box.dropped(CameraId(f"cam{n}")) for n in range(8))

    assert taken + dropped == 8 * each


def test_a_removed_camera_is_forgotten() -> None:
    """A camera taken out of the process leaves no frame and no count behind."""
    box = Mailbox()
    box.put(frame("a", 1))
    box.put(frame("a", 2))

    box.forget(CameraId("a"))

    assert (box.waiting(), box.dropped(CameraId("a"))) == (0, 0)
