"""The measured front: how fast a network is against how well it sees.

In: networks, input sizes and a plan. Out: one row per network, size, precision and
engine, timed in turns on one thread, with the figures that matter. Networks that were
never trained (other widths, dense convolutions) are timed only: they show what a change
of shape could gain before anybody spends a day training it.
"""

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime as ort

from base.clock import Clock
from training.errors import MissingExtraError
from training.evaluation import InputSize
from training.speed import take_turns

PICTURE_SEED = 7


@dataclass(frozen=True, slots=True)
class Candidate:
    """One point to measure.

    Attributes:
        name: of the network and its precision.
        weights: ONNX file.
        size: input size.
        engine: ``onnxruntime`` or ``openvino``.
    """

    name: str
    weights: Path
    size: InputSize
    engine: str = "onnxruntime"

    @property
    def key(self) -> str:
        """Name the point in tables."""
        return f"{self.name} {self.size.width}x{self.size.height} {self.engine}"


def runner(candidate: Candidate) -> Callable[[], object]:
    """Load a candidate on one thread; give a call that looks at one picture.

    Raises:
        MissingExtraError: OpenVINO is asked for and not installed.
    """
    shape = (1, 3, candidate.size.height, candidate.size.width)
    noise = np.random.default_rng(PICTURE_SEED).random(shape, np.float32) * 255
    if candidate.engine == "openvino":
        return _openvino_runner(candidate, noise)
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    session = ort.InferenceSession(
        str(candidate.weights), options, providers=["CPUExecutionProvider"]
    )
    name = session.get_inputs()[0].name
    return lambda: session.run(None, {name: noise})


def _openvino_runner(candidate: Candidate, noise: np.ndarray) -> Callable[[], object]:
    if importlib.util.find_spec("openvino") is None:
        raise MissingExtraError("openvino", "pip install openvino")
    import openvino  # noqa: PLC0415 - not part of any extra: measured, never shipped

    core = openvino.Core()
    model = core.read_model(str(candidate.weights))
    model.reshape(list(noise.shape))
    settings = {"INFERENCE_NUM_THREADS": 1, "PERFORMANCE_HINT": "LATENCY"}
    compiled = core.compile_model(model, "CPU", settings)
    return lambda: compiled([noise])


def time_front(
    candidates: tuple[Candidate, ...], rounds: int, clock: Clock
) -> dict[str, float]:
    """Time every candidate in turns; give the median milliseconds by key."""
    calls = {candidate.key: runner(candidate) for candidate in candidates}
    return {t.name: t.median_ms for t in take_turns(calls, rounds, clock)}


def front_table(
    times: dict[str, float], figures: dict[str, dict[str, float]], baseline: str
) -> str:
    """Lay the front out as Markdown, fastest first.

    Args:
        times: milliseconds by key.
        figures: AP50 by key and by figure; a key may be missing: timed only.
        baseline: key whose time is 1.
    """
    names = list(dict.fromkeys(name for row in figures.values() for name in row))
    lines = [
        f"| point | ms | times faster | {' | '.join(names)} |",
        "|" + "---|" * (3 + len(names)),
    ]
    for key, taken in sorted(times.items(), key=lambda pair: pair[1]):
        row = figures.get(key, {})
        cells = [f"{row[name]:.3f}" if name in row else "-" for name in names]
        gain = times[baseline] / taken
        shown = " | ".join([key, f"{taken:.1f}", f"{gain:.2f}", *cells])
        lines.append(f"| {shown} |")
    return "\n".join(lines) + "\n"
