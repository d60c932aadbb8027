"""Which steps of a mirrored life are legal, and what an alert's life is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.life_steps import REACHABLE, is_legal_step, life_over
from rules.violation import RAISED, TRANSITIONS, Life

LIVES = sorted(RAISED)


@pytest.mark.parametrize("was", LIVES)
@pytest.mark.parametrize("now", sorted(Life))
def test_successive_revisions_are_one_step_apart(was: Life, now: Life) -> None:
    """The rules' own table decides where nothing was lost."""
    expected = now in TRANSITIONS[was] and now in RAISED

    assert is_legal_step(was, now, revisions=1) == expected


@pytest.mark.parametrize(
    ("was", "now", "legal"),
    [
        pytest.param(Life.CLEARED, Life.PERSISTING, True, id="reopening was lost"),
        pytest.param(Life.OPEN, Life.REOPENED, True, id="clearing was lost"),
        pytest.param(Life.CLEARED, Life.OPEN, False, id="never opens twice"),
        pytest.param(Life.PERSISTING, Life.OPEN, False, id="never back to open"),
        pytest.param(Life.OPEN, Life.CANDIDATE, False, id="candidates stay inside"),
        pytest.param(Life.OPEN, Life.DROPPED, False, id="an open one is not dropped"),
    ],
)
def test_lost_revisions_are_jumped_over(was: Life, now: Life, legal: bool) -> None:
    """A state is accepted when legal steps lead to it."""
    assert is_legal_step(was, now, revisions=2) is legal


@given(st.lists(st.lists(st.sampled_from(LIVES), max_size=3), min_size=2))
def test_life_of_an_alert_never_steps_illegally(told: list[list[Life]]) -> None:
    """Whatever the sources do, the alert's own life keeps to the rules' table."""
    was: Life | None = None
    for sources in told:
        now = life_over(was, sources)
        if was is not None:
            assert now in REACHABLE[was]
        was = now


@pytest.mark.parametrize(
    ("was", "sources", "expected"),
    [
        pytest.param(None, [Life.OPEN], Life.OPEN, id="new"),
        pytest.param(Life.OPEN, [Life.CLEARED, Life.OPEN], Life.OPEN, id="one left"),
        pytest.param(Life.OPEN, [Life.CLEARED], Life.CLEARED, id="the last is gone"),
        pytest.param(
            Life.PERSISTING,
            [Life.CLEARED, Life.OPEN],
            Life.PERSISTING,
            id="no way back",
        ),
        pytest.param(Life.CLEARED, [Life.OPEN], Life.REOPENED, id="seen again"),
        pytest.param(Life.OPEN, [], Life.CLEARED, id="all superseded"),
    ],
)
def test_alert_lives_while_a_source_does(
    was: Life | None, sources: list[Life], expected: Life
) -> None:
    """It is over when all sources are, and never forgets how far it was."""
    assert life_over(was, sources) is expected
