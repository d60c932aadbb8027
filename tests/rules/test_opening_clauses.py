"""Each clause on an opening at its bounds: truth, figure, limit, reason, since."""

from dataclasses import replace
from datetime import timedelta

import pytest

from rules.clause import Truth, Why
from rules.context import Context
from tests.rules.yard import PIT, stands
from tests.rules.zone_case import (
    AT_PIT,
    DARK,
    ENTRY,
    FALSE,
    FAR,
    HEIGHT,
    INSIDE,
    LAST_S,
    MOVED,
    NO_PERMITS,
    NO_RING,
    NOBODY,
    SAME,
    TRUE,
    UNKNOWN,
    UNTIL_TEN,
    VAN,
    WORK,
    Case,
    Register,
    check,
    judged,
    line,
    permit,
)
from tests.scenes.scene import T0

BESIDE, COMES_UP = stands(0, 6, 0.58, 0.6), stands(12, 20, 0.58, 0.6)
"""Within a step of the pit's line, which is at 0.55."""

CASES = [
    # the opening
    Case("inside_at_least", PIT, FALSE, 0, 1),
    Case("inside_at_least", PIT, TRUE, 1, 1, since_s=5.5625, walks=INSIDE),
    Case("inside_at_least", PIT, FALSE, 1, 2, walks=INSIDE, params={"count": 2}),
    Case("inside_at_least", PIT, TRUE, 1, 1, since_s=0, walks=[stands(0, 9, 0.5, 0.6)]),
    Case(
        "inside_at_least",
        PIT,
        FALSE,
        0,
        1,
        walks=[stands(0, 9, 0.5, 0.6)],
        params={"seen_entering": True},
    ),
    # down a step beside the line, and up again there
    Case("inside_at_least", PIT, TRUE, 1, 1, since_s=6.25, walks=[BESIDE]),
    Case("inside_at_least", PIT, FALSE, 0, 1, walks=[stands(0, 6, 0.62, 0.6)]),
    Case("inside_at_least", PIT, FALSE, 0, 1, walks=[*INSIDE, COMES_UP]),
    Case("entered_unattended", PIT, TRUE, 1, 1, since_s=5.5625, walks=INSIDE),
    Case("entered_unattended", PIT, FALSE, 0, 1, walks=[*INSIDE, AT_PIT]),
    Case("entered_unattended", PIT, FALSE, 0, 1, walks=[AT_PIT]),
    Case("entered_unattended", PIT, FALSE, 0, 1, walks=[stands(0, 9, 0.5, 0.6)]),
    Case(
        "entered_unattended",
        PIT,
        UNKNOWN,
        why=Why.NOT_DRAWN,
        walks=INSIDE,
        zones=NO_RING,
    ),
    Case("ring_empty", PIT, TRUE, None, 2.0, since_s=None, walks=NOBODY),
    Case("ring_empty", PIT, FALSE, 0.0, 2.0, since_s=0, walks=[AT_PIT]),
    Case(
        "ring_empty",
        PIT,
        FALSE,
        1.5,
        2.0,
        since_s=0,
        walks=[stands(0, 14.0, 0.6, 0.65)],
    ),
    Case(
        "ring_empty",
        PIT,
        UNKNOWN,
        0.0,
        2.0,
        why=Why.NOT_OBSERVED,
        walks=[stands(11, 20, 0.6, 0.65)],
    ),
    Case(
        "ring_empty",
        PIT,
        FALSE,
        0.0,
        2.0,
        since_s=10.5,
        walks=[stands(10.5, 20, 0.6, 0.65)],
    ),
    Case(
        "ring_empty",
        PIT,
        FALSE,
        0.0,
        2.0,
        since_s=11,
        walks=[stands(11, 20, 0.6, 0.65)],
        params={"stays_s": 4.5},
    ),
    Case(
        "ring_empty",
        PIT,
        TRUE,
        2.0,
        2.0,
        since_s=13.5,
        walks=[stands(0, 13.5, 0.6, 0.65)],
    ),
    Case(
        "ring_empty",
        PIT,
        FALSE,
        2.0,
        3.0,
        since_s=0,
        walks=[stands(0, 13.5, 0.6, 0.65)],
        params={"unseen_s": 3},
    ),
    Case("ring_empty", PIT, UNKNOWN, None, 2.0, Why.OCCLUDED, things=(VAN,)),
    Case("ring_empty", PIT, UNKNOWN, why=Why.NOT_DRAWN, zones=NO_RING),
    Case("ring_unseen", PIT, FALSE, 0.0),
    Case("ring_unseen", PIT, TRUE, 1.0, things=(VAN,)),
    Case("ring_unseen", PIT, UNKNOWN, why=Why.NOT_DRAWN, zones=NO_RING),
    Case("opening_open", PIT, TRUE, 1, since_s=5.5625, walks=INSIDE, openings=(SAME,)),
    Case("opening_open", PIT, TRUE, 0.7, openings=(MOVED,)),
    Case("opening_open", PIT, FALSE, 0.02, openings=(SAME,), context=permit(ENTRY)),
    Case("opening_open", PIT, TRUE, 1, context=permit(ENTRY)),
    Case("opening_open", PIT, TRUE, 1, context=permit(ENTRY), openings=(DARK,)),
    Case("opening_open", PIT, UNKNOWN, why=Why.NO_REFERENCE, context=permit(HEIGHT)),
    Case("opening_open", PIT, UNKNOWN, why=Why.NO_REFERENCE),
    Case("opening_open", PIT, UNKNOWN, why=Why.TOO_DARK, openings=(DARK,)),
    Case(
        "opening_open",
        PIT,
        UNKNOWN,
        why=Why.NO_REFERENCE,
        openings=(replace(MOVED, zone=WORK),),
    ),
    Case("approached", PIT, TRUE, 1, 1, since_s=5.5625, walks=INSIDE),
    Case("approached", PIT, TRUE, 1, 1, walks=[AT_PIT]),
    Case("approached", PIT, TRUE, 1, 1, walks=[stands(0, 20, 0.75, 0.8)]),
    Case("approached", PIT, FALSE, 0, 1, walks=[FAR]),
    Case("entered_after_fall", PIT, FALSE, 0, 1, walks=INSIDE),
    Case("register_differs", PIT, UNKNOWN, why=Why.NO_REGISTER, walks=INSIDE),
    Case(
        "register_differs",
        PIT,
        FALSE,
        1,
        1,
        walks=INSIDE,
        context=Context(register=Register((line(5),))),
    ),
    Case(
        "register_differs",
        PIT,
        TRUE,
        1,
        0,
        walks=INSIDE,
        context=Context(register=Register((line(0, LAST_S),))),
    ),
    Case(
        "register_differs",
        PIT,
        FALSE,
        1,
        1,
        walks=INSIDE,
        context=Context(register=Register((line(0, 16), line(0, zone=WORK)))),
    ),
    Case("work_over", PIT, TRUE, 0.02, openings=(SAME,)),
    Case("work_over", PIT, UNKNOWN, why=Why.NO_PERMIT_FEED, openings=(MOVED,)),
    Case("work_over", PIT, FALSE, 0, context=permit(ENTRY)),
    Case("work_over", PIT, TRUE, 1, since_s=10, context=permit(ENTRY, UNTIL_TEN)),
    Case("work_over", PIT, UNKNOWN, why=Why.NO_REFERENCE, context=NO_PERMITS),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.clause}-{case.truth}")
def test_a_clause_says_what_it_saw_and_what_it_was_held_against(case: Case) -> None:
    """At the bound, beside it, and where nobody can tell."""
    check(case)


@pytest.mark.parametrize(
    ("down_s", "within_s", "truth"),
    [(2.0, 300, TRUE), (7.0, 300, FALSE), (0.0, 2.0, FALSE), (0.0, 6.0, TRUE)],
)
def test_an_entry_soon_after_a_fall_is_a_rescue(
    down_s: float, within_s: float, truth: Truth
) -> None:
    """Somebody is in at 5.5 s, after a person went down and within the time."""
    down = T0 + timedelta(seconds=down_s)
    case = Case("entered_after_fall", PIT, truth, walks=INSIDE, down=(down, down))
    told = judged(replace(case, params={"within_s": within_s}))

    assert told.truth is truth
    assert told.value == (1 if truth is TRUE else 0)
