"""Trains the head classifier from a recipe: pictures in, weights out.

Reproducible: every crop of a step is drawn from a generator seeded with the recipe's
seed and the step's number, on as many threads as the recipe says. What ships is the
running average of the weights, which a few hundred heads of label noise sway less.
"""

import copy
import math
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from training.errors import WeightsError
from training.fold import load_onnx
from training.head_config import HeadLoop, HeadRecipe
from training.head_crops import HeadCrop, HeadCropper
from training.head_examples import STATES, HeadPicture, read_pictures
from training.head_losses import head_loss, state_error, to_batch
from training.head_network import TRUNK, HeadNet
from training.material import Material

START_CLASSES = 80
VALIDATION_CROPS = 480
LEAST_RATE = 0.02
"""Of the peak, at the end of the cosine."""

HeadProgress = Callable[["HeadStep"], None]


@dataclass(frozen=True, slots=True)
class HeadStep:
    """How a run goes, told every `TELL_EVERY` steps.

    Attributes:
        step: Steps done.
        loss: Mean loss since the last report.
        error: Share of validation crops classified wrongly, 0…1.
    """

    step: int
    loss: float
    error: float


TELL_EVERY = 200


def train_heads(
    recipe: HeadRecipe, material: Material, progress: HeadProgress
) -> tuple[HeadNet, tuple[HeadStep, ...]]:
    """Train a head network.

    Args:
        recipe: The run.
        material: Where its pictures and starting weights lie.
        progress: Told about each `TELL_EVERY` steps.

    Returns:
        The averaged network in evaluation mode and the history of the run.

    Raises:
        DatasetError: A source is missing or broken.
        WeightsError: The starting weights are not those of a YOLOX-nano network.
    """
    torch.manual_seed(recipe.seed)
    torch.set_num_threads(recipe.loop.threads)
    learned = [p for s in recipe.train for p in read_pictures(s, material)]
    held_back = [p for s in recipe.validation for p in read_pictures(s, material)]
    net = start_network(recipe, material)
    net = net.to(memory_format=torch.channels_last)
    validation = _validation_crops(held_back, recipe)
    return run_steps(net, HeadCropper(learned, recipe), validation, progress)


def start_network(recipe: HeadRecipe, material: Material) -> HeadNet:
    """The network a run starts with: a COCO trunk, or an earlier run's weights.

    Raises:
        DatasetError: The file is in none of the folders.
        WeightsError: It holds other weights.
    """
    net = HeadNet(len(STATES), recipe.loop.dropout)
    path = material.path(recipe.start)
    if path.suffix == ".onnx":
        net.take_trunk(load_onnx(path, START_CLASSES).backbone.backbone)
        return net
    try:
        net.load_state_dict(torch.load(path, weights_only=True, map_location="cpu"))
    except (OSError, RuntimeError, EOFError, pickle.UnpicklingError) as error:
        problem = "is no head network of an earlier run"
        raise WeightsError(path, problem, "train it again") from error
    return net


def _validation_crops(
    pictures: list[HeadPicture], recipe: HeadRecipe
) -> list[HeadCrop]:
    cropper = HeadCropper(pictures, recipe)
    rng = np.random.default_rng([recipe.seed, 1_000_000_007])
    return [cropper.head(rng) for _ in range(VALIDATION_CROPS)]


def run_steps(
    net: HeadNet,
    cropper: HeadCropper,
    validation: list[HeadCrop],
    progress: HeadProgress,
) -> tuple[HeadNet, tuple[HeadStep, ...]]:
    """Do the recipe's steps; give the averaged network and the history.

    Args:
        net: Where to start; it is trained in place.
        cropper: Draws what is learned.
        validation: Crops the average is measured on.
        progress: Told about each `TELL_EVERY` steps and the last.
    """
    recipe = cropper.recipe
    loop = recipe.loop
    optimiser = _optimiser(net, loop)
    is_short = loop.precision == "bfloat16"
    average = copy.deepcopy(net).eval()
    history: list[HeadStep] = []
    losses: list[float] = []
    for step in range(loop.steps):
        factor = rate_factor(step, loop)
        for group in optimiser.param_groups:
            group["lr"] = group["peak"] * factor
        batch = to_batch(draw_crops(cropper, step))
        images = batch.images.contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=is_short):
            at8, at16 = net.train().features(images)
            states = net.states_of(at16[: loop.batch_heads])
            maps = net.map_of(at8[loop.batch_heads :], at16[loop.batch_heads :])
        loss = head_loss(states.float(), maps.float(), batch, loop.label_smoothing)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 5.0)
        optimiser.step()
        _move_average(average, net, min(loop.ema, (1 + step) / (10 + step)))
        losses.append(float(loss.detach()))
        if (step + 1) % TELL_EVERY == 0 or step + 1 == loop.steps:
            told = HeadStep(
                step + 1, float(np.mean(losses)), _error(average, validation)
            )
            history.append(told)
            losses.clear()
            progress(told)
    return average, tuple(history)


def draw_crops(cropper: HeadCropper, step: int) -> list[HeadCrop]:
    """The crops of a step: heads to classify first, then squares to search."""
    loop = cropper.recipe.loop
    rng = np.random.default_rng([cropper.recipe.seed, step])
    heads = [cropper.head(rng) for _ in range(loop.batch_heads)]
    return heads + [cropper.search(rng) for _ in range(loop.batch_searches)]


def rate_factor(step: int, loop: HeadLoop) -> float:
    """Linear warm-up, then half a cosine, 0…1."""
    if step < loop.warmup_steps:
        return (step + 1) / loop.warmup_steps
    done = (step - loop.warmup_steps) / max(1, loop.steps - loop.warmup_steps)
    return LEAST_RATE + (1 - LEAST_RATE) * (1 + math.cos(math.pi * done)) / 2


def _optimiser(net: HeadNet, loop: HeadLoop) -> torch.optim.AdamW:
    groups: dict[tuple[bool, bool], list[torch.nn.Parameter]] = {}
    for name, parameter in net.named_parameters():
        is_trunk = name.split(".")[0] in TRUNK
        groups.setdefault((is_trunk, parameter.ndim > 1), []).append(parameter)
    return torch.optim.AdamW(
        [
            {
                "params": parameters,
                "lr": 0.0,
                "peak": loop.rate * (loop.trunk_factor if is_trunk else 1.0),
                "weight_decay": loop.weight_decay if is_weight else 0.0,
            }
            for (is_trunk, is_weight), parameters in groups.items()
        ]
    )


@torch.no_grad()
def _move_average(average: HeadNet, net: HeadNet, decay: float) -> None:
    for mean, now in zip(average.parameters(), net.parameters(), strict=True):
        mean.lerp_(now, 1 - decay)


@torch.no_grad()
def _error(net: HeadNet, crops: list[HeadCrop]) -> float:
    batch = to_batch(crops)
    parts = batch.images.split(60)
    states = torch.cat([net.states_of(net.features(part)[1]) for part in parts])
    return state_error(states, batch.states)


def save_network(net: HeadNet, path: Path) -> None:
    """Write the weights for a later export."""
    torch.save(net.state_dict(), path)
