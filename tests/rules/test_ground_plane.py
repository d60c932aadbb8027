"""Metres from a picture: surveyed points, standing people, and what is too odd."""

import numpy as np
import pytest
from pydantic import ValidationError

from detector.box import Box
from rules.errors import RuleError
from rules.ground_plane import from_people, from_points
from rules.ground_settings import (
    GroundPoint,
    GroundSection,
    StandingPeople,
    plane_of,
)
from tests.scenes.pole import SIZE_PX, Pole

CORNERS = [(-3.0, 8.0), (3.0, 8.0), (4.0, 30.0), (-4.0, 30.0), (0.0, 15.0)]
ASPECT = SIZE_PX[0] / SIZE_PX[1]
POLE = Pole(down_deg=0.0)


def seen(x: float, z: float, up: float = 0.0) -> tuple[float, float]:
    """Where the camera sees a point, 0…1."""
    return POLE.point(x, z, up)


def standing(x: float, z: float, height_m: float = 1.7) -> Box:
    """A person of the street's camera."""
    u, foot = seen(x, z)
    return Box(u - 0.01, seen(x, z, height_m)[1], u + 0.01, foot)


def test_surveyed_points_give_metres_and_back() -> None:
    """Any other ground point is found within a millimetre, both ways."""
    plane = from_points([seen(*c) for c in CORNERS], CORNERS)

    found = plane.to_metres([seen(1.5, 22.0)])

    assert found[0] == pytest.approx([1.5, 22.0], abs=1e-3)
    assert plane.to_picture(found)[0] == pytest.approx(seen(1.5, 22.0), abs=1e-6)
    assert plane.apart_m(seen(0, 10), seen(3, 14)) == pytest.approx(5, abs=1e-3)
    square = [seen(0, 10), seen(1, 10), seen(1, 11), seen(0, 11)]
    assert plane.area_m2(square) == pytest.approx(1, abs=1e-3)


def test_the_sky_has_no_metres() -> None:
    """Above the horizon there is no ground."""
    plane = from_points([seen(*c) for c in CORNERS], CORNERS)

    assert np.isnan(plane.to_metres([(0.5, 0.4)])).all()
    assert np.isnan(plane.apart_m((0.5, 0.4), seen(0, 10)))


@pytest.mark.parametrize("down_deg", [0.0, 3.0, 10.0, 18.0, 25.0, 40.0])
def test_standing_people_give_the_same_plane(down_deg: float) -> None:
    """Five people at several distances: places within 1 %, however the camera tilts."""
    pole = Pole(down_deg=down_deg)
    boxes = []
    for x, z in [(-2.0, 8.0), (1.0, 12.0), (0.0, 18.0), (2.0, 25.0), (-3.0, 30.0)]:
        u, foot = pole.point(x, z)
        boxes.append(Box(u - 0.01, pole.point(x, z, 1.7)[1], u + 0.01, foot))
    fov_deg = float(np.degrees(2 * np.arctan(0.5 / pole.focal)))

    plane = from_people(boxes, 1.7, ASPECT, fov_deg)

    for x, z in [(2.0, 10.0), (-1.0, 20.0), (3.0, 28.0)]:
        found = plane.to_metres([pole.point(x, z)])[0]
        assert found == pytest.approx([x, z], rel=0.01)


@pytest.mark.parametrize(
    ("height_m", "is_one"),
    [(1.7, True), (1.0, True), (0.2, False), (3.5, False)],
    ids=["adult", "child", "shadow or toy", "poster"],
)
def test_what_is_too_high_or_too_low_is_no_person(
    height_m: float, *, is_one: bool
) -> None:
    """A poster is a giant, a shadow is flat."""
    plane = from_points([seen(*c) for c in CORNERS], CORNERS)

    assert plane.is_person_sized(standing(1, 15, height_m), ASPECT) is is_one


@pytest.mark.parametrize(
    ("picture", "metres", "told"),
    [
        ([(0, 0)] * 3, [(0, 0)] * 3, "needs 4 points"),
        ([(0.1, 0.5)] * 4, [(1.0, 2.0)] * 4, "one line"),
        (
            [(0.1, 0.9), (0.9, 0.9), (0.6, 0.5), (0.4, 0.5), (0.5, 0.7)],
            [(-2, 5), (2, 5), (3, 20), (-3, 20), (40, 1)],
            "does not fit",
        ),
    ],
    ids=["too few", "on one spot", "a slip of the hand"],
)
def test_points_that_make_no_plane_are_refused(
    picture: list[tuple[float, float]], metres: list[tuple[float, float]], told: str
) -> None:
    """The error says what to mend."""
    with pytest.raises(RuleError, match=told):
        from_points(picture, metres)


def test_people_in_one_row_are_refused() -> None:
    """Nobody can tell how people shrink from people equally far away."""
    with pytest.raises(RuleError, match="equally far"):
        from_people([standing(x, 12) for x in (-1, 0, 1)], 1.7, ASPECT, 60)


def _surveyed() -> GroundSection:
    points = tuple(GroundPoint(picture=seen(*c), metres=c) for c in CORNERS)
    return GroundSection(points=points)


def _people(**changes: object) -> StandingPeople:
    at = [(-2, 8), (1, 12), (0, 18), (2, 25), (-3, 30)]
    boxes = [standing(x, z, 1.6) for x, z in at]
    plain = {
        "boxes": [(b.x1, b.y1, b.x2, b.y2) for b in boxes],
        "height_m": 1.6,
        "fov_deg": float(np.degrees(2 * np.arctan(0.5 / POLE.focal))),
        "picture_px": (1600, 900),
    }
    return StandingPeople.model_validate({**plain, **changes})


def test_a_section_of_points_or_people_gives_its_plane() -> None:
    """As told in the site file."""
    surveyed, stood = plane_of(_surveyed()), plane_of(GroundSection(people=_people()))

    for plane in (surveyed, stood):
        found = plane.to_metres([seen(2.0, 14.0)])[0]
        assert found == pytest.approx([2.0, 14.0], abs=0.05)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ({}, "needs either points or people"),
        ({"points": [{"picture": [0.1, 0.9], "metres": [0, 0]}]}, "needs 4 points"),
        ({"people": {"boxes": [[0.1, 0.9, 0.2, 0.1]] * 3}}, "(?i)box|edge|corner|left"),
        ({"people": {"boxes": [[0.1, 0.2, 0.2, 0.9]]}}, "needs 3 standing people"),
        (
            {"people": {"boxes": [[0.1, 0.2, 0.2, 0.9]] * 3, "picture_px": [0, 9]}},
            "picture_px must be positive",
        ),
        (
            {"people": {"boxes": [[0.1, 0.2, 0.2, 0.9]] * 3, "picture_px": [9, 0]}},
            "picture_px must be positive",
        ),
    ],
)
def test_a_section_that_gives_no_plane_is_refused(
    content: dict[str, object], told: str
) -> None:
    """With what to mend."""
    with pytest.raises(ValidationError, match=told):
        GroundSection.model_validate(content)
