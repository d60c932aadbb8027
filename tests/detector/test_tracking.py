"""Identity is claimed at two looks a second, per camera, and not otherwise."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from numpy.typing import NDArray

from detector.detections import Detections, nothing_found
from detector.look import TrackId
from detector.tracking import Tracking
from models.manifest import Thresholds

T0 = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
THRESHOLDS = Thresholds(
    score=0.3, nms_iou=0.5, track_high=0.4, track_low=0.15, track_new=0.45
)
PERSON, CAR = 0, 2


def _found(*boxes: tuple[float, float, float, float], score: float = 0.8) -> Detections:
    if not boxes:
        return nothing_found()
    table = np.array(boxes, np.float32)
    return Detections(
        table,
        np.full(len(boxes), score, np.float32),
        np.zeros(len(boxes), np.int32),
    )


def _kinds(*kinds: int) -> NDArray[np.int32]:
    return np.array(kinds, np.int32)


class _Camera:
    """A camera's tracking, fed with one standing thing at a steady pace."""

    def __init__(self, worker_epoch: int = 1, gap_s: float = 0.5) -> None:
        self.tracking = Tracking(THRESHOLDS, worker_epoch)
        self.gap_s = gap_s
        self.at = T0

    def look(
        self,
        *boxes: tuple[float, float, float, float],
        epoch: int = 0,
        score: float = 0.8,
    ) -> list[TrackId | None]:
        self.at += timedelta(seconds=self.gap_s)
        found = _found(*boxes, score=score)
        return self.tracking.update(self.at, epoch, found, _kinds(*[CAR] * len(boxes)))


BOX = (100.0, 100.0, 160.0, 150.0)


@pytest.mark.parametrize("gap_s", [0.04, 0.2, 0.4, 0.5, 0.52])
def test_steady_thing_keeps_one_id(gap_s: float) -> None:
    """At two looks a second and more a standing car has one id."""
    camera = _Camera(gap_s=gap_s)

    ids = [camera.look(BOX)[0] for _ in range(12)]

    assert set(ids[4:]) == {"1.1"}


@pytest.mark.parametrize("gap_s", [0.6, 1.0, 2.0, 10.0])
def test_slow_looks_claim_no_identity(gap_s: float) -> None:
    """Below two looks a second every id is None, whatever the boxes say."""
    camera = _Camera(gap_s=gap_s)

    ids = [camera.look(BOX)[0] for _ in range(12)]

    assert set(ids) == {None}


def test_jitter_of_a_slow_feed_is_two_looks_a_second() -> None:
    """At 12.5 pictures a second looks come 0.48 and 0.56 s apart: that is enough."""
    camera = _Camera()
    ids = []
    for n in range(12):
        camera.gap_s = 0.48 if n % 2 else 0.56
        ids.append(camera.look(BOX)[0])

    assert set(ids[5:]) == {"1.1"}


def test_rate_is_measured_not_promised() -> None:
    """When looks slow down ids end, and when they speed up new ones begin."""
    camera = _Camera()
    fast = [camera.look(BOX)[0] for _ in range(6)]
    camera.gap_s = 2.0
    slow = [camera.look(BOX)[0] for _ in range(6)]
    camera.gap_s = 0.5
    again = [camera.look(BOX)[0] for _ in range(12)]

    assert fast[-1] == "1.1"
    assert set(slow) == {None}
    assert again[-1] == "1.2"


def test_two_cameras_share_no_state() -> None:
    """Both count from one, also when they take turns and one is reset."""
    one, two = _Camera(), _Camera()
    firsts, seconds = [], []
    for n in range(8):
        firsts += one.look(BOX, epoch=n // 4)
        seconds += two.look(BOX, (300, 100, 360, 150))

    assert {name for name in firsts if name} == {"1.1", "1.2"}
    assert {name for name in seconds if name} == {"1.1", "1.2"}
    assert seconds[-2:] == ["1.1", "1.2"]


def test_new_frame_epoch_ends_all_tracks_and_no_id_returns() -> None:
    """After a reconnect the same box is a new track with a number not yet used."""
    camera = _Camera()
    before = [camera.look(BOX)[0] for _ in range(5)]
    after = [camera.look(BOX, epoch=1)[0] for _ in range(5)]

    assert before[-1] == "1.1"
    assert after[0] is None
    assert after[-1] == "1.2"


def test_worker_epoch_is_part_of_the_id() -> None:
    """A restarted worker's ids cannot be taken for its predecessor's."""
    camera = _Camera(worker_epoch=7)

    ids = [camera.look(BOX)[0] for _ in range(5)]

    assert ids[-1] == "7.1"


def test_flickering_van_keeps_its_id() -> None:
    """A van scored 0.50 to 0.62, with dips to 0.2, is one track all along."""
    camera = _Camera()
    scores = [0.55, 0.5, 0.62, 0.2, 0.5, 0.16, 0.2, 0.55, 0.6]

    ids = [camera.look(BOX, score=score)[0] for score in scores]

    assert set(ids[2:]) == {"1.1"}


def test_walker_keeps_his_id() -> None:
    """A person walking a third of his width per look is followed."""
    camera = _Camera()
    ids = [
        camera.look((100.0 + 10 * n, 100, 130.0 + 10 * n, 190))[0] for n in range(12)
    ]

    assert set(ids[3:]) == {"1.1"}


def test_person_before_a_van_does_not_take_its_id() -> None:
    """Kinds are tracked apart: the van's id stays with the van."""
    tracking = Tracking(THRESHOLDS, 1)
    ids: list[list[TrackId | None]] = []
    for n in range(10):
        at = T0 + timedelta(seconds=0.5 * n)
        if n < 5:
            ids.append(tracking.update(at, 0, _found(BOX), _kinds(CAR)))
        else:
            ids.append(tracking.update(at, 0, _found(BOX), _kinds(PERSON)))

    assert ids[4] == ["1.1"]
    assert ids[-1] == ["1.2"]


def test_hidden_thing_keeps_its_id_for_two_seconds() -> None:
    """Two missed looks keep the id; five seconds away end it."""
    camera = _Camera()
    for _ in range(5):
        first = camera.look(BOX)
    for _ in range(2):
        camera.look()
    back = camera.look(BOX)
    for _ in range(10):
        camera.look()
    later = [camera.look(BOX) for _ in range(3)][-1]

    assert first == back == ["1.1"]
    assert later == ["1.2"]


def test_time_that_stands_still_claims_nothing() -> None:
    """Equal or falling times give no ids and no error."""
    camera = _Camera(gap_s=0.0)
    still = [camera.look(BOX)[0] for _ in range(4)]
    camera.gap_s = -1.0
    back = [camera.look(BOX)[0] for _ in range(4)]

    assert set(still) == set(back) == {None}


def test_memory_of_ids_does_not_grow() -> None:
    """Ids of ended tracks are dropped."""
    camera = _Camera()
    for n in range(60):
        camera.look((float(50 * (n // 3)), 0, float(50 * (n // 3)) + 40, 40))

    assert len(camera.tracking._ids) < 8
