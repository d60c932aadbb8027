"""A YOLO network over onnxruntime: pictures in, detections out.

One instance serves all cameras of a process and keeps no state between calls, so it
may be called from several threads. The same picture gives the same bytes each time:
thread counts are fixed, execution is sequential, pictures go one by one on a CPU
(where batches do not pay, see docs/architecture.md) and together elsewhere.
"""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from detector.description import Description, GraphFacts, describe, locate
from detector.detections import Detections, Scores, nothing_found
from detector.letterbox import letterbox
from detector.outputs import Decoder, OutputHints, decoder_for
from detector.session import CPU, LOAD_ERRORS, first_line, open_session
from models.errors import ModelError
from models.manifest import Thresholds
from streams.frame import ImageBGR

MOST_DETECTIONS = 300
"""Kept of one picture after merging; a crowded market street shows about a hundred."""


class Network:
    """A loaded network, warmed up; made by `open_network`."""

    def __init__(
        self, session: onnxruntime.InferenceSession, description: Description
    ) -> None:
        first = session.get_inputs()[0]
        self._session = session
        self._description = description
        self._input_name = first.name
        self._dtype = np.float16 if first.type == "tensor(float16)" else np.float32
        axis = first.shape[0]
        self._fixed_batch = axis if isinstance(axis, int) else None
        self._is_cpu = session.get_providers()[0] == CPU
        own = description.thresholds
        self._scores = np.array(
            [own.score_of(name) for name in description.classes], np.float32
        )
        self._decoder = self._warm_up()

    @property
    def classes(self) -> tuple[str, ...]:
        """Class names in output order."""
        return self._description.classes

    @property
    def thresholds(self) -> Thresholds:
        """Scores at which this network is used."""
        return self._description.thresholds

    @property
    def scores(self) -> Scores:
        """For each class the score from which it counts, shape (classes,)."""
        return self._scores

    @property
    def fingerprint(self) -> str:
        """`name@sha256[:12]`."""
        return self._description.fingerprint

    @property
    def input_px(self) -> tuple[int, int]:
        """Width and height of the input."""
        return self._description.input.width, self._description.input.height

    @property
    def family(self) -> str:
        """Output family found at warm-up; for `models show`."""
        return self._decoder.family.value

    def detect(
        self, images: Sequence[ImageBGR], score: float | None = None
    ) -> list[Detections]:
        """Look at pictures of any size.

        Args:
            images: Each (h, w, 3), uint8, BGR.
            score: Least score of a detection; None: the network's own for its class.

        Returns:
            For each picture its detections in its own pixels, best first; boxes of
            one class that overlap are merged, boxes of two classes never.

        Raises:
            ValueError: A picture is empty or not (h, w, 3) uint8.
            ModelError: The network fails, or its output is no number.
        """
        if not images:
            return []
        scores = self._scores
        if score is not None:
            scores = np.full_like(scores, score)
        least = float(scores.min())
        spec = self._description.input
        placed = [letterbox(image, spec) for image in images]
        outputs = self._run([planes for planes, _ in placed])
        found = []
        for output, (planes, placement) in zip(outputs, placed, strict=True):
            decoder = self._decoder.at((planes.shape[2], planes.shape[1]))
            candidates = decoder.decode(output, least)
            strong = candidates.scores >= scores[candidates.class_ids]
            candidates = candidates.take(np.flatnonzero(strong))
            kept = candidates
            if not self._decoder.merges_itself:
                kept = merged(candidates, self.thresholds.nms_iou)
            boxes = placement.to_picture(kept.boxes_px)
            found.append(Detections(boxes, kept.scores, kept.class_ids))
        return found

    def _warm_up(self) -> Decoder:
        """Run once on grey: allocates memory and shows the shape of the output."""
        description = self._description
        spec = description.input
        grey = np.full((3, spec.height, spec.width), spec.pad, np.float32) * spec.scale
        output = self._run([grey.astype(np.float32)])[0]
        hints = OutputHints(
            path=description.path,
            input_px=self.input_px,
            classes=len(description.classes),
            decoded=description.decoded,
            end_to_end=description.end_to_end,
        )
        decoder = decoder_for(output, hints)
        decoder.decode(output, 0.5)
        return decoder

    def _run(self, inputs: list[NDArray[np.float32]]) -> list[NDArray[np.float32]]:
        """One output per input, two axes each; inputs of one size go together."""
        by_size: dict[tuple[int, ...], list[int]] = {}
        for number, planes in enumerate(inputs):
            by_size.setdefault(planes.shape, []).append(number)
        outputs: dict[int, NDArray[np.float32]] = {}
        for numbers in by_size.values():
            size = self._fixed_batch or (1 if self._is_cpu else len(numbers))
            for start in range(0, len(numbers), size):
                chunk = [inputs[number] for number in numbers[start : start + size]]
                missing = size - len(chunk)
                whole = [*chunk, *[chunk[0]] * missing]
                # One picture is a batch without a copy: a CPU's case.
                batch = whole[0][None] if size == 1 else np.stack(whole)
                found = self._infer(batch)[: len(chunk)]
                outputs.update(zip(numbers[start : start + size], found, strict=True))
        return [outputs[number] for number in range(len(inputs))]

    def _infer(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        path = self._description.path
        try:
            fed = {self._input_name: batch.astype(self._dtype, copy=False)}
            raw = self._session.run(None, fed)[0]
        except LOAD_ERRORS as error:
            problem = f"it does not run: {first_line(error)}"
            raise ModelError(path, problem, "export or fetch it anew") from error
        output = np.asarray(raw, np.float32)
        if output.ndim != 3 or len(output) != len(batch):
            problem = f"a batch of {len(batch)} gives an output of {output.shape}"
            raise ModelError(path, problem, "export a YOLO detector with one output")
        return output


def open_network(
    manifest_path: Path, providers: Sequence[str] = (CPU,), threads: int = 1
) -> Network:
    """Load, check and warm up a network.

    Args:
        manifest_path: `<name>.yaml`, or an `.onnx` file that describes itself.
        providers: onnxruntime's execution providers, in order of preference.
        threads: Threads inside one inference.

    Raises:
        ModelError: Manifest, weights or provider cannot be used; says which and why.
    """
    weights = locate(manifest_path)
    session = open_session(weights.path, providers, threads)
    inputs = session.get_inputs()
    if len(inputs) != 1 or len(inputs[0].shape) != 4:
        problem = f"it has {len(inputs)} inputs, wanted one of four axes"
        raise ModelError(weights.path, problem, "export a YOLO detector")
    shape = tuple(n if isinstance(n, int) else None for n in inputs[0].shape)
    metadata = session.get_modelmeta().custom_metadata_map
    return Network(session, describe(weights, GraphFacts(shape, metadata)))


def merged(candidates: Detections, iou: float) -> Detections:
    """Keep the best of boxes of one class that overlap by more than `iou`."""
    if not len(candidates):
        return nothing_found()
    boxes = candidates.boxes_px.copy()
    boxes[:, 2:] -= boxes[:, :2]
    kept = cv2.dnn.NMSBoxesBatched(
        boxes,  # type: ignore[arg-type]  # arrays are taken, the stub knows lists only
        candidates.scores,  # type: ignore[arg-type]
        candidates.class_ids,  # type: ignore[arg-type]
        0.0,
        iou,
    )
    rows = np.asarray(kept, np.intp)[:MOST_DETECTIONS]
    return candidates.take(rows).best_first()
