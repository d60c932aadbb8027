"""Frames become looks: deterministic, honest about what they do not show."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from numpy.typing import NDArray

from base.ids import CameraId, ViewName, ZoneName
from detector.coverage import ZoneArea
from detector.look import VEHICLES, Look, Naming, Track, Unseen
from detector.looker import Looker, LookerSettings
from detector.network import Network
from detector.settings import DetectorSection
from streams.faults import FeedFault
from streams.frame import Frame

T0 = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
CAMERA = CameraId("campus")
KERB = ZoneArea(
    ZoneName("kerb"), ((0.84, 0.12), (0.96, 0.12), (0.96, 0.19), (0.84, 0.19))
)
WIDER = ZoneArea(ZoneName("kerb"), ((0.5, 0.08), (0.98, 0.08), (0.98, 0.3), (0.5, 0.3)))
VAN = (652 / 768, 43 / 576, 722 / 768, 101 / 576)
SETTINGS = LookerSettings(CAMERA, ViewName("home"), (KERB,))
Picture = NDArray[np.uint8]


def _frame(image: Picture, seconds: float = 0.0, epoch: int = 0) -> Frame:
    at = T0 + timedelta(seconds=seconds)
    return Frame(CAMERA, at, image, is_keyframe=True, epoch=epoch)


def _looks(
    network: Network,
    pictures: list[Picture],
    settings: LookerSettings = SETTINGS,
    gap_s: float = 0.5,
) -> list[Look]:
    looker = Looker(settings, network)
    return [looker.look(_frame(p, n * gap_s)) for n, p in enumerate(pictures)]


def _vans(look: Look) -> list[Track]:
    found = []
    for track in look.tracks:
        corners = (track.box.x1, track.box.y1, track.box.x2, track.box.y2)
        is_near = np.abs(np.subtract(corners, VAN)).max() < 0.03
        if track.label in VEHICLES and track.score >= 0.3 and is_near:
            found.append(track)
    return found


def _shows_van(look: Look) -> bool:
    return bool(_vans(look))


@pytest.mark.parametrize("step", [1, 4, 12])
def test_van_at_the_kerb_is_seen_in_every_look(
    shipped: Network, campus: list[Picture], step: int
) -> None:
    """On the campus sample, one zone crop, the van is there at any look rate."""
    looks = _looks(shipped, campus[::step], gap_s=0.5 * step)

    assert [_shows_van(look) for look in looks] == [True] * len(looks)


def test_same_frames_give_the_same_looks(
    shipped: Network, campus: list[Picture]
) -> None:
    """Two lookers fed with the same frames say the same to the last bit."""
    whole = replace(SETTINGS, zones=())

    assert _looks(shipped, campus[:12], whole) == _looks(shipped, campus[:12], whole)


def test_look_carries_what_the_frame_said(shipped: Network, street: Picture) -> None:
    """Camera, view, time, epoch, size, faults and clock offset come from the frame."""
    frame = replace(
        _frame(street, epoch=3), faults=frozenset({FeedFault.LONG_GOP}), utc_offset_ms=7
    )

    look = Looker(SETTINGS, shipped).look(frame)

    assert (look.camera, look.view, look.at) == (CAMERA, "home", T0)
    assert (look.epoch, look.size_px, look.utc_offset_ms) == (3, (768, 576), 7)
    assert look.faults == {FeedFault.LONG_GOP}
    assert look.model == shipped.fingerprint
    limits = shipped.thresholds
    assert look.naming == Naming(limits.named, limits.named_mean)
    assert look.classes == frozenset(shipped.classes)


def test_people_have_no_signature_and_vehicles_have(
    shipped: Network, street: Picture
) -> None:
    """Privacy by construction: thumbnails are of things, never of people."""
    look = Looker(replace(SETTINGS, zones=()), shipped).look(_frame(street))

    people = [t for t in look.tracks if t.label in {"person", "helmet", "bare_head"}]
    vehicles = [t for t in look.tracks if t.label in VEHICLES]
    assert len(people) > 3
    assert {t.signature for t in people} == {None}
    assert vehicles
    assert all(t.signature is not None for t in vehicles)


def test_standing_van_looks_like_itself(
    shipped: Network, campus: list[Picture]
) -> None:
    """The van's signatures over the clip agree; the car behind it has another."""
    looks = _looks(shipped, campus[::8], gap_s=4.0)
    vehicles = [t for look in looks for t in look.tracks if t.label in VEHICLES]
    vans = [track for track in vehicles if abs(track.box.x1 - VAN[0]) < 0.02]
    cars = [track for track in vehicles if track.box.x1 > 0.93]
    first = vans[0].signature
    assert first is not None

    alike = [first.similarity(t.signature) for t in vans if t.signature]
    other = [first.similarity(t.signature) for t in cars if t.signature]
    assert min(alike) > 0.8
    assert max(other) < min(alike)


def test_everything_outside_crops_is_said_unseen(
    shipped: Network, street: Picture
) -> None:
    """The far corner of the picture is reported as not covered."""
    look = Looker(SETTINGS, shipped).look(_frame(street))

    boxes = [area.box for area in look.unseen if area.why is Unseen.NOT_COVERED]
    assert any(b.x1 <= 0.1 <= b.x2 and b.y1 <= 0.9 <= b.y2 for b in boxes)
    assert not any(b.x1 < 0.9 < b.x2 and b.y1 < 0.15 < b.y2 for b in boxes)


def test_masked_area_is_black_before_anything_looks(
    shipped: Network, street: Picture
) -> None:
    """A mask over the van hides it, is reported, and leaves the frame untouched."""
    mask = ((0.80, 0.0), (1.0, 0.0), (1.0, 0.25), (0.80, 0.25))
    before = street.copy()

    look = Looker(replace(SETTINGS, masks=(mask,)), shipped).look(_frame(street))

    assert not _shows_van(look)
    masked = [area.box for area in look.unseen if area.why is Unseen.MASKED]
    assert [(b.x1, b.y1, b.x2, b.y2) for b in masked] == [(0.80, 0.0, 1.0, 0.25)]
    assert np.array_equal(street, before)


def test_resolution_may_change_in_mid_stream(shipped: Network, street: Picture) -> None:
    """The plan follows the picture's size, and boxes stay where they were."""
    looker = Looker(SETTINGS, shipped)
    large = np.repeat(np.repeat(street, 2, axis=0), 2, axis=1)

    looks = [
        looker.look(_frame(street, 0)),
        looker.look(_frame(large, 1, epoch=1)),
        looker.look(_frame(street, 2, epoch=2)),
    ]

    assert [look.size_px for look in looks] == [(768, 576), (1536, 1152), (768, 576)]
    assert all(_shows_van(look) for look in looks)
    assert looks[0].tracks == looks[2].tracks


@pytest.mark.parametrize("shape", [(0, 0), (0, 50), (1, 1), (15, 400), (400, 2)])
def test_picture_too_small_to_judge_is_unseen(
    shipped: Network, shape: tuple[int, int]
) -> None:
    """A picture of a few pixels gives a look that says it saw nothing."""
    look = Looker(SETTINGS, shipped).look(_frame(np.zeros((*shape, 3), np.uint8)))

    assert look.tracks == ()
    assert [area.box.area for area in look.unseen] == [1.0]


@pytest.mark.parametrize("level", [0, 128, 255])
def test_plain_picture_shows_nothing(shipped: Network, level: int) -> None:
    """Black, grey and white pictures have no tracks and raise nothing."""
    plain = np.full((576, 768, 3), level, np.uint8)

    assert Looker(SETTINGS, shipped).look(_frame(plain)).tracks == ()


def test_threshold_of_the_site_file_wins(shipped: Network, street: Picture) -> None:
    """With `score: 0.9` set for the camera nothing weaker is shown."""
    section = DetectorSection(score=0.9)
    settings = replace(SETTINGS, zones=(), section=section)

    look = Looker(settings, shipped).look(_frame(street))

    assert all(track.score >= 0.9 for track in look.tracks)


def test_crops_and_smallest_person_of_the_site_file_are_kept(shipped: Network) -> None:
    """`crops` caps what a look costs, `smallest_person_px` how far crops shrink."""
    street = ZoneArea(ZoneName("street"), ((0, 0.4), (1, 0.4), (1, 0.8), (0, 0.8)))

    def plan(**keys: int) -> tuple[int, float]:
        settings = replace(
            SETTINGS, zones=(street,), section=DetectorSection.model_validate(keys)
        )
        found = Looker(settings, shipped).crop_plan((1920, 1080))
        return len(found.crops), found.smallest_person_px

    one, coarse = plan(crops=1, smallest_person_px=24)
    many, fine = plan(crops=16, smallest_person_px=24)
    assert one == 1
    assert many > 4
    assert coarse > 24 >= fine


def test_tracks_are_ordered_and_inside_the_picture(
    shipped: Network, street: Picture
) -> None:
    """Best score first, corners within 0…1, heights in pixels of the picture."""
    look = Looker(replace(SETTINGS, zones=()), shipped).look(_frame(street))

    scores = [track.score for track in look.tracks]
    assert scores == sorted(scores, reverse=True)
    for track in look.tracks:
        box = track.box
        assert 0 <= box.x1 <= box.x2 <= 1
        assert 0 <= box.y1 <= box.y2 <= 1
        assert track.height_px == pytest.approx((box.y2 - box.y1) * 576, abs=0.01)


def test_identity_comes_with_two_looks_a_second(
    shipped: Network, campus: list[Picture]
) -> None:
    """At two looks a second van and car have ids of this worker, at slow looks none."""
    settings = replace(SETTINGS, worker_epoch=5)
    fast = _looks(shipped, campus[:8], settings)[-1]
    slow = _looks(shipped, campus[:8], settings, gap_s=2.0)[-1]

    strong = [t for t in fast.tracks if t.label in VEHICLES and t.score >= 0.5]
    ids = [str(track.id) for track in strong]
    assert len(ids) == 2
    assert all(name.startswith("5.") for name in ids)
    assert {track.id for track in slow.tracks} == {None}


def test_ids_go_on_where_zones_are_drawn_anew(
    shipped: Network, campus: list[Picture]
) -> None:
    """The van is the same thing for the rules before and after."""
    before = Looker(SETTINGS, shipped)
    old = [before.look(_frame(p, n * 0.5)) for n, p in enumerate(campus[:8])]
    wide = replace(SETTINGS, zones=(WIDER,))
    after = Looker(wide, shipped)

    after.carry_on(before)
    new = [after.look(_frame(p, 4 + n * 0.5)) for n, p in enumerate(campus[8:16])]

    (van,) = {track.id for look in old[-2:] for track in _vans(look)}
    assert van is not None
    assert {track.id for look in new for track in _vans(look)} == {van}
    assert after.crop_plan((768, 576)) != before.crop_plan((768, 576))
