"""Each clause on what no picture shows at its bounds: truth, figure, limit, reason."""

import pytest

from detector.look import Unseen
from rules.clause import Why
from tests.rules.yard import PIT, square
from tests.rules.zone_case import (
    BARRIER,
    DECK,
    FALSE,
    FELL,
    HEIGHT,
    NO_PERMITS,
    TRUE,
    UNKNOWN,
    UNTIL_TEN,
    WORK,
    Case,
    barrier,
    check,
    permit,
    weather,
)

CASES = [
    # permits, weather, classes, heights, falls
    Case("no_permit_in_force", DECK, UNKNOWN, why=Why.NO_PERMIT_FEED),
    Case("no_permit_in_force", DECK, TRUE, 0, 0, context=NO_PERMITS),
    Case("no_permit_in_force", DECK, FALSE, 1, 0, context=permit(HEIGHT)),
    Case(
        "no_permit_in_force",
        DECK,
        TRUE,
        0,
        0,
        context=permit(HEIGHT),
        params={"activities": ["works"]},
    ),
    Case(
        "no_permit_in_force",
        DECK,
        TRUE,
        0,
        0,
        since_s=10,
        context=permit(HEIGHT, UNTIL_TEN),
    ),
    Case(
        "no_permit_in_force",
        DECK,
        TRUE,
        0,
        0,
        context=permit(HEIGHT, points=square(0.8, 0.8, 0.1)),
    ),
    Case(
        "no_permit_in_force",
        DECK,
        FALSE,
        1,
        0,
        context=permit(HEIGHT, points=square(0.1, 0.3, 0.05)),
    ),
    Case("bad_weather", DECK, UNKNOWN, why=Why.NO_WEATHER_FEED),
    Case("bad_weather", DECK, FALSE, 3.0, 10.8, since_s=-300, context=weather()),
    Case(
        "bad_weather",
        DECK,
        TRUE,
        10.8,
        10.8,
        since_s=-300,
        context=weather(wind_mps=10.8),
    ),
    Case(
        "bad_weather",
        DECK,
        FALSE,
        10.7,
        10.8,
        since_s=-300,
        context=weather(wind_mps=10.7),
    ),
    Case(
        "bad_weather",
        DECK,
        TRUE,
        3.0,
        10.8,
        since_s=-300,
        context=weather(rain_mm_h=8.0),
    ),
    Case(
        "bad_weather",
        DECK,
        FALSE,
        3.0,
        10.8,
        since_s=-300,
        context=weather(rain_mm_h=7.9),
    ),
    Case(
        "bad_weather",
        DECK,
        TRUE,
        3.0,
        10.8,
        since_s=-300,
        context=weather(is_fog=True),
    ),
    Case(
        "bad_weather",
        DECK,
        TRUE,
        3.0,
        10.8,
        since_s=-300,
        context=weather(is_thunder=True),
    ),
    Case("zone_higher_than", DECK, FALSE, 5.0, 5.0),
    Case("zone_higher_than", DECK, TRUE, 5.0, 4.9, params={"height_m": 4.9}),
    Case("zone_higher_than", WORK, UNKNOWN, why=Why.NOT_DRAWN),
    Case("none_seen", PIT, UNKNOWN, why=Why.NO_SUCH_CLASS),
    Case("none_seen", PIT, TRUE, 0, 0, classes=BARRIER),
    Case("none_seen", PIT, FALSE, 1, 0, classes=BARRIER, things=barrier(0.5, 0.6)),
    Case("none_seen", PIT, TRUE, 0, 0, classes=BARRIER, things=barrier(0.6, 0.7)),
    Case(
        "none_seen",
        PIT,
        FALSE,
        1,
        0,
        classes=BARRIER,
        things=barrier(0.6, 0.7),
        params={"around": ["attendant_ring"]},
    ),
    # three tenths of its box over the line are enough: 0.012 of 0.04 wide
    Case("none_seen", PIT, FALSE, 1, 0, classes=BARRIER, things=barrier(0.556, 0.6)),
    Case("none_seen", PIT, TRUE, 0, 0, classes=BARRIER, things=barrier(0.562, 0.6)),
    Case("thing_fell", DECK, FALSE, 0),
    Case("thing_fell", DECK, TRUE, 5, since_s=0, falling=(FELL,)),
    Case("thing_fell", WORK, FALSE, 0, falling=(FELL,)),
    Case(
        "thing_fell",
        DECK,
        UNKNOWN,
        why=Why.NOT_OBSERVED,
        falling_unseen=Unseen.NOT_WATCHED,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.clause}-{case.truth}")
def test_a_clause_says_what_it_saw_and_what_it_was_held_against(case: Case) -> None:
    """At the bound, beside it, and where nobody can tell."""
    check(case)
