"""Dwell strip, arrival clip and party crop: what they show and what bounds them."""

import io
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from alerts.arrivals import MAX_AT_ONCE
from alerts.dwell_strip import (
    COLUMNS,
    PICTURES,
    Dwelling,
    drawn_strip,
    plain_strip,
    spread,
)
from alerts.errors import StillError
from alerts.memory_evidence_store import MemoryEvidenceStore
from alerts.pack import EvidenceFile, Pack, Role
from alerts.party_crop import party_crop
from alerts.thumbnail import SIZE_PX, thumbnail
from alerts.watch_list import MAX_ARRIVAL_BYTES
from base.ids import CameraId
from detector.box import Box
from rules.violation import Gap, Life
from tests.alerts.evidence_rig import BOX, Rig, at, jpeg, spoilt, violation

RED = (224, 64, 48)


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    """One worker's evidence over a store in memory."""
    return Rig(tmp_path / "candidates", MemoryEvidenceStore())


def _of(pack: Pack, role: Role) -> EvidenceFile:
    return next(file for file in pack.files if file.role is role)


def _opened(body: bytes) -> Image.Image:
    return Image.open(io.BytesIO(body)).convert("RGB")


def _strip(gaps: tuple[Gap, ...] = (), count: int = PICTURES) -> Dwelling:
    small = thumbnail(jpeg(90, (1280, 720)))
    pictures = tuple((at(5.0 * n), small) for n in range(count))
    return Dwelling(pictures, BOX, gaps)


def test_strip_shows_twelve_looks_from_first_seen_to_opening(rig: Rig) -> None:
    """Twelve small pictures on one sheet, the first look and the opening among them."""
    rig.alert()

    dwell = _of(rig.only_sealed(), Role.DWELL)
    assert (dwell.captured_at, dwell.ended_at) == (at(2), at(60))
    width, height = _opened(rig.bytes_of(rig.only_sealed(), "dwell.jpg")).size
    assert width == SIZE_PX * COLUMNS
    assert dwell.size_px == (width, height)


def test_strip_marks_what_nobody_watched() -> None:
    """A gap between two pictures is written in red before the later one; none else."""
    gap = Gap(at(11), at(14))

    def reds(strip: bytes) -> int:
        pixels = _opened(strip).tobytes()
        near = [
            abs(r - RED[0]) + abs(g - RED[1]) + abs(b - RED[2]) < 60
            for r, g, b in zip(pixels[::3], pixels[1::3], pixels[2::3], strict=True)
        ]
        return near.count(True)

    assert reds(drawn_strip(_strip())) == 0
    marked = drawn_strip(_strip((gap,)))
    assert reds(marked) > 20
    column = 3  # the gap lies between the pictures at 10 s and at 15 s
    sheet = _opened(marked)
    left = sheet.crop((column * SIZE_PX, 0, sheet.width, sheet.height // 3))
    bytes_of_left = io.BytesIO()
    left.save(bytes_of_left, "JPEG", quality=95)
    assert reds(bytes_of_left.getvalue()) > 20


def test_plain_strip_has_no_mark_on_it() -> None:
    """Where the pictures are one colour, so is the sheet but for its ground."""
    sheet = _opened(plain_strip(_strip()))

    for n in range(PICTURES):
        left, top = n % COLUMNS * SIZE_PX, n // COLUMNS * (sheet.height // 3)
        tile = sheet.crop((left + 2, top + 2, left + SIZE_PX - 2, top + 170))
        for low, high in tile.getextrema():  # type: ignore[misc]
            assert high - low < 12


def test_strip_is_the_same_bytes_each_time() -> None:
    """Sealing again after a crash finds the object already there."""
    assert drawn_strip(_strip()) == drawn_strip(_strip())


@given(
    steps=st.lists(st.floats(0.1, 100), min_size=2, max_size=60),
    count=st.integers(2, 12),
)
def test_spread_keeps_order_ends_and_number(steps: list[float], count: int) -> None:
    """However uneven the looks, first and last stay and none comes twice."""
    times, seconds = [], 0.0
    for step in steps:
        seconds += step
        times.append(at(seconds))
    chosen = spread(times, times, count)

    assert chosen == sorted(set(chosen))
    assert len(chosen) == min(count, len(times))
    assert (chosen[0], chosen[-1]) == (times[0], times[-1])


def test_long_dwelling_costs_no_more_than_a_short_one(rig: Rig) -> None:
    """A candidate of an hour has at most two dozen small pictures on the shelf."""
    rig.candidate(until_s=3600, step_s=4)

    small = [name for name in rig.kept() if name.startswith("small.")]
    assert 12 <= len(small) <= 24


def test_junk_is_no_small_picture() -> None:
    """Bytes that are no picture are refused by name."""
    for junk in (b"", b"\xff\xd8\xff\xd9", jpeg()[:200]):
        with pytest.raises(StillError):
            thumbnail(junk)
        with pytest.raises(StillError):
            party_crop(junk, BOX)


def test_arrival_is_recorded_around_first_seen(rig: Rig) -> None:
    """Eight seconds, held when the candidate is new and cut when they have run."""
    rig.look(2, violation(Life.CANDIDATE, 2))
    (recording,) = rig.clips.made
    assert (recording.start, recording.end) == (at(-5), at(3))
    assert "arrival.mp4" not in rig.kept()

    rig.look(4)
    assert "arrival.mp4" in rig.kept()
    assert recording.released
    rig.look(60, violation(Life.OPEN, 60))
    rig.look(82)

    arrival = _of(rig.only_sealed(), Role.ARRIVAL)
    assert (arrival.captured_at, arrival.ended_at) == (at(-5), at(3))
    assert arrival.parent is None


def test_arrival_goes_with_its_candidate(rig: Rig) -> None:
    """A candidate that dies leaves no clip, neither on disk nor in memory."""
    rig.candidate(10)
    assert "arrival.mp4" in rig.kept()

    rig.look(12, violation(Life.DROPPED, 12))

    assert rig.kept() == set()
    assert rig.keeper.status().shelf_bytes == 0
    assert all(recording.released for recording in rig.clips.made)


def test_arrival_outlives_a_restart(rig: Rig) -> None:
    """The next process finds the clip beside the stills."""
    rig.candidate(10)
    rig.restart()
    rig.look(60, violation(Life.OPEN, 60))
    rig.look(82)

    assert _of(rig.only_sealed(), Role.ARRIVAL).stored.size == 4000


@pytest.mark.parametrize("room", [MAX_ARRIVAL_BYTES + 1, 2000])
def test_arrival_stays_within_its_bound(tmp_path: Path, room: int) -> None:
    """A clip larger than the bound, or than the shelf's room, is not kept."""
    body = bytes(MAX_ARRIVAL_BYTES + 1 if room > 2000 else 3000)
    rig = Rig(tmp_path / "c", MemoryEvidenceStore(), max_bytes=room)
    rig.clips = spoilt(body=body)
    rig.restart()
    rig.candidate(10)

    assert "arrival.mp4" not in rig.kept()
    assert all(recording.released for recording in rig.clips.made)


def test_burst_of_candidates_holds_few_arrivals(rig: Rig) -> None:
    """A shaking camera pins the packets of a few, not of hundreds."""
    many = [violation(Life.CANDIDATE, 2, slot=f"x{n}") for n in range(100)]

    rig.look(2, *many)

    assert len(rig.clips.made) == MAX_AT_ONCE


def test_what_stood_there_before_anybody_looked_has_no_arrival(rig: Rig) -> None:
    """Its arrival was in no ring any more."""
    rig.look(40, violation(Life.CANDIDATE, 40))

    assert rig.clips.made == []


def test_cameras_have_arrivals_of_their_own(rig: Rig) -> None:
    """The same slot name at another camera is another thing."""
    other = violation(Life.CANDIDATE, 2, camera=CameraId("gate"))
    rig.look(2, violation(Life.CANDIDATE, 2), other)

    assert len(rig.clips.made) == 2


def test_party_crop_shows_the_thing_at_full_resolution(rig: Rig) -> None:
    """The crop is the box with a margin, cut from the opening still it names."""
    rig.alert()

    pack = rig.only_sealed()
    party = _of(pack, Role.PARTY)
    assert party.parent == "opening.jpg"
    width, height = _opened(rig.bytes_of(pack, "party.jpg")).size
    assert (width, height) == (round(0.3 * 1.3 * 320) - 1, round(0.3 * 1.3 * 240))


def test_tiny_thing_has_no_crop() -> None:
    """A dozen pixels show nothing a person could tell."""
    assert party_crop(jpeg(), Box(0.5, 0.5, 0.52, 0.52)) is None


def test_small_picture_that_vanished_costs_itself_alone(rig: Rig) -> None:
    """A file deleted from the shelf leaves a strip of the others."""
    rig.candidate()
    gone = next(rig.folder.rglob("small.*"))
    gone.unlink()
    rig.look(60, violation(Life.OPEN, 60))
    rig.look(82)

    pack = rig.only_sealed()
    assert _of(pack, Role.DWELL).ended_at == at(60)
    assert rig.verifies(pack)


def test_seen_json_names_the_looks_of_the_strip(rig: Rig) -> None:
    """When each small picture was taken stands in words, too."""
    rig.alert()

    pack = rig.only_sealed()
    body = rig.bytes_of(pack, "seen.json")
    assert body.count(b'"dwell":[{"at":"2026-11-23T02:00:02.000000Z"') == 1


def test_gap_of_the_violation_reaches_the_strip(rig: Rig) -> None:
    """The rules' own gaps are drawn, not guessed from the pictures."""
    rig.candidate()
    gap = Gap(at(20), at(20) + timedelta(seconds=7))
    rig.look(60, replace(violation(Life.OPEN, 60), gaps=(gap,)))
    rig.look(82)

    pack = rig.only_sealed()
    assert rig.bytes_of(pack, "dwell.annotated.jpg") != rig.bytes_of(pack, "dwell.jpg")
