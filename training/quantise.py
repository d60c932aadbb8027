"""A static int8 copy of a network, and whether it may ship.

In: an ONNX file and real frames. Out: an int8 copy (QDQ, per channel) and, from one
run, what it costs in accuracy and gains or loses in speed against the float32 file. A
copy that loses more than one AP50 point on a figure that matters is refused: what is
missed on the street no millisecond buys back.
"""

import logging
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from onnxruntime.quantization import (
    CalibrationDataReader,
    CalibrationMethod,
    QuantFormat,
    QuantType,
    quantize_static,
)
from onnxruntime.quantization.shape_inference import quant_pre_process

from training.boxes import letterbox
from training.errors import DatasetError, RefusedError
from training.evaluation import InputSize
from training.fold import read_graph
from training.labels import PICTURE_SUFFIXES, read_frames, read_picture
from training.material import Material
from training.plan import CalibrationSource, Plan
from training.report import Report

MOST_LOSS = 0.01
"""AP50 a figure that matters may lose: one point."""


@dataclass(frozen=True, slots=True)
class Loss:
    """One figure before and after."""

    key: str
    float32: float
    int8: float

    @property
    def lost(self) -> float:
        """AP50 lost, negative when gained."""
        return self.float32 - self.int8


class FrameReader(CalibrationDataReader):
    """Feeds letterboxed real frames to the calibration, one at a time."""

    def __init__(self, frames: Iterator[np.ndarray], input_name: str) -> None:
        self._frames = frames
        self._input_name = input_name

    def get_next(self) -> dict[str, np.ndarray] | None:
        """Give the next input ``[1, 3, h, w]``, or nothing when all were seen."""
        frame = next(self._frames, None)
        return None if frame is None else {self._input_name: frame}


def calibration_frames(
    sources: tuple[CalibrationSource, ...], material: Material, size: InputSize
) -> Iterator[np.ndarray]:
    """Give the frames of all sources as network inputs.

    Raises:
        DatasetError: there is no source, or one has neither pictures nor frames.
    """
    if not sources:
        raise DatasetError("calibration", "names no source", "name real frames")
    for source in sources:
        for count, image in enumerate(_images(source, material)):
            if count >= source.most:
                break
            canvas, _ = letterbox(image, size.width, size.height)
            yield np.ascontiguousarray(canvas.transpose(2, 0, 1)[None], np.float32)


def _images(source: CalibrationSource, material: Material) -> Iterator[np.ndarray]:
    if source.video is not None:
        frames = read_frames(source.name, material.path(source.video), source.every)
        yield from (frame.image for frame in frames)
    elif source.images is not None:
        folder = material.path(source.images)
        paths = sorted(p for p in folder.iterdir() if p.suffix in PICTURE_SUFFIXES)
        yield from map(read_picture, paths[:: source.every])
    else:
        raise DatasetError(source.name, "has neither images nor video", "name one")


def quantise(
    weights: Path,
    frames: Iterator[np.ndarray],
    out: Path,
    keep_float: tuple[str, ...] = (),
) -> Path:
    """Write the int8 copy of an ONNX file.

    Args:
        weights: the float32 file.
        frames: network inputs for the calibration.
        out: the file to write.
        keep_float: names of nodes that stay float32.

    Raises:
        WeightsError: the float32 file is not ONNX.
    """
    input_name = read_graph(weights).graph.input[0].name
    root_log = logging.getLogger()
    level = root_log.level
    root_log.setLevel(logging.ERROR)
    try:
        with tempfile.TemporaryDirectory() as folder:
            prepared = Path(folder) / "prepared.onnx"
            quant_pre_process(
                str(weights),
                str(prepared),
                skip_symbolic_shape=True,
                skip_optimization=True,  # it renames nodes, keep_float goes by name
            )
            quantize_static(
                str(prepared),
                str(out),
                FrameReader(frames, input_name),
                quant_format=QuantFormat.QDQ,
                per_channel=True,
                activation_type=QuantType.QUInt8,
                weight_type=QuantType.QInt8,
                calibrate_method=CalibrationMethod.MinMax,
                nodes_to_exclude=list(keep_float),
            )
    finally:
        root_log.setLevel(level)
    return out


def output_nodes(weights: Path) -> tuple[str, ...]:
    """Name the nodes after the last convolutions: sigmoids and joins of the rows.

    One scale for boxes, in cells, and probabilities, in 0 to 1, would flatten the
    probabilities, so these stay float32.
    """
    graph = read_graph(weights).graph
    convolutions = [node for node in graph.node if node.op_type == "Conv"]
    reached = {name for node in convolutions for name in node.output}
    consumers = {name for node in convolutions for name in node.input}
    tail = [
        node.name
        for node in graph.node
        if node.op_type in {"Concat", "Reshape", "Transpose", "Sigmoid", "Slice"}
        and not _feeds(graph.node, node.output[0], consumers)
    ]
    last = [
        node.name
        for node in convolutions
        if node.output[0] in reached
        and not _feeds(graph.node, node.output[0], consumers)
    ]
    return tuple(tail + last)


def _feeds(nodes: list[object], name: str, targets: set[str]) -> bool:
    waiting, seen = [name], {name}
    while waiting:
        current = waiting.pop()
        if current in targets:
            return True
        for node in nodes:
            if current in node.input:  # type: ignore[attr-defined]
                fresh = [o for o in node.output if o not in seen]  # type: ignore[attr-defined]
                seen.update(fresh)
                waiting += fresh
    return False


def losses(float32: Report, int8: Report, plan: Plan) -> tuple[Loss, ...]:
    """Compare the figures that matter."""
    return tuple(Loss(key, float32.ap50(key), int8.ap50(key)) for key in plan.matters)


def refuse_if_worse(found: tuple[Loss, ...]) -> None:
    """Refuse a copy that loses more than one point on a figure that matters.

    Raises:
        RefusedError: it does; the message names the figures.
    """
    bad = [loss for loss in found if loss.lost > MOST_LOSS]
    if bad:
        told = ", ".join(
            f"{loss.key} {loss.float32:.3f} to {loss.int8:.3f}" for loss in bad
        )
        raise RefusedError(
            f"int8 loses more than {MOST_LOSS:g} AP50: {told}; ship the float32 file"
        )
