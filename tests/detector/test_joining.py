"""Things seen by two crops are one thing; cut pieces find their whole."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.coverage import Crop
from detector.crops import CropPlan
from detector.detections import Detections, iou_matrix, nothing_found
from detector.joining import SAME_THING_IOU, join, kinds_of

CLASSES = ("person", "car", "truck", "bicycle", "motorcycle", "bench")
PERSON, CAR, TRUCK = 0, 1, 2
KINDS = kinds_of(CLASSES)
LEFT, RIGHT = Crop(0, 0, 400, 400), Crop(300, 0, 400, 400)
PLAN = CropPlan((700, 400), (LEFT, RIGHT), 20.0, 1.0)
Row = tuple[float, float, float, float, float, int]


def _found(*rows: Row) -> Detections:
    if not rows:
        return nothing_found()
    table = np.array(rows, np.float32)
    return Detections(table[:, :4], table[:, 4], table[:, 5].astype(np.int32))


def _seen_by(crop: Crop, *rows: Row) -> Detections:
    """What a perfect network says of things given in picture pixels."""
    kept: list[Row] = []
    for x1, y1, x2, y2, score, class_id in rows:
        left, top = max(x1, crop.x), max(y1, crop.y)
        right, bottom = min(x2, crop.right), min(y2, crop.bottom)
        if right - left > 4 and bottom - top > 4:
            box = (left - crop.x, top - crop.y, right - crop.x, bottom - crop.y)
            kept.append((*box, score, class_id))
    return _found(*kept)


def _join(*rows: Row) -> Detections:
    return join(PLAN, [_seen_by(crop, *rows) for crop in PLAN.crops], KINDS, 0.5)


@pytest.mark.parametrize(
    "thing",
    [
        pytest.param((20.0, 50, 80, 120, 0.8, CAR), id="in one crop"),
        pytest.param((320.0, 50, 380, 120, 0.8, CAR), id="whole in both crops"),
        pytest.param((280.0, 50, 380, 120, 0.8, CAR), id="cut by the right crop"),
        pytest.param((350.0, 50, 480, 120, 0.8, CAR), id="cut by the left crop"),
        pytest.param((250.0, 50, 480, 120, 0.8, CAR), id="cut by both"),
        pytest.param((0.0, 0, 700, 400, 0.8, TRUCK), id="larger than any crop"),
        pytest.param((660.0, 50, 700, 120, 0.8, CAR), id="at the picture's own edge"),
    ],
)
def test_one_thing_is_one_detection(thing: Row) -> None:
    """Wherever the crops cut it, a thing comes out once and whole."""
    joined = _join(thing)

    assert len(joined) == 1
    assert joined.boxes_px[0].tolist() == pytest.approx(list(thing[:4]), abs=1)
    assert joined.class_ids[0] == thing[5]


def test_two_things_in_the_overlap_stay_two() -> None:
    """Neighbours at a kerb that overlap by a third are two cars."""
    joined = _join((310, 50, 370, 100, 0.8, CAR), (340, 60, 398, 112, 0.7, CAR))

    assert len(joined) == 2


def test_person_before_a_cut_car_is_kept() -> None:
    """Only things of one kind are pieces of each other."""
    joined = _join((280, 50, 480, 150, 0.8, CAR), (385, 60, 399, 110, 0.6, PERSON))

    assert sorted(joined.class_ids.tolist()) == [PERSON, CAR]


def test_van_with_two_labels_is_one_thing() -> None:
    """A van that is a car to one crop and a truck to the other keeps the better."""
    left = _found((320, 50, 380, 120, 0.6, CAR))
    right = _found((21, 51, 81, 121, 0.7, TRUCK))

    joined = join(PLAN, [left, right], KINDS, 0.5)

    assert len(joined) == 1
    assert joined.class_ids.tolist() == [TRUCK]
    assert joined.scores.tolist() == pytest.approx([0.7])


def test_two_labels_of_one_crop_are_one_thing_too() -> None:
    """The network's merging leaves a car and a truck on the same van; we do not."""
    whole = CropPlan((400, 400), (LEFT,), 20.0, 1.0)
    both = _found((20, 50, 80, 120, 0.6, CAR), (21, 50, 80, 121, 0.5, TRUCK))

    joined = join(whole, [both], KINDS, 0.5)

    assert joined.class_ids.tolist() == [CAR]


def test_piece_at_the_edge_of_what_is_seen_is_kept() -> None:
    """A car half outside all crops is still reported, as far as it is seen."""
    only = CropPlan((700, 400), (LEFT,), 20.0, 1.0)
    cut = _found((350, 50, 400, 120, 0.8, CAR))

    joined = join(only, [cut], KINDS, 0.5)

    assert joined.boxes_px.tolist() == [[350, 50, 400, 120]]


def test_facing_pieces_at_different_heights_are_two_things() -> None:
    """Two cars cut by facing borders are united only where they line up."""
    left = _found((340, 50, 400, 100, 0.8, CAR))
    right = _found((0, 250, 60, 300, 0.8, CAR))

    assert len(join(PLAN, [left, right], KINDS, 0.5)) == 2


def test_slivers_are_dropped() -> None:
    """A box less than a pixel wide is nothing."""
    left = _found((100, 50, 100.5, 100, 0.8, CAR))

    assert len(join(PLAN, [left, nothing_found()], KINDS, 0.5)) == 0


def test_interchangeable_labels_share_a_kind() -> None:
    """Cars and trucks do, bicycles and motorcycles do, people and benches do not."""
    assert KINDS.tolist() == [0, 1, 1, 3, 3, 5]


COORDINATE = st.floats(0, 400, width=32)
ROWS = st.lists(
    st.tuples(
        COORDINATE,
        COORDINATE,
        st.floats(4, 200, width=32),
        st.floats(4, 200, width=32),
        st.floats(0.125, 1, width=32),
        st.integers(0, 5),
    ),
    max_size=12,
)


def _any_found(rows: list[tuple[float, float, float, float, float, int]]) -> Detections:
    return _found(
        *(
            (x, y, min(x + w, 400), min(y + h, 400), score, class_id)
            for x, y, w, h, score, class_id in rows
        )
    )


@settings(deadline=None)  # the machine is shared
@given(left=ROWS, right=ROWS)
def test_joined_boxes_never_duplicate(
    left: list[tuple[float, float, float, float, float, int]],
    right: list[tuple[float, float, float, float, float, int]],
) -> None:
    """No two results of one kind lie on each other, and the order is fixed."""
    found = [_any_found(left), _any_found(right)]

    joined = join(PLAN, found, KINDS, 0.5)

    overlaps = iou_matrix(joined.boxes_px, joined.boxes_px)
    same_class = joined.class_ids[:, None] == joined.class_ids[None, :]
    same_kind = KINDS[joined.class_ids][:, None] == KINDS[joined.class_ids][None, :]
    np.fill_diagonal(overlaps, 0)
    assert (overlaps[same_class] <= 0.5).all()
    assert (overlaps[same_kind] <= SAME_THING_IOU).all()
    assert len(joined) <= len(found[0]) + len(found[1])
    assert (np.diff(joined.scores) <= 0).all()
