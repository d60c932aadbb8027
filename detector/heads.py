"""What people wear on their heads: a picture and person boxes in, `Head`s out.

Two passes of one small network. First the square around each person's upper part is
searched for heads; all finds of the picture are shared out, one head one person
(`detector.head_region`), so that a neighbour's helmet never credits a bare head. Then
each person's own head is cut out, closer and wider, every other cut mirrored, and
classified by all: what it wears must not hang on how tightly its box was drawn.

Nothing is claimed of a head of fewer pixels than the manifest allows, of one the
network calls untellable, or of one whose calibrated probability stays below the
manifest's claim threshold: that head is UNKNOWN, which is neither "helmet" nor "bare".
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from detector.detections import BoxesXYXY, iou_matrix
from detector.head_evidence import FoundHeads, joint, log_odds, no_heads
from detector.head_region import (
    assign_heads,
    cut,
    distinct,
    head_squares,
    heights_px,
    search_squares,
)
from detector.letterbox import check_image, letterbox
from detector.look import Head, HeadState
from detector.session import LOAD_ERRORS, first_line, open_session
from models.errors import ModelError
from models.manifest import HeadThresholds, InputSpec, Manifest, Task, verified_file
from streams.frame import ImageBGR

STATES_OUTPUT = "states"
MAP_OUTPUT = "heads"

CELL_PX = 8
MAP_ROWS = 5
MOST_HEADS = 8
"""Finds kept of one square; more people do not fit into one person's surroundings."""

BATCH = 16
"""Squares a run; bounds memory when a street is full."""

SAME_BOX_IOU = 0.95
LARGEST_LOG_SIZE = 4.0
"""Cells, as a logarithm: a find can be no larger than four input widths."""

DETECTOR_DISCOUNT = 0.5
"""A detector's head box only adds a head the search missed; the search's boxes are the
ones the classifier was trained on."""

NO_HEAD = Head(HeadState.UNKNOWN, 0.0, 0.0)


class HeadClassifier:
    """The head network, loaded and warmed up; keeps no state between calls."""

    def __init__(self, manifest_path: Path, threads: int = 1) -> None:
        """Load, check and warm up.

        Args:
            manifest_path: `<name>.yaml` of a network of the task `head`.
            threads: Threads inside one inference.

        Raises:
            ModelError: Manifest or weights cannot be used; says which and why.
        """
        manifest, self._path = verified_file(manifest_path)
        self._thresholds = _checked(manifest, manifest_path)
        self._spec: InputSpec = manifest.input
        self._classes = tuple(HeadState(name) for name in manifest.classes)
        self._temperature = manifest.temperature
        self.fingerprint = f"{manifest.name}@{manifest.sha256[:12]}"
        self._session = open_session(self._path, threads=threads)
        self._input_name = _input_name(self._session, self._path)
        grey = np.full((self.side_px, self.side_px, 3), self._spec.pad, np.uint8)
        self._logits([grey])
        self._maps([grey])

    @property
    def side_px(self) -> int:
        """Side of the network's square input."""
        return self._spec.width

    @property
    def classes(self) -> tuple[HeadState, ...]:
        """States in output order."""
        return self._classes

    def classify(
        self,
        image: ImageBGR,
        persons: BoxesXYXY,
        everyone: BoxesXYXY | None = None,
        hints: FoundHeads | None = None,
    ) -> list[Head]:
        """Say of each person what the head wears.

        Args:
            image: Shape (h, w, 3), uint8, BGR.
            persons: Those asked about, shape (n, 4), pixels.
            everyone: Every person in the picture, shape (m, 4); those asked about may
                be among them. Left out: nobody else is there.
            hints: Heads a detector found: where the search fails, and a second witness.

        Returns:
            One head each, in order. Its score is the calibrated probability that a
            helmet is worn (HELMET) or that none is (OTHER, BARE); of UNKNOWN, that
            neither may be claimed. Its height is 0 where no head was found.

        Raises:
            ValueError: The picture is empty or boxes are no finite (n, 4).
            ModelError: The network fails or gives no numbers.
        """
        located = self.locate(image, persons, everyone, hints)
        rows = [row for row, box in enumerate(located) if box is not None]
        boxes = [box for box in located if box is not None]
        heads: list[Head] = [NO_HEAD] * len(located)
        if boxes:
            told = self.judge(image, np.stack(boxes), hints)
            for row, head in zip(rows, told, strict=True):
                heads[row] = head
        return heads

    def locate(
        self,
        image: ImageBGR,
        persons: BoxesXYXY,
        everyone: BoxesXYXY | None = None,
        hints: FoundHeads | None = None,
    ) -> list[NDArray[np.float32] | None]:
        """Find each person's own head: the first pass alone.

        Takes and raises what `classify` does.

        Returns:
            For each person its head, shape (4,), pixels, or None.
        """
        check_image(image)
        asked = _boxes(persons)
        people = _together(asked, everyone)
        located: list[NDArray[np.float32] | None] = [None] * len(asked)
        near = _near(people, len(asked), image)
        if not len(near):
            return located
        found = self.find(image, people[near], hints or no_heads())
        owned = assign_heads(people[near], found.boxes_px, found.scores)
        for person, head in zip(near, owned, strict=True):
            if head is not None and person < len(asked):
                located[person] = found.boxes_px[head]
        return located

    def find(self, image: ImageBGR, people: BoxesXYXY, hints: FoundHeads) -> FoundHeads:
        """Find the heads around people, each head once.

        Args:
            image: Shape (h, w, 3).
            people: Shape (n, 4), pixels, n > 0.
            hints: Heads found by other means.
        """
        squares = search_squares(people)
        maps = self._maps([cut(image, square, self.side_px) for square in squares])
        boxes, scores = [hints.boxes_px], [hints.scores * np.float32(DETECTOR_DISCOUNT)]
        for found, square in zip(maps, squares, strict=True):
            peaks = peaks_of(found, self._thresholds.found)
            scale = np.rint(square[2]) / np.float32(self.side_px)
            shift = np.array([square[0], square[1]] * 2, np.float32)
            boxes.append(peaks.boxes_px * scale + np.floor(shift))
            scores.append(peaks.scores)
        every = FoundHeads(np.concatenate(boxes), np.concatenate(scores))
        kept = distinct(every.boxes_px, every.scores, self._thresholds.merge_iou)
        return FoundHeads(every.boxes_px[kept], every.scores[kept])

    def judge(
        self, image: ImageBGR, boxes: BoxesXYXY, hints: FoundHeads | None = None
    ) -> list[Head]:
        """Classify heads at known places.

        Args:
            image: Shape (h, w, 3).
            boxes: Heads, shape (n, 4), pixels.
            hints: Heads a detector found, heard with the manifest's weight.
        """
        if not len(boxes):
            return []
        odds = log_odds(boxes, hints or no_heads()) * self._thresholds.detector_weight
        probabilities = joint(self.probabilities(image, boxes), self._classes, odds)
        return [
            _head(row.tolist(), float(height), self._classes, self._thresholds)
            for row, height in zip(probabilities, heights_px(boxes), strict=True)
        ]

    def probabilities(self, image: ImageBGR, boxes: BoxesXYXY) -> NDArray[np.float64]:
        """What the network alone says of heads at known places, calibrated.

        Args:
            image: Shape (h, w, 3).
            boxes: Heads, shape (n, 4), pixels, n > 0.

        Returns:
            Shape (n, classes), rows sum to 1: by the mean over the manifest's views.
        """
        said = []
        for number, view in enumerate(self._thresholds.views):
            squares = head_squares(boxes, view)
            crops = [cut(image, square, self.side_px) for square in squares]
            if number % 2 == 0:
                crops = [np.ascontiguousarray(crop[:, ::-1]) for crop in crops]
            said.append(self._logits(crops))
        return softmax(np.mean(said, axis=0) / self._temperature)

    def _logits(self, crops: Sequence[ImageBGR]) -> NDArray[np.float32]:
        """Of each crop with a head in the middle, shape (n, classes)."""
        logits = self._run(crops, STATES_OUTPUT, 2)
        if logits.shape[1] != len(self._classes):
            problem = f"gives {logits.shape[1]} states, not {len(self._classes)}"
            raise ModelError(self._path, problem, "correct the manifest's classes")
        return logits

    def _maps(self, crops: Sequence[ImageBGR]) -> NDArray[np.float32]:
        maps = self._run(crops, MAP_OUTPUT, 4)
        cells = self.side_px // CELL_PX
        if maps.shape[1:] != (MAP_ROWS, cells, cells):
            wanted = (len(crops), MAP_ROWS, cells, cells)
            problem = f"gives a map of {maps.shape}, not {wanted}"
            raise ModelError(self._path, problem, "export a head network")
        return maps

    def _run(
        self, crops: Sequence[ImageBGR], output: str, axes: int
    ) -> NDArray[np.float32]:
        parts = []
        for start in range(0, len(crops), BATCH):
            planes = [letterbox(crop, self._spec)[0] for crop in crops[start:][:BATCH]]
            parts.append(self._infer(np.stack(planes), output))
        values = np.concatenate(parts)
        if values.ndim != axes or len(values) != len(crops):
            problem = f"output {output} is {values.shape} for {len(crops)} crops"
            raise ModelError(self._path, problem, "export a head network")
        if not np.isfinite(values).all():
            problem = f"output {output} holds values that are no numbers"
            raise ModelError(self._path, problem, "train or export it anew")
        return values

    def _infer(self, batch: NDArray[np.float32], output: str) -> NDArray[np.float32]:
        try:
            raw = self._session.run([output], {self._input_name: batch})[0]
        except LOAD_ERRORS as error:
            problem = f"it does not run: {first_line(error)}"
            raise ModelError(self._path, problem, "export a head network") from error
        return np.asarray(raw, np.float32)


def _head(
    row: list[float],
    height_px: float,
    classes: tuple[HeadState, ...],
    limits: HeadThresholds,
) -> Head:
    """What may be claimed of a head with these probabilities."""
    told = dict(zip(classes, row, strict=True))
    helmet = told[HeadState.HELMET]
    without = told[HeadState.OTHER] + told[HeadState.BARE]
    surest = max(helmet, without)
    if height_px < limits.smallest_px or surest < limits.claim:
        return Head(HeadState.UNKNOWN, 1.0 - surest, height_px)
    if helmet >= without:
        return Head(HeadState.HELMET, helmet, height_px)
    is_other = told[HeadState.OTHER] >= told[HeadState.BARE]
    state = HeadState.OTHER if is_other else HeadState.BARE
    return Head(state, without, height_px)


def peaks_of(found: NDArray[np.float32], least: float) -> FoundHeads:
    """The heads in one map, best first, in pixels of the network's input.

    Args:
        found: Shape (5, g, g): logit, x, y in cells from the cell's corner, logarithm
            of width and height in cells.
        least: Probability from which a peak counts.
    """
    with np.errstate(over="ignore"):
        chance = 1.0 / (1.0 + np.exp(-found[0].astype(np.float64)))
    padded = np.pad(chance, 1, constant_values=-1.0)
    views = np.lib.stride_tricks.sliding_window_view(padded, (3, 3))
    is_peak = (chance >= views.max(axis=(2, 3))) & (chance >= least)
    rows, columns = np.nonzero(is_peak)
    order = np.argsort(-chance[rows, columns], kind="stable")[:MOST_HEADS]
    rows, columns = rows[order], columns[order]
    _, x, y, log_width, log_height = found[:, rows, columns].astype(np.float64)
    width = np.exp(np.clip(log_width, -LARGEST_LOG_SIZE, LARGEST_LOG_SIZE)) / 2
    height = np.exp(np.clip(log_height, -LARGEST_LOG_SIZE, LARGEST_LOG_SIZE)) / 2
    middle_x, middle_y = columns + x, rows + y
    corners = [middle_x - width, middle_y - height, middle_x + width, middle_y + height]
    boxes = np.stack(corners, axis=1) * CELL_PX
    scores = chance[rows, columns]
    return FoundHeads(boxes.astype(np.float32), scores.astype(np.float32))


def softmax(logits: NDArray[np.floating]) -> NDArray[np.float64]:
    """Probabilities of the last axis."""
    shifted = logits.astype(np.float64)
    shifted = np.exp(shifted - shifted.max(axis=-1, keepdims=True))
    probabilities: NDArray[np.float64] = shifted / shifted.sum(axis=-1, keepdims=True)
    return probabilities


def _checked(manifest: Manifest, path: Path) -> HeadThresholds:
    if manifest.task is not Task.HEAD or manifest.head is None:
        problem = "describes no head network (task: head, with its thresholds)"
        raise ModelError(path, problem, "name the manifest of a head network")
    if sorted(manifest.classes) != sorted(state.value for state in HeadState):
        wanted = ", ".join(state.value for state in HeadState)
        problem = f"has the classes {', '.join(manifest.classes)}"
        raise ModelError(path, problem, f"a head network has {wanted}")
    spec = manifest.input
    if spec.width != spec.height or spec.width % (2 * CELL_PX):
        problem = f"has an input of {spec.width} x {spec.height}"
        raise ModelError(path, problem, "a square with sides of 16 pixels is needed")
    return manifest.head


def _input_name(session: onnxruntime.InferenceSession, path: Path) -> str:
    inputs = session.get_inputs()
    outputs = {output.name for output in session.get_outputs()}
    if len(inputs) != 1 or not {STATES_OUTPUT, MAP_OUTPUT} <= outputs:
        problem = f"has the outputs {', '.join(sorted(outputs))}"
        fix = f"a head network has {STATES_OUTPUT} and {MAP_OUTPUT}"
        raise ModelError(path, problem, fix)
    return str(inputs[0].name)


def _boxes(boxes: BoxesXYXY) -> BoxesXYXY:
    array = np.asarray(boxes, np.float32)
    if not array.size:
        return np.zeros((0, 4), np.float32)
    if array.ndim != 2 or array.shape[1] != 4 or not np.isfinite(array).all():
        msg = f"boxes must be finite and of shape (n, 4), found {array.shape}"
        raise ValueError(msg)
    return array


def _together(persons: BoxesXYXY, everyone: BoxesXYXY | None) -> BoxesXYXY:
    """Those asked about first, then the others, nobody twice."""
    if everyone is None or not len(everyone):
        return persons
    others = _boxes(everyone)
    if len(persons):
        others = others[iou_matrix(others, persons).max(axis=1) < SAME_BOX_IOU]
    return np.concatenate([persons, others])


def _near(people: BoxesXYXY, asked: int, image: ImageBGR) -> NDArray[np.intp]:
    """Rows of the people whose heads may matter to those asked about."""
    height, width = image.shape[:2]
    edge = np.array([width, height] * 2, np.float32)
    size = np.clip(people, 0, edge)[:, 2:] - np.clip(people, 0, edge)[:, :2]
    visible = size.min(axis=1, initial=np.inf) >= 1
    squares = search_squares(people)
    low, high = squares[:, :2], squares[:, :2] + squares[:, 2:]
    meets = np.maximum(low[:, None], low[None, :asked]) < np.minimum(
        high[:, None], high[None, :asked]
    )
    wanted = (meets.all(axis=2) & visible[None, :asked]).any(axis=1)
    return np.flatnonzero(visible & wanted)
