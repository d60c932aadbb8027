"""A network's raw output becomes boxes: output families told apart by shape.

In go the output array of one picture and what is known of the network; out come
detections in input pixels, before overlapping ones are merged. File names never
decide: a YOLOX grid is [anchors, 5 + classes], an Ultralytics v8/v11 head
[4 + classes, anchors], an end-to-end head (v10, 26, or exported with NMS) [few, 6].
The number of anchors follows from the input size, which separates one-class YOLOX
from an end-to-end head.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detector.detections import Detections
from models.errors import ModelError

STRIDES = ((8, 16, 32), (8, 16, 32, 64), (4, 8, 16, 32))
"""Heads in use: the usual one, P6 for large inputs, P2 for small things."""

LARGEST_EXPONENT = 12.0
"""exp(12) strides are wider than any input; more would only overflow float32."""

MOST_CANDIDATES = 3000
"""Merging is quadratic; a street never shows more, a broken network does."""

Output = NDArray[np.float32]


class Family(StrEnum):
    """How boxes and scores lie in the output."""

    YOLOX_RAW = "yolox_raw"
    YOLOX_DECODED = "yolox_decoded"
    ULTRALYTICS = "ultralytics"
    END_TO_END = "end_to_end"


@dataclass(frozen=True, slots=True)
class OutputHints:
    """What is known of an output besides its shape.

    Attributes:
        path: The file, for messages.
        input_px: Width and height of the network's input.
        classes: How many classes the manifest or the metadata name.
        decoded: Whether a YOLOX grid comes in pixels; None when nobody says.
        end_to_end: Whether the metadata says that no merging is needed.
    """

    path: Path
    input_px: tuple[int, int]
    classes: int
    decoded: bool | None = None
    end_to_end: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Decoder:
    """Reads the outputs of one network.

    Attributes:
        family: What was found.
        grid: For a YOLOX grid, shape (anchors, 3): cell x, cell y, stride.
        hints: What is known of the network.
    """

    family: Family
    grid: NDArray[np.float32]
    hints: OutputHints

    def at(self, input_px: tuple[int, int]) -> "Decoder":
        """The same network's decoder for inputs of another width and height."""
        if input_px == self.hints.input_px or not len(self.grid):
            return self
        strides = tuple(dict.fromkeys(self.grid[:, 2].astype(int).tolist()))
        hints = replace(self.hints, input_px=input_px)
        return Decoder(self.family, _grid(strides, input_px), hints)

    @property
    def merges_itself(self) -> bool:
        """Whether overlapping boxes were merged by the network."""
        return self.family is Family.END_TO_END

    def decode(self, output: Output, score: float) -> Detections:
        """Candidates of one picture from `score` up, in input pixels, best first.

        Args:
            output: The output of one picture, two axes.
            score: Least score of a candidate.

        Raises:
            ModelError: The output holds values that are no numbers, or a class that
                is not named.
        """
        if not np.isfinite(output).all():
            problem = "the output holds values that are no finite numbers"
            raise ModelError(self.hints.path, problem, "export or fetch it anew")
        if self.family is Family.END_TO_END:
            found = self._end_to_end(output, score)
        elif self.family is Family.ULTRALYTICS:
            found = _ultralytics(output, score)
        else:
            found = self._yolox(output, score)
        return found.best_first().take(np.arange(min(len(found), MOST_CANDIDATES)))

    def _yolox(self, output: Output, score: float) -> Detections:
        # A score is objectness x class score, both at most 1: weak cells go first.
        rows = np.flatnonzero(output[:, 4] >= score)
        kept = output[rows]
        class_ids = kept[:, 5:].argmax(axis=1)
        scores = kept[:, 4] * kept[np.arange(len(kept)), 5 + class_ids]
        strong = scores >= score
        kept, grid = kept[strong], self.grid[rows[strong]]
        centres, sizes = kept[:, :2], kept[:, 2:4]
        if self.family is Family.YOLOX_RAW:
            stride = grid[:, 2:3]
            centres = (centres + grid[:, :2]) * stride
            sizes = np.exp(np.minimum(sizes, LARGEST_EXPONENT)) * stride
        return _from_centres(centres, sizes, scores[strong], class_ids[strong])

    def _end_to_end(self, output: Output, score: float) -> Detections:
        kept = output[output[:, 4] >= score]
        class_ids = kept[:, 5].round().astype(np.int32)
        if len(kept) and not 0 <= class_ids.min() <= class_ids.max() < (
            self.hints.classes
        ):
            problem = (
                f"it names class {class_ids.max()}, {self.hints.classes} are known"
            )
            raise ModelError(self.hints.path, problem, "correct `classes`")
        low = np.minimum(kept[:, :2], kept[:, 2:4])
        high = np.maximum(kept[:, :2], kept[:, 2:4])
        boxes = np.concatenate((low, high), axis=1)
        return Detections(boxes, kept[:, 4], class_ids)


def decoder_for(output: Output, hints: OutputHints) -> Decoder:
    """Tell the family of a network from one output of its warm-up.

    Args:
        output: The output for a grey picture, two axes.
        hints: What is known of the network.

    Raises:
        ModelError: No known family, or another number of classes than named.
    """
    if output.ndim != 2:
        raise _foreign(output, hints)
    anchors = [(len(grid), grid) for grid in map(_grid, STRIDES, [hints.input_px] * 3)]
    by_rows = dict(anchors).get(output.shape[0])
    by_columns = any(count == output.shape[1] for count, _ in anchors)
    is_short = output.shape[1] == 6 and (by_rows is None or hints.end_to_end)
    if is_short and not by_columns:
        return Decoder(Family.END_TO_END, np.zeros((0, 3), np.float32), hints)
    if by_rows is not None and output.shape[1] > 5:
        _check_classes(output.shape[1] - 5, hints)
        return Decoder(_yolox_family(output, hints), by_rows, hints)
    if by_columns or output.shape[0] == 4 + hints.classes:
        _check_classes(output.shape[0] - 4, hints)
        return Decoder(Family.ULTRALYTICS, np.zeros((0, 3), np.float32), hints)
    raise _foreign(output, hints)


def _yolox_family(output: Output, hints: OutputHints) -> Family:
    decoded = hints.decoded
    if decoded is None:
        # On a plain picture raw centres stay within a few cells of zero, decoded ones
        # spread over the whole input (measured on the shipped networks: 4 against 416).
        spread = float(np.ptp(output[:, 0]))
        decoded = spread >= hints.input_px[0] / 2
    return Family.YOLOX_DECODED if decoded else Family.YOLOX_RAW


def _check_classes(found: int, hints: OutputHints) -> None:
    if found != hints.classes:
        problem = f"it outputs {found} classes, {hints.classes} are named"
        raise ModelError(hints.path, problem, "correct `classes` in its manifest")


def _foreign(output: Output, hints: OutputHints) -> ModelError:
    width, height = hints.input_px
    problem = f"output {output.shape} at input {width}x{height} is of no known family"
    return ModelError(
        hints.path, problem, "export a YOLOX, Ultralytics or end-to-end detector"
    )


@lru_cache(maxsize=64)
def _grid(strides: tuple[int, ...], input_px: tuple[int, int]) -> NDArray[np.float32]:
    """Cells of all strides in output order, row by row, shape (anchors, 3)."""
    width, height = input_px
    levels = []
    for stride in strides:
        ys, xs = np.mgrid[: height // stride, : width // stride]
        level = np.stack((xs, ys, np.full_like(xs, stride)), axis=-1)
        levels.append(level.reshape(-1, 3))
    return np.concatenate(levels).astype(np.float32)


def _ultralytics(output: Output, score: float) -> Detections:
    scores = output[4:].max(axis=0)
    columns = np.flatnonzero(scores >= score)
    kept = output[:, columns].T
    class_ids = kept[:, 4:].argmax(axis=1)
    return _from_centres(kept[:, :2], kept[:, 2:4], scores[columns], class_ids)


def _from_centres(
    centres: Output, sizes: Output, scores: Output, class_ids: NDArray[np.intp]
) -> Detections:
    halves = np.abs(sizes) / 2
    boxes = np.concatenate((centres - halves, centres + halves), axis=1)
    return Detections(
        boxes.astype(np.float32), scores.astype(np.float32), class_ids.astype(np.int32)
    )
