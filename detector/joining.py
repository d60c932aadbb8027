"""What several overlapping crops found becomes one list without duplicates.

In go the detections of each crop, in crop pixels; out come detections in picture
pixels. A thing in the overlap of two crops is found twice, and a thing larger than
the overlap is found in pieces, each cut at its crop's border. A piece is dropped
where another crop shows the whole, two facing pieces become one box, and labels that
stand for each other (a van is a car to one crop and a truck to the next) count as one
thing.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detector.coverage import Crop
from detector.crops import CropPlan
from detector.detections import (
    Detections,
    areas_px,
    iou_matrix,
    nothing_found,
    shared_px,
)
from detector.look import TWO_WHEELERS, VEHICLES

SAME_THING_IOU = 0.7
"""Boxes of two interchangeable labels are one thing from here: neighbours at a kerb
overlap by up to 0.62, two labels of one van by 0.9 (measured)."""

INSIDE = 0.7
"""Share of a cut piece inside another box from which it is a piece of that thing."""

FACING = 0.5
"""Overlap of two facing pieces along the border, from which they are one thing."""

BORDER_SHARE = 0.015
"""A box this close to a crop's border, as a share of the crop, counts as cut."""

LEFT, TOP, RIGHT, BOTTOM = range(4)


@dataclass(slots=True, eq=False)
class _Piece:
    """One detection while it is being joined; picture pixels."""

    box: NDArray[np.float32]
    score: float
    class_id: int
    kind: int
    crops: set[int]
    cut: set[int]
    slack_px: float


def kinds_of(classes: tuple[str, ...]) -> NDArray[np.int32]:
    """For each class the first class it is interchangeable with, shape (classes,)."""
    kinds = []
    for number, name in enumerate(classes):
        group = next((g for g in (VEHICLES, TWO_WHEELERS) if name in g), {name})
        kinds.append(
            next((n for n, other in enumerate(classes) if other in group), number)
        )
    return np.array(kinds, np.int32)


def join(
    plan: CropPlan, found: list[Detections], kinds: NDArray[np.int32], iou: float
) -> Detections:
    """Bring what the crops found into one list, best first.

    Args:
        plan: The crops looked at.
        found: For each crop its detections in its own pixels.
        kinds: As `kinds_of` gives it.
        iou: Overlap from which two boxes of one class are one thing.
    """
    pieces = [
        piece
        for number, (crop, detections) in enumerate(zip(plan.crops, found, strict=True))
        for piece in _pieces(plan, number, crop, detections, kinds)
    ]
    # Whole boxes first: they say what a cut one belongs to.
    pieces.sort(key=lambda p: (bool(p.cut), -p.score, p.class_id, *p.box.tolist()))
    kept: list[_Piece] = []
    for piece in pieces:
        _take_in(kept, piece, iou)
    return _without_duplicates(kept, iou)


def _pieces(
    plan: CropPlan,
    number: int,
    crop: Crop,
    detections: Detections,
    kinds: NDArray[np.int32],
) -> list[_Piece]:
    shift = np.array([crop.x, crop.y] * 2, np.float32)
    slack = max(2.0, BORDER_SHARE * max(crop.width, crop.height))
    edges = _inner_edges(plan, crop)
    pieces = []
    rows = zip(
        detections.boxes_px + shift,
        detections.scores.tolist(),
        detections.class_ids.tolist(),
        strict=True,
    )
    for box, score, class_id in rows:
        if box[2] - box[0] < 1 or box[3] - box[1] < 1:
            continue
        cut = {side for side, at in edges.items() if abs(box[side] - at) <= slack}
        kind = int(kinds[class_id])
        pieces.append(_Piece(box, score, class_id, kind, {number}, cut, slack))
    return pieces


def _inner_edges(plan: CropPlan, crop: Crop) -> dict[int, int]:
    """Borders of a crop that are not the picture's own."""
    width, height = plan.size_px
    edges = {LEFT: crop.x, TOP: crop.y, RIGHT: crop.right, BOTTOM: crop.bottom}
    outer = {LEFT: 0, TOP: 0, RIGHT: width, BOTTOM: height}
    return {side: at for side, at in edges.items() if at != outer[side]}


def _take_in(kept: list[_Piece], piece: _Piece, iou: float) -> None:
    """Add a piece, or give it to the thing it belongs to."""
    rivals = [other for other in kept if other.kind == piece.kind]
    if rivals:
        boxes = np.stack([other.box for other in rivals])
        mine = piece.box[None]
        overlaps = iou_matrix(mine, boxes)[0]
        inside = shared_px(mine, boxes)[0] / areas_px(mine)
        for other, overlap, share in zip(rivals, overlaps, inside, strict=True):
            if _is_same(piece, other, overlap, iou) or (
                piece.cut and share >= INSIDE and not piece.crops & other.crops
            ):
                _strengthen(other, piece)
                return
        for other in rivals:
            facing = _facing_sides(piece, other)
            if facing:
                _unite(other, piece, facing)
                return
    kept.append(piece)


def _is_same(piece: _Piece, other: _Piece, overlap: float, iou: float) -> bool:
    if piece.class_id != other.class_id:
        return overlap >= SAME_THING_IOU
    return overlap > iou and not piece.crops & other.crops


def _strengthen(other: _Piece, piece: _Piece) -> None:
    if piece.score > other.score:
        other.score, other.class_id = piece.score, piece.class_id


def _facing_sides(one: _Piece, two: _Piece) -> set[int]:
    """The borders by which two crops cut one thing in two; empty: two things."""
    if one.crops & two.crops:
        return set()
    for low, high in ((LEFT, RIGHT), (TOP, BOTTOM)):
        first, second = (one, two) if high in one.cut and low in two.cut else (two, one)
        if high not in first.cut or low not in second.cut:
            continue
        gap = second.box[low] - first.box[high]
        begins_first = first.box[low] <= second.box[low]
        across = (TOP, BOTTOM) if low == LEFT else (LEFT, RIGHT)
        if (
            begins_first
            and gap <= one.slack_px + two.slack_px
            and _along(one, two, across) >= FACING
        ):
            return {low, high}
    return set()


def _along(one: _Piece, two: _Piece, across: tuple[int, int]) -> float:
    low, high = across
    shared = min(one.box[high], two.box[high]) - max(one.box[low], two.box[low])
    whole = max(one.box[high], two.box[high]) - min(one.box[low], two.box[low])
    return float(max(shared, 0) / max(whole, 1e-6))


def _unite(other: _Piece, piece: _Piece, facing: set[int]) -> None:
    _strengthen(other, piece)
    other.box = np.concatenate(
        (
            np.minimum(other.box[:2], piece.box[:2]),
            np.maximum(other.box[2:], piece.box[2:]),
        )
    )
    other.crops = other.crops | piece.crops
    other.cut = (other.cut | piece.cut) - facing


def _without_duplicates(kept: list[_Piece], iou: float) -> Detections:
    """United boxes have grown: drop what they cover by now."""
    if not kept:
        return nothing_found()
    kept.sort(key=lambda p: (-p.score, p.class_id, *p.box.tolist()))
    boxes = np.stack([piece.box for piece in kept])
    overlaps = iou_matrix(boxes, boxes)
    rows: list[int] = []
    for row, piece in enumerate(kept):
        is_new = all(
            kept[before].kind != piece.kind
            or overlaps[row, before]
            <= (iou if kept[before].class_id == piece.class_id else SAME_THING_IOU)
            for before in rows
        )
        if is_new:
            rows.append(row)
    return Detections(
        boxes[rows],
        np.array([kept[row].score for row in rows], np.float32),
        np.array([kept[row].class_id for row in rows], np.int32),
    )
