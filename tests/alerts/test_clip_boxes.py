"""The boxes of each look during a clip: what is kept, when, and how it is read back."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.clip_boxes import NAME, boxes_json, decode_boxes
from alerts.clip_cutter import CutClip
from alerts.errors import StoreError
from alerts.memory_evidence_store import MemoryEvidenceStore
from alerts.pack import EvidenceFile, Role
from alerts.recent_looks import MOST_LOOKS, MOST_THINGS, Moment, RecentLooks, Seen
from detector.box import Box
from detector.look import PERSON, Track
from rules.clause import ClauseTrace, Truth
from rules.violation import Life
from sites.evidence_section import EvidenceSection
from tests.alerts.evidence_rig import BOX, Rig, at, look, spoilt, violation

OTHER = Box(0.7, 0.1, 0.8, 0.2)
OPENED = violation(Life.OPEN, 60)
SECTION = EvidenceSection()


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    """One worker's evidence over a store in memory."""
    return Rig(tmp_path / "candidates", MemoryEvidenceStore())


def _file(rig: Rig) -> EvidenceFile | None:
    files = rig.only_sealed().files
    return next((file for file in files if file.role is Role.BOXES), None)


def _clip(start_s: float = 50.0, end_s: float = 80.0) -> CutClip:
    return CutClip(Path("clip.mp4"), at(start_s), at(end_s), "h264")


def test_every_look_of_the_clip_is_there_by_its_second(rig: Rig) -> None:
    """From ten seconds before opening to twenty after, one entry a look, in order."""
    rig.alert()

    file = _file(rig)
    assert file is not None
    assert (file.parent, file.media_type) == ("clip.mp4", "application/json")
    boxes = decode_boxes(rig.bytes_of(rig.only_sealed(), NAME))
    assert boxes.start == at(50)
    assert [look.second for look in boxes.looks] == [
        -2.0,  # what is drawn over the first picture
        *(2.0 * n for n in range(16)),
    ]
    for one in boxes.looks:
        assert [thing.box for thing in one.things] == [(0.2, 0.4, 0.5, 0.7)]
        assert one.meant == 0
    assert rig.verifies(rig.only_sealed())


def test_the_thing_is_found_among_others_and_followed(rig: Rig) -> None:
    """The alert's own box is named in each look; none where it is hidden."""
    moments = (
        Moment(at(50), (Seen("person", OTHER), Seen("car", BOX))),
        Moment(at(52), (Seen("person", OTHER),)),
        Moment(at(54), (Seen("car", replace(BOX, x1=0.22)), Seen("person", OTHER))),
    )

    boxes = decode_boxes(boxes_json(moments, _clip(), OPENED))
    assert [look.meant for look in boxes.looks] == [1, None, 0]


def test_a_clock_set_back_leaves_looks_in_the_order_of_the_clip() -> None:
    """They came later and tell of earlier; the file is oldest first all the same."""
    recent = RecentLooks()
    for seconds in (50.0, 52.0, 60.0, 53.0, 55.0):
        recent.note(look(seconds, BOX), (), SECTION)

    moments = recent.of(OPENED, at(50), at(70))

    assert [moment.at for moment in moments] == [at(s) for s in (50, 52, 53, 55, 60)]
    boxes = decode_boxes(boxes_json(moments, _clip(), OPENED))
    told = [one.second for one in boxes.looks]
    assert told == sorted(told)


def test_clauses_stand_where_they_changed(rig: Rig) -> None:
    """A revision that says the same again is not repeated; a new truth is."""
    recent = RecentLooks()
    said = violation(Life.CANDIDATE, 50)
    false = replace(
        said, clauses=(ClauseTrace("still_for", Truth.FALSE, 50, 60, at(0)),)
    )
    true = replace(said, clauses=(ClauseTrace("still_for", Truth.TRUE, 60, 60, at(0)),))
    for second, told in ((50, (false,)), (52, (false,)), (54, ()), (56, (true,))):
        recent.note(look(second, BOX), told, SECTION)

    moments = recent.of(said, at(50), at(80))
    assert [dict(moment.clauses) for moment in moments] == [
        {"still_for": Truth.FALSE},
        {},
        {},
        {"still_for": Truth.TRUE},
    ]
    later = boxes_json(moments, _clip(start_s=55.0), said)
    assert [dict(one.clauses) for one in decode_boxes(later).looks] == [
        {"still_for": Truth.FALSE},  # told before the clip begins: not lost with it
        {"still_for": Truth.TRUE},
    ]


def test_no_score_no_identity_no_signature_is_kept(rig: Rig) -> None:
    """Whoever draws them may be the second officer; a signature never leaves."""
    rig.alert()

    raw = rig.bytes_of(rig.only_sealed(), NAME)
    first = json.loads(raw)["looks"][0]
    assert set(first) == {"second", "things", "meant", "clauses"}
    assert set(first["things"][0]) == {"label", "box"}


def test_without_a_clip_there_are_no_boxes(tmp_path: Path) -> None:
    """They are a derivative of the clip: nothing to draw over, nothing kept."""
    rig = Rig(
        tmp_path / "candidates",
        MemoryEvidenceStore(),
        clips=spoilt(error=StoreError("no packets")),
    )
    rig.clips.has_ring = False
    rig.alert()

    assert _file(rig) is None


def test_a_later_process_keeps_what_its_own_looks_saw(rig: Rig) -> None:
    """After a restart the looks before it are gone; those after it are drawn."""
    rig.candidate(58.0)
    rig.look(60.0, OPENED)
    rig.restart()
    for seconds in range(62, 84, 2):
        rig.look(float(seconds))

    boxes = decode_boxes(rig.bytes_of(rig.only_sealed(), NAME))
    assert boxes.looks[0].second == 12.0


def test_what_is_kept_of_looks_is_bounded(rig: Rig) -> None:
    """By time, by number of looks and by things a look."""
    recent = RecentLooks()
    crowd = tuple(Track(BOX, PERSON, 0.5, 90.0) for _ in range(MOST_THINGS + 9))
    for n in range(MOST_LOOKS + 50):
        recent.note(replace(look(n / 20), tracks=crowd), (), SECTION)
    kept = recent.of(OPENED, at(-1), at(1e6))
    assert len(kept) == MOST_LOOKS
    assert all(len(moment.things) == MOST_THINGS for moment in kept)

    recent.note(look(1000.0, BOX), (), SECTION)
    assert [m.at for m in recent.of(OPENED, at(-1), at(1e6))] == [at(1000)]


def test_boxes_are_the_same_bytes_each_time(rig: Rig, tmp_path: Path) -> None:
    """Two replays of one footage seal the same pack."""
    other = Rig(tmp_path / "again", MemoryEvidenceStore())
    for one in (rig, other):
        one.alert()

    first, second = (one.bytes_of(one.only_sealed(), NAME) for one in (rig, other))
    assert first == second


WHOLE = boxes_json(
    (Moment(at(50), (Seen("car", BOX),), {"still_for": Truth.TRUE}),), _clip(), OPENED
)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"version":1', b'"version":2'),
        (b'"meant":0', b'"meant":7'),
        (b'"second":0.0', b'"second":1e99'),
        (b"0.2,", b"NaN,"),
        (b'"true"', b'"perhaps"'),
        (b'"clip"', b'"clap"'),
        (b"}]}", b""),
    ],
)
def test_damaged_boxes_are_refused(old: bytes, new: bytes) -> None:
    """Another version, a thing that is not there, no numbers, broken off."""
    assert old in WHOLE
    with pytest.raises(StoreError, match=r"boxes\.json cannot be read"):
        decode_boxes(WHOLE.replace(old, new))


@given(junk=st.binary(max_size=200))
def test_junk_is_refused(junk: bytes) -> None:
    """Whatever stands in the file, the answer is a clear error."""
    with pytest.raises(StoreError):
        decode_boxes(junk)


def test_a_look_at_the_very_edges_of_the_clip_belongs_to_it() -> None:
    """Second 0 and the last second are drawn; what follows is not."""
    ends = [at(50), at(80), at(80) + timedelta(milliseconds=1)]
    moments = tuple(Moment(when, (Seen("car", BOX),)) for when in ends)

    boxes = decode_boxes(boxes_json(moments, _clip(), OPENED))
    assert [one.second for one in boxes.looks] == [0.0, 30.0]
