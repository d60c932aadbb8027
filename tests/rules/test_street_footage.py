"""The slot promise on real street footage: detector and rules, dwell 3 s.

Pole cameras, 352x288, ten seconds each. Every figure is printed: `make footage`.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import cv2
import pytest
from shapely import MultiPoint, Polygon

from base.ids import CameraId, ViewName, ZoneName
from detector.box import Box
from detector.coverage import ZoneArea
from detector.look import VEHICLES, Look
from detector.looker import Looker, LookerSettings
from detector.network import Network, open_network
from models.catalogue import DEFAULT_DETECTOR, find
from rules.build import CameraRules
from rules.clock_store import MemoryClockStore
from rules.engine import RuleEngine
from rules.settings import Purpose, RuleSection, ZoneSection
from rules.violation import Life
from streams.frame import Frame
from tests.rules.judging import judged, newest
from tests.scenes.scene import T0

pytestmark = pytest.mark.shared

POLE, HOME, KERB = CameraId("pole"), ViewName("home"), ZoneName("kerb")
DWELL_S = 3.0
STEP = 7
"""At 25 pictures a second: a look each 0.28 s, within the 0.3 s the rule asks for."""
WIDE_PX, OPEN_SHARE, SEEN_SHARE = 40, 0.3, 0.5
Points = tuple[tuple[float, float], ...]
WHOLE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
ZONES: dict[str, Points] = {
    # at the left edge a dark car waits in the side street from the first frame to the
    # last (seen by eye at frames 0, 60, 120, 180, 230): it does stand
    "jamcam_mn1_cromwell_rd": ((0.13, 0.0), (1.0, 0.0), (1.0, 1.0), (0.13, 1.0)),
    # at the right edge a dark car comes at frame 147 and waits there to the last (seen
    # by eye at frames 147, 196, 238), half cut off by the edge: it does stand
    "jamcam_wellington_moving": ((0.0, 0.0), (0.93, 0.0), (0.93, 1.0), (0.0, 1.0)),
}
"""The whole picture but for what truly stands there."""


@dataclass(frozen=True)
class _Standing:
    """A vehicle that stands, by the truth beside the clip."""

    name: str
    box: Box
    frames: range
    wide_px: float
    covered: float

    def is_promised(self) -> bool:
        """Large, open to view and still for the dwell and a second."""
        still_s = len(self.frames) / 25
        return (
            self.wide_px >= WIDE_PX
            and self.covered < OPEN_SHARE
            and still_s >= DWELL_S + 1
        )


POLE_NETWORK = "nonsite_pole"
"""The network shipped for cameras like these: `detector: {model: nonsite_pole}`."""


@pytest.fixture(scope="module", params=[DEFAULT_DETECTOR, POLE_NETWORK])
def model(request: pytest.FixtureRequest) -> str:
    """The embedded detector, and the one for small cameras on poles."""
    return str(request.param)


@pytest.fixture(scope="module")
def network(model: str) -> Network:
    """That network."""
    return open_network(find(model)[1])


def _looks(clip: Path, zone: Points, network: Network) -> Iterator[tuple[int, Look]]:
    settings = LookerSettings(POLE, HOME, (ZoneArea(KERB, zone),))
    looker = Looker(settings, network)
    video, number = cv2.VideoCapture(str(clip)), 0
    rate = video.get(cv2.CAP_PROP_FPS)
    while True:
        is_read, picture = video.read()
        if not is_read:
            break
        if number % STEP == 0:
            at = T0 + timedelta(seconds=number / rate)
            image = picture.astype("uint8", copy=False)
            yield number, looker.look(Frame(POLE, at, image, is_keyframe=True))
        number += 1
    video.release()


def _engine(zone: Points) -> RuleEngine:
    rule = RuleSection(dwell_s=DWELL_S, grace_s=0)
    section = ZoneSection(purpose=Purpose.PAVEMENT, points=zone, rules={"SW-01": rule})
    rules = CameraRules(POLE, HOME, {KERB: section})
    return RuleEngine(rules, MemoryClockStore(), 1)


def _truth(clip: Path) -> tuple[list[_Standing], Points]:
    """What stands, and a zone along the kerb: the hull of all that is parked there."""
    told = json.loads(clip.with_suffix(".gt.json").read_text(encoding="utf-8"))
    width, height = told["size"]
    things = told["standing"]
    boxes = [
        Box(x1 / width, y1 / height, x2 / width, y2 / height)
        for x1, y1, x2, y2 in (thing["box_xyxy"] for thing in things)
    ]
    flags = [thing.get("annotator_flag") for thing in things]
    at_kerb = [
        box
        for box, flag in zip(boxes, flags, strict=True)
        if flag == "parked" or "parked" not in flags
    ]
    hull = MultiPoint(
        [(x, y) for b in at_kerb for x in (b.x1, b.x2) for y in (b.y1, b.y2)]
    ).convex_hull
    standing = [
        _Standing(
            name=f"{thing['type']} {thing.get('track', '')}".strip(),
            box=box,
            frames=range(thing["frames"][0], thing["frames"][1] + 1),
            wide_px=(box.x2 - box.x1) * width,
            covered=max(
                (box.covered_by(o) for o in boxes if o.y2 > box.y2), default=0.0
            ),
        )
        for thing, box in zip(things, boxes, strict=True)
        if box in at_kerb
    ]
    assert isinstance(hull, Polygon)
    return standing, tuple((x, y) for x, y in hull.exterior.coords[:-1])


def _tell(figure: str) -> None:
    sys.stdout.write(figure + "\n")


def _is_seen(standing: _Standing, looks: list[tuple[int, Look]]) -> bool:
    """Whether the detector shows it in half of the looks, once with confidence."""
    scores = [
        max(
            (
                track.score
                for track in look.tracks
                if track.label in VEHICLES and track.box.iou(standing.box) >= 0.5
            ),
            default=0.0,
        )
        for number, look in looks
        if number in standing.frames
    ]
    shown = [score for score in scores if score > 0]
    named = looks[0][1].naming.best
    return len(shown) >= SEEN_SHARE * len(scores) and max(scores) >= named


@pytest.mark.parametrize(
    ("name", "count", "by_default"),
    [
        ("jamcam_mn5_tooley_st", 1, 1),
        ("jamcam_hydepark_arrive", 3, 3),
        # dark cars in the shade, which the embedded network hardly sees
        ("jamcam_blackfriars_queue", 3, 0),
    ],
)
def test_what_stands_is_found_once_each(
    footage: Path,
    model: str,
    network: Network,
    name: str,
    count: int,
    by_default: int,
) -> None:
    """Standing vehicles are one violation each, and nothing else is.

    Through the passing lorry, the coach that creeps, and drifting exposure: all that
    are promised with the network for such cameras, with the embedded one what it shows.
    """
    clip = footage / f"{name}.mp4"
    standing, zone = _truth(clip)
    looks = list(_looks(clip, zone, network))
    left = list(newest(judged((look for _, look in looks), _engine(zone))).values())

    raised: list[int] = []
    for thing in standing:
        found = [v for v in left if v.box.iou(thing.box) >= 0.4]
        left = [v for v in left if v not in found]
        raised.append(len(found))
        _tell(
            f"{model} {name}: {thing.name:8} {thing.wide_px:3.0f} px, "
            f"{thing.covered:.0%} covered, promised {thing.is_promised()}, "
            f"seen {_is_seen(thing, looks)}: {len(found)} violation(s)"
        )
    promised = [n for n, t in zip(raised, standing, strict=True) if t.is_promised()]
    seen = [
        n
        for n, thing in zip(raised, standing, strict=True)
        if thing.is_promised() and _is_seen(thing, looks)
    ]
    assert len(promised) == count
    assert sum(promised) >= (count if model == POLE_NETWORK else by_default)
    assert set(seen) <= {1}
    assert max(raised) <= 1
    assert left == []


@pytest.mark.parametrize(
    "name",
    [
        "jamcam_wellington_moving",
        "jamcam_mn1_cromwell_rd",
        "jamcam_mn7_piccadilly_circus_night",
        "intel_car-detection",
        "bxc_test",
    ],
)
def test_where_everything_moves_nothing_is_raised(
    footage: Path, network: Network, name: str
) -> None:
    """With the whole picture as the zone, the hardest there is, nothing stands."""
    zone = ZONES.get(name, WHOLE)
    looks = [look for _, look in _looks(footage / f"{name}.mp4", zone, network)]

    revisions = judged(looks, _engine(zone))

    candidates = {v.id for v in revisions}
    seen = sum(t.label in VEHICLES for look in looks for t in look.tracks)
    _tell(f"{name}: {len(looks)} looks, {seen} vehicles, {len(candidates)} candidates")
    assert newest(revisions) == {}


def test_a_painted_marking_is_no_vehicle_for_the_pole_network(footage: Path) -> None:
    """A "20" on the road that `nonsite_pole` names a car in two looks of three.

    Cars drive over it; it is named at 0.54 at first and at 0.25 later.
    """
    name = "jamcam_mn1_cromwell_rd"
    zone, pole = ZONES[name], open_network(find("nonsite_pole")[1])
    looks = [look for _, look in _looks(footage / f"{name}.mp4", zone, pole)]
    marking = Box(0.574, 0.441, 0.638, 0.485)
    named = [
        max((t.score for t in look.tracks if t.box.iou(marking) >= 0.6), default=0.0)
        for look in looks
    ]

    assert sum(score > 0 for score in named) >= len(looks) / 2
    assert newest(judged(looks, _engine(zone))) == {}


def test_the_lorry_in_front_of_the_coach_does_not_reset_it(
    footage: Path, network: Network
) -> None:
    """Coach and car stand from the first look to the last, each under one id."""
    clip = footage / "jamcam_mn5_tooley_st.mp4"
    _, zone = _truth(clip)
    revisions = judged((k for _, k in _looks(clip, zone, network)), _engine(zone))

    found = newest(revisions)

    assert {v.first_seen for v in found.values()} == {T0}
    assert {v.life for v in found.values()} == {Life.OPEN}
    assert all(
        v.opened_at <= T0 + timedelta(seconds=5) for v in found.values() if v.opened_at
    )
