"""How much of each thing is hidden by things nearer to the camera.

A camera on a pole looks down: what stands lower in the picture stands nearer. So the
box with the lower foot hides the other where they overlap. Boxes overstate bodies;
rules therefore read the share as "at most this much".
"""

import numpy as np

from detector.detections import BoxesXYXY, shared_px


def shares_hidden(boxes: BoxesXYXY) -> list[float]:
    """Share of each box under boxes with a lower foot, 0…1.

    Args:
        boxes: Shape (n, 4), pixels.

    Returns:
        One share each; overlapping nearer boxes count once.
    """
    overlaps = shared_px(boxes, boxes) > 0
    shares = []
    for row, box in enumerate(boxes):
        nearer = boxes[overlaps[row] & (boxes[:, 3] > box[3])]
        shares.append(_share_under(box, nearer) if len(nearer) else 0.0)
    return shares


def _share_under(box: BoxesXYXY, covers: BoxesXYXY) -> float:
    """Exact share of the box under the union of the covers."""
    area = float((box[2] - box[0]) * (box[3] - box[1]))
    if area <= 0:
        return 0.0
    low = np.maximum(covers[:, :2], box[:2]).astype(np.float64)
    high = np.minimum(covers[:, 2:], box[2:]).astype(np.float64)
    xs = np.unique(np.concatenate((low[:, 0], high[:, 0])))
    ys = np.unique(np.concatenate((low[:, 1], high[:, 1])))
    # A cell between neighbouring edges is covered whole or not at all.
    mid_x, mid_y = (xs[:-1] + xs[1:]) / 2, (ys[:-1] + ys[1:]) / 2
    in_x = (low[:, :1] <= mid_x) & (mid_x <= high[:, :1])
    in_y = (low[:, 1:] <= mid_y) & (mid_y <= high[:, 1:])
    covered = (in_y[:, :, None] & in_x[:, None, :]).any(axis=0)
    cells = np.diff(ys)[:, None] * np.diff(xs)[None, :]
    return min(1.0, float((cells * covered).sum()) / area)
