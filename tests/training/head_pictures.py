"""Drawn people with heads of known colour, as pictures and as a labelled folder."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from training.head_config import HeadRecipe, HeadSource, read_head_recipe
from training.head_examples import HeadPicture, Worn

RECIPE = Path("training/configs/head.yaml")
COLOURS = {
    Worn.HELMET: (0, 220, 255),
    Worn.OTHER: (200, 80, 40),
    Worn.BARE: (90, 120, 190),
}
CLASSES = (Worn.HELMET, Worn.OTHER, Worn.BARE)
SIZE = 240
SIDE_PX = 64


def recipe(**loop: object) -> HeadRecipe:
    """The committed recipe with a shorter loop on smaller squares."""
    read = read_head_recipe(RECIPE)
    short: dict[str, object] = {"steps": 2, "batch_heads": 6, "batch_searches": 3}
    shorter = read.loop.model_copy(update=short | loop)
    return read.model_copy(update={"loop": shorter, "input_px": SIDE_PX})


def picture(number: int) -> HeadPicture:
    """Two people side by side; what they wear follows the number."""
    image = np.full((SIZE, SIZE, 3), 150, np.uint8)
    people, heads, worn = [], [], []
    for place in (0, 1):
        kind = CLASSES[(number + place) % 3]
        x = 60 + 100 * place
        cv2.rectangle(image, (x - 25, 50), (x + 25, 230), (60, 60, 60), -1)
        cv2.ellipse(image, (x, 50), (16, 20), 0, 0, 360, COLOURS[kind], -1)
        people.append((x - 25, 30, x + 25, 230))
        heads.append((x - 16, 30, x + 16, 70))
        worn.append(kind)
    return HeadPicture(
        name=f"drawn/{number}",
        image=image,
        persons=np.array(people, np.float32),
        heads=np.array(heads, np.float32),
        worn=tuple(worn),
        owned=(0, 1),
    )


def labelled_folder(folder: Path, count: int) -> HeadSource:
    """The same pictures as files with YOLO labels: 0-2 heads, 3 persons."""
    for kind in ("images", "labels"):
        (folder / kind).mkdir(parents=True)
    for number in range(count):
        drawn = picture(number)
        cv2.imwrite(str(folder / "images" / f"{number}.png"), drawn.image)
        worn = zip(drawn.worn, drawn.heads, strict=True)
        rows = [_row(CLASSES.index(kind), box) for kind, box in worn]
        rows += [_row(3, box) for box in drawn.persons]
        (folder / "labels" / f"{number}.txt").write_text("\n".join(rows))
    return HeadSource(
        name="drawn",
        images=Path("images"),
        labels=Path("labels"),
        classes=("helmet", "other", "bare", "person"),
        licence="none needed",
    )


def _row(label: int, box: NDArray[np.float32]) -> str:
    x1, y1, x2, y2 = (box / SIZE).tolist()
    return f"{label} {(x1 + x2) / 2} {(y1 + y2) / 2} {x2 - x1} {y2 - y1}"
