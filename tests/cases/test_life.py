"""The table of steps is whole, and nothing but a person ends a review."""

import pytest

from cases.errors import IllegalStepError
from cases.life import (
    BACK,
    CLAIMABLE,
    ENDS,
    LANES,
    OPEN_STATES,
    TRANSITIONS,
    Act,
    ReviewState,
    step,
)
from cases.review_desk import ACT_RIGHTS
from cases.task import TASK_TRANSITIONS, TaskAct, TaskState, task_step

SYSTEM = {
    Act.GRACE_OVER,
    Act.LEFT_IN_GRACE,
    Act.BACK_AGAIN,
    Act.WAKE,
    Act.WAKE_SENIOR,
    Act.ANSWERED_ONSITE,
    Act.ANSWERED_SENIOR,
    Act.ANSWERED_SUPERVISOR,
    Act.ALARM_AGAIN,
}


def test_every_state_has_its_row() -> None:
    """A state without a row would be a dead end nobody decided on."""
    assert set(TRANSITIONS) == set(ReviewState)
    assert set(TASK_TRANSITIONS) == set(TaskState)


def test_the_machine_ends_no_review() -> None:
    """Whatever happens by itself leads to a place where a person still decides."""
    by_itself = {
        to for acts in TRANSITIONS.values() for act, to in acts.items() if act in SYSTEM
    }

    assert not by_itself & ENDS
    assert set(ACT_RIGHTS) | SYSTEM | {Act.AGREE, Act.DISAGREE} == set(Act)


def test_evidence_is_reached_over_a_second_person_only() -> None:
    """Nothing leads from the queue to evidence in one step."""
    leads = {
        state
        for state, acts in TRANSITIONS.items()
        if ReviewState.EVIDENCE in acts.values()
    }

    assert leads == {ReviewState.SECOND, ReviewState.SUPERVISOR}


@pytest.mark.parametrize(
    ("puts_aside", "back"),
    [(Act.DEFER, Act.WAKE), (Act.ASK_ONSITE, Act.ANSWERED_ONSITE)],
)
def test_what_is_put_aside_goes_back_to_its_lane(puts_aside: Act, back: Act) -> None:
    """From each lane in which it can be put aside: what is a senior's stays so."""
    lanes = [s for s in LANES.values() if puts_aside in TRANSITIONS[s]]

    for lane in lanes:
        aside = step(lane, puts_aside)
        assert step(aside, BACK.get((back, lane), back)) is lane
    assert len(lanes) >= 2


def test_what_ended_stays_ended() -> None:
    """No step leads out of a verdict, but that danger to life is looked at again.

    Undo is a deed of its own.
    """
    out = {(state, act) for state in ENDS for act in TRANSITIONS[state]}

    assert out == {(ReviewState.REJECTED, Act.ALARM_AGAIN)}
    assert not ENDS & OPEN_STATES
    assert not CLAIMABLE - OPEN_STATES


@pytest.mark.parametrize("state", ReviewState)
@pytest.mark.parametrize("act", Act)
def test_steps_outside_the_table_are_refused(state: ReviewState, act: Act) -> None:
    """All pairs of state and act: either in the table, or an error that names both."""
    if act in TRANSITIONS[state]:
        assert step(state, act) is TRANSITIONS[state][act]
    else:
        with pytest.raises(IllegalStepError, match=state.value):
            step(state, act)


@pytest.mark.parametrize("state", [TaskState.DONE, TaskState.CANCELLED])
@pytest.mark.parametrize("act", TaskAct)
def test_a_closed_task_takes_no_step(state: TaskState, act: TaskAct) -> None:
    """Done is done."""
    with pytest.raises(IllegalStepError):
        task_step(state, act)
