"""A training run so small that a test can afford it: six pictures of 64 pixels."""

import textwrap
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch

from models.manifest import Colour, InputSpec
from training.classes import shipped_classes
from training.config import Recipe, read_recipe
from training.export import Provenance, export
from training.loop import Trainer
from training.material import Material
from training.network import NetworkShape, YoloxNet
from training.tasks import thresholds_around

NAMES = shipped_classes()[:80]
"""COCO's, as a starting network has them."""
EXPORT_TIMEOUT_S = 900
"""Of a test that traces a network: half a minute of CPU, more on a busy machine."""
RECIPE = """
name: tiny
seed: 5
start: start.onnx
teacher_weights: start.onnx
input_px: 64
also_px: [96]
teacher: {sizes: [64], clip_sizes: [64], label_score: 0.3, ignore_score: 0.1}
augment:
  mosaic: 0.5
  scale: [0.8, 1.2]
  mosaic_scale: [0.5, 1.0]
  perspective: 0.5
  downscale: 0.5
  compress: 0.5
  blur: 0.5
  night: 0.5
  rain: 0.5
  shade: 0.5
  pole: 0.5
  queue: 0.5
loop:
  epochs: 3
  batch: 2
  rate: 0.001
  class_rate_factor: 2
  weight_decay: 0.0005
  warmup_steps: 2
  ema: 0.9
  distil_scores: 0.5
  distil_boxes: 0.5
  patience: 5
  threads: 1
sources:
  - kind: photographs
    name: squares
    licence: CC0
    images: images
    labels: labels
    classes: [person, helmet]
    exhaustive: [person]
validation:
  - name: squares
    images: images
    labels: labels
    classes: [person, helmet]
    measured: {person: [person], helmet: [helmet]}
"""


class Quiet:
    """A progress nobody watches."""

    def note(self, text: str) -> None:
        """Hear and forget."""

    def step_done(self, step: int, steps: int, loss_sum: float) -> None:
        """Hear and forget."""

    def epoch_done(self, epoch: int, loss: float, figures: dict[str, float]) -> None:
        """Hear and forget."""


@dataclass(frozen=True, slots=True)
class Exported:
    """A YOLOX-nano with random weights and COCO's classes, and its export."""

    net: YoloxNet
    manifest: Path

    @property
    def weights(self) -> Path:
        """The ONNX file."""
        return self.manifest.with_suffix(".onnx")


def export_tiny(folder: Path) -> Exported:
    """Export such a network: dear, so that all tests of a process share one."""
    torch.manual_seed(0)
    net = YoloxNet(NetworkShape(len(NAMES))).eval()
    spec = InputSpec(width=64, height=64, colour=Colour.BGR, scale=1.0, trim=32)
    about = Provenance("tiny", NAMES, ("squares (CC0)",), 5)
    return Exported(net, export(net, about, spec, thresholds_around(0.3), folder))


def write_pictures(folder: Path) -> None:
    """Write six pictures of a bright person with a dark helmet."""
    rng = np.random.default_rng(2)
    for name in ("images", "labels"):
        (folder / name).mkdir()
    for number in range(6):
        image = rng.integers(0, 60, (64, 64, 3), np.uint8)
        x = 8 + 6 * number
        image[16:56, x : x + 16] = 220
        image[16:24, x + 4 : x + 12] = 20
        cv2.imwrite(str(folder / "images" / f"{number}.png"), image)
        person = f"0 {(x + 8) / 64} {36 / 64} {16 / 64} {40 / 64}"
        helmet = f"1 {(x + 8) / 64} {20 / 64} {8 / 64} {8 / 64}"
        label = folder / "labels" / f"{number}.txt"
        label.write_text(f"{person}\n{helmet}\n", encoding="utf-8")


def tiny_recipe(folder: Path, **loop: object) -> Recipe:
    """Read the recipe, with keys of its loop changed."""
    path = folder / "tiny.yaml"
    path.write_text(textwrap.dedent(RECIPE), encoding="utf-8")
    recipe = read_recipe(path)
    return recipe.model_copy(update={"loop": recipe.loop.model_copy(update=loop)})


def tiny_trainer(folder: Path, out: Path, progress: object, **loop: object) -> Trainer:
    """Prepare a run over the pictures of ``folder``."""
    out.mkdir(exist_ok=True)
    recipe = tiny_recipe(folder, **loop)
    return Trainer(recipe, Material((folder,)), out, progress)  # type: ignore[arg-type]
