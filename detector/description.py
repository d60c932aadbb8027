"""What is known of a network before it runs: from its manifest or its own metadata.

A manifest wins. Without one, an Ultralytics export says enough of itself (`names`,
`imgsz`); any other file is refused with the request for a manifest, because colour
order and scale cannot be guessed.
"""

import ast
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from models.errors import ModelError
from models.manifest import (
    Colour,
    InputSpec,
    Manifest,
    Task,
    Thresholds,
    verified_file,
)

ULTRALYTICS_THRESHOLDS = Thresholds(
    score=0.25, nms_iou=0.7, track_high=0.4, track_low=0.1, track_new=0.45
)
"""Score and overlap are the defaults of Ultralytics' predictor; the rest leaves room
for standing vehicles scored near 0.5."""

ASK_FOR_MANIFEST = "write a manifest `{stem}.yaml` beside it (see models/)"


@dataclass(frozen=True, slots=True)
class GraphFacts:
    """What a loaded graph says of itself.

    Attributes:
        shape: Input shape; None where the graph leaves an axis open.
        metadata: Custom metadata of the file.
    """

    shape: tuple[int | None, ...]
    metadata: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Weights:
    """A network file and what stands beside it.

    Attributes:
        path: The ONNX file.
        digest: Its SHA-256, hex.
        manifest: Its manifest, if there is one.
    """

    path: Path
    digest: str
    manifest: Manifest | None


@dataclass(frozen=True, slots=True)
class Description:
    """All that is needed to feed a network and to read what it says."""

    path: Path
    name: str
    digest: str
    input: InputSpec
    classes: tuple[str, ...]
    thresholds: Thresholds
    decoded: bool | None
    end_to_end: bool

    @property
    def fingerprint(self) -> str:
        """`name@sha256[:12]`: what looks and evidence cite."""
        return f"{self.name}@{self.digest[:12]}"


def locate(path: Path) -> Weights:
    """Find the weights of a manifest, or the manifest of bare weights.

    Args:
        path: `<name>.yaml`, or an `.onnx` file with or without a manifest beside it.

    Raises:
        ModelError: A file is missing, broken, or its SHA-256 is another.
    """
    beside = path.with_suffix(".yaml")
    if path.suffix != ".onnx" or beside.is_file():
        manifest, weights = verified_file(beside if path.suffix == ".onnx" else path)
        if manifest.task is not Task.DETECT:
            problem = f"this network does `{manifest.task}`"
            raise ModelError(path, problem, "name a network that detects")
        return Weights(weights, manifest.sha256, manifest)
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise ModelError(path, "cannot be read", "copy the file there") from error
    return Weights(path, digest, None)


def describe(weights: Weights, facts: GraphFacts) -> Description:
    """Bring manifest, metadata and graph together.

    Raises:
        ModelError: They contradict each other, or say too little.
    """
    manifest = weights.manifest
    if manifest is None:
        return _from_metadata(weights, facts)
    wanted = (3, manifest.input.height, manifest.input.width)
    if any(
        have is not None and have != want
        for have, want in zip(facts.shape[1:], wanted, strict=True)
    ):
        problem = f"its input is {list(facts.shape)}, the manifest says {list(wanted)}"
        raise ModelError(weights.path, problem, "correct `input` in the manifest")
    if manifest.input.trim is not None and facts.shape[2:] != (None, None):
        problem = f"its input is fixed at {list(facts.shape)}, the manifest trims it"
        raise ModelError(weights.path, problem, "take `trim` out of the manifest")
    return Description(
        path=weights.path,
        name=manifest.name,
        digest=weights.digest,
        input=manifest.input,
        classes=manifest.classes,
        thresholds=manifest.thresholds or ULTRALYTICS_THRESHOLDS,
        decoded=manifest.decoded,
        end_to_end=facts.metadata.get("end2end") == "True",
    )


def _from_metadata(weights: Weights, facts: GraphFacts) -> Description:
    classes = _names(weights.path, facts.metadata)
    height, width = _input_px(weights.path, facts)
    return Description(
        path=weights.path,
        name=weights.path.stem,
        digest=weights.digest,
        input=InputSpec(
            width=width, height=height, colour=Colour.RGB, scale=1 / 255, centred=True
        ),
        classes=classes,
        thresholds=ULTRALYTICS_THRESHOLDS,
        decoded=True,
        end_to_end=facts.metadata.get("end2end") == "True",
    )


def _names(path: Path, metadata: Mapping[str, str]) -> tuple[str, ...]:
    """Class names as Ultralytics writes them: the text of a dict, id to name."""
    named = _literal(path, metadata, "names")
    if isinstance(named, dict) and named and sorted(named) == list(range(len(named))):
        return tuple(str(named[key]) for key in sorted(named))
    raise _says_too_little(path, "its metadata `names` is no map from 0 up")


def _input_px(path: Path, facts: GraphFacts) -> tuple[int, int]:
    """Height and width: the graph's own where it fixes them, else `imgsz`."""
    height, width = facts.shape[2:]
    if height is None or width is None:
        size = _literal(path, facts.metadata, "imgsz")
        if not (isinstance(size, list) and len(size) == 2):
            raise _says_too_little(path, "its metadata `imgsz` is no pair")
        height, width = size
    if not all(isinstance(n, int) and 0 < n <= 4096 for n in (height, width)):
        raise _says_too_little(path, f"input size {height} x {width} is out of range")
    return int(height), int(width)


def _literal(path: Path, metadata: Mapping[str, str], key: str) -> object:
    if key not in metadata:
        raise _says_too_little(path, f"its metadata has no `{key}`")
    try:
        return ast.literal_eval(metadata[key])
    except (ValueError, SyntaxError, MemoryError, RecursionError) as error:
        raise _says_too_little(path, f"its metadata `{key}` is junk") from error


def _says_too_little(path: Path, problem: str) -> ModelError:
    return ModelError(path, problem, ASK_FOR_MANIFEST.format(stem=path.stem))
