"""Whether what stands in a place is still the same thing: a verdict, never an identity.

Place and picture together decide: the boxes must match at once, and the thumbnails must
not contradict it. Only cells that nothing nearer hides are compared, because at a full
kerb every car is partly behind the next. Two white vans look alike by design; then the
answer is "the same" or "cannot tell", and a person with the stills decides.
"""

from collections.abc import Sequence
from enum import StrEnum
from math import isnan
from typing import Annotated, TypeAlias

import numpy as np
from msgspec import Meta
from numpy.typing import NDArray

from detector.signature import SIDE, Signature
from rules.geometry import BoxesXYXY

SAME = 0.7
"""Correlation of two thumbnails from which they count as the same picture.

On three shared street clips, looks 0.28 s apart, pairs up to 3 s: one standing vehicle
stays above it in 92 % of 3 133 pairs, two vehicles reach it in 0.3 % of 921.
"""
DIFFERENT = 0.4
"""Correlation up to which they count as different; between the two it cannot be told.

One standing vehicle falls below it in 2 % of those pairs (something passes in front),
two vehicles in 85 %.
"""
CELLS = SIDE * SIDE
MIDDLES = (np.arange(SIDE) + 0.5) / SIDE
"""Middles of a thumbnail's cells along a side, 0…1."""
ENOUGH_CELLS = 16
"""Fewer cells seen in both pictures are no comparison."""
FLAT = 4.0
"""A spread below this many grey levels is noise, as on a black car at night."""

Cells: TypeAlias = NDArray[np.bool_]
"""`[n, 64]`: which cells of each thumbnail show the thing, row by row."""

Portrait: TypeAlias = bytes
"""A signature's pixels, and which of its 64 cells are visible, a bit each."""
PORTRAIT_BYTES = CELLS * 3 + CELLS // 8

SavedPortrait: TypeAlias = Annotated[
    Portrait, Meta(min_length=PORTRAIT_BYTES, max_length=PORTRAIT_BYTES)
]
"""A portrait in a saved state: base64 there, and read back only at its full length."""


class Verdict(StrEnum):
    """What the thumbnails say of one sighting in a slot."""

    SAME = "same"
    UNSURE = "unsure"
    DIFFERENT = "different"
    NOT_COMPARED = "not_compared"


def portrait_of(signature: Signature | None, visible: bytes) -> Portrait | None:
    """The portrait of what a signature shows; `visible` are its cells as 64 bits."""
    return None if signature is None else signature.pixels + visible


def verdict_of(similarity: float) -> Verdict:
    """The verdict for a correlation, -1…1; not a number means not compared."""
    if similarity >= SAME:
        return Verdict.SAME
    if similarity <= DIFFERENT:
        return Verdict.DIFFERENT
    return Verdict.NOT_COMPARED if isnan(similarity) else Verdict.UNSURE


def similarities(
    mine: Sequence[Portrait], theirs: Sequence[Portrait]
) -> NDArray[np.float64]:
    """Correlation of each pair over the cells visible in both, `[n]`, -1…1.

    With every cell visible it is `Signature.similarity`. Not a number where too few
    cells are visible in both or a picture is flat. One array operation for all slots
    of a look: pair by pair it would cost more than the rest of the rules together.
    """
    if not mine:
        return np.zeros(0)
    # mine and theirs beside each other: one pass for both
    pixels, cells = _unpack([*mine, *theirs], (2, len(mine)))
    both = (cells[0] & cells[1]).astype(np.float32)
    count = both.sum(axis=1)
    weight = np.repeat(both / np.maximum(count, 1)[:, None] / 3, 3, axis=1)
    centred = pixels - np.einsum("snp,np->sn", pixels, weight)[:, :, None]
    weighted = centred * weight
    spread = np.sqrt(np.einsum("snp,snp->sn", centred, weighted))
    told = np.einsum("np,np->n", centred[0], weighted[1])
    told /= np.maximum(spread, 1e-6).prod(axis=0)
    is_told = (count >= ENOUGH_CELLS) & (spread.min(axis=0) >= FLAT)
    return np.where(is_told, told, np.nan).astype(np.float64)


def verdicts_of(
    before: Sequence[Portrait | None], now: Sequence[Portrait | None]
) -> list[Verdict]:
    """The verdict on each pair of portraits; not compared where one is missing."""
    pairs = [
        (index, old, new)
        for index, (old, new) in enumerate(zip(before, now, strict=True))
        if old is not None and new is not None
    ]
    values = similarities([old for _, old, _ in pairs], [new for _, _, new in pairs])
    verdicts = [Verdict.NOT_COMPARED] * len(before)
    for (index, _, _), value in zip(pairs, values.tolist(), strict=True):
        verdicts[index] = verdict_of(value)
    return verdicts


class Verdicts:
    """The verdicts of one look: what several rules ask about is compared once."""

    def __init__(self) -> None:
        self._told: dict[tuple[Portrait | None, Portrait | None], Verdict] = {}

    def of(
        self, before: Sequence[Portrait | None], now: Sequence[Portrait | None]
    ) -> list[Verdict]:
        """The verdict on each pair of portraits, as `verdicts_of`."""
        pairs = list(zip(before, now, strict=True))
        fresh = list(dict.fromkeys(pair for pair in pairs if pair not in self._told))
        if fresh:
            told = verdicts_of([old for old, _ in fresh], [new for _, new in fresh])
            self._told.update(zip(fresh, told, strict=True))
        return [self._told[pair] for pair in pairs]


def visible_cells(boxes: BoxesXYXY, things: BoxesXYXY) -> Cells:
    """Which cells of each box's thumbnail no nearer thing hides, `[n, 64]`.

    Nearer is what has its foot lower in the picture.
    """
    x1, y1, x2, y2 = (boxes[:, side, None] for side in range(4))
    hides = things[:, 3] > y2 + 1e-9
    hides &= (things[:, 0] < x2) & (things[:, 2] > x1)
    hides &= (things[:, 1] < y2) & (things[:, 3] > y1)
    visible = np.ones((len(boxes), CELLS), np.bool_)
    rows, columns = np.nonzero(hides)
    if not len(rows):
        return visible
    xs, ys = x1 + MIDDLES * (x2 - x1), y1 + MIDDLES * (y2 - y1)
    left, top, right, bottom = (things[columns, side, None] for side in range(4))
    in_x = (xs[rows] >= left) & (xs[rows] <= right)
    in_y = (ys[rows] >= top) & (ys[rows] <= bottom)
    under = (in_y[:, :, None] & in_x[:, None, :]).reshape(-1, CELLS)
    covered, starts = np.unique(rows, return_index=True)
    visible[covered] = ~np.logical_or.reduceat(under, starts)
    return visible


def _unpack(
    portraits: Sequence[Portrait], shape: tuple[int, int]
) -> tuple[NDArray[np.float32], Cells]:
    """Pixels, `[…, 192]`, and visible cells, `[…, 64]`, of portraits in this shape."""
    values = np.frombuffer(b"".join(portraits), np.uint8).reshape(*shape, -1)
    pixels = values[..., : CELLS * 3].astype(np.float32)
    cells = np.unpackbits(values[..., CELLS * 3 :], axis=-1).astype(np.bool_)
    return pixels, cells
