"""A network file run by onnxruntime, as training measures it.

In: an ONNX file, or a manifest of `models/` that names one. Out: `ServedRows`, which
maps image batches to rows and knows its classes. A file that is truncated, foreign or
gives rows of another shape is refused with its name and what to do.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import onnxruntime as ort
from onnxruntime.capi.onnxruntime_pybind11_state import (
    Fail,
    InvalidArgument,
    InvalidGraph,
    InvalidProtobuf,
    NoSuchFile,
    RuntimeException,
)

from models.manifest import Manifest, Thresholds, verified_file
from training.boxes import grid_of
from training.errors import WeightsError
from training.evaluation import InputSize

UNREADABLE = (
    Fail,
    InvalidArgument,
    InvalidGraph,
    InvalidProtobuf,
    NoSuchFile,
    RuntimeException,
)


@dataclass(frozen=True, slots=True)
class Served:
    """A network ready to be measured.

    Attributes:
        rows: maps ``[n, 3, h, w]`` float32 BGR 0-255 to ``[n, anchors, 5 + classes]``.
        classes: names of the class columns.
        size: the input size it ships with.
        threshold: the score it ships with.
        scores: of classes that ship with another.
    """

    rows: "ServedRows"
    classes: tuple[str, ...]
    size: InputSize
    threshold: float
    scores: Mapping[str, float] = field(default_factory=dict)

    def thresholds(self, measured: Sequence[tuple[str, ...]]) -> tuple[float, ...]:
        """The score of each measured thing: the lowest of its classes'."""
        return tuple(
            min(self.scores.get(name, self.threshold) for name in classes)
            for classes in measured
        )


class ServedRows:
    """An onnxruntime session on one thread, with its output checked."""

    def __init__(self, path: Path, classes: int, threads: int = 1) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        try:
            self._session = ort.InferenceSession(
                str(path), options, providers=["CPUExecutionProvider"]
            )
        except UNREADABLE as error:
            problem = "cannot be loaded: truncated, or not ONNX"
            raise WeightsError(path, problem, "copy it again") from error
        self._path = path
        self._classes = classes
        self._input = self._session.get_inputs()[0].name

    def __call__(self, batch: np.ndarray) -> np.ndarray:
        """Run a batch.

        Raises:
            WeightsError: the rows are not those of a YOLOX network with these classes,
                or not finite.
        """
        try:
            rows: np.ndarray = self._session.run(None, {self._input: batch})[0]
        except UNREADABLE as error:
            problem = f"refuses an input of {batch.shape}"
            raise WeightsError(self._path, problem, "see its manifest") from error
        height, width = batch.shape[2:]
        wanted = (len(batch), len(grid_of(height, width)), 5 + self._classes)
        if rows.shape != wanted:
            problem = f"gives {rows.shape} where {wanted} is needed"
            raise WeightsError(self._path, problem, "correct classes or export again")
        if not np.isfinite(rows).all():
            problem = "gives values that are not finite"
            raise WeightsError(self._path, problem, "train or export again")
        return rows


def serve(manifest_path: Path) -> Served:
    """Load the network a manifest describes; its digest is checked first.

    Raises:
        ModelError: the manifest or the digest is wrong.
        WeightsError: the network is not a YOLOX one fed with BGR 0-255.
    """
    manifest, weights = verified_file(manifest_path)
    own = thresholds_of(manifest, manifest_path)
    return Served(
        ServedRows(weights, len(manifest.classes)),
        manifest.classes,
        InputSize(manifest.input.width, manifest.input.height),
        own.score,
        own.scores,
    )


def thresholds_of(manifest: Manifest, path: Path) -> Thresholds:
    """Give the scores a network ships with.

    Raises:
        WeightsError: the manifest has none, or its input is not BGR 0-255.
    """
    if manifest.thresholds is None:
        raise WeightsError(path, "has no thresholds", "add them")
    if manifest.input.colour != "bgr" or manifest.input.scale != 1.0:
        problem = "is not fed with BGR 0-255, these tools measure YOLOX networks"
        raise WeightsError(path, problem, "measure it with its own tools")
    return manifest.thresholds
