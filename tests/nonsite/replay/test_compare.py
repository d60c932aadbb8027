"""Alerts found against alerts expected."""

from dataclasses import replace

import pytest

from nonsite.replay.case import Absent, Expectation
from nonsite.replay.compare import Wanted, compare
from nonsite.replay.result import FoundAlert, FoundClause


def alert(opened_s: float, code: str = "SW-01", place: str = "home/kerb") -> FoundAlert:
    """An alert that opened then and there."""
    return FoundAlert(
        id=f"{code}-{opened_s}",
        code=code,
        place=place,
        slot="x",
        life="open",
        phase="due",
        severity="S3",
        label="car",
        score=0.9,
        first_seen="",
        opened_at="",
        last_seen="",
        cleared_at=None,
        first_seen_s=opened_s - 10,
        opened_s=opened_s,
        cleared_s=None,
        observed_s=10,
        gaps=0,
        continuity_known=True,
        box=(0, 0, 1, 1),
        clauses=(FoundClause("still_for", "false", 10.0, 60.0, None),),
    )


WANT = Expectation(code="SW-01", place="home/kerb", start_s=10, tolerance_s=3)


@pytest.mark.parametrize(
    ("alerts", "true", "missed", "false", "twice"),
    [
        pytest.param([alert(10)], 1, 0, 0, 0, id="found"),
        pytest.param([], 0, 1, 0, 0, id="missed"),
        pytest.param([alert(13.1)], 0, 1, 1, 0, id="too late is missed and false"),
        pytest.param([alert(10), alert(11)], 1, 0, 0, 1, id="found twice"),
        pytest.param([alert(10), alert(40)], 1, 0, 1, 0, id="a later one is false"),
        pytest.param([alert(10, code="SW-04")], 0, 1, 1, 0, id="another code"),
        pytest.param([alert(10, place="home/x")], 0, 1, 1, 0, id="another zone"),
    ],
)
def test_alerts_are_held_against_what_was_expected(
    alerts: list[FoundAlert], true: int, missed: int, false: int, twice: int
) -> None:
    """Each expectation takes its nearest alert; the rest is false or a duplicate."""
    verdict = compare(Wanted((WANT,)), alerts)

    found = (len(verdict.met), len(verdict.missed), len(verdict.false))
    assert (*found, len(verdict.duplicated)) == (true, missed, false, twice)


def test_two_expectations_share_no_alert() -> None:
    """Two cars at one kerb need two alerts."""
    second = WANT.model_copy(update={"start_s": 11})

    assert len(compare(Wanted((WANT, second)), [alert(10)]).missed) == 1


def test_neighbours_take_the_alert_at_their_own_box() -> None:
    """Of two cars that opened together each gets its own alert."""
    left = WANT.model_copy(update={"box": (0.0, 0.0, 0.2, 0.2)})
    right = WANT.model_copy(update={"box": (0.7, 0.7, 1.0, 1.0)})
    found = [
        replace(alert(10), id="right", box=(0.72, 0.7, 1, 1)),
        replace(alert(10), id="left", box=(0, 0, 0.2, 0.21)),
    ]

    verdict = compare(Wanted((left, right)), found)

    assert [met.alert for met in verdict.met] == ["left", "right"]


@pytest.mark.parametrize(
    ("asked", "wrong", "why"),
    [
        pytest.param({"severity": "S2"}, {}, "its severity is S3", id="severity"),
        pytest.param({"end_s": 30}, {}, "it never cleared", id="never cleared"),
        pytest.param(
            {"end_s": 30}, {"cleared_s": 50.0}, "it cleared at 50 s", id="cleared late"
        ),
        pytest.param(
            {}, {"opened_s": 20.0}, "raised, but it opened at 20 s", id="opened late"
        ),
        pytest.param(
            {"box": (0.0, 0.0, 0.1, 0.1)}, {}, "its box is elsewhere", id="elsewhere"
        ),
    ],
)
def test_a_miss_says_in_what_the_nearest_alert_differs(
    asked: dict[str, object], wrong: dict[str, float], why: str
) -> None:
    """An engineer reads the reason, not two lists."""
    want = Expectation.model_validate({**WANT.model_dump(), **asked})

    verdict = compare(Wanted((want,)), [replace(alert(10), **wrong)])  # type: ignore[arg-type]

    assert why in verdict.missed[0].why


def test_a_miss_says_which_clause_held_the_candidate_back() -> None:
    """What stood there without being raised tells by how much."""
    verdict = compare(Wanted((WANT,)), [], [alert(10)])

    assert verdict.missed[0].why == "seen for 10 s; still_for is false: 10 of 60"
    assert verdict.missed[0].nearest == alert(10)


def test_a_miss_of_which_nothing_was_seen_has_no_trace() -> None:
    """What stood elsewhere is not held against it."""
    verdict = compare(Wanted((WANT,)), [], [alert(10, place="home/other")])

    assert verdict.missed[0].why == "nothing was seen there"
    assert verdict.missed[0].nearest is None


def test_ends_are_held_against_what_was_expected() -> None:
    """An alert that clears in time meets its expectation and tells its error."""
    want = WANT.model_copy(update={"end_s": 30.0})

    (met,) = compare(Wanted((want,)), [replace(alert(11), cleared_s=32.0)]).met

    assert (met.start_error_s, met.end_error_s) == (1.0, 2.0)


def test_a_false_alert_is_told_by_the_name_of_what_it_is() -> None:
    """The rider who must not alert is called the rider."""
    rider = Absent(what="the rider", code="SW-01", place="home/kerb")

    verdict = compare(Wanted((), (rider,)), [alert(10), alert(10, code="SW-04")])

    assert [wrong.what.endswith(": the rider") for wrong in verdict.false] == [
        True,
        False,
    ]
