"""Whose head it is: geometry, one head one person."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from detector.head_region import (
    PAD_GREY,
    assign_heads,
    cut,
    distinct,
    fit,
    head_squares,
    heights_px,
    search_squares,
)

Boxes = NDArray[np.float32]


def boxes(*rows: tuple[float, float, float, float]) -> Boxes:
    return np.array(rows, np.float32).reshape(-1, 4)


LEFT = (100, 100, 160, 280)
RIGHT = (130, 104, 190, 284)
HEAD_OF_LEFT = (118, 101, 142, 129)
HEAD_OF_RIGHT = (148, 105, 172, 133)
CHILD = (150, 170, 190, 284)
HEAD_OF_CHILD = (160, 171, 180, 195)


@pytest.mark.parametrize(
    ("persons", "heads", "owned"),
    [
        pytest.param([LEFT], [HEAD_OF_LEFT], [0], id="one person, own head"),
        pytest.param(
            [LEFT, RIGHT], [HEAD_OF_RIGHT, HEAD_OF_LEFT], [1, 0], id="shoulder touching"
        ),
        pytest.param(
            [LEFT, RIGHT], [HEAD_OF_RIGHT], [None, 0], id="a neighbour's is not lent"
        ),
        pytest.param(
            [RIGHT, LEFT], [HEAD_OF_RIGHT], [0, None], id="whatever the order asked"
        ),
        pytest.param(
            [RIGHT, CHILD],
            [HEAD_OF_CHILD, HEAD_OF_RIGHT],
            [1, 0],
            id="a child in front of an adult",
        ),
        pytest.param(
            [RIGHT], [HEAD_OF_CHILD], [None], id="a child's head is no adult's"
        ),
        pytest.param(
            [LEFT], [(110, 250, 134, 278)], [None], id="a helmet on the ground"
        ),
        pytest.param(
            [LEFT], [(118, 40, 142, 68)], [None], id="a head above the person"
        ),
        pytest.param(
            [LEFT], [(128, 102, 131, 106)], [None], id="too small to be a head"
        ),
        pytest.param([LEFT], [(60, 100, 200, 280)], [None], id="too wide to be a head"),
        pytest.param([LEFT], [], [None], id="no head"),
        pytest.param([], [HEAD_OF_LEFT], [], id="no person"),
        pytest.param(
            [LEFT, LEFT], [HEAD_OF_LEFT], [0, None], id="one head is never given twice"
        ),
    ],
)
def test_heads_go_to_the_person_they_crown(
    persons: list[tuple[float, ...]],
    heads: list[tuple[float, ...]],
    owned: list[int | None],
) -> None:
    """A head belongs to the person whose box it tops, and to one person only."""
    people = np.array(persons, np.float32).reshape(-1, 4)
    found = np.array(heads, np.float32).reshape(-1, 4)

    assert assign_heads(people, found, np.ones(len(found), np.float32)) == owned


def test_the_whole_group_is_shared_out_at_once() -> None:
    """A person yields the head that fits well to one whom no other head fits."""
    persons = boxes((100, 100, 160, 280), (128, 108, 188, 288))
    heads = boxes((118, 101, 142, 129), (132, 106, 152, 130))

    assert assign_heads(persons, heads, np.ones(2, np.float32)) == [0, 1]


edges = st.floats(-500, 2000, allow_nan=False, width=32)
sizes = st.floats(0, 800, allow_nan=False, width=32)
box = st.tuples(edges, edges, sizes, sizes).map(
    lambda b: (b[0], b[1], b[0] + b[2], b[1] + b[3])
)


@given(st.lists(box, max_size=6), st.lists(box, max_size=6))
def test_no_head_is_owned_twice(
    persons: list[tuple[float, ...]], heads: list[tuple[float, ...]]
) -> None:
    """Whatever the boxes, each head has at most one owner whom it fits."""
    people = np.array(persons, np.float32).reshape(-1, 4)
    found = np.array(heads, np.float32).reshape(-1, 4)

    owned = assign_heads(people, found, np.ones(len(found), np.float32))

    given_away = [head for head in owned if head is not None]
    fits = fit(people, found)
    assert len(owned) == len(people)
    assert len(set(given_away)) == len(given_away)
    assert all(fits[p, h] > 0 for p, h in enumerate(owned) if h is not None)


def test_the_search_square_holds_the_upper_part() -> None:
    """Of a standing person: the whole width, the upper half, a little above."""
    left, top, side = search_squares(boxes((100, 100, 160, 300)))[0]

    assert (left, side) == (pytest.approx(75), pytest.approx(110))
    assert top == pytest.approx(100 - 0.12 * 110)


def test_the_head_square_has_the_head_in_the_middle() -> None:
    """Its side is 1.7 times the longer side of the head."""
    left, top, side = head_squares(boxes((10, 20, 30, 60)))[0]

    assert side == pytest.approx(1.7 * 40)
    assert (left + side / 2, top + side / 2) == (pytest.approx(20), pytest.approx(40))


def test_a_wider_view_keeps_the_middle() -> None:
    """Only the side changes with the view."""
    left, top, side = head_squares(boxes((10, 20, 30, 60)), 1.4)[0]

    assert side == pytest.approx(1.4 * 1.7 * 40)
    assert (left + side / 2, top + side / 2) == (pytest.approx(20), pytest.approx(40))


def test_a_hat_is_not_taken_for_a_whole_head() -> None:
    """A box flatter than a head is measured by its width."""
    heads = boxes((0, 0, 20, 30), (0, 0, 20, 12))

    assert heights_px(heads) == pytest.approx([30, 26])


def test_outside_the_picture_is_grey() -> None:
    """A square over the edge keeps its size; what is not there is grey."""
    image = np.full((50, 50, 3), 200, np.uint8)

    crop = cut(image, np.array([-20, 0, 40], np.float32), 40)

    assert (crop[:, :20] == PAD_GREY).all()
    assert (crop[:, 20:] == 200).all()


@pytest.mark.parametrize(
    "square",
    [
        pytest.param((500, 500, 30), id="outside"),
        pytest.param((-90, 10, 30), id="left of the picture"),
        pytest.param((10, 10, 0), id="no size"),
        pytest.param((-1000, -1000, 3000), id="far larger than the picture"),
    ],
)
def test_any_square_gives_a_crop(square: tuple[float, float, float]) -> None:
    """The crop always has the size asked for."""
    image = np.zeros((50, 60, 3), np.uint8)

    assert cut(image, np.array(square, np.float32), 32).shape == (32, 32, 3)


def test_overlapping_finds_are_one_head() -> None:
    """The better of two overlapping boxes stays, separate ones both do."""
    heads = boxes((0, 0, 20, 20), (1, 1, 21, 21), (40, 0, 60, 20))
    scores = np.array([0.6, 0.9, 0.5], np.float32)

    assert distinct(heads, scores, 0.45) == [1, 2]
    assert distinct(boxes(), np.zeros(0, np.float32), 0.45) == []
