"""Masks and zones on a picture, as the boxes and shares a look reports."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from base.ids import ZoneName
from detector.coverage import (
    MASK_BANDS,
    Crop,
    Polygon,
    ZoneArea,
    areas_masked,
    areas_outside,
    draw_zones,
    share_covered,
)
from detector.look import Unseen

UNIT = st.floats(0, 1, allow_subnormal=False)


def test_upright_mask_is_one_box() -> None:
    """A rectangle is reported as itself."""
    (area,) = areas_masked(((0.2, 0.1), (0.6, 0.1), (0.6, 0.9), (0.2, 0.9)))

    box = area.box
    assert area.why is Unseen.MASKED
    assert (box.x1, box.x2) == (0.2, 0.6)
    assert (box.y1, box.y2) == pytest.approx((0.1, 0.9))


def test_slanted_mask_does_not_blank_its_bounding_box() -> None:
    """A band across the picture hides little more than itself."""
    band = ((0.0, 0.0), (0.1, 0.0), (1.0, 1.0), (0.9, 1.0))

    areas = areas_masked(band)

    assert sum(area.box.area for area in areas) < 0.25


@settings(deadline=None)  # the machine is shared
@given(
    points=st.lists(st.tuples(UNIT, UNIT), min_size=3, max_size=8),
    weights=st.tuples(UNIT, UNIT),
)
def test_every_edge_of_a_mask_is_reported(
    points: list[tuple[float, float]], weights: tuple[float, float]
) -> None:
    """No point on a mask's border lies outside the areas reported."""
    polygon: Polygon = tuple(points)
    areas = areas_masked(polygon)

    assert 1 <= len(areas) <= MASK_BANDS
    (ax, ay), (bx, by) = points[0], points[1]
    x, y = ax + (bx - ax) * weights[0], ay + (by - ay) * weights[0]
    near = 1e-9
    assert any(
        a.box.x1 - near <= x <= a.box.x2 + near
        and a.box.y1 - near <= y <= a.box.y2 + near
        for a in areas
    )


def test_share_is_of_the_zones_area() -> None:
    """A crop over half of a zone covers half of it."""
    zone = ZoneArea(
        ZoneName("z"), ((0.25, 0.25), (0.75, 0.25), (0.75, 0.75), (0.25, 0.75))
    )
    raster = draw_zones((400, 400), [zone])

    share = share_covered((400, 400), raster, (Crop(0, 0, 200, 400),))

    assert share == pytest.approx(0.5, abs=0.01)


def test_crop_in_the_middle_leaves_four_boxes() -> None:
    """Above, left, right and below, together all the rest."""
    areas = areas_outside((100, 100), (Crop(25, 25, 50, 50),))

    assert len(areas) == 4
    assert sum(area.box.area for area in areas) == pytest.approx(0.75)
