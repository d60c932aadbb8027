"""Who lies is told from who kneels, bends or sits; a fall from lying down.

No footage of falls is at hand: bodies are sequences of boxes with human proportions,
and real walkers of the sample, cut out and laid down on its path.
"""

from datetime import timedelta

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from detector.bodies import Bodies
from detector.box import Box
from detector.look import PERSON, Body, Look, Posture, Track, TrackId
from detector.network import Network
from detector.senses import Senses
from detector.sideways import Sideways
from tests.detector.clips import T0, WHOLE, Picture, look_at, looker

WIDTH, HEIGHT = 640, 480
GROUND = np.full((HEIGHT, WIDTH, 3), 120, np.uint8)
STAND_PX = 100.0


def _track(wide: float, high: float, x: float = 320, foot: float = 400) -> Track:
    box = Box(
        (x - wide / 2) / WIDTH,
        (foot - high) / HEIGHT,
        (x + wide / 2) / WIDTH,
        foot / HEIGHT,
    )
    return Track(box, PERSON, 0.8, high, id=TrackId("1.1"))


def _drawn(track: Track, colour: int = 30) -> Picture:
    picture, box = GROUND.copy(), track.box
    left, top = max(0, int(box.x1 * WIDTH)), int(box.y1 * HEIGHT)
    picture[top : int(box.y2 * HEIGHT), left : int(box.x2 * WIDTH)] = colour
    return picture


class _Site:
    """A view in which people walked by, so that their height is known."""

    def __init__(self, gap_s: float = 0.5, passers_by: int = 30) -> None:
        self.bodies, self.gap_s, self.looks = Bodies(), gap_s, 0
        for n in range(passers_by):
            self.show(_track(38, STAND_PX, x=40 + 18 * n))
        self.looks += 40  # they are forgotten

    def show(self, track: Track, picture: Picture | None = None) -> Body:
        picture = _drawn(track) if picture is None else picture
        at = T0 + timedelta(seconds=self.looks * self.gap_s)
        self.looks += 1
        (seen,) = self.bodies.see(at, 0, picture, (track,))
        assert seen.body is not None
        return seen.body

    def last(self, *tracks: Track) -> Body:
        return [self.show(track) for track in tracks][-1]


SHAPES = {
    # width and height as shares of the standing height
    "standing": (0.38, 1.0),
    "arms out": (0.75, 1.0),
    "kneeling": (0.45, 0.72),
    "kneeling over a pit": (0.62, 0.58),
    "bending": (0.6, 0.68),
    "squatting": (0.5, 0.55),
    "sitting on the ground": (0.55, 0.5),
    "lying": (1.0, 0.28),
    "lying curled up": (0.6, 0.35),
}


def _shape(name: str) -> Track:
    wide, high = SHAPES[name]
    return _track(wide * STAND_PX, high * STAND_PX)


@pytest.mark.parametrize(
    ("name", "posture"),
    [
        ("standing", Posture.UPRIGHT),
        ("arms out", Posture.UPRIGHT),
        ("kneeling", Posture.LOW),
        ("kneeling over a pit", Posture.LOW),
        ("bending", Posture.LOW),
        ("squatting", Posture.LOW),
        ("sitting on the ground", Posture.LOW),
        ("lying", Posture.LYING),
        ("lying curled up", Posture.LYING),
    ],
)
def test_postures_by_proportion(name: str, posture: Posture) -> None:
    """Each held for three looks is told as what it is."""
    looks = [*[_shape("standing")] * 3, *[_shape(name)] * 3]

    assert _Site().last(*looks).posture is posture


@pytest.mark.parametrize(
    "name", ["kneeling", "kneeling over a pit", "bending", "squatting"]
)
def test_work_near_the_ground_is_never_lying(name: str) -> None:
    """From standing down and up again, with the jitter of boxes, over a minute."""
    site, rng = _Site(), np.random.default_rng(5)
    wide, high = SHAPES[name]
    told = []
    for n in range(120):
        w, h = (wide, high) if n % 20 > 5 else SHAPES["standing"]
        w, h = (np.array([w, h]) * rng.normal(1, 0.06, 2)).tolist()
        told.append(site.show(_track(w * STAND_PX, h * STAND_PX)).posture)

    assert Posture.LYING not in told


def test_fall_is_told_from_lying_down() -> None:
    """Down within a second is a fall; down by way of sitting for long is not."""
    fell = _Site().last(*[_shape("standing")] * 4, *[_shape("lying")] * 3)
    lay_down = _Site().last(
        *[_shape("standing")] * 4,
        *[_shape("sitting on the ground")] * 12,
        *[_shape("lying")] * 3,
    )

    assert (fell.posture, fell.fell) == (Posture.LYING, True)
    assert (lay_down.posture, lay_down.fell) == (Posture.LYING, False)


def test_sparse_looks_cannot_tell_a_fall() -> None:
    """With two seconds between looks a fall is unknown, lying is not."""
    body = _Site(gap_s=2.0).last(*[_shape("standing")] * 4, *[_shape("lying")] * 3)

    assert (body.posture, body.fell) == (Posture.LYING, None)


def test_one_odd_box_is_no_posture() -> None:
    """A single box of lying proportions among standing ones changes nothing."""
    body = _Site().last(*[_shape("standing")] * 3, _shape("lying"))

    assert body.posture is Posture.UPRIGHT


def test_time_on_the_ground_and_stillness_are_counted() -> None:
    """Lying since the first look that showed it; still until a limb moves."""
    site = _Site()
    site.last(*[_shape("standing")] * 3)
    body = site.last(*[_shape("lying")] * 21)
    moved = _drawn(_shape("lying"))
    moved[380:396, 290:340] = 250

    after = site.show(_shape("lying"), moved)

    assert body.posture_s == pytest.approx(10.0)
    assert body.still_s >= 9.5
    assert after.posture_s == pytest.approx(10.5)
    assert after.still_s == 0.0


def test_detector_losing_a_body_for_moments_restarts_nothing() -> None:
    """Not found for three seconds, then found in the same place: one lying."""
    site = _Site()
    site.last(*[_shape("standing")] * 3, *[_shape("lying")] * 5)
    site.looks += 6

    body = site.show(_shape("lying"))
    assert (body.posture, body.posture_s) == (Posture.LYING, 5.5)


def test_what_always_lay_there_is_nobody() -> None:
    """A rock the network takes for a person lies, but never stood nor came."""
    assert _Site().last(*[_shape("lying")] * 20).posture is Posture.UNKNOWN


def test_who_walks_past_a_rock_has_not_fallen() -> None:
    """The walker's box ends in the rock's: nothing new lies there."""
    site, rock = _Site(), _shape("lying")
    for n in range(6):
        walker = _track(38, STAND_PX, x=200 + 24 * n)
        both = np.minimum(_drawn(walker), _drawn(rock, colour=90))
        site.show(walker, both)

    body = site.last(*[rock] * 1)
    told = [site.show(rock, _drawn(rock, colour=90)).posture for _ in range(6)]

    assert body.posture is not Posture.LYING
    assert Posture.LYING not in told


@pytest.mark.parametrize(
    "track",
    [
        pytest.param(_track(100, 28, x=45), id="cut off by the edge"),
        pytest.param(_track(20, 6), id="a smear"),
    ],
)
def test_half_seen_bodies_are_unknown(track: Track) -> None:
    """What cannot be told is not told."""
    assert _Site().last(*[track] * 3).posture is Posture.UNKNOWN


def test_without_known_heights_only_clear_shapes_are_told() -> None:
    """In the first looks of a view a flat box lies, a slender one stands."""
    stood = [_shape("standing")] * 3
    fresh = [_Site(passers_by=0).last(*stood, *[_shape(name)] * 2) for name in SHAPES]
    told = dict(zip(SHAPES, (body.posture for body in fresh), strict=True))

    assert told["standing"] is Posture.UPRIGHT
    assert told["lying"] is Posture.LYING
    assert told["sitting on the ground"] is Posture.LOW


AROUND = ((0.42, 0.38), (0.75, 0.38), (0.75, 0.85), (0.42, 0.85))
"""The stretch of path somebody is laid down on: one crop a look."""


@pytest.fixture(scope="module")
def empty(campus: list[Picture]) -> Picture:
    """The campus street without its people."""
    median: NDArray[np.float64] = np.median(np.stack(campus[::8]), axis=0)
    return median.astype(np.uint8)


def _cut_outs(
    campus: list[Picture], empty: Picture, network: Network
) -> list[tuple[Picture, Picture]]:
    """Walkers of the sample, whole and alone: picture and silhouette."""
    cuts = []
    for picture in campus[::16]:
        found = network.detect([picture], 0.5)[0]
        for row, (x1, y1, x2, y2) in enumerate(found.boxes_px.astype(int).tolist()):
            is_person = network.classes[found.class_ids[row]] == PERSON
            if not is_person or y2 - y1 < 70 or x1 < 5 or x2 > 760 or y2 > 570:
                continue
            walker, ground = picture[y1:y2, x1:x2], empty[y1:y2, x1:x2]
            differs = cv2.absdiff(walker, ground).max(axis=2) > 25
            kernel = np.ones((7, 7), np.uint8)
            shape = cv2.morphologyEx(differs.astype(np.uint8), cv2.MORPH_CLOSE, kernel)
            cuts.append((walker, shape.astype(np.uint8)))
    return cuts


def _pasted(
    ground: Picture, cut: tuple[Picture, Picture], foot: tuple[int, int], lies: bool
) -> Picture:
    walker, shape = cut
    if lies:
        walker = cv2.rotate(walker, cv2.ROTATE_90_CLOCKWISE).astype(np.uint8)
        shape = cv2.rotate(shape, cv2.ROTATE_90_CLOCKWISE).astype(np.uint8)
    height, width = shape.shape
    x, y = foot[0] - width // 2, foot[1] - height
    changed = ground.copy()
    changed[y : y + height, x : x + width][shape > 0] = walker[shape > 0]
    return changed


def _person_at(look: Look, x: float) -> Track | None:
    near = [
        t for t in look.tracks if t.label == PERSON and abs(t.box.foot[0] - x) < 0.1
    ]
    return near[0] if near else None


def test_real_walkers_laid_down_are_found_lying(
    campus: list[Picture], empty: Picture, shipped: Network
) -> None:
    """Each stands for two seconds, then lies: most are told within three."""
    cuts = _cut_outs(campus, empty, shipped)[:12]
    told = []
    for cut in cuts:
        eye = looker(shipped, AROUND, Senses(bodies=True))
        body = None
        for n in range(10):
            picture = _pasted(empty, cut, (440, 420), lies=n >= 4)
            person = _person_at(look_at(eye, n * 0.5, picture), 440 / 768)
            body = person.body if person is not None else None
        told.append(body is not None and body.posture is Posture.LYING)

    assert len(told) == 12
    assert sum(told) >= 10


def test_walkers_of_the_sample_never_lie(
    campus: list[Picture], shipped: Network
) -> None:
    """Over the clip, people crossing and hiding each other: nobody lies still."""
    eye = looker(shipped, WHOLE, Senses(bodies=True))
    lying = []
    for n, picture in enumerate(campus[:60]):
        for track in look_at(eye, n * 0.5, picture).tracks:
            body = track.body
            if body is not None and body.posture is Posture.LYING:
                lying.append((n, track.box, body))

    assert [one for one in lying if one[2].still_s >= 3.0] == []


def test_who_stands_is_not_found_sideways(
    campus: list[Picture], empty: Picture, shipped: Network
) -> None:
    """A standing person in the turned picture is no lying one."""
    sideways = Sideways(shipped)
    for cut in _cut_outs(campus, empty, shipped)[:6]:
        picture = _pasted(empty, cut, (440, 420), lies=False)
        last = Box(420 / 768, 320 / 576, 460 / 768, 420 / 576)

        assert sideways.find(picture, last, is_clockwise=True) is None
        assert sideways.find(picture, last, is_clockwise=False) is None
