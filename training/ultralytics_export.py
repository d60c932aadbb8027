"""A network trained with Ultralytics, written as ONNX and manifest for the detector.

In: a ``.pt`` file. Out: ``<name>.onnx`` and ``<name>.yaml``. Ultralytics is AGPL-3.0
and comes with the extra of that name; it is imported here, when asked for, and nowhere
else. A ``.pt`` file is a program and reading it runs it: only files from a known hand.
"""

import importlib
import importlib.util
import pickle
import shutil
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from models.manifest import Colour, InputSpec, Manifest, Thresholds
from training.errors import MissingExtraError, WeightsError
from training.fold import read_graph
from training.manifest_file import sha256_of, write_manifest

UNREADABLE = (
    OSError,
    EOFError,
    RuntimeError,
    TypeError,
    KeyError,
    AttributeError,
    ModuleNotFoundError,
    pickle.UnpicklingError,
)
NMS_IOU = 0.7
"""The default of Ultralytics' own predictor."""


@dataclass(frozen=True, slots=True)
class UltralyticsWish:
    """What the person who exports says: name, input side and threshold."""

    name: str
    side_px: int = 640
    score: float = 0.25
    licence: str = "AGPL-3.0"


def is_ultralytics(path: Path) -> bool:
    """Tell an Ultralytics file from a YOLOX one without running it."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if name.endswith("data.pkl")]
            return any(b"ultralytics" in archive.read(name) for name in names)
    except (OSError, zipfile.BadZipFile):
        return False


def export_ultralytics(source: Path, out: Path, wish: UltralyticsWish) -> Path:
    """Export a ``.pt`` file; give the manifest's path.

    Raises:
        MissingExtraError: the extra is not installed.
        WeightsError: the file is not an Ultralytics detector.
    """
    if importlib.util.find_spec("ultralytics") is None:
        raise MissingExtraError("ultralytics", "pip install 'nonsite[ultralytics]'")
    library = importlib.import_module("ultralytics")
    out.mkdir(parents=True, exist_ok=True)
    target = out / f"{wish.name}.onnx"
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / f"{wish.name}.pt"
        try:
            shutil.copyfile(source, copy)
            model = library.YOLO(str(copy), task="detect")
            written = model.export(
                format="onnx", imgsz=wish.side_px, simplify=False, verbose=False
            )
        except UNREADABLE as error:
            problem = f"cannot be exported: {type(error).__name__}"
            raise WeightsError(source, problem, "use a detector's .pt file") from error
        shutil.move(str(written), target)
        names = dict(model.names)
    _check(target, len(names))
    manifest = Manifest(
        name=wish.name,
        file=target.name,
        sha256=sha256_of(target),
        input=InputSpec(
            width=wish.side_px,
            height=wish.side_px,
            colour=Colour.RGB,
            scale=1 / 255,
            centred=True,
        ),
        classes=tuple(str(names[number]) for number in sorted(names)),
        decoded=True,
        thresholds=Thresholds(
            score=wish.score,
            nms_iou=NMS_IOU,
            track_high=round(wish.score + 0.15, 2),
            track_low=round(wish.score / 2, 2),
            track_new=round(wish.score + 0.2, 2),
        ),
        licence=wish.licence,
    )
    return write_manifest(manifest, out / f"{wish.name}.yaml")


def _check(path: Path, classes: int) -> None:
    metadata = {p.key for p in read_graph(path).metadata_props}
    if not classes or "names" not in metadata:
        problem = "carries no class names in its metadata"
        raise WeightsError(path, problem, "export it with a newer Ultralytics")
