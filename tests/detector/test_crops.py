"""Crops cover the zones at useful scale, and the plan says what it costs."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from base.ids import ZoneName
from detector.coverage import ZoneArea
from detector.crops import SMALLEST_INPUT_PX, CropLimits, CropPlan, plan_crops
from detector.look import Unseen

LIMITS = CropLimits((416, 416))
HD = (1920, 1080)


def _zone(*points: tuple[float, float], name: str = "kerb") -> ZoneArea:
    return ZoneArea(ZoneName(name), points)


def _box(x1: float, y1: float, x2: float, y2: float) -> ZoneArea:
    return _zone((x1, y1), (x2, y1), (x2, y2), (x1, y2))


def _is_seen(plan: CropPlan, x: float, y: float) -> bool:
    px, py = x * plan.size_px[0], y * plan.size_px[1]
    return any(
        crop.x <= px <= crop.right and crop.y <= py <= crop.bottom
        for crop in plan.crops
    )


def _is_said_unseen(plan: CropPlan, x: float, y: float) -> bool:
    return any(
        area.box.x1 <= x <= area.box.x2 and area.box.y1 <= y <= area.box.y2
        for area in plan.unseen
    )


UNIT = st.floats(0, 1, allow_subnormal=False)
TRIANGLES = st.lists(st.tuples(UNIT, UNIT), min_size=3, max_size=7)


@settings(deadline=None)  # the machine is shared
@given(
    size=st.tuples(st.integers(16, 3000), st.integers(16, 3000)),
    polygons=st.lists(TRIANGLES, min_size=1, max_size=4),
    most=st.integers(1, 6),
    person_px=st.integers(12, 200),
    weights=st.tuples(UNIT, UNIT, UNIT),
)
def test_every_point_is_covered_or_reported(
    size: tuple[int, int],
    polygons: Sequence[list[tuple[float, float]]],
    most: int,
    person_px: int,
    weights: tuple[float, float, float],
) -> None:
    """Any point of any zone lies in a crop or in an area reported as not covered."""
    zones = [_zone(*points) for points in polygons]

    plan = plan_crops(size, zones, CropLimits((416, 416), person_px, most))

    assert 1 <= len(plan.crops) <= most
    total = sum(weights) or 1.0
    for points in polygons:
        x = sum(w * p[0] for w, p in zip(weights, points, strict=False)) / total
        y = sum(w * p[1] for w, p in zip(weights, points, strict=False)) / total
        assert _is_seen(plan, x, y) or _is_said_unseen(plan, x, y)
        for corner in points:
            assert _is_seen(plan, *corner) or _is_said_unseen(plan, *corner)


@settings(deadline=None)  # the machine is shared
@given(
    size=st.tuples(st.integers(16, 3000), st.integers(16, 3000)),
    polygons=st.lists(TRIANGLES, max_size=4),
    most=st.integers(1, 6),
)
def test_crops_and_unseen_areas_fill_the_picture(
    size: tuple[int, int],
    polygons: Sequence[list[tuple[float, float]]],
    most: int,
) -> None:
    """Crops lie inside the picture; what is unseen never lies under a crop."""
    zones = [_zone(*points) for points in polygons]

    plan = plan_crops(size, zones, CropLimits((416, 416), 40, most))

    for crop in plan.crops:
        assert 0 <= crop.x < crop.right <= size[0]
        assert 0 <= crop.y < crop.bottom <= size[1]
    for area in plan.unseen:
        middle = (area.box.x1 + area.box.x2) / 2, (area.box.y1 + area.box.y2) / 2
        assert not _is_seen(plan, *middle)
        assert area.why is Unseen.NOT_COVERED
    share = sum(area.box.area for area in plan.unseen)
    pixels = {(c.x, c.y, c.width, c.height) for c in plan.crops}
    assert share <= 1 - max(w * h for _, _, w, h in pixels) / (size[0] * size[1]) + 1e-6


def test_without_zones_the_whole_frame_is_one_crop() -> None:
    """A camera without zones is looked at as a whole; the plan says how coarsely."""
    plan = plan_crops(HD, [], LIMITS)

    assert [(c.x, c.y, c.width, c.height) for c in plan.crops] == [(0, 0, *HD)]
    assert plan.smallest_person_px == pytest.approx(
        1920 / 416 * SMALLEST_INPUT_PX, 0.01
    )
    assert plan.unseen == ()


def test_small_zone_gets_one_enlarged_crop() -> None:
    """A zone far away is enlarged by half at most and shown with its surroundings."""
    plan = plan_crops(HD, [_box(0.80, 0.20, 0.84, 0.22)], LIMITS)

    (crop,) = plan.crops
    assert crop.width >= 416 / 1.5 - 1
    assert plan.smallest_person_px < 20
    assert plan.zones_covered == 1.0


def test_people_of_the_asked_height_stay_large_enough() -> None:
    """No crop is shrunk beyond what the smallest person allows, while enough may be."""
    street = [_box(0.0, 0.5, 1.0, 0.7)]

    plan = plan_crops(HD, street, CropLimits((416, 416), 30, 16))

    assert plan.smallest_person_px <= 30
    assert plan.zones_covered == 1.0
    assert len(plan.crops) > 2


@pytest.mark.parametrize("most", [1, 2, 3, 4, 6])
def test_fewer_crops_cost_small_people_never_zones(most: int) -> None:
    """With fewer crops allowed all zones stay covered and the plan says the price."""
    street = [_box(0.0, 0.5, 1.0, 0.7), _box(0.1, 0.1, 0.2, 0.2)]

    plan = plan_crops(HD, street, CropLimits((416, 416), 30, most))

    assert len(plan.crops) <= most
    assert plan.zones_covered == 1.0


def test_price_falls_as_crops_are_allowed() -> None:
    """More crops never make the smallest person larger."""
    street = [_box(0.0, 0.5, 1.0, 0.7)]
    heights = [
        plan_crops(HD, street, CropLimits((416, 416), 20, most)).smallest_person_px
        for most in range(1, 9)
    ]

    assert all(fewer >= more for fewer, more in pairwise(heights))


def test_near_zones_share_a_crop_and_far_ones_do_not() -> None:
    """Two zones that fit one crop cost one look; two far corners cost two."""
    near = [_box(0.1, 0.1, 0.15, 0.15), _box(0.2, 0.1, 0.25, 0.15)]
    far = [_box(0.02, 0.02, 0.1, 0.1), _box(0.9, 0.85, 0.98, 0.95)]

    assert len(plan_crops(HD, near, LIMITS).crops) == 1
    assert len(plan_crops(HD, far, LIMITS).crops) == 2


def test_diagonal_kerb_is_not_covered_by_its_bounding_box() -> None:
    """Tiles of a diagonal zone that hold nothing of it are not looked at."""
    kerb = [_zone((0.0, 0.95), (0.05, 1.0), (1.0, 0.05), (0.95, 0.0))]
    limits = CropLimits((416, 416), 20, 16)

    plan = plan_crops((1920, 1920), kerb, limits)

    area = sum(crop.width * crop.height for crop in plan.crops)
    assert area < 0.95 * 1920 * 1920
    assert plan.zones_covered > 0.99


def test_plan_is_the_same_each_time() -> None:
    """Equal input gives an equal plan, whatever the order of its inner sets."""
    zones = [_box(0.1, 0.1, 0.3, 0.2), _box(0.6, 0.7, 0.9, 0.9)]

    assert plan_crops(HD, zones, LIMITS) == plan_crops(HD, zones, LIMITS)


@pytest.mark.parametrize("size", [(0, 0), (0, 100), (100, 0)])
def test_empty_picture_is_refused(size: tuple[int, int]) -> None:
    """A picture without pixels has no plan."""
    with pytest.raises(ValueError, match="at least one pixel"):
        plan_crops(size, [], LIMITS)


@pytest.mark.parametrize("size", [(1, 1), (1, 900), (900, 1), (2, 2)])
def test_slivers_get_a_plan(size: tuple[int, int]) -> None:
    """Crops of one pixel are crops."""
    plan = plan_crops(size, [_box(0, 0, 1, 1)], LIMITS)

    assert plan.zones_covered == 1.0
    assert plan.unseen == ()
