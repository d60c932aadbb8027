"""The network is not taught that what nobody labelled is background."""

from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip(
    "torch", reason="the train extra is missing: run `make test-train`"
)

from training.assign import assign, corner_iou
from training.augment import Sample
from training.losses import LossSettings, batch_loss, targets_of
from training.network import anchor_grid, decode_boxes

pytestmark = pytest.mark.train
SIDE, CLASSES = 64, 4
GRID = anchor_grid(SIDE, SIDE)
SETTINGS = LossSettings(1.0, 1.0)
CAR = 2


def _sample(*, exhaustive: bool = False, ignored: bool = False) -> Sample:
    cells = SIDE // 8
    mask = np.zeros((cells, cells, CLASSES), bool)
    mask[..., CAR] = exhaustive
    return Sample(
        image=np.zeros((SIDE, SIDE, 3), np.uint8),
        clean=np.zeros((SIDE, SIDE, 3), np.uint8),
        boxes=np.zeros((0, 4), np.float32),
        labels=np.zeros(0, np.int64),
        weights=np.zeros(0, np.float32),
        ignored=np.full((cells, cells), ignored),
        exhaustive=mask,
    )


def _rows(objectness: float = -6.0) -> Any:
    rows = torch.zeros(1, len(GRID), 5 + CLASSES)
    rows[..., 4] = objectness
    rows[..., 5:] = -4.0
    return rows


def _teacher_sees_a_car() -> Any:
    teacher = _rows()
    teacher[0, 20, 4] = 3.0
    teacher[0, 20, 5 + CAR] = 3.0
    return teacher


@pytest.mark.parametrize(
    ("exhaustive", "wanted"),
    [
        pytest.param(False, 0.953, id="not labelled: as the teacher"),
        pytest.param(True, 0.0, id="labelled exhaustively: background"),
    ],
)
def test_what_the_teacher_saw_is_background_only_where_it_is_labelled(
    exhaustive: bool, wanted: float
) -> None:
    """A car nobody labelled keeps the teacher's objectness."""
    rows = _rows()
    decoded = decode_boxes(rows, GRID)

    targets = targets_of(
        rows, decoded, _teacher_sees_a_car(), [_sample(exhaustive=exhaustive)], GRID
    )

    assert float(targets.objectness[0, 20]) == pytest.approx(wanted, abs=1e-3)


def test_ignored_cells_pull_nowhere() -> None:
    """Where nobody can tell, objectness has no gradient."""
    rows = _rows(0.0).requires_grad_()

    batch_loss(rows, _rows(), [_sample(ignored=True)], GRID, SETTINGS).total.backward()

    assert rows.grad is not None
    assert float(rows.grad.abs().sum()) == 0.0


def test_picture_without_labels_has_a_finite_loss() -> None:
    """An empty street is a valid example."""
    loss = batch_loss(_rows(), _rows(), [_sample()], GRID, SETTINGS)

    assert torch.isfinite(loss.total)


def test_rows_near_the_middle_answer_for_a_box() -> None:
    """At least one row is chosen, and each lies within reach of the box."""
    rows = _rows(0.0)[0]
    box = torch.tensor([[32.0, 32.0, 20.0, 30.0]])

    chosen = assign(rows, decode_boxes(rows, GRID), GRID, box, torch.tensor([1]))

    centres = (GRID[chosen.rows, :2] + 0.5) * GRID[chosen.rows, 2:]
    reach = 1.5 * GRID[chosen.rows, 2:]
    assert len(chosen.rows) >= 1
    assert ((centres - box[:, :2]).abs() <= reach).all()


def test_one_row_answers_for_one_box() -> None:
    """Two labels on one spot share no row."""
    rows = _rows(0.0)[0]
    boxes = torch.tensor([[32.0, 32.0, 20.0, 30.0], [33.0, 32.0, 20.0, 30.0]])

    chosen = assign(rows, decode_boxes(rows, GRID), GRID, boxes, torch.tensor([1, 2]))

    assert len(set(chosen.rows.tolist())) == len(chosen.rows)


def test_overlap_of_centre_boxes() -> None:
    """Half of a box covered by one of its size is a third."""
    a = torch.tensor([[10.0, 10.0, 10.0, 10.0]])
    b = torch.tensor([[15.0, 10.0, 10.0, 10.0]])

    assert float(corner_iou(a, b)) == pytest.approx(1 / 3)
