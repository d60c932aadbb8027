"""Panoramas: the whole scene at first and last, full size, out of the clips."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from alerts.digest import digest
from alerts.errors import ClipError
from alerts.evidence_facts import Floor
from alerts.object_store import ObstoreEvidenceStore
from alerts.pack import EvidenceFile, Pack, Role
from alerts.panoramas import Panorama, panorama_file
from detector.box import Box
from tests.alerts.evidence_rig import Rig, at, jpeg, spoilt

FULL = (1920, 1080)


def full_size(path: Path, start: datetime, moment: datetime) -> tuple[datetime, bytes]:
    """A main stream of 25 pictures a second."""
    assert path.is_file()
    late_s = (moment - start).total_seconds() % 0.04
    return moment - timedelta(seconds=late_s), jpeg(33, FULL)


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    """A worker whose looks are 320x240 and whose clips are 1920x1080."""
    store = ObstoreEvidenceStore(tmp_path / "evidence", reserve_bytes=0)
    return Rig(tmp_path / "shelf", store, picture_at=full_size)


def whole(pack: Pack) -> list[EvidenceFile]:
    return [f for f in pack.files if f.role is Role.PANORAMA and not f.is_drawn]


def test_panoramas_come_from_the_clips_at_first_and_last(rig: Rig) -> None:
    """Each names the clip it is decoded from; the floors are judged on them."""
    rig.alert()

    pack = rig.only_sealed()
    early, late = whole(pack)
    assert [one.name for one in (early, late)] == ["panorama.1.jpg", "panorama.2.jpg"]
    assert (early.parent, late.parent) == ("arrival.mp4", "clip.mp4")
    assert (early.size_px, late.size_px) == (FULL, FULL)
    stills = {f.role: f for f in pack.files if f.parent is None}
    near = timedelta(seconds=0.2)
    assert abs(early.captured_at - stills[Role.FIRST].captured_at) < near
    assert abs(late.captured_at - stills[Role.LAST].captured_at) < near
    assert late.captured_at - early.captured_at >= timedelta(seconds=10)
    assert early.box == stills[Role.FIRST].box
    assert pack.facts is not None
    assert pack.facts.floors == ()
    drawn = [f for f in pack.files if f.role is Role.PANORAMA and f.is_drawn]
    assert [f.parent for f in drawn] == ["panorama.1.jpg", "panorama.2.jpg"]
    assert rig.verifies(pack)


def test_party_crop_is_taken_from_the_larger_picture(rig: Rig) -> None:
    """The plate is legible in the main stream, not in the small one."""
    rig.alert()

    party = next(f for f in rig.only_sealed().files if f.role is Role.PARTY)
    assert party.parent in {"panorama.1.jpg", "panorama.2.jpg"}
    assert party.size_px is not None
    assert party.size_px[0] > 320


def _no_picture(*_: object) -> tuple[datetime, bytes]:
    raise ClipError("no picture can be decoded")


def _half_a_second_late(
    path: Path, start: datetime, moment: datetime
) -> tuple[datetime, bytes]:
    return full_size(path, start, moment + timedelta(seconds=0.5))


@pytest.mark.parametrize(
    "decoder",
    [
        pytest.param(None, id="none"),
        pytest.param(_no_picture, id="undecodable"),
        pytest.param(_half_a_second_late, id="another moment"),
    ],
)
def test_still_stands_in_where_no_clip_has_the_picture(
    rig: Rig, decoder: object
) -> None:
    """It is a whole picture, too, is named as the parent, and its size counts."""
    rig.picture_at = decoder  # type: ignore[assignment]
    rig.restart()
    rig.alert()

    pack = rig.only_sealed()
    early, late = whole(pack)
    stills = {f.name: f for f in pack.files if f.parent is None}
    assert (early.parent, late.parent) == ("first.jpg", "last.jpg")
    assert early.stored == stills["first.jpg"].stored
    assert late.stored == stills["last.jpg"].stored
    assert pack.facts is not None
    assert pack.facts.floors == (Floor.PICTURE_TOO_SMALL,)


def test_without_an_arrival_the_earliest_still_within_the_clip_counts(
    tmp_path: Path,
) -> None:
    """Opening and last lie twenty seconds apart: still two, still far enough."""
    store = ObstoreEvidenceStore(tmp_path / "evidence", reserve_bytes=0)
    rig = Rig(tmp_path / "shelf", store, picture_at=full_size)
    rig.clips = spoilt(body=b"x" * (7 * 1024 * 1024))  # larger than an arrival may be
    rig.restart()
    rig.alert()

    pack = rig.only_sealed()
    early, late = whole(pack)
    assert (early.parent, late.parent) == ("clip.mp4", "clip.mp4")
    assert abs(early.captured_at - at(60)) < timedelta(seconds=0.2)
    assert pack.facts is not None
    assert pack.facts.floors == ()


def test_pack_with_one_still_has_one_panorama(rig: Rig) -> None:
    """The same picture under two names would not be two."""
    rig.picture_at = None
    rig.restart()
    rig.alert(opens_s=60.0, until_s=60.0)
    rig.keeper.close()

    pack = rig.only_sealed()
    names = [one.parent for one in whole(pack)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("off_s", [0.0, 0.08, -0.2])
def test_heads_are_covered_wherever_they_walked_since_the_still(off_s: float) -> None:
    """Two metres a second in any direction, of somebody 1.5 m tall in the picture."""
    person = Box(0.4, 0.4, 0.44, 0.7)
    size = (1920, 1080)
    still = EvidenceFile(
        "first.jpg",
        Role.FIRST,
        "image/jpeg",
        digest(b""),
        at(2),
        size_px=size,
        people=(person,),
    )
    made = Panorama(still, at(2 + off_s), "clip.mp4", b"")

    (found,) = panorama_file(1, made).people

    head_high = 0.3
    walked_px = abs(off_s) * 2.0 * (0.3 * size[1] / 1.5)
    left, right = found.x1 * size[0], found.x2 * size[0]
    top = found.y1 * size[1]
    bottom = top + head_high * (found.y2 - found.y1) * size[1]
    head = (0.4 * size[0], 0.44 * size[0], 0.4 * size[1], (0.4 + 0.3 * 0.3) * size[1])
    assert left == pytest.approx(head[0] - walked_px)
    assert right == pytest.approx(head[1] + walked_px)
    assert top == pytest.approx(head[2] - walked_px)
    assert bottom == pytest.approx(head[3] + walked_px)
