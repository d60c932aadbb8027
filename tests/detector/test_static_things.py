"""Things left standing are found whatever they are; people, light and holes are not.

Pictures are the campus sample's, with a thing pasted into them, and real clips.
"""

import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from detector.background_store import MemoryBackgroundStore
from detector.box import Box
from detector.look import Region, Unseen
from detector.network import Network
from detector.senses import Senses
from detector.static_things import StaticThings, Told
from tests.detector.clips import T0, WHOLE, Picture, look_at, looker, pictures

NOBODY = np.zeros((0, 4), np.float32)
PATH = ((0.0, 0.45), (1.0, 0.45), (1.0, 1.0), (0.0, 1.0))
GOODS_PX = (420, 330, 470, 372)  # on the campus path, away from its walkers
Change = Callable[[Picture, int], Picture]


def _crate(picture: Picture) -> Picture:
    """The picture with a crate of goods on the path."""
    x1, y1, x2, y2 = GOODS_PX
    changed = picture.copy()
    rng = np.random.default_rng(7)
    slats = rng.integers(30, 90, (6, 1, 3), np.uint8).repeat(7, axis=0)
    crate = np.broadcast_to(slats, (42, 50, 3)).copy()
    crate[:, ::12] = 20
    changed[y1:y2, x1:x2] = crate[: y2 - y1, : x2 - x1]
    return changed


def _share(box_px: tuple[int, int, int, int], picture: Picture) -> Box:
    height, width = picture.shape[:2]
    x1, y1, x2, y2 = box_px
    return Box(x1 / width, y1 / height, x2 / width, y2 / height)


def _boxes(network: Network, picture: Picture) -> NDArray[np.float32]:
    return network.detect([picture], 0.12)[0].boxes_px


class _Scene:
    """One view whose pictures a test changes; people are the sample's own."""

    def __init__(self, street: list[Picture], network: Network, gap_s: float) -> None:
        step = max(1, round(gap_s / 0.5))
        self.gap_s = gap_s
        self._pictures = street[::step]
        self._boxes = [_boxes(network, picture) for picture in self._pictures]
        self._number = 0
        self.things = StaticThings((PATH,))

    def show(self, looks: int, change: Callable[[Picture], Picture]) -> list[Told]:
        told = []
        for _ in range(looks):
            row = self._number % len(self._pictures)
            at = T0 + timedelta(seconds=self._number * self.gap_s)
            picture = change(self._pictures[row])
            told.append(self.things.see(at, picture, self._boxes[row]))
            self._number += 1
        return told

    @property
    def seconds(self) -> float:
        return self._number * self.gap_s


@pytest.fixture(scope="module", params=[1.0, 4.0], ids=["1 s looks", "4 s looks"])
def detected(
    request: pytest.FixtureRequest, campus: list[Picture], shipped: Network
) -> tuple[_Scene, float]:
    """The sample with its people found once; a fresh memory is made of it each time."""
    gap_s = float(request.param)
    return _Scene(campus, shipped, gap_s), gap_s


@pytest.fixture
def scene(detected: tuple[_Scene, float]) -> _Scene:
    """A view that was learned."""
    fresh, _ = detected
    fresh.things, fresh._number = StaticThings((PATH,)), 0
    fresh.show(8, lambda picture: picture)
    return fresh


def _plain(picture: Picture) -> Picture:
    return picture


def test_crate_left_on_the_path_is_one_region(scene: _Scene) -> None:
    """It is told once it stood still, back to the moment it was set down."""
    put_down_s = scene.seconds

    last = scene.show(8, _crate)[-1]

    (region,) = last.regions
    assert last.unseen is None
    assert region.box.iou(_share(GOODS_PX, scene._pictures[0])) > 0.6
    assert abs((region.first_seen - T0).total_seconds() - put_down_s) <= scene.gap_s
    assert region.static_s >= 4.0
    assert region.signature is not None


def test_sample_has_nothing_left_standing(scene: _Scene) -> None:
    """People walk and wait, tape flutters, vans stand: over minutes no region."""
    told = scene.show(30, _plain)

    assert [one.regions for one in told] == [()] * 30


def test_region_ends_when_the_thing_is_taken_away(scene: _Scene) -> None:
    """Two looks after the crate is gone there is no region."""
    scene.show(8, _crate)

    assert scene.show(3, _plain)[-1].regions == ()


def test_region_goes_on_behind_a_passer_by(scene: _Scene) -> None:
    """Somebody who stands before it for a while neither ends nor restarts it."""
    before = scene.show(8, _crate)[-1].regions[0]

    def hidden(picture: Picture) -> Picture:
        changed = _crate(picture)
        cv2.rectangle(changed, (410, 250), (480, 380), (40, 60, 200), -1)
        return changed

    boxes = scene._boxes
    body = np.array([[410, 250, 480, 380]], np.float32)
    scene._boxes = [np.concatenate([row, body]) for row in boxes]
    behind = scene.show(6, hidden)[-1].regions
    scene._boxes = boxes
    (after,) = scene.show(2, _crate)[-1].regions

    assert [region.covered > 0.9 for region in behind] == [True]
    assert behind[0].signature is None
    assert after.first_seen == before.first_seen


@pytest.mark.parametrize(
    "gain",
    [pytest.param(0.6, id="darker"), pytest.param(1.35, id="brighter")],
)
def test_exposure_makes_no_regions_and_ends_none(scene: _Scene, gain: float) -> None:
    """The camera's exposure drifts over the whole picture while a crate stands."""
    scene.show(8, _crate)

    def drifted(picture: Picture) -> Picture:
        return cv2.convertScaleAbs(_crate(picture), alpha=gain).astype(np.uint8)

    told = scene.show(10, drifted)

    assert [len(one.regions) for one in told] == [1] * 10


def test_shadow_is_no_thing(scene: _Scene) -> None:
    """A hard shadow falls on path and grass and stays for minutes."""

    def shaded(picture: Picture) -> Picture:
        changed = picture.copy()
        part = changed[300:380, 380:520]
        part[:] = (part * 0.55).astype(np.uint8)
        return changed

    told = scene.show(30, shaded)

    assert [one.regions for one in told] == [()] * 30


def test_thing_of_the_first_picture_that_is_taken_away_is_a_hole(
    detected: tuple[_Scene, float],
) -> None:
    """What stood there at the start is background; where it stood nothing is new."""
    scene, _ = detected
    scene.things, scene._number = StaticThings((PATH,)), 0
    scene.show(8, _crate)

    told = scene.show(30, _plain)

    assert [one.regions for one in told] == [()] * 30


def test_nothing_is_told_before_the_background_is_learned(
    campus: list[Picture],
) -> None:
    """The first looks say that they say nothing, and why."""
    things = StaticThings((PATH,))

    told = [
        things.see(T0 + timedelta(seconds=n), campus[0], NOBODY).unseen
        for n in range(6)
    ]

    assert told[:3] == [Unseen.BACKGROUND_LEARNING] * 3
    assert told[-1] is None


def test_whole_other_light_says_nothing_then_is_learned(scene: _Scene) -> None:
    """Night falls at once: regions are held, and after a minute told again."""
    scene.show(8, _crate)

    def night(picture: Picture) -> Picture:
        crate = _crate(picture)
        blurred = cv2.GaussianBlur(255 - crate, (0, 0), 2)
        return (blurred * 0.5).astype(np.uint8)

    told = scene.show(int(120 / scene.gap_s), night)

    assert told[0].unseen is Unseen.LIGHT_CHANGED
    assert told[-1].unseen is None
    assert [len(one.regions) for one in told] == [1] * len(told)
    assert scene.show(40, night)[-1].regions


def test_memory_outlives_a_restart(scene: _Scene) -> None:
    """A thing set down while nothing watched is found against the saved memory."""
    raw = scene.things.dump()
    assert raw is not None
    assert len(raw) < 600_000
    scene.things = StaticThings((PATH,), raw)

    told = scene.show(8, _crate)

    assert told[0].unseen is None
    assert len(told[-1].regions) == 1


DRAWN_ANEW = {
    "wider": ((0.0, 0.38), (1.0, 0.38), (1.0, 1.0), (0.0, 1.0)),
    "smaller": ((0.2, 0.5), (0.9, 0.5), (0.9, 0.9), (0.2, 0.9)),
    "as large, elsewhere": ((0.0, 0.4), (1.0, 0.4), (1.0, 0.95), (0.0, 0.95)),
}


@pytest.mark.parametrize("how", DRAWN_ANEW)
def test_what_stands_outlives_a_zone_drawn_anew(scene: _Scene, how: str) -> None:
    """It is told at the first look, as old as before; the street does not differ."""
    (before,) = scene.show(8, _crate)[-1].regions
    scene.things = StaticThings((DRAWN_ANEW[how],), before=scene.things)

    told = scene.show(30, _crate)

    assert [len(one.regions) for one in told] == [1] * 30
    assert told[0].regions[0].first_seen == before.first_seen
    assert told[-1].regions[0].box.iou(_share(GOODS_PX, scene._pictures[0])) > 0.6


@pytest.mark.parametrize("how", DRAWN_ANEW)
def test_memory_outlives_a_restart_with_a_zone_drawn_anew(
    scene: _Scene, how: str
) -> None:
    """What the saved picture and the new one share is known: goods are not learned."""
    scene.show(8, _crate)
    scene.things = StaticThings((DRAWN_ANEW[how],), scene.things.dump())

    told = scene.show(30, _crate)

    assert told[0].unseen is None
    (region,) = told[-1].regions
    assert region.box.iou(_share(GOODS_PX, scene._pictures[0])) > 0.6


def test_a_mask_drawn_or_taken_away_is_no_thing(scene: _Scene) -> None:
    """Its black comes and goes with the drawing; nothing under it is kept."""
    x1, y1, x2, y2 = GOODS_PX
    box = _share(GOODS_PX, scene._pictures[0])
    mask = ((box.x1, box.y1), (box.x2, box.y1), (box.x2, box.y2), (box.x1, box.y2))

    def blacked(picture: Picture) -> Picture:
        changed = picture.copy()
        changed[y1:y2, x1:x2] = 0
        return changed

    scene.things = StaticThings((PATH,), masks=(mask,), before=scene.things)
    told = scene.show(20, blacked)
    raw = scene.things.dump()
    scene.things = StaticThings((PATH,), before=scene.things)
    told += scene.show(20, _plain)
    scene.things = StaticThings((PATH,), raw)
    told += scene.show(20, _plain)

    assert [(one.unseen, one.regions) for one in told] == [(None, ())] * 60


def _of_an_older_version() -> bytes:
    """What was saved before the window's place was."""
    raw = io.BytesIO()
    shape = 150, 320
    np.savez_compressed(
        raw,
        version=np.int32(1),
        picture=np.zeros((*shape, 3), np.uint8),
        noise=np.zeros(shape, np.uint8),
        known=np.packbits(np.ones(shape, np.bool_)),
    )
    return raw.getvalue()


@pytest.mark.parametrize(
    "raw",
    [b"", b"PK\x03\x04", b"\x93NUMPY", bytes(5000), _of_an_older_version()],
    ids=len,
)
def test_damaged_memory_is_learned_anew(campus: list[Picture], raw: bytes) -> None:
    """Junk on the disk costs a relearning, nothing else."""
    told = StaticThings((PATH,), raw).see(T0, campus[0], NOBODY)

    assert told == Told((), Unseen.BACKGROUND_LEARNING)


def test_looker_saves_the_memory_and_tells_regions(
    campus: list[Picture], shipped: Network
) -> None:
    """Through the whole looker: the crate is in the look, the memory in the store."""
    store = MemoryBackgroundStore()
    eye = looker(shipped, PATH, Senses(regions=(PATH,)), store)
    for n in range(8):
        look_at(eye, n * 1.0, campus[n])
    looks = [look_at(eye, 8.0 + n, _crate(campus[8 + n])) for n in range(8)]

    assert store.load(looks[0].camera, looks[0].view) is not None
    assert len(looks[-1].regions) == 1

    wider = DRAWN_ANEW["wider"]
    drawn_anew = looker(shipped, wider, Senses(regions=(wider,)), store)
    drawn_anew.carry_on(eye)
    (region,) = look_at(drawn_anew, 16.0, _crate(campus[16])).regions
    assert region.first_seen == looks[-1].regions[0].first_seen


def _regions(
    footage: Path, clip: str, network: Network, gap_s: float
) -> dict[float, Region]:
    """Regions told over a clip by the seconds at which each was first seen."""
    eye = looker(network, WHOLE, Senses(regions=(WHOLE,)))
    found = {}
    for seconds, picture in pictures(footage / clip, gap_s):
        for region in look_at(eye, seconds, picture).regions:
            found[(region.first_seen - T0).total_seconds()] = region
    return found


@pytest.mark.shared
@pytest.mark.parametrize("gap_s", [1.0, 2.0])
def test_bag_on_the_pavement_is_the_only_thing_left(
    footage: Path, shipped: Network, gap_s: float
) -> None:
    """One region within 3 s of frame 440, where the bag is; nothing for the manhole."""
    found = _regions(footage, "aboda_video4.avi", shipped, gap_s)

    ((first_s, region),) = found.items()
    assert abs(first_s - 440 / 29.97) <= 3.0
    assert region.box.iou(Box(448 / 720, 360 / 480, 490 / 720, 410 / 480)) > 0.3


@pytest.mark.shared
@pytest.mark.parametrize(
    "clip",
    [
        "bxc_test.mp4",
        "intel_car-detection.mp4",
        "intel_one-by-one-person-detection.mp4",
        "jamcam_blackfriars_queue.mp4",
        "jamcam_hydepark_arrive.mp4",
        "jamcam_mn1_cromwell_rd.mp4",
        "jamcam_mn5_tooley_st.mp4",
        "jamcam_mn7_piccadilly_circus_night.mp4",
        "jamcam_wellington_moving.mp4",
    ],
)
def test_streets_have_nothing_left_standing(
    footage: Path, shipped: Network, clip: str
) -> None:
    """Queues, exposure drift, a wet night: no region in any of them."""
    assert _regions(footage, clip, shipped, 2.0 if "intel" in clip else 1.0) == {}
