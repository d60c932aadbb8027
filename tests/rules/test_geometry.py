"""Zones as area tables, against exact polygon areas."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Polygon
from shapely import box as rectangle

from detector.box import Box
from rules.geometry import ZoneAreas, boxes_of, footprints, ious

L_SHAPE = [(0.1, 0.1), (0.6, 0.1), (0.6, 0.3), (0.3, 0.3), (0.3, 0.8), (0.1, 0.8)]
SLIVER = [(0.1, 0.2), (0.9, 0.21), (0.9, 0.215), (0.1, 0.205)]
SQUARE = [(0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8)]
SHARES = st.floats(0, 1).map(lambda v: round(v, 4))


def _box(a: float, b: float, c: float, d: float) -> Box:
    return Box(min(a, b), min(c, d), max(a, b), max(c, d))


@settings(deadline=None)
@given(st.builds(_box, SHARES, SHARES, SHARES, SHARES))
def test_shares_agree_with_exact_areas(box: Box) -> None:
    """The share of a box in a zone is within 2 % of the zone's own area of exact."""
    polygons = [L_SHAPE, SLIVER, SQUARE]
    found = ZoneAreas(polygons).shares(boxes_of([box]))[0] * box.area

    exact = [
        Polygon(p).intersection(rectangle(box.x1, box.y1, box.x2, box.y2)).area
        for p in polygons
    ]
    for area, wanted, polygon in zip(found, exact, polygons, strict=True):
        assert abs(area - wanted) <= 0.02 * Polygon(polygon).area + 1e-9


def test_no_zones_and_no_boxes_are_empty_tables() -> None:
    """A view without zones, or a look without boxes, is no special case."""
    assert ZoneAreas([]).shares(boxes_of([Box(0, 0, 1, 1)])).shape == (1, 0)
    assert ZoneAreas([SQUARE]).shares(boxes_of([])).shape == (0, 1)


def test_a_zone_covering_nothing_holds_nothing() -> None:
    """A zone collapsed to a line is asked without error and holds no footprint."""
    line = [(0.2, 0.5), (0.8, 0.5), (0.5, 0.5)]

    assert ZoneAreas([line]).shares(boxes_of([Box(0, 0, 1, 1)]))[0, 0] == 0


def test_a_box_without_area_has_no_share() -> None:
    """A box squeezed to a line lies in no zone."""
    boxes = boxes_of([Box(0.3, 0.3, 0.3, 0.6)])

    assert ZoneAreas([SQUARE]).shares(boxes)[0, 0] == 0


def test_footprint_is_the_lower_third() -> None:
    """Until a ground plane is known, a thing stands on the lower third of its box."""
    foot = footprints(boxes_of([Box(0.1, 0.2, 0.3, 0.5)]))[0]

    assert foot == pytest.approx([0.1, 0.4, 0.3, 0.5])


def test_overlap_table_equals_the_boxes_own_answer() -> None:
    """The table of overlaps holds what `Box.iou` says of each pair."""
    boxes = [Box(0, 0, 0.4, 0.4), Box(0.2, 0.2, 0.6, 0.6), Box(0.5, 0.5, 0.5, 0.9)]

    table = ious(boxes_of(boxes), boxes_of(boxes))

    assert table == pytest.approx(np.array([[a.iou(b) for b in boxes] for a in boxes]))
