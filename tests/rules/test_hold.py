"""For how long something has held: stretches of true, false and unknown media time."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from rules.area import began_of, held_for
from rules.clause import ALWAYS, Truth, Why, false, true
from rules.hold import MOST_STRETCHES, Hold, HoldLimits
from tests.scenes.scene import T0

TRUE, FALSE, UNKNOWN = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
WHOLE = HoldLimits(dwell_s=10.0, share=1.0, sampled_s=2.5)
MOST = HoldLimits(dwell_s=10.0, share=0.6, sampled_s=2.5)


def at(seconds: float) -> datetime:
    """That long after the beginning."""
    return T0 + timedelta(seconds=seconds)


def noted(truths: Sequence[Truth], limits: HoldLimits, period_s: float = 1.0) -> Hold:
    """One look a second."""
    hold = Hold()
    for n, truth in enumerate(truths):
        hold.note(truth, at(n * period_s), limits)
    return hold


@pytest.mark.parametrize(
    ("truths", "limits", "says"),
    [
        pytest.param([], WHOLE, FALSE, id="nothing"),
        pytest.param([TRUE] * 10, WHOLE, FALSE, id="nine seconds of ten"),
        pytest.param([TRUE] * 11, WHOLE, TRUE, id="ten seconds"),
        pytest.param([TRUE] * 5 + [FALSE] + [TRUE] * 10, WHOLE, FALSE, id="a break"),
        pytest.param([TRUE] * 5 + [FALSE] + [TRUE] * 11, WHOLE, TRUE, id="after it"),
        pytest.param(
            [TRUE] * 5 + [UNKNOWN] * 2 + [TRUE] * 4, WHOLE, TRUE, id="a fifth unseen"
        ),
        pytest.param(
            [TRUE] * 5 + [UNKNOWN] * 3 + [TRUE] * 3, WHOLE, UNKNOWN, id="more unseen"
        ),
        pytest.param([UNKNOWN] * 11, WHOLE, FALSE, id="never seen"),
        pytest.param(
            [TRUE] * 5 + [FALSE] * 3 + [TRUE] * 4, MOST, TRUE, id="six of ten"
        ),
        pytest.param(
            [TRUE] * 4 + [FALSE] * 4 + [TRUE] * 4, MOST, FALSE, id="five of ten"
        ),
        pytest.param([TRUE] * 2 + [FALSE] * 8 + [TRUE], MOST, FALSE, id="hardly"),
    ],
)
def test_it_has_held_for_so_much_of_what_was_observed(
    truths: list[Truth], limits: HoldLimits, says: Truth
) -> None:
    """The share of the observed part of the dwell, and a fifth may be unseen."""
    hold = noted(truths, limits)

    assert hold.verdict(at(len(truths) - 1), limits) is says


def test_a_long_pause_between_looks_was_not_watched() -> None:
    """Up to the sampling bound it counts; beyond it, it is unknown time."""
    close, far = Hold(), Hold()
    for second in (0.0, 2.5):
        close.note(TRUE, at(second), WHOLE)
    for second in (0.0, 2.6):
        far.note(TRUE, at(second), WHOLE)

    assert close.true_s(at(0), at(5)) == 2.5
    assert far.true_s(at(0), at(5)) == 0.0
    assert [one.truth for one in far.stretches] == [TRUE, UNKNOWN, TRUE]


def test_between_a_true_and_a_false_look_nothing_is_claimed_true() -> None:
    """Truth ends with its last look and begins with its first."""
    hold = noted([FALSE, FALSE, TRUE, TRUE, FALSE, TRUE], WHOLE)

    assert hold.true_s(at(0), at(5)) == 1.0
    assert [(one.truth, one.start, one.end) for one in hold.stretches] == [
        (FALSE, at(0), at(2)),
        (TRUE, at(2), at(3)),
        (FALSE, at(3), at(5)),
        (TRUE, at(5), at(5)),
    ]


@pytest.mark.parametrize(
    ("truths", "since"),
    [
        ([], None),
        ([TRUE, TRUE], None),
        ([TRUE, FALSE, FALSE], 0.0),
        ([FALSE, FALSE], 0.0),
        ([FALSE, UNKNOWN], None),
    ],
)
def test_it_is_false_since_the_last_look_that_said_otherwise(
    truths: list[Truth], since: float | None
) -> None:
    """Without a break; unknown breaks it."""
    expected = None if since is None else at(since)

    assert noted(truths, WHOLE).false_since() == expected


def test_what_was_known_late_is_dated_back() -> None:
    """A crossing is known two seconds after it: the false looks before were wrong."""
    hold = noted([FALSE] * 5, WHOLE)
    hold.note(TRUE, at(5), WHOLE, since=at(3.5))

    assert hold.began == at(3.5)
    assert [(one.truth, one.start, one.end) for one in hold.stretches] == [
        (FALSE, at(0), at(3.5)),
        (TRUE, at(3.5), at(5)),
    ]


def test_a_date_in_the_future_dates_nothing() -> None:
    """It holds from this look at the earliest claimed, never later."""
    hold = noted([FALSE] * 3, WHOLE)
    hold.note(TRUE, at(3), WHOLE, since=at(9))

    assert hold.began == at(3)


def test_one_false_look_ends_it_unless_a_share_is_enough() -> None:
    """With a share it lasts while any truth is left in the window."""
    whole = noted([TRUE] * 5 + [FALSE], WHOLE)
    most = noted([TRUE] * 5 + [FALSE], MOST)
    long_over = noted([TRUE] * 5 + [FALSE] * 11, MOST)

    assert whole.began is None
    assert most.began == at(0)
    assert long_over.began is None


def test_what_is_older_than_the_window_is_forgotten() -> None:
    """A day of looks is a handful of stretches."""
    hold = noted([TRUE, FALSE] * 50, MOST)

    assert hold.stretches[0].end >= at(99 - 11)
    assert len(hold.stretches) <= 12


def test_stretches_are_bounded() -> None:
    """However often it flickers: the oldest become one unknown stretch."""
    long = HoldLimits(dwell_s=3600.0, share=0.6, sampled_s=2.5)
    hold = noted([TRUE, FALSE] * 200, long)

    assert len(hold.stretches) == MOST_STRETCHES
    assert hold.stretches[0].truth is UNKNOWN
    assert hold.stretches[0].start == at(0)
    assert all(
        one.end == two.start
        for one, two in zip(hold.stretches, hold.stretches[1:], strict=False)
    )


@pytest.mark.parametrize(
    ("truths", "truth", "why", "value"),
    [
        ([TRUE] * 11, TRUE, None, 10.0),
        ([TRUE] * 6, FALSE, None, 5.0),
        ([TRUE] * 5 + [UNKNOWN] * 3 + [TRUE] * 3, UNKNOWN, Why.NOT_OBSERVED, 6.0),
    ],
)
def test_the_trace_tells_how_long(
    truths: list[Truth], truth: Truth, why: Why | None, value: float
) -> None:
    """Seconds of truth in the window, held against the share of the dwell."""
    told = held_for(noted(truths, WHOLE), at(len(truths) - 1), WHOLE)

    assert (told.truth, told.why) == (truth, why)
    assert told.value == pytest.approx(value, abs=1.01)
    assert told.limit == 10.0
    assert held_for(Hold(), at(0), MOST).limit == 6.0


def test_a_composition_began_with_its_latest_clause() -> None:
    """When all that are true know since when; what always was has no beginning."""
    early, late = true(since=at(1)), true(since=at(4))
    always, vague = true(since=ALWAYS), true()

    assert began_of([early, late]) == at(4)
    assert began_of([early, always]) == at(1)
    assert began_of([early, false()]) == at(1)
    assert began_of([early, vague]) is None
    assert began_of([always]) is None
    assert began_of([false()]) is None
    assert began_of([]) is None


def _spans(hold: Hold) -> list[tuple[float, float, Truth]]:
    return [
        ((s.start - T0).total_seconds(), (s.end - T0).total_seconds(), s.truth)
        for s in hold.stretches
    ]


def test_what_nobody_saw_is_not_dated_back_over() -> None:
    """True since 2 s is known at 9 s; hidden from 4 s to 6 s stays unknown."""
    hold = noted([FALSE] * 5 + [UNKNOWN] * 2 + [FALSE] * 2, WHOLE)

    hold.note(TRUE, at(9), WHOLE, since=at(2))

    assert _spans(hold) == [
        (0, 2, FALSE),
        (2, 4, TRUE),
        (4, 6, UNKNOWN),
        (6, 9, TRUE),
    ]
    assert hold.began == at(2)


@pytest.mark.parametrize(
    ("truths", "since", "false_since"),
    [
        ([TRUE] * 4 + [UNKNOWN] * 4, 5.0, 5.0),
        ([TRUE] * 4 + [UNKNOWN] * 4, 1.0, 3.0),
        ([UNKNOWN] * 8, 2.0, 2.0),
        ([TRUE] * 8, 2.0, 7.0),
    ],
)
def test_what_was_unknown_is_cleared_up_when_it_is_known(
    truths: list[Truth], since: float, false_since: float
) -> None:
    """False since then, but never over what was seen to be true."""
    hold = noted(truths, WHOLE)

    hold.note(FALSE, at(8), WHOLE, since=at(since))

    assert hold.false_since() == at(false_since)
