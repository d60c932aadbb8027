"""How much of a labelled head an inverse blur leaves, and how much is unreadable.

A head of less than 12 pixels is not readable. So what counts is detail finer than a
twelfth of the head: `left` is the share of it that a treatment leaves. Two things are
fixed with it on one set of pictures (hardhat) and only checked on another (hhd):

* `LIMIT`: what reducing readable heads to 11 pixels, which nobody can read by
  definition, leaves of them; its lower twentieth, so that a blur must leave less than
  most unreadable heads still have;
* `alerts.mask.GRID`: the finest grid under which no head of that set keeps `LIMIT`.
"""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

DATASETS = Path(__file__).resolve().parents[3] / "shared" / "datasets"
SMALLEST_PX = 12
LIMIT = 0.198
NEXT_GRID = 16
"""The finer grid that does not hold `LIMIT`."""

Grey = NDArray[np.float64]
Treated = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class Heads:
    """One set.

    Attributes:
        images: Folder of its pictures.
        labels: Folder of its boxes, YOLO.
        classes: Class numbers of heads.
    """

    images: Path
    labels: Path
    classes: frozenset[str]


CHOSEN_ON = Heads(
    DATASETS / "hardhat" / "images" / "valid",
    DATASETS / "hardhat" / "labels" / "valid",
    frozenset("012"),
)
CHECKED_ON = Heads(
    DATASETS / "hhd" / "images", DATASETS / "hhd" / "labels", frozenset("01")
)


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of one head.

    Attributes:
        share: Of its detail.
        size_px: Its longer side.
        picture: On which picture.
    """

    share: float
    size_px: int
    picture: str


def grey(jpeg: bytes) -> Grey:
    """The picture without colour."""
    with Image.open(io.BytesIO(jpeg)) as picture:
        return np.asarray(picture.convert("L"), np.float64)


def detail(part: Grey) -> float:
    """How much neighbours differ, in shades."""
    return float(np.abs(np.diff(part, axis=1)).mean())


def what_is_left(heads: Heads, treated: Treated) -> Iterator[Left]:
    """For every labelled head of up to half its picture that has any detail."""
    for picture, boxes in _labelled(heads):
        raw = picture.read_bytes()
        before, after = grey(raw), grey(treated(raw))
        for x, y, w, h in boxes:
            was, now = (
                _detail(g[max(y, 0) : y + h, max(x, 0) : x + w])
                for g in (before, after)
            )
            if was > 2 and max(w, h) <= max(before.shape) / 2:
                yield Left(now / was, max(w, h), picture.name)


def left_when_unreadable(heads: Heads) -> Iterator[float]:
    """For every head of at least twice the smallest: its share at 11 pixels."""
    for picture, boxes in _labelled(heads):
        whole = grey(picture.read_bytes())
        for x, y, w, h in boxes:
            part = whole[max(y, 0) : y + h, max(x, 0) : x + w]
            was = _detail(part)
            if was > 2 and min(part.shape) >= 2 * SMALLEST_PX:
                yield _detail(_reduced(part, SMALLEST_PX - 1)) / was


def _labelled(heads: Heads) -> Iterator[tuple[Path, list[tuple[int, int, int, int]]]]:
    """Pictures with their heads of at least `SMALLEST_PX`: left, top, width, height."""
    for label in sorted(heads.labels.glob("*.txt")):
        picture = heads.images / f"{label.stem}.jpg"
        if not picture.is_file():
            continue
        with Image.open(picture) as opened:
            width, height = opened.size
        boxes = []
        for line in label.read_text().splitlines():
            kind, *rest = line.split()
            x, y, w, h = (float(word) for word in rest)
            if kind in heads.classes and min(w * width, h * height) >= SMALLEST_PX:
                left, top = int((x - w / 2) * width), int((y - h / 2) * height)
                boxes.append((left, top, int(w * width), int(h * height)))
        yield picture, boxes


def _reduced(part: Grey, size_px: int) -> Grey:
    """The part at `size_px` pixels a side, enlarged again."""
    height, width = part.shape
    picture = Image.fromarray(part.astype(np.uint8))
    coarse = picture.resize((size_px, size_px), Image.Resampling.BOX)
    smooth = coarse.resize((width, height), Image.Resampling.BICUBIC)
    return np.asarray(smooth, np.float64)


def _detail(part: Grey) -> float:
    """Strength of what is finer than a twelfth of the part."""
    return float((part - _reduced(part, SMALLEST_PX)).std())
