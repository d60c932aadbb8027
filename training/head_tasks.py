"""What `nonsite models …` does with the head classifier, one function a command.

In: paths as typed. Out: files, and the text to show.
"""

from dataclasses import dataclass
from pathlib import Path

import torch

from detector.heads import HeadClassifier
from detector.network import open_network
from models.catalogue import DEFAULT_DETECTOR, SHIPPED_DIR, find
from models.manifest import read_manifest
from training.head_calibration import fit_temperature
from training.head_config import read_head_recipe
from training.head_examples import read_pictures
from training.head_export import export_heads, known_heads
from training.head_report import Judges, draw_mistakes, report
from training.head_train import HeadProgress, save_network, train_heads
from training.material import Material

CLIP_SUFFIXES = frozenset({".mp4", ".avi", ".gif"})
BASELINE = "nonsite_nano_interim"
BASELINES = Path(__file__).parent / "baselines"
"""Manifests of networks that are measured against and not shipped."""


@dataclass(frozen=True, slots=True)
class HeadClips:
    """Clips nobody labelled, judged beside the pictures.

    Attributes:
        folder: Relative to the material; None: no clips.
        every: One frame of so many is judged.
    """

    folder: Path | None = None
    every: int = 5


def train(
    recipe_file: Path, material: tuple[Path, ...], out: Path, progress: HeadProgress
) -> Path:
    """Run a recipe; write weights, network and calibrated manifest.

    Returns:
        The manifest's path.

    Raises:
        RecipeError: The recipe is wrong.
        DatasetError: Its material is missing or broken.
        WeightsError: Its starting weights are not those of a YOLOX-nano network.
    """
    recipe, found = read_head_recipe(recipe_file), Material(material)
    out.mkdir(parents=True, exist_ok=True)
    # the trainer fixes the thread count for repeatability; others may want it back
    threads = torch.get_num_threads()
    try:
        net, _ = train_heads(recipe, found, progress)
    finally:
        torch.set_num_threads(threads)
    save_network(net, out / f"{recipe.name}.pt")
    return export_heads(net, recipe, found, out)


def calibrate(manifest: Path, recipe_file: Path, material: tuple[Path, ...]) -> float:
    """The temperature of a head network by the validation pictures of its recipe.

    Args:
        manifest: Of the head network; its own temperature has no say.
        recipe_file: Names the validation pictures.
        material: Where they lie.

    Raises:
        ModelError: The network is broken.
        DatasetError: The material is missing or broken.
    """
    recipe, found = read_head_recipe(recipe_file), Material(material)
    pictures = [p for s in recipe.validation for p in read_pictures(s, found)]
    classifier = HeadClassifier(manifest)
    already = read_manifest(manifest).temperature
    return fit_temperature(known_heads(classifier, pictures), already)


def evaluate(
    manifest: Path,
    recipe_file: Path,
    material: tuple[Path, ...],
    out: Path,
    clips: HeadClips | None = None,
) -> str:
    """Measure a head network on the pictures its recipe sets aside.

    Args:
        manifest: Of the head network.
        recipe_file: Names the judged pictures.
        material: Where they lie.
        out: Folder for ``heads.json``, ``heads.md`` and the pictures of mistakes.
        clips: Judged too.

    Returns:
        The report as Markdown.

    Raises:
        ModelError: The network is broken.
        DatasetError: The material is missing or broken.
    """
    recipe, found = read_head_recipe(recipe_file), Material(material)
    judges = Judges(
        HeadClassifier(manifest),
        open_network(find(DEFAULT_DETECTOR)[1]),
        open_network(find(BASELINE, (SHIPPED_DIR, BASELINES))[1]),
    )
    made, outcomes = report(
        recipe.judged, _clips(clips or HeadClips(), found), found, judges
    )
    made.write(out)
    for source in recipe.judged:
        path = out / f"heads_{source.name.replace('/', '_')}_mistakes.png"
        draw_mistakes(list(read_pictures(source, found)), outcomes[source.name], path)
    return made.markdown()


def _clips(clips: HeadClips, found: Material) -> list[tuple[Path, int]]:
    if clips.folder is None:
        return []
    folder = found.path(clips.folder)
    paths = sorted(p for p in folder.iterdir() if p.suffix in CLIP_SUFFIXES)
    return [(path, clips.every) for path in paths]
