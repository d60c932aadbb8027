"""Writes the smallest head network: it answers the same for each square it is shown."""

import hashlib
import math
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray

from tests.detector.tiny_onnx import _bytes, _ints, _node, _number, _tensor, _value

SIDE_PX = 96
CELLS = SIDE_PX // 8
STATES = ("helmet", "other", "bare", "unknown")
Floats = NDArray[np.float32]


def states(**shares: float) -> Floats:
    """Logits of the given probabilities, shape (4,)."""
    return np.log([shares.get(name, 1e-6) for name in STATES]).astype(np.float32)


def one_head(x: float, y: float, size: float, chance: float = 0.9) -> Floats:
    """A map with one head, place and size as shares of the square."""
    found = np.zeros((5, CELLS, CELLS), np.float32)
    found[0] = -9.0
    column, row = int(x * CELLS), int(y * CELLS)
    log_size = math.log(size * CELLS)
    found[:, row, column] = (
        math.log(chance / (1 - chance)),
        x * CELLS - column,
        y * CELLS - row,
        log_size,
        log_size,
    )
    return found


def head_onnx(logits: Floats, found: Floats) -> bytes:
    """A network with the outputs `states` and `heads`."""
    nodes = (
        _node("ReduceMax", ("images",), "top", _ints("axes", (1, 2, 3))),
        _node("Mul", ("top", "zero"), "nought", b""),
        _node("Add", ("nought", "found"), "heads", b""),
        _node("Squeeze", ("nought",), "flat", _ints("axes", (2, 3))),
        _node("Add", ("flat", "logits"), "states", b""),
    )
    graph = (
        b"".join(_bytes(1, node) for node in nodes)
        + _bytes(2, "tiny")
        + _bytes(5, _tensor("zero", np.zeros((1, 1, 1, 1), np.float32)))
        + _bytes(5, _tensor("found", found[None]))
        + _bytes(5, _tensor("logits", logits[None]))
        + _bytes(11, _value("images", ("batch", 3, SIDE_PX, SIDE_PX)))
        + _bytes(12, _value("states", ("batch", len(logits))))
        + _bytes(12, _value("heads", ("batch", *found.shape)))
    )
    return _number(1, 7) + _bytes(8, _number(2, 12)) + _bytes(7, graph)


def write_head(folder: Path, weights: bytes, **changes: object) -> Path:
    """Write weights and manifest; keywords override the manifest's keys."""
    file = folder / "tiny_head.onnx"
    file.write_bytes(weights)
    spec = {"width": SIDE_PX, "height": SIDE_PX, "colour": "bgr", "scale": 1.0}
    keys = {
        "name": "tiny_head",
        "file": file.name,
        "sha256": hashlib.sha256(weights).hexdigest(),
        "task": "head",
        "input": spec,
        "classes": list(STATES),
        "head": {"found": 0.3, "claim": 0.7, "merge_iou": 0.45, "smallest_px": 16},
        "licence": "Apache-2.0",
    }
    path = folder / "tiny_head.yaml"
    path.write_text(yaml.safe_dump(keys | changes), encoding="utf-8")
    return path
