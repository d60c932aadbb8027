"""Figures of the head classifier: what counts as told, right and balanced."""

import pytest

from detector.look import Head, HeadState
from training.head_evaluation import HeadOutcome, by_size, figures_of
from training.head_examples import Worn


def outcome(
    worn: Worn, state: HeadState | None, score: float = 0.9, height: float = 30
) -> HeadOutcome:
    said = None if state is None else Head(state, score, height)
    return HeadOutcome("p", (0, 0, height, height), worn, said)


def test_balanced_accuracy_weighs_both_kinds_alike() -> None:
    """Of four helmets three right, of two others one: 5/8, though 4 of 6 are right."""
    helmets = [outcome(Worn.HELMET, HeadState.HELMET)] * 3
    helmets.append(outcome(Worn.HELMET, HeadState.BARE))
    others = [
        outcome(Worn.OTHER, HeadState.BARE),
        outcome(Worn.BARE, HeadState.HELMET),
    ]

    figures = figures_of([*helmets, *others])

    assert figures.balanced_accuracy == pytest.approx((3 / 4 + 1 / 2) / 2)
    assert figures.false_bare == 1
    assert figures.heads == 6
    assert figures.helmets == 4


def test_a_hat_taken_for_hair_is_right_about_the_helmet() -> None:
    """The judged question is helmet or none; the table of words shows the rest."""
    figures = figures_of(
        [
            outcome(Worn.OTHER, HeadState.BARE),
            outcome(Worn.NO_HELMET, HeadState.OTHER),
            outcome(Worn.HELMET, HeadState.HELMET),
        ]
    )

    assert figures.balanced_accuracy == 1.0
    assert figures.said == {"helmet>helmet": 1, "no_helmet>other": 1, "other>bare": 1}


def test_not_told_is_neither_right_nor_wrong() -> None:
    """Cannot tell lowers what is told, not what is right; no person box is no head."""
    figures = figures_of(
        [
            outcome(Worn.HELMET, HeadState.HELMET),
            outcome(Worn.BARE, HeadState.BARE),
            outcome(Worn.BARE, HeadState.UNKNOWN),
            outcome(Worn.BARE, HeadState.UNKNOWN),
            outcome(Worn.BARE, None),
        ]
    )

    assert figures.balanced_accuracy == 1.0
    assert figures.not_told == pytest.approx(0.5)
    assert figures.heads == 4
    assert figures.calibration_error == pytest.approx(0.1)


def test_one_kind_alone_has_no_balanced_accuracy() -> None:
    """Helmets only, or nobody: there is nothing to balance."""
    alone = figures_of([outcome(Worn.HELMET, HeadState.HELMET)])
    nobody = figures_of([])

    assert alone.balanced_accuracy is None
    assert (nobody.heads, nobody.not_told) == (0, 0.0)


def test_sizes_are_those_of_the_labels() -> None:
    """Each head is in one bucket; heads of 20 px and more are judged."""
    heights = (10, 16, 19.9, 20, 40, 64, 300)
    rows = by_size(
        [outcome(Worn.BARE, HeadState.BARE, height=height) for height in heights]
    )

    assert {size: one.heads for size, one in rows.items()} == {
        "0-16 px": 1,
        "16-20 px": 2,
        "20-32 px": 1,
        "32-64 px": 1,
        ">=64 px": 2,
        "judged (>=20 px)": 4,
    }
