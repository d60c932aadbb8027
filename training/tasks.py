"""What `nonsite models …` does with training, one function a command.

In: paths and names as typed. Out: files, and the text to show. Everything that needs
torch or onnx is imported below this module, so the command line only imports it when
such a command is called.
"""

import importlib.util
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from base.clock import SystemClock
from models.manifest import Colour, InputSpec, Manifest, Thresholds, read_manifest
from training.classes import COCO, shipped_classes
from training.config import Recipe, read_recipe
from training.errors import WeightsError
from training.evaluation import InputSize, run_set
from training.export import Provenance, write_onnx
from training.export import export as export_network
from training.fold import load_checkpoint_weights
from training.front import Candidate, front_table, time_front
from training.intervals import RankedKeeper
from training.intervals import table as differences_table
from training.loop import Trainer
from training.manifest_file import sha256_of, write_manifest
from training.material import Material
from training.mistakes import MistakeKeeper
from training.network import STRIDES, NetworkShape, YoloxNet
from training.operating import points_of
from training.operating import table as points_table
from training.plan import Plan, read_plan
from training.progress import Progress
from training.quantise import calibration_frames, losses, output_nodes, refuse_if_worse
from training.quantise import quantise as quantise_file
from training.report import (
    Report,
    markdown,
    side_by_side,
    write_json,
)
from training.report import evaluate as evaluate_network
from training.served import Served, ServedRows, serve
from training.speed import take_turns
from training.ultralytics_export import (
    UltralyticsWish,
    export_ultralytics,
    is_ultralytics,
)

ROUNDS = 60
FRONT_SIZES = ((416, 416), (416, 256), (352, 352), (320, 320))
"""Square, a 16:9 picture without its grey, and two smaller squares."""
FRONT_SHAPES = (
    ("dense width 0.25", 0.25, False),
    ("dense width 0.125", 0.125, False),
    ("depth-wise width 0.375", 0.375, True),
    ("depth-wise width 0.1875", 0.1875, True),
)
NMS_IOU = 0.5


@dataclass(frozen=True, slots=True)
class ExportWish:
    """What the person who exports says of the network."""

    name: str
    recipe: Path | None
    score: float


def train(
    recipe: Path, material: tuple[Path, ...], out: Path, progress: Progress
) -> Path:
    """Run a recipe; give the best weights."""
    out.mkdir(parents=True, exist_ok=True)
    return Trainer(read_recipe(recipe), Material(material), out, progress).run()


def export(source: Path, out: Path, wish: ExportWish) -> Path:
    """Export a trained network; give the manifest's path."""
    if is_ultralytics(source):
        return export_ultralytics(
            source, out, UltralyticsWish(wish.name, score=wish.score)
        )
    recipe = read_recipe(wish.recipe) if wish.recipe else None
    net = load_checkpoint_weights(source)
    classes = class_names(net.shape.classes, source)
    side = recipe.input_px if recipe else 416
    about = Provenance(
        name=wish.name,
        classes=classes,
        data=data_lines(recipe) if recipe else (),
        seed=recipe.seed if recipe else None,
    )
    spec = InputSpec(
        width=side, height=side, colour=Colour.BGR, scale=1.0, trim=STRIDES[-1]
    )
    return export_network(net, about, spec, thresholds_around(wish.score), out)


def class_names(count: int, source: Path) -> tuple[str, ...]:
    """Name the classes of a YOLOX network: ours, or COCO's.

    Raises:
        WeightsError: the checkpoint has another number of classes.
    """
    ours = shipped_classes()
    if count not in {len(COCO), len(ours)}:
        problem = f"has {count} classes, COCO has {len(COCO)} and ours {len(ours)}"
        raise WeightsError(source, problem, "train it by a recipe of this project")
    return ours[:count]


def data_lines(recipe: Recipe) -> tuple[str, ...]:
    """Name a recipe's sources for the manifest."""
    return (
        f"weights of {recipe.start.name}, soft labels of {recipe.teacher_weights.name}",
        *(f"{source.name} ({source.licence})" for source in recipe.sources),
    )


def thresholds_around(score: float) -> Thresholds:
    """Give the tracker's thresholds that go with a detection score."""
    return Thresholds(
        score=score,
        nms_iou=NMS_IOU,
        track_high=round(score + 0.1, 2),
        track_low=round(score / 2, 2),
        track_new=round(score + 0.15, 2),
    )


def evaluate(
    manifest: Path, plan_file: Path, material: tuple[Path, ...], out: Path
) -> str:
    """Measure a network; write report and mistakes; give the report as Markdown."""
    plan, found = read_plan(plan_file), Material(material)
    network = serve(manifest)
    keeper = MistakeKeeper(network)
    report = evaluate_network(network, manifest.stem, plan, found, keeper)
    out.mkdir(parents=True, exist_ok=True)
    write_json(report, out / f"{manifest.stem}.json")
    text = markdown(report)
    (out / f"{manifest.stem}.md").write_text(text, encoding="utf-8")
    keeper.draw(plan.sets, found, out / f"{manifest.stem}_mistakes.png")
    return text


def choose_scores(manifest: Path, plan_file: Path, material: tuple[Path, ...]) -> str:
    """Say from which score each class of a network should count, as Markdown."""
    plan, found = read_plan(plan_file), Material(material)
    network = serve(manifest)
    tables = []
    for one in plan.sets:
        seen = run_set(network.rows, network.classes, one, found, network.size)
        for number, name in enumerate(seen.names):
            points = points_of(seen, number)
            tables.append(points_table(f"{one.name}.{name}", points))
    return "\n".join(tables)


def compare(
    manifests: tuple[Path, ...], plan_file: Path, material: tuple[Path, ...]
) -> str:
    """Measure networks on one plan; give one table, how sure it is, and their times.

    How sure: the last network's figures less each other's, with their intervals.
    """
    plan, found = read_plan(plan_file), Material(material)
    networks = {path.stem: serve(path) for path in manifests}
    reports, keepers = [], {}
    for name, network in networks.items():
        keepers[name] = RankedKeeper(network.thresholds)
        reports.append(evaluate_network(network, name, plan, found, keepers[name]))
    parts = [side_by_side(tuple(reports))]
    *others, last = keepers
    for other in others:
        rows = keepers[last].less(keepers[other])
        parts.append(differences_table((other, last), rows))
    return "\n".join([*parts, _times(networks)])


def _times(networks: dict[str, Served]) -> str:
    calls: dict[str, Callable[[], object]] = {}
    for name, network in networks.items():
        shape = (1, 3, network.size.height, network.size.width)
        noise = np.random.default_rng(0).random(shape, np.float32) * 255

        def call(rows: ServedRows = network.rows, batch: np.ndarray = noise) -> object:
            return rows(batch)

        calls[name] = call
    timings = take_turns(calls, ROUNDS, SystemClock())
    return "\n".join(
        f"{t.name}: {t.median_ms:.1f} ms a look on one thread" for t in timings
    )


def quantise(
    manifest_path: Path, plan_file: Path, material: tuple[Path, ...], out: Path
) -> str:
    """Make an int8 copy beside its float32 in one run; refuse it if it loses.

    Raises:
        RefusedError: it loses more than a point on a figure that matters; nothing of
            it is left in ``out``.
    """
    plan, found = read_plan(plan_file), Material(material)
    float32 = serve(manifest_path)
    manifest = read_manifest(manifest_path)
    weights = manifest_path.parent / manifest.file
    out.mkdir(parents=True, exist_ok=True)
    name = f"{manifest.name}_int8"
    part = out / f"{name}.onnx.part"
    frames = calibration_frames(plan.calibration, found, float32.size)
    try:
        quantise_file(weights, frames, part, output_nodes(weights))
        rows = ServedRows(part, len(manifest.classes))
        int8 = replace(float32, rows=rows)
        reports = (
            _measured(float32, manifest.name, plan, found),
            _measured(int8, name, plan, found),
        )
        text = side_by_side(reports) + "\n"
        text += _times({manifest.name: float32, name: int8}) + "\n"
        (out / f"{name}.md").write_text(text, encoding="utf-8")
        refuse_if_worse(losses(*reports, plan))
        part.replace(out / f"{name}.onnx")
    finally:
        part.unlink(missing_ok=True)
    update = {
        "name": name,
        "file": f"{name}.onnx",
        "sha256": sha256_of(out / f"{name}.onnx"),
    }
    write_manifest(manifest.model_copy(update=update), out / f"{name}.yaml")
    return text


def _measured(network: Served, name: str, plan: Plan, material: Material) -> Report:
    return evaluate_network(network, name, plan, material, lambda *_: None)


def front(
    manifests: tuple[Path, ...], plan_file: Path, material: tuple[Path, ...]
) -> str:
    """Time networks over sizes, shapes and engines; give the front as Markdown.

    Trained networks are measured on the plan at every square size: a trimmed input
    shows a 16:9 picture the same pixels as the square one it is cut from.
    """
    plan, found = read_plan(plan_file), Material(material)
    candidates: list[Candidate] = []
    figures: dict[str, dict[str, float]] = {}
    engines = ["onnxruntime"]
    if importlib.util.find_spec("openvino") is not None:
        engines.append("openvino")
    for path in manifests:
        manifest = read_manifest(path)
        weights = path.parent / manifest.file
        sizes = FRONT_SIZES if manifest.input.trim else FRONT_SIZES[:1]
        for width, height in sizes:
            size = InputSize(width, height)
            points = [Candidate(manifest.name, weights, size, e) for e in engines]
            candidates += points
            if width == height:
                row = _figures(points[0], manifest, plan, found)
                figures |= {point.key: row for point in points}
    with tempfile.TemporaryDirectory() as folder:
        candidates += untrained(Path(folder))
        times = time_front(tuple(candidates), ROUNDS, SystemClock())
    return front_table(times, figures, candidates[0].key)


def untrained(folder: Path) -> list[Candidate]:
    """Write networks of other shapes with random weights: they are timed only."""
    classes = len(shipped_classes())
    points = []
    for name, width, depthwise in FRONT_SHAPES:
        path = folder / f"{name.replace(' ', '_')}.onnx"
        shape = NetworkShape(classes, width=width, depthwise=depthwise)
        write_onnx(YoloxNet(shape), path)
        points.append(Candidate(f"{name}, untrained", path, InputSize(416, 416)))
    return points


def _figures(
    candidate: Candidate, manifest: Manifest, plan: Plan, material: Material
) -> dict[str, float]:
    rows = ServedRows(candidate.weights, len(manifest.classes))
    network = Served(rows, manifest.classes, candidate.size, 0.3)
    report = _measured(network, candidate.name, plan, material)
    return {key: report.ap50(key) for key in plan.matters}
