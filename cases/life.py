"""The life of a review: states, acts, and the one table of legal steps.

A review belongs to one alert and exists from the moment the alert is stored. It is in
the queue once the alert's grace is over (S1 at once), and ends with a named person's
verdict. Nothing outside this table changes a state.
"""

from enum import StrEnum

from cases.errors import IllegalStepError


class ReviewState(StrEnum):
    """Where a review stands."""

    GRACE = "grace"
    VOID = "void"
    QUEUED = "queued"
    SENIOR = "senior"
    SECOND = "second"
    SUPERVISOR = "supervisor"
    DEFERRED = "deferred"
    ONSITE = "onsite"
    CONFIRMED = "confirmed"
    EVIDENCE = "evidence"
    REJECTED = "rejected"
    MERGED = "merged"


class Act(StrEnum):
    """What moves a review on; the first group is the system's, the rest a person's."""

    GRACE_OVER = "grace_over"
    LEFT_IN_GRACE = "left_in_grace"
    BACK_AGAIN = "back_again"
    WAKE = "wake"
    WAKE_SENIOR = "wake_senior"
    ANSWERED_ONSITE = "answered_onsite"
    ANSWERED_SENIOR = "answered_senior"
    ANSWERED_SUPERVISOR = "answered_supervisor"
    ALARM_AGAIN = "alarm_again"

    CONFIRM_CLUE = "confirm_clue"
    CONFIRM_EVIDENCE = "confirm_evidence"
    REJECT = "reject"
    UNSURE = "unsure"
    MERGE = "merge"
    DEFER = "defer"
    ASK_ONSITE = "ask_onsite"
    AGREE = "agree"
    DISAGREE = "disagree"


class Lane(StrEnum):
    """A list of open reviews that people work through."""

    REVIEW = "review"
    SENIOR = "senior"
    SUPERVISOR = "supervisor"


LANES: dict[Lane, ReviewState] = {
    Lane.REVIEW: ReviewState.QUEUED,
    Lane.SENIOR: ReviewState.SENIOR,
    Lane.SUPERVISOR: ReviewState.SUPERVISOR,
}
"""Which state each lane holds; second confirmations are in the blind lane."""

_S, _A = ReviewState, Act
_FIRST_VERDICT = {
    _A.CONFIRM_CLUE: _S.CONFIRMED,
    _A.CONFIRM_EVIDENCE: _S.SECOND,
    _A.REJECT: _S.REJECTED,
    _A.UNSURE: _S.SENIOR,
    _A.MERGE: _S.MERGED,
    _A.DEFER: _S.DEFERRED,
    _A.ASK_ONSITE: _S.ONSITE,
}

TRANSITIONS: dict[ReviewState, dict[Act, ReviewState]] = {
    _S.GRACE: {_A.GRACE_OVER: _S.QUEUED, _A.LEFT_IN_GRACE: _S.VOID},
    _S.VOID: {_A.BACK_AGAIN: _S.GRACE, _A.GRACE_OVER: _S.QUEUED},
    _S.QUEUED: _FIRST_VERDICT,
    # a senior may not pass it on to seniors
    _S.SENIOR: {a: s for a, s in _FIRST_VERDICT.items() if a is not _A.UNSURE},
    # what was put aside goes back to the lane it was put aside from
    _S.DEFERRED: {_A.WAKE: _S.QUEUED, _A.WAKE_SENIOR: _S.SENIOR},
    _S.ONSITE: {
        _A.ANSWERED_ONSITE: _S.QUEUED,
        _A.ANSWERED_SENIOR: _S.SENIOR,
        _A.ANSWERED_SUPERVISOR: _S.SUPERVISOR,
    },
    _S.SECOND: {_A.AGREE: _S.EVIDENCE, _A.DISAGREE: _S.SUPERVISOR},
    # two certified officers have confirmed by then: the first, and the supervisor
    _S.SUPERVISOR: {
        _A.CONFIRM_CLUE: _S.CONFIRMED,
        _A.CONFIRM_EVIDENCE: _S.EVIDENCE,
        _A.REJECT: _S.REJECTED,
        _A.ASK_ONSITE: _S.ONSITE,
    },
    # what a person confirmed no machine unmakes: its alarm sounds, the verdict stands
    _S.CONFIRMED: {},
    _S.EVIDENCE: {},
    # danger to life that was thought none and is there again is looked at again
    _S.REJECTED: {_A.ALARM_AGAIN: _S.QUEUED},
    _S.MERGED: {},
}
"""Legal steps: state -> act -> state it leads to."""

BACK: dict[tuple[Act, ReviewState], Act] = {
    (_A.WAKE, _S.SENIOR): _A.WAKE_SENIOR,
    (_A.ANSWERED_ONSITE, _S.SENIOR): _A.ANSWERED_SENIOR,
    (_A.ANSWERED_ONSITE, _S.SUPERVISOR): _A.ANSWERED_SUPERVISOR,
}
"""The act that ends being put aside, by the lane; not in it: as for the queue."""

AS_OFFICER: frozenset[Act] = frozenset({_A.CONFIRM_EVIDENCE, _A.AGREE, _A.DISAGREE})
"""What an officer says of evidence: who said one of these is never the second."""

ENDS: frozenset[ReviewState] = frozenset(
    {_S.CONFIRMED, _S.EVIDENCE, _S.REJECTED, _S.MERGED}
)
"""A person's verdict stands."""

OPEN_STATES: frozenset[ReviewState] = frozenset(ReviewState) - ENDS - {_S.VOID}
"""A person or the clock still has something to do."""

CLAIMABLE: frozenset[ReviewState] = frozenset(LANES.values()) | {ReviewState.SECOND}
"""States in which one person takes the review up."""


def step(state: ReviewState, act: Act) -> ReviewState:
    """The state `act` leads to.

    Raises:
        IllegalStepError: The table has no such step.
    """
    leads_to = TRANSITIONS[state].get(act)
    if leads_to is None:
        raise IllegalStepError(f"a review that is {state} cannot be {act}")
    return leads_to
