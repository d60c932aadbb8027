"""The training loop: one recipe, one seed, one network.

In: a recipe, the folders its pictures lie under and a run folder. Out: in the run
folder, the best averaged weights and a history. Every sample is a pure function of
(seed, step), and a checkpoint holds all else, so a run that was killed and resumed ends
with the same weights as one that was not.
"""

import json
import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch

from training.augment import Augmenter, Sample
from training.averaging import Average
from training.blending import blended
from training.car_queue import cutouts_of
from training.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from training.classes import shipped_classes
from training.config import Recipe
from training.curves import draw_curves
from training.evaluation import InputSize, run_set
from training.figures import measure
from training.fold import load_onnx
from training.history import EpochRecord
from training.losses import LossSettings, batch_loss
from training.manifest_file import sha256_of
from training.material import Material
from training.mixture import Mixture, MixtureReader
from training.network import NetworkShape, ServedNet, YoloxNet, anchor_grid
from training.progress import Progress
from training.teacher import Teacher

MOSAIC_PICTURES = 4
FINAL_RATE = 0.05
"""Share of the peak step size the cosine ends at."""
GRADIENT_NORM = 20.0
COCO_CLASSES = 80
LEAST_GAIN = 0.0005
VALIDATION_THRESHOLD = 0.3


class Trainer:
    """Runs a recipe to its end; `run` may be called again after a kill."""

    def __init__(
        self, recipe: Recipe, material: Material, folder: Path, progress: Progress
    ) -> None:
        self._recipe = recipe
        self._material = material
        self._folder = folder
        self._progress = progress
        self._classes = shipped_classes()
        torch.set_num_threads(recipe.loop.threads)
        torch.manual_seed(recipe.seed)
        torch.use_deterministic_algorithms(mode=True)
        self._teacher_file = material.path(recipe.teacher_weights)
        self._teacher = load_onnx(self._teacher_file, COCO_CLASSES).eval()
        self._net = load_onnx(material.path(recipe.start), len(self._classes))
        for net in (self._teacher, self._net):
            net.to(memory_format=torch.channels_last)
        self._average = Average(self._net, recipe.loop.ema)
        self._optimiser = self._build_optimiser()
        self._mixture = self._read_mixture()
        cutouts = cutouts_of(self._mixture.items)
        self._augmenters = tuple(
            Augmenter(recipe.augment, side, cutouts)
            for side in (recipe.input_px, *recipe.also_px)
        )
        self._steps_per_epoch = max(
            1, round(float(self._mixture.shares.sum()) / recipe.loop.batch)
        )

    def run(self) -> Path:
        """Train to the last epoch or until nothing gains; give the best weights."""
        history = self._resume()
        best = max((record.score for record in history), default=-1.0)
        first = history[-1].epoch + 1 if history else 0
        best_epoch = max(history, key=lambda r: r.score).epoch if history else first
        for epoch in range(first, self._recipe.loop.epochs):
            is_over = epoch == self._recipe.loop.stop_after
            if is_over or epoch - 1 - best_epoch >= self._recipe.loop.patience:
                break
            parts = self._train_epoch(epoch)
            figures = self._figures_of(self._average.net)
            score = float(np.mean(list(figures.values())))
            history.append(EpochRecord(epoch, *parts, score, figures))
            if score > best + LEAST_GAIN:
                best, best_epoch = score, epoch
                torch.save(self._average.net.state_dict(), self._folder / "best.pt")
            self._save(history)
            self._progress.epoch_done(epoch, parts[0], figures)
        return self._blend(self._folder / "best.pt")

    def _blend(self, path: Path) -> Path:
        """Mix the best weights with those they came from."""
        share = self._recipe.loop.blend
        if share == 1.0:
            return path
        start = load_onnx(
            self._material.path(self._recipe.blend_with or self._recipe.start),
            len(self._classes),
        )
        net = blended(start, best_network(path, len(self._classes)), share)
        final = self._folder / "final.pt"
        torch.save(net.state_dict(), final)
        return final

    def _build_optimiser(self) -> torch.optim.AdamW:
        loop = self._recipe.loop
        rows = [p for n, p in self._net.named_parameters() if "cls_preds" in n]
        rest = [p for n, p in self._net.named_parameters() if "cls_preds" not in n]
        return torch.optim.AdamW(
            [
                {"params": rest, "factor": 1.0},
                {"params": rows, "factor": loop.class_rate_factor},
            ],
            lr=loop.rate,
            weight_decay=loop.weight_decay,
        )

    def _read_mixture(self) -> Mixture:
        reader = MixtureReader(
            self._classes,
            Teacher(self._teacher, self._recipe.teacher, sha256_of(self._teacher_file)),
            self._recipe.teacher,
        )
        return reader.read(
            self._recipe.sources,
            self._material,
            self._folder / "teacher",
            self._progress.note,
        )

    def _resume(self) -> list[EpochRecord]:
        path = self._folder / "checkpoint.pt"
        if not path.exists():
            return []
        stored = load_checkpoint(path, self._recipe)
        self._net.load_state_dict(stored.net)
        self._average.net.load_state_dict(stored.average)
        self._average.updates = stored.updates
        self._optimiser.load_state_dict(stored.optimiser)
        return stored.history

    def _save(self, history: list[EpochRecord]) -> None:
        checkpoint = Checkpoint(
            self._net.state_dict(),
            self._average.net.state_dict(),
            self._average.updates,
            self._optimiser.state_dict(),
            history,
        )
        save_checkpoint(self._folder / "checkpoint.pt", checkpoint, self._recipe)
        records = [asdict(record) for record in history]
        text = json.dumps(records, indent=1)
        (self._folder / "history.json").write_text(text, encoding="utf-8")
        draw_curves(history, self._folder / "curves.png")

    def _train_epoch(self, epoch: int) -> tuple[float, float, float, float, float]:
        sums = np.zeros(5)
        steps = range(
            epoch * self._steps_per_epoch, (epoch + 1) * self._steps_per_epoch
        )
        self._net.train()
        with ThreadPoolExecutor(1) as ahead:
            waiting = ahead.submit(self._batch, steps[0])
            for step in steps:
                samples = waiting.result()
                if step + 1 < steps.stop:
                    waiting = ahead.submit(self._batch, step + 1)
                sums += self._step(step, samples)
                self._progress.step_done(step - steps.start + 1, len(steps), sums[0])
        total, box, objectness, classes, distilled = map(float, sums / len(steps))
        return total, box, objectness, classes, distilled

    def _batch(self, step: int) -> list[Sample]:
        rng = np.random.default_rng([self._recipe.seed, step])
        chance = self._mixture.shares / self._mixture.shares.sum()
        size = (self._recipe.loop.batch, MOSAIC_PICTURES)
        picks = rng.choice(len(chance), size=size, p=chance)
        augmenter = self._augmenters[rng.integers(len(self._augmenters))]
        return [
            augmenter.sample([self._mixture.items[i] for i in row], rng)
            for row in picks
        ]

    def _step(self, step: int, samples: list[Sample]) -> np.ndarray:
        rate = self._rate(step)
        for group in self._optimiser.param_groups:
            group["lr"] = rate * group["factor"]
        batch = _as_batch([sample.image for sample in samples])
        clean = _as_batch([sample.clean for sample in samples])
        grid = anchor_grid(*batch.shape[2:])
        short = self._recipe.loop.precision == "bfloat16"
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=short):
            with torch.no_grad():
                shown = self._teacher(clean).float()
            rows = self._net(batch).float()
        settings = LossSettings(
            self._recipe.loop.distil_scores, self._recipe.loop.distil_boxes
        )
        loss = batch_loss(rows, shown, samples, grid, settings)
        self._optimiser.zero_grad(set_to_none=True)
        loss.total.backward()
        torch.nn.utils.clip_grad_norm_(self._net.parameters(), GRADIENT_NORM)
        self._optimiser.step()
        self._average.update(self._net)
        return np.array(
            [
                float(loss.total.detach()),
                loss.box,
                loss.objectness,
                loss.classes,
                loss.distilled,
            ]
        )

    def _rate(self, step: int) -> float:
        loop = self._recipe.loop
        total = loop.epochs * self._steps_per_epoch
        if step < loop.warmup_steps:
            return loop.rate * (step + 1) / loop.warmup_steps
        done = (step - loop.warmup_steps) / max(1, total - loop.warmup_steps)
        wave = (1 + math.cos(math.pi * done)) / 2
        return loop.rate * (FINAL_RATE + (1 - FINAL_RATE) * wave)

    def _figures_of(self, net: YoloxNet) -> dict[str, float]:
        served = ServedNet(net).eval()

        def rows(batch: np.ndarray) -> np.ndarray:
            with torch.no_grad():
                out: np.ndarray = served(torch.from_numpy(batch)).numpy()
            return out

        size = InputSize(self._recipe.input_px, self._recipe.input_px)
        figures = {}
        for chosen in self._recipe.validation:
            seen = run_set(rows, self._classes, chosen, self._material, size)
            scores = [VALIDATION_THRESHOLD] * len(seen.names)
            for figure in measure(seen.truths, seen.found, seen.names, scores):
                figures[f"{chosen.name}.{figure.name}"] = figure.ap50
        return figures


def _as_batch(images: list[np.ndarray]) -> torch.Tensor:
    batch = torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2).float()
    return batch.contiguous(memory_format=torch.channels_last)


def best_network(path: Path, classes: int) -> YoloxNet:
    """Read the best averaged weights of a run folder's ``best.pt``."""
    net = YoloxNet(NetworkShape(classes))
    net.load_state_dict(torch.load(path, weights_only=True))
    return net.eval()
