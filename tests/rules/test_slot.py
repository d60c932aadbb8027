"""One slot, look by look: its clock, its shape, its doubts."""

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from base.ids import ZoneName
from detector.box import Box
from rules.clause import Why
from rules.occupant import Verdict
from rules.place import SlotId
from rules.sighting import Sighting
from rules.slot import Limits, Slot
from rules.violation import Gap
from tests.scenes.scene import T0

LIMITS = Limits(dwell_s=60.0, gap_s=480.0)
"""Asked for every 6 s, sampled up to 15 s, broken after 20 s, left after 20 s."""
BOX = Box(0.2, 0.2, 0.4, 0.4)
SEEN = Sighting(BOX, "car", 0.5, 100.0)
SAME, UNSURE, OTHER = Verdict.SAME, Verdict.UNSURE, Verdict.DIFFERENT
NOT_COMPARED = Verdict.NOT_COMPARED


def at(seconds: float) -> datetime:
    """That long after the first look."""
    return T0 + timedelta(seconds=seconds)


def slot() -> Slot:
    """A slot after its first sighting."""
    return Slot(
        SlotId("x30y40"), ZoneName("kerb"), BOX, "car", 0.5, 0.5, 100.0, T0, T0, T0, T0
    )


def proven(count: int = 20) -> Slot:
    """One seen every two seconds, `count` times after its first."""
    one = slot()
    for n in range(count):
        one.seen(SEEN, at(2 * (n + 1)), NOT_COMPARED, LIMITS)
    return one


def test_watched_time_adds_up_and_the_looks_are_kept() -> None:
    """Every look that shows it, up to the sampling bound."""
    one = slot()
    one.seen(SEEN, at(6), SAME, LIMITS)
    one.seen(SEEN, at(21), SAME, LIMITS)

    assert (one.observed_s, one.stay_s) == (21, 21)
    assert (one.first_seen, one.before, one.last_seen) == (T0, at(6), at(21))
    assert (one.sightings, one.hits, one.judged) == (3, 3, 3)
    assert one.gaps == []
    assert one.ended_at is None


@pytest.mark.parametrize(
    ("away_s", "observed_s", "gaps", "is_known"),
    [(15, 15, 0, True), (15.1, 0, 1, True), (20, 0, 1, True), (20.1, 0, 1, False)],
)
def test_a_pause_is_watched_then_a_gap_then_a_doubt(
    away_s: float, observed_s: float, gaps: int, *, is_known: bool
) -> None:
    """Nobody looked: 15 s are sampling, 20 s a third of the dwell."""
    one = slot()
    one.portrait = b"x"
    one.seen(SEEN, at(away_s), SAME, LIMITS)

    assert one.observed_s == observed_s
    assert one.gaps == ([Gap(T0, at(away_s))] if gaps else [])
    assert one.continuity_known is is_known


def test_hidden_time_does_not_count_as_watched() -> None:
    """Ten of twelve seconds behind a lorry: two were watched."""
    one = slot()
    one.hidden(at(4), Why.OCCLUDED)
    one.hidden(at(10), Why.NOT_COVERED)

    assert one.hidden_why is Why.NOT_COVERED
    assert one.hidden_s == 10
    one.seen(SEEN, at(12), SAME, LIMITS)

    assert one.observed_s == 2
    assert one.hidden_why is None
    assert one.hidden_s == 0


def test_hidden_for_longer_than_a_third_of_the_dwell_is_a_gap() -> None:
    """Though looks came all the while."""
    one = slot()
    for n in range(11):
        one.hidden(at(2 * (n + 1)), Why.OCCLUDED)
    one.seen(SEEN, at(24), SAME, LIMITS)

    assert one.gaps == [Gap(T0, at(24))]
    assert not one.continuity_known


def test_misses_in_a_row_end_a_stay_after_its_time() -> None:
    """At least three, and visibly empty for twenty seconds since the first."""
    one = proven()
    for n in range(10):
        one.missed(at(42 + 2 * n), LIMITS)
    assert (one.misses, one.missing_since, one.is_absent) == (10, at(42), False)
    assert one.ended_at is None

    one.missed(at(62), LIMITS)

    assert one.is_absent
    assert one.ended_at == at(42)


def test_a_miss_or_two_are_the_detectors() -> None:
    """However long ago: two misses are no empty place."""
    one = proven()
    one.missed(at(42), LIMITS)
    one.missed(at(82), LIMITS)

    assert not one.is_absent
    one.seen(SEEN, at(84), SAME, LIMITS)
    assert (one.misses, one.missing_since) == (0, None)


@pytest.mark.parametrize(
    ("verdict", "observed_s", "gaps"),
    [
        pytest.param(SAME, 50, [], id="the same"),
        pytest.param(UNSURE, 40, [Gap(at(40), at(50))], id="cannot be told"),
        pytest.param(NOT_COMPARED, 40, [Gap(at(40), at(50))], id="not compared"),
    ],
)
def test_found_again_as_the_same_before_it_counts_as_left_it_was_missed(
    verdict: Verdict, observed_s: float, gaps: list[Gap]
) -> None:
    """Four misses in a row would mean gone; back after ten seconds it never left."""
    one = proven()
    for n in range(4):
        one.missed(at(42 + 2 * n), LIMITS)
    assert one.seems_gone
    one.seen(SEEN, at(50), verdict, LIMITS)

    assert (one.observed_s, one.stay_s) == (observed_s, observed_s)
    assert one.gaps == gaps
    assert one.continuity_known


@pytest.mark.parametrize(
    ("hits", "judged", "rate", "needed"),
    [
        (20.0, 20.0, 22 / 23, 3),
        (10.0, 20.0, 12 / 23, 7),
        (2.0, 20.0, 4 / 23, 12),
        (1.0, 1.0, 0.75, 4),
    ],
)
def test_how_many_misses_mean_gone_depends_on_how_often_it_is_found(
    hits: float, judged: float, rate: float, needed: int
) -> None:
    """The chance that the detector alone misses so often is one in a hundred."""
    one = replace(slot(), hits=hits, judged=judged)

    assert one.hit_rate == pytest.approx(rate)
    assert one.misses_needed == needed
    assert not replace(one, misses=needed - 1, judged=judged + needed - 1).seems_gone
    assert replace(one, misses=needed, judged=judged + needed).seems_gone


def test_a_thing_missed_in_half_of_the_looks_scores_half() -> None:
    """A miss counts as nothing seen."""
    one = replace(slot(), mean_score=0.8, hits=10.0, judged=20.0)

    assert one.shown_score == pytest.approx(0.4)
    assert replace(one, hits=30.0).shown_score == pytest.approx(0.8)


def test_the_best_name_stays_and_the_mean_follows() -> None:
    """A better score gives the name; equal ones do not."""
    one = slot()
    one.seen(SEEN._replace(label="bus", score=0.5), at(2), SAME, LIMITS)
    one.seen(
        SEEN._replace(label="truck", score=0.8, height_px=120), at(4), SAME, LIMITS
    )
    one.seen(SEEN._replace(label="car", score=0.2, height_px=90), at(6), SAME, LIMITS)

    assert (one.label, one.score, one.height_px) == ("truck", 0.8, 120)
    assert one.mean_score == pytest.approx((0.5 + 0.5 + 0.8 + 0.2) / 4)


def test_the_first_eight_sightings_shape_the_anchor() -> None:
    """A mean of what was well seen; later boxes cannot drag it along."""
    one = slot()
    moved = SEEN._replace(box=Box(0.22, 0.21, 0.42, 0.41))
    one.seen(moved, at(2), SAME, LIMITS)
    assert one.anchor.x1 == pytest.approx(0.21)
    assert one.anchor.y1 == pytest.approx(0.205)
    assert one.anchor.x2 == pytest.approx(0.41)
    assert one.anchor.y2 == pytest.approx(0.405)

    one.seen(moved._replace(covered=0.61), at(4), SAME, LIMITS)
    assert one.anchor.x1 == pytest.approx(0.21)
    one.seen(moved._replace(covered=0.6), at(6), SAME, LIMITS)
    assert one.anchor.x1 == pytest.approx(0.21 + 0.01 / 4)

    settled = proven(7)
    before = settled.anchor
    settled.seen(moved, at(16), SAME, LIMITS)
    assert settled.anchor == before


def test_the_memory_of_hits_fades() -> None:
    """After fifty looks both counts are halved: what is long ago weighs less."""
    one = proven(49)
    assert (one.hits, one.judged) == (50, 50)
    one.missed(at(100), LIMITS)

    assert (one.hits, one.judged) == (25, 25.5)


def test_a_first_thumbnail_is_kept_and_follows_the_light() -> None:
    """Anew every ten seconds while it is the same."""
    one = slot()
    one.seen(SEEN._replace(portrait=b"a"), at(2), NOT_COMPARED, LIMITS)
    assert (one.portrait, one.signed_at) == (b"a", at(2))
    one.seen(SEEN._replace(portrait=b"b"), at(11), SAME, LIMITS)
    assert one.portrait == b"a"
    one.seen(SEEN._replace(portrait=b"c"), at(12), SAME, LIMITS)
    assert (one.portrait, one.signed_at) == (b"c", at(12))
    assert one.continuity_known


def test_a_first_thumbnail_after_a_pause_cannot_tell_who_stood_there() -> None:
    """Nobody watched for more than the sampling bound, and there was no picture."""
    one = slot()
    one.seen(SEEN._replace(portrait=b"a"), at(15.1), NOT_COMPARED, LIMITS)

    assert not one.continuity_known


def test_long_doubt_makes_continuity_unknown_and_takes_the_new_picture() -> None:
    """Three unsure looks over a third of the dwell; a sure one ends the doubt."""
    one = slot()
    one.seen(SEEN._replace(portrait=b"a"), at(2), NOT_COMPARED, LIMITS)
    new = SEEN._replace(portrait=b"b")
    one.seen(new, at(4), UNSURE, LIMITS)
    one.seen(new, at(14), UNSURE, LIMITS)
    assert (one.unsure, one.unsure_since) == (2, at(4))
    assert one.continuity_known
    one.seen(new, at(24), UNSURE, LIMITS)

    assert not one.continuity_known
    assert (one.portrait, one.unsure, one.unsure_since) == (b"b", 0, None)

    sure = slot()
    sure.seen(SEEN._replace(portrait=b"a"), at(2), NOT_COMPARED, LIMITS)
    sure.seen(new, at(4), UNSURE, LIMITS)
    sure.seen(new, at(10), SAME, LIMITS)
    assert (sure.unsure, sure.unsure_since) == (0, None)


def test_another_thing_is_a_run_that_must_last() -> None:
    """Three looks over six seconds; a pause begins a new run."""
    one = slot()
    one.doubted(SEEN, at(2), OTHER, LIMITS)
    one.doubted(SEEN, at(4), UNSURE, LIMITS)
    run = one.run
    assert run is not None
    assert (run.since, run.last, run.count, run.unlike) == (at(2), at(4), 2, 1)
    assert not run.is_settled(LIMITS)
    assert one.is_running(at(19), LIMITS)
    assert not one.is_running(at(19.1), LIMITS)

    one.doubted(SEEN._replace(box=Box(0.2, 0.2, 0.41, 0.4)), at(8), OTHER, LIMITS)
    assert run.is_settled(LIMITS)
    assert (run.count, run.unlike, run.box.x2) == (3, 2, 0.41)

    one.doubted(SEEN, at(23.1), UNSURE, LIMITS)
    fresh = one.run
    assert fresh is not None
    assert (fresh.since, fresh.count, fresh.unlike) == (at(23.1), 1, 0)


def test_two_looks_are_no_run_however_far_apart() -> None:
    """And three within a moment are none either."""
    two, three = slot(), slot()
    for second in (2.0, 12.0):
        two.doubted(SEEN, at(second), OTHER, LIMITS)
    for second in (2.0, 4.0, 7.9):
        three.doubted(SEEN, at(second), OTHER, LIMITS)

    assert two.run is not None
    assert not two.run.is_settled(LIMITS)
    assert three.run is not None
    assert not three.run.is_settled(LIMITS)


def test_what_comes_back_begins_its_stay_with_its_run() -> None:
    """The gap is told, the clock of the stay is the run's, continuity is unknown."""
    one = proven()
    for n in range(12):
        one.missed(at(42 + 2 * n), LIMITS)
    assert one.is_absent
    for second in (100, 104, 108):
        one.doubted(SEEN, at(second), SAME, LIMITS)
    one.returned(SEEN, at(108), LIMITS)

    assert one.gaps == [Gap(at(40), at(100))]
    assert (one.stay_s, one.observed_s) == (8, 48)
    assert (one.before, one.last_seen) == (at(100), at(108))
    assert one.is_absent is False
    assert one.continuity_known is False
    assert one.run is None


def test_nothing_comes_back_without_a_run() -> None:
    """Asked out of turn it changes nothing."""
    one = proven()
    before = replace(one)
    one.returned(SEEN, at(50), LIMITS)

    assert one == before
