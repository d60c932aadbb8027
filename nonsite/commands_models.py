"""`nonsite models …`: the networks of this installation and the tools that make them.

Listing, showing and fetching need the core only. The rest imports `training` when it is
called, so that torch is never loaded, or missed, by anything else.
"""

import importlib
import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Annotated

import typer
from rich.console import Console
from rich.markdown import Markdown
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from models.catalogue import DEFAULT_DETECTOR, SHIPPED_DIR, find, manifests
from models.errors import ModelError
from models.fetching import fetch as fetch_weights
from models.manifest import verified_file

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="The networks of this installation, and the tools that make the next ones.",
)

OwnFolder = Annotated[
    list[Path],
    typer.Option("--folder", help="a folder of your own networks; may be repeated"),
]
MaterialFolders = Annotated[
    list[Path],
    typer.Option("--material", help="where pictures and clips lie; may be repeated"),
]
PlanFile = Annotated[
    Path, typer.Option("--plan", help="what is measured, see training/configs")
]
OutFolder = Annotated[Path, typer.Option("--out", help="folder for the results")]
DEFAULT_PLAN = Path("training/configs/evaluation.yaml")
SCORES_PLAN = Path("training/configs/scores.yaml")
HEAD_RECIPE = Path("training/configs/head.yaml")


def _folders(own: list[Path]) -> tuple[Path, ...]:
    return (SHIPPED_DIR, *own)


def _training(module: str) -> ModuleType:
    """Import a training module, or say how to get its libraries.

    Raises:
        ModelError: the train extra is not installed.
    """
    missing = [
        name
        for name in ("torch", "onnx", "faster_coco_eval", "matplotlib")
        if importlib.util.find_spec(name) is None
    ]
    if missing:
        problem = f"needs the train extra ({', '.join(missing)} missing)"
        raise ModelError("this command", problem, "run `make setup-train`")
    return importlib.import_module(module)


def _tell(text: str) -> None:
    """Print a report as it is: tables are not broken at the terminal's width."""
    Console(soft_wrap=True).print(text, markup=False, highlight=False)


@app.command("list")
def list_models(folder: OwnFolder = []) -> None:  # noqa: B006 - typer reads, never writes
    """List the networks: name, task, size, classes, and whether the file is right."""
    table = Table("name", "task", "input", "classes", "file")
    for name, path in sorted(manifests(_folders(folder)).items()):
        try:
            manifest, weights = verified_file(path)
        except ModelError as error:
            table.add_row(name, "", "", "", f"{error.problem}; {error.fix}")
            continue
        mark = " (embedded detector)" if name == DEFAULT_DETECTOR else ""
        table.add_row(
            name + mark,
            manifest.task,
            f"{manifest.input.width}x{manifest.input.height}",
            str(len(manifest.classes)),
            f"{weights.stat().st_size / 1e6:.1f} MB, digest right",
        )
    Console().print(table)


@app.command()
def show(name: str, folder: OwnFolder = []) -> None:  # noqa: B006
    """Show what is known of one network: its manifest and its card."""
    manifest, path = find(name, _folders(folder))
    table = Table.grid(padding=(0, 2))
    for key, value in manifest.model_dump(mode="json", exclude_defaults=True).items():
        table.add_row(key.replace("_", " "), Text(_told(key, value)))
    console = Console()
    console.print(table)
    card = path.parent / "cards" / f"{name}.md"
    if card.is_file():
        console.print(Markdown(card.read_text(encoding="utf-8")))


def _told(key: str, value: object) -> str:
    """One line of a manifest as people read it."""
    if isinstance(value, dict):
        return "\n".join(
            f"{name.replace('_', ' ')}: {one}" for name, one in value.items()
        )
    if not isinstance(value, list):
        return str(value)
    if key == "classes":
        return f"{len(value)}: {', '.join(map(str, value))}"
    return "\n".join(map(str, value))


@app.command()
def fetch(name: str, folder: OwnFolder = []) -> None:  # noqa: B006
    """Bring the weights a manifest names; resumes, verifies, goes through a proxy."""
    _, path = find(name, _folders(folder))
    with Progress(TextColumn(name), BarColumn(), DownloadColumn()) as bar:
        task = bar.add_task(name, total=None)
        weights = fetch_weights(
            path, lambda had, total: bar.update(task, completed=had, total=total)
        )
    Console().print(f"{weights}: digest right")


@app.command()
def train(
    recipe: Annotated[Path, typer.Argument(help="YAML, see training/configs")],
    material: MaterialFolders,
    out: OutFolder,
) -> None:
    """Train by a recipe; called again after a kill it goes on where it was."""
    tasks = _training("training.tasks")
    with Progress(
        TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn()
    ) as bar:
        best = tasks.train(recipe, tuple(material), out, BarProgress(bar))
    Console().print(f"best weights: {best}; next: `nonsite models export {best}`")


class BarProgress:
    """Shows a run as a bar an epoch and a line of figures after it."""

    def __init__(self, bar: Progress) -> None:
        self._bar = bar
        self._task = bar.add_task("preparing", total=None)

    def note(self, text: str) -> None:
        """Print a line."""
        self._bar.console.print(text)

    def step_done(self, step: int, steps: int, loss_sum: float) -> None:
        """Move the bar."""
        text = f"loss {loss_sum / step:.3f}"
        self._bar.update(self._task, completed=step, total=steps, description=text)

    def epoch_done(self, epoch: int, loss: float, figures: dict[str, float]) -> None:
        """Print an epoch's figures."""
        told = "  ".join(f"{name} {value:.3f}" for name, value in figures.items())
        self._bar.console.print(f"epoch {epoch}: loss {loss:.3f}  {told}")


@app.command()
def export(
    source: Annotated[
        Path, typer.Argument(help="best.pt of a run, YOLOX .pth, Ultralytics .pt")
    ],
    out: OutFolder,
    name: Annotated[str, typer.Option(help="name of the network")],
    recipe: Annotated[
        Path | None, typer.Option(help="recipe of the run, for the provenance")
    ] = None,
    score: Annotated[
        float, typer.Option(help="threshold it ships with, see evaluate")
    ] = 0.3,
) -> None:
    """Write ONNX and manifest of a trained network."""
    tasks = _training("training.tasks")
    manifest = tasks.export(source, out, tasks.ExportWish(name, recipe, score))
    Console().print(f"written: {manifest}")


@app.command()
def quantise(
    name: str,
    material: MaterialFolders,
    out: OutFolder,
    plan: PlanFile = DEFAULT_PLAN,
    folder: OwnFolder = [],  # noqa: B006
) -> None:
    """Make an int8 copy, say what it costs and gains, refuse it if it loses."""
    tasks = _training("training.tasks")
    _, path = find(name, _folders(folder))
    _tell(tasks.quantise(path, plan, tuple(material), out))


@app.command()
def evaluate(
    name: str,
    material: MaterialFolders,
    out: OutFolder,
    plan: PlanFile = DEFAULT_PLAN,
    folder: OwnFolder = [],  # noqa: B006
) -> None:
    """Measure a network: JSON, Markdown and a picture of the worst 20 mistakes."""
    tasks = _training("training.tasks")
    _, path = find(name, _folders(folder))
    _tell(tasks.evaluate(path, plan, tuple(material), out))


@app.command("choose-scores")
def choose_scores(
    name: str,
    material: MaterialFolders,
    plan: PlanFile = SCORES_PLAN,
    folder: OwnFolder = [],  # noqa: B006
) -> None:
    """Say from which score each class should count, by pictures held back."""
    tasks = _training("training.tasks")
    _, path = find(name, _folders(folder))
    _tell(tasks.choose_scores(path, plan, tuple(material)))


@app.command()
def compare(
    names: Annotated[list[str], typer.Argument(help="two networks or more")],
    material: MaterialFolders,
    plan: PlanFile = DEFAULT_PLAN,
    folder: OwnFolder = [],  # noqa: B006
) -> None:
    """Measure several networks on one plan, side by side, and time them in turns."""
    tasks = _training("training.tasks")
    paths = tuple(find(name, _folders(folder))[1] for name in names)
    _tell(tasks.compare(paths, plan, tuple(material)))


@app.command()
def front(
    names: Annotated[list[str], typer.Argument(help="networks; the first is the base")],
    material: MaterialFolders,
    plan: PlanFile = DEFAULT_PLAN,
    folder: OwnFolder = [],  # noqa: B006
) -> None:
    """Measure speed against accuracy over sizes, precisions, shapes and engines."""
    tasks = _training("training.tasks")
    paths = tuple(find(name, _folders(folder))[1] for name in names)
    _tell(tasks.front(paths, plan, tuple(material)))


@app.command("train-heads")
def train_heads(
    recipe: Annotated[Path, typer.Argument(help="YAML, see training/configs/head*")],
    material: MaterialFolders,
    out: OutFolder,
) -> None:
    """Train and calibrate the head classifier: ONNX and manifest."""
    tasks = _training("training.head_tasks")
    console = Console()
    manifest = tasks.train(recipe, tuple(material), out, console.print)
    console.print(f"written: {manifest}")


@app.command("calibrate-heads")
def calibrate_heads(
    name: str,
    material: MaterialFolders,
    recipe: Annotated[
        Path, typer.Option(help="names the validation pictures")
    ] = HEAD_RECIPE,
    folder: OwnFolder = [],  # noqa: B006
) -> None:
    """Say which temperature a head network's manifest should have."""
    tasks = _training("training.head_tasks")
    _, path = find(name, _folders(folder))
    _tell(f"temperature: {tasks.calibrate(path, recipe, tuple(material))}")


@app.command("evaluate-heads")
def evaluate_heads(
    name: str,
    material: MaterialFolders,
    out: OutFolder,
    recipe: Annotated[
        Path, typer.Option(help="names the judged pictures")
    ] = HEAD_RECIPE,
    clips: Annotated[
        Path | None, typer.Option(help="folder of clips inside the material")
    ] = None,
) -> None:
    """Measure a head network by source and head size, beside the detector's boxes."""
    tasks = _training("training.head_tasks")
    _, path = find(name, _folders([out]))
    judged = tasks.HeadClips(clips)
    text = tasks.evaluate(path, recipe, tuple(material), out, judged)
    Console().print(text, markup=False, soft_wrap=True)
