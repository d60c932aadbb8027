"""An opening differs from its reference, or is the same, or cannot be told.

The opening is a patch of the campus path; a pit is painted into real pictures.
"""

import cv2
import numpy as np
import pytest

from base.ids import ZoneName
from detector.coverage import ZoneArea
from detector.look import Unseen
from detector.network import Network
from detector.openings import Openings
from detector.senses import Senses
from tests.detector.clips import Picture, look_at, looker

PIT_PX = (420, 330, 490, 390)
PIT = ZoneArea(
    ZoneName("pit"),
    (
        (420 / 768, 330 / 576),
        (490 / 768, 330 / 576),
        (490 / 768, 390 / 576),
        (420 / 768, 390 / 576),
    ),
)
NOBODY = np.zeros((0, 4), np.float32)


def _open(picture: Picture) -> Picture:
    """The cover is off: dark inside, a bright rim."""
    x1, y1, x2, y2 = PIT_PX
    changed = picture.copy()
    middle, axes = ((x1 + x2) // 2, (y1 + y2) // 2), ((x2 - x1) // 2, (y2 - y1) // 2)
    cv2.ellipse(changed, middle, axes, 0, 0, 360, (25, 25, 25), -1)
    return changed


def _scaled(picture: Picture, gain: float) -> Picture:
    return cv2.convertScaleAbs(picture, alpha=gain).astype(np.uint8)


def _differs(openings: Openings, picture: Picture) -> bool | None:
    (state,) = openings.see(picture, NOBODY)
    return state.differs


def test_open_pit_differs_and_closed_does_not(campus: list[Picture]) -> None:
    """Over ten pictures with other people in them, opened and closed again."""
    openings = Openings((PIT,), campus[0])
    closed = [campus[n] for n in (0, 6, 100, 110)]

    assert [_differs(openings, p) for p in closed] == [False] * 4
    assert [_differs(openings, _open(p)) for p in closed] == [True] * 4
    assert _differs(openings, closed[0]) is False


@pytest.mark.parametrize("gain", [0.45, 0.7, 1.4])
def test_light_is_no_difference_and_hides_none(
    campus: list[Picture], gain: float
) -> None:
    """Dusk and exposure: the same stays the same, an open pit stays open."""
    openings = Openings((PIT,), campus[0])

    assert _differs(openings, _scaled(campus[6], gain)) is False
    assert _differs(openings, _scaled(_open(campus[6]), gain)) is True


def test_who_stands_in_front_makes_it_untold(campus: list[Picture]) -> None:
    """A person before the opening: occluded, neither open nor closed."""
    openings = Openings((PIT,), campus[0])
    body = np.array([[430, 250, 475, 385]], np.float32)

    (state,) = openings.see(_open(campus[0]), body)

    assert (state.differs, state.why) == (None, Unseen.OCCLUDED)


def test_dark_and_other_light_are_untold(campus: list[Picture]) -> None:
    """At night without lamps, and where all around looks otherwise too."""
    openings = Openings((PIT,), campus[0])
    other = np.random.default_rng(1).integers(0, 255, campus[0].shape, np.uint8)

    assert openings.see(_scaled(campus[0], 0.05), NOBODY)[0].why is Unseen.TOO_DARK
    assert openings.see(other, NOBODY)[0].why is Unseen.LIGHT_CHANGED


def test_without_a_reference_nothing_is_told(campus: list[Picture]) -> None:
    """Nobody said how closed looks."""
    (state,) = Openings((PIT,), None).see(campus[0], NOBODY)

    assert (state.differs, state.why) == (None, Unseen.NO_REFERENCE)


def test_reference_of_another_size_serves(campus: list[Picture]) -> None:
    """A still of the main stream, looks of the sub stream."""
    large = cv2.resize(campus[0], (1536, 1152)).astype(np.uint8)
    openings = Openings((PIT,), large)

    assert _differs(openings, campus[6]) is False
    assert _differs(openings, _open(campus[6])) is True


def test_looks_carry_openings_of_their_view(
    campus: list[Picture], shipped: Network
) -> None:
    """Through the looker, one state for each opening."""
    eye = looker(shipped, PIT.points, Senses(openings=(PIT,)), reference=campus[0])

    shut, opened = (
        look_at(eye, n, p) for n, p in enumerate((campus[6], _open(campus[6])))
    )

    assert [one.differs for one in (*shut.openings, *opened.openings)] == [False, True]
