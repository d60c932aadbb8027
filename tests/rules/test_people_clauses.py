"""Each clause on people in a zone at its bounds: truth, figure, limit, reason."""

from dataclasses import replace

import pytest

from base.ids import ZoneName
from detector.box import Box
from detector.look import PERSON, Body, Posture, Track
from rules.clause import Why
from rules.settings import Purpose, ZoneSection
from tests.rules.yard import PIT, RING, square, stands
from tests.rules.zone_case import (
    AT_PIT,
    BARE,
    BELOW,
    COVER,
    DECK,
    FALSE,
    FAR,
    HELMET,
    INSIDE,
    LYING,
    NO_DECK,
    ON_DECK,
    TRUE,
    UNKNOWN,
    VAN,
    YARD,
    Case,
    check,
    judged,
)

WITH_EDGE = {
    **YARD,
    ZoneName("edge"): ZoneSection(purpose=Purpose.EDGE, points=square(0.26, 0.3, 0.05)),
}
NEAR, NOT_NEAR = stands(0, 20, 0.133, 0.3), stands(0, 20, 0.13, 0.3)
"""A metre is 0.066 of the picture's width here: a person of 1.7 m is 0.2 of it high."""
NOT_ON_DECK = stands(0, 20, 0.215, 0.3)
CASES = [
    # people in a zone
    Case("person_in_zone", RING, TRUE, 1, 1, walks=[AT_PIT]),
    Case("person_in_zone", RING, FALSE, 0, 1),
    Case("person_in_zone", RING, FALSE, 1, 2, walks=[AT_PIT], params={"count": 2}),
    Case(
        "person_in_zone",
        RING,
        TRUE,
        2,
        2,
        walks=[AT_PIT, stands(0, 20, 0.4, 0.65)],
        params={"count": 2},
    ),
    Case("person_in_zone", RING, FALSE, 0, 1, walks=[stands(15.5, 20, 0.6, 0.65)]),
    Case("person_in_zone", RING, TRUE, 1, 1, walks=[stands(15, 20, 0.6, 0.65)]),
    Case("person_in_zone", RING, FALSE, 0, 1, walks=[AT_PIT], params={"has_moved": 1}),
    Case("person_in_zone", DECK, TRUE, 1, 1, walks=[ON_DECK], params={"has_moved": 1}),
    Case(
        "person_in_zone",
        RING,
        TRUE,
        1,
        1,
        walks=[AT_PIT],
        params={"smallest_px": 120},
        height_px=120.0,
    ),
    Case(
        "person_in_zone",
        RING,
        UNKNOWN,
        119,
        120,
        Why.TOO_SMALL,
        walks=[AT_PIT],
        params={"smallest_px": 120},
        height_px=119.0,
    ),
    Case("edge_within", DECK, UNKNOWN, why=Why.NOT_DRAWN, walks=[ON_DECK]),
    Case("edge_within", DECK, FALSE, 0, 1, zones=WITH_EDGE),
    Case("edge_within", DECK, TRUE, 1, 1, walks=[NEAR], zones=WITH_EDGE),
    Case("edge_within", DECK, FALSE, 0, 1, walks=[NOT_NEAR], zones=WITH_EDGE),
    Case("edge_within", DECK, FALSE, 0, 1, walks=[NOT_ON_DECK], zones=WITH_EDGE),
    Case("person_in_zone", RING, UNKNOWN, 0, 1, Why.OCCLUDED, things=(VAN,)),
    Case("person_in_zone", RING, UNKNOWN, 0, 1, Why.OCCLUDED, unseen=COVER),
    # above
    Case("person_above", BELOW, TRUE, 1, 1, walks=[ON_DECK]),
    Case("person_above", BELOW, FALSE, 0, 1),
    Case("person_above", BELOW, UNKNOWN, why=Why.NOT_DRAWN, zones=NO_DECK),
    Case("person_above", BELOW, UNKNOWN, why=Why.NOT_DRAWN, params={"purposes": []}),
    Case(
        "person_above",
        BELOW,
        UNKNOWN,
        why=Why.OCCLUDED,
        things=(Track(Box(0.0, 0.2, 0.2, 0.5), "bus", 0.9, 300.0),),
    ),
    # heads
    Case("head_bare", RING, TRUE, 1, 1, walks=[AT_PIT], head=BARE),
    Case("head_bare", RING, FALSE, 0, 1, walks=[AT_PIT], head=HELMET),
    Case("head_bare", RING, FALSE, 0, 1, head=BARE),
    Case("head_bare", RING, UNKNOWN, 0, 1, Why.NOT_OBSERVED, walks=[AT_PIT]),
    Case("head_bare", RING, TRUE, 1, 1, walks=[AT_PIT], head=BARE, height_px=80.0),
    Case(
        "head_bare",
        RING,
        UNKNOWN,
        79.0,
        80.0,
        Why.TOO_SMALL,
        walks=[AT_PIT],
        head=BARE,
        height_px=79.0,
    ),
    # bodies
    Case("person_lying", RING, TRUE, 9.0, 0, since_s=6.5, walks=[AT_PIT], body=LYING),
    Case(
        "person_lying",
        RING,
        TRUE,
        9.0,
        0,
        since_s=11.5,
        walks=[AT_PIT],
        body=replace(LYING, posture_s=4.0),
    ),
    Case(
        "person_lying",
        RING,
        TRUE,
        9.0,
        9.0,
        since_s=6.5,
        walks=[AT_PIT],
        body=LYING,
        params={"still_s": 9},
    ),
    Case(
        "person_lying",
        RING,
        FALSE,
        0,
        9.5,
        walks=[AT_PIT],
        body=LYING,
        params={"still_s": 9.5},
    ),
    Case(
        "person_lying",
        RING,
        FALSE,
        0,
        0,
        walks=[AT_PIT],
        body=replace(LYING, posture=Posture.LOW),
    ),
    Case(
        "person_lying",
        RING,
        UNKNOWN,
        why=Why.TOO_SMALL,
        walks=[AT_PIT],
        body=Body(Posture.UNKNOWN),
    ),
    Case("person_lying", RING, FALSE, 0, 0),
    Case("person_lying", PIT, FALSE, 0, 0, walks=[AT_PIT], body=LYING),
    Case(
        "person_lying",
        PIT,
        TRUE,
        9.0,
        0,
        since_s=6.5,
        walks=[AT_PIT],
        body=LYING,
        params={"around": ["attendant_ring"]},
    ),
    Case("person_fell", RING, TRUE, 1, 1, walks=[AT_PIT], body=LYING),
    Case(
        "person_fell",
        RING,
        FALSE,
        0,
        1,
        walks=[AT_PIT],
        body=replace(LYING, fell=False),
    ),
    Case(
        "person_fell",
        RING,
        UNKNOWN,
        why=Why.TOO_SPARSE,
        walks=[AT_PIT],
        body=replace(LYING, fell=None),
    ),
    Case("person_fell", RING, FALSE, 0, 1),
    # alone
    Case("sole_person", PIT, TRUE, 1, 1, walks=INSIDE),
    Case("sole_person", PIT, FALSE, 0, 1),
    Case("sole_person", PIT, FALSE, 2, 1, walks=[*INSIDE, FAR]),
    Case("sole_person", PIT, TRUE, 1, 1, walks=[FAR]),
    Case("sole_person", PIT, TRUE, 1, 1, walks=[stands(0, 13.5, 0.9, 0.95)]),
    Case("sole_person", PIT, FALSE, 0, 1, walks=[stands(0, 13.0, 0.9, 0.95)]),
    Case(
        "sole_person",
        PIT,
        UNKNOWN,
        1,
        1,
        Why.OCCLUDED,
        walks=INSIDE,
        things=(VAN,),
        things_from_s=13.0,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.clause}-{case.truth}")
def test_a_clause_says_what_it_saw_and_what_it_was_held_against(case: Case) -> None:
    """At the bound, beside it, and where nobody can tell."""
    check(case)


def test_the_thing_a_clause_is_about_is_the_person() -> None:
    """For the box of the violation: who is there, who is bare, who lies."""
    about = [
        Case("person_in_zone", RING, TRUE, walks=[AT_PIT]),
        Case("head_bare", RING, TRUE, walks=[AT_PIT], head=BARE),
        Case("person_lying", RING, TRUE, walks=[AT_PIT], body=LYING),
        Case("person_fell", RING, TRUE, walks=[AT_PIT], body=LYING),
        Case("approached", PIT, TRUE, walks=[AT_PIT]),
    ]
    for case in about:
        thing = judged(case).thing

        assert thing is not None, case.clause
        assert (thing.label, thing.score) == (PERSON, 0.8)
        assert thing.box.foot == pytest.approx((0.6, 0.65))
