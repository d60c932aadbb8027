"""Where a run was: everything a killed run needs to go on as if nothing happened.

In: the state after an epoch. Out: one file, replaced atomically, that refuses to be
resumed by another recipe.
"""

import hashlib
import os
import pickle
from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from training.config import Recipe
from training.errors import WeightsError
from training.history import EpochRecord


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """State of a run after an epoch: torch state dictionaries and the history."""

    net: dict[str, torch.Tensor]
    average: dict[str, torch.Tensor]
    updates: int
    optimiser: dict[str, object]
    history: list[EpochRecord]


def recipe_digest(recipe: Recipe) -> str:
    """Name a recipe by its content."""
    return hashlib.sha256(recipe.model_dump_json().encode()).hexdigest()


def save_checkpoint(path: Path, checkpoint: Checkpoint, recipe: Recipe) -> None:
    """Write a checkpoint so that a kill leaves the old one or the new one."""
    content = {
        "recipe": recipe_digest(recipe),
        "net": checkpoint.net,
        "average": checkpoint.average,
        "updates": checkpoint.updates,
        "optimiser": checkpoint.optimiser,
        "history": [asdict(record) for record in checkpoint.history],
    }
    part = path.with_suffix(".part")
    with part.open("wb") as stream:
        torch.save(content, stream)
        stream.flush()
        os.fsync(stream.fileno())
    part.replace(path)


def load_checkpoint(path: Path, recipe: Recipe) -> Checkpoint:
    """Read a checkpoint of this recipe.

    Raises:
        WeightsError: the file is damaged or belongs to another recipe.
    """
    try:
        content = torch.load(path, weights_only=True)
    except (OSError, RuntimeError, EOFError, pickle.UnpicklingError) as error:
        raise WeightsError(
            path, "is truncated or no checkpoint", "delete it"
        ) from error
    if content.get("recipe") != recipe_digest(recipe):
        problem = "belongs to another recipe"
        raise WeightsError(path, problem, "name another folder with --out")
    return Checkpoint(
        content["net"],
        content["average"],
        content["updates"],
        content["optimiser"],
        [EpochRecord(**record) for record in content["history"]],
    )
