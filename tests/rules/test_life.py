"""The life of a violation, step by step, against the table of legal steps."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.life import Course, Fact, LifeLimits, step
from rules.violation import TRANSITIONS, Life, Phase

T0 = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
LIMITS = LifeLimits(grace_s=300, persist_every_s=600, persist_steps=2)


def _run(facts: dict[float, Fact], limits: LifeLimits = LIMITS) -> list[Course]:
    course, courses = Course(), []
    for second, fact in facts.items():
        at = T0 + timedelta(seconds=second)
        course = step(course, fact, at, limits, at)
        courses.append(course)
    return courses


@given(
    st.lists(st.tuples(st.sampled_from(sorted(Fact)), st.integers(1, 700)), max_size=40)
)
def test_every_step_is_legal(story: list[tuple[Fact, int]]) -> None:
    """Whatever happens, a life goes only where the table lets it."""
    course, at = Course(), T0
    for fact, seconds in story:
        at += timedelta(seconds=seconds)
        after = step(course, fact, at, LIMITS, at)

        assert after is course or after.life in TRANSITIONS[course.life]
        assert (after.cleared_at is not None) == (after.life is Life.CLEARED)
        course = after


def test_grace_runs_from_opening() -> None:
    """It is in grace for five minutes of media time, then due."""
    courses = _run({0: Fact.HOLDS, 299: Fact.HOLDS, 300: Fact.HOLDS})

    assert [c.phase for c in courses] == [Phase.GRACE, Phase.GRACE, Phase.DUE]
    assert courses[0].due_at == T0 + timedelta(seconds=300)


def test_without_grace_it_is_due_at_once() -> None:
    """No grace: due at the moment of opening."""
    opened = _run({0: Fact.HOLDS}, LifeLimits(0, 600, 2))[0]

    assert (opened.life, opened.phase) == (Life.OPEN, Phase.DUE)
    assert opened.due_at == opened.opened_at == T0
    assert opened.was_due


def test_due_needs_a_look_that_sees_it() -> None:
    """What is hidden when its grace ends is not due until it is seen again."""
    courses = _run({0: Fact.HOLDS, 400: Fact.UNTOLD, 500: Fact.HOLDS})

    assert [c.phase for c in courses] == [Phase.GRACE, Phase.GRACE, Phase.DUE]


def test_leaving_in_grace_clears_without_becoming_due() -> None:
    """Gone in time: cleared in the phase of grace, which makes it void."""
    cleared = _run({0: Fact.HOLDS, 280: Fact.ENDED})[-1]

    assert (cleared.life, cleared.phase) == (Life.CLEARED, Phase.GRACE)


def test_persistence_is_told_in_bounded_steps() -> None:
    """It is told again each ten minutes after due, and at most twice."""
    times = [0, 300, 899, 900, 1500, 2100, 9000]
    courses = _run(dict.fromkeys(times, Fact.HOLDS))

    assert [c.steps for c in courses] == [0, 0, 0, 1, 2, 2, 2]
    assert courses[-1] is courses[-2]
    assert courses[-1].life is Life.PERSISTING


def test_one_act_has_one_grace() -> None:
    """Back after it was due: due at once. Back after leaving in grace: a new grace."""
    late = _run({0: Fact.HOLDS, 300: Fact.HOLDS, 400: Fact.ENDED, 600: Fact.HOLDS})[-1]
    early = _run({0: Fact.HOLDS, 200: Fact.ENDED, 400: Fact.HOLDS})[-1]

    assert (late.life, late.phase) == (Life.REOPENED, Phase.DUE)
    assert (early.life, early.phase) == (Life.REOPENED, Phase.GRACE)
    assert early.due_at == T0 + timedelta(seconds=700)
    assert early.opened_at == T0


def test_a_candidate_that_leaves_is_dropped_for_good() -> None:
    """The dead stay dead."""
    courses = _run({0: Fact.UNTOLD, 10: Fact.ENDED, 20: Fact.HOLDS})

    assert [c.life for c in courses] == [Life.CANDIDATE, Life.DROPPED, Life.DROPPED]


@pytest.mark.parametrize("fact", [Fact.UNTOLD, Fact.HOLDS])
def test_no_news_gives_the_same_object(fact: Fact) -> None:
    """A look that changes nothing makes no revision."""
    opened = _run({0: Fact.HOLDS})[0]
    at = T0 + timedelta(seconds=5)

    assert step(opened, fact, at, LIMITS, at) is opened
