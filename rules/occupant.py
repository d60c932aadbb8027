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
from rules.geometry import BoxesXYXY, Touching, taken

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
PIXELS = CELLS * 3
PORTRAIT_BYTES = PIXELS + CELLS // 8
MIDDLE_GREY = np.float32(127.5)
_ONES = np.ones(PIXELS, np.float32)
_WEIGHTS = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1).repeat(3, 1)
_WEIGHTS = _WEIGHTS.astype(np.float32)
"""For each byte of eight visible cells: 1 for the pixels of those that are."""

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


SAME_THING, OTHER_THING = Verdict.SAME, Verdict.DIFFERENT
_UNSURE, _NOT_COMPARED = Verdict.UNSURE, Verdict.NOT_COMPARED


def portrait_of(signature: Signature | None, visible: bytes) -> Portrait | None:
    """The portrait of what a signature shows; `visible` are its cells as 64 bits."""
    return None if signature is None else signature.pixels + visible


def verdict_of(similarity: float) -> Verdict:
    """The verdict for a correlation, -1…1; not a number means not compared."""
    if similarity >= SAME:
        return SAME_THING
    if similarity <= DIFFERENT:
        return OTHER_THING
    return _NOT_COMPARED if isnan(similarity) else _UNSURE


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
    values = np.frombuffer(b"".join([*mine, *theirs]), np.uint8)
    values = values.reshape(2, len(mine), PORTRAIT_BYTES)
    cells = values[0, :, PIXELS:] & values[1, :, PIXELS:]
    weight = _WEIGHTS.take(cells, axis=0)
    weight = weight.reshape(len(mine), PIXELS)
    # from the middle of the scale, so that the squares keep their last digits
    pixels = (values[..., :PIXELS].astype(np.float32) - MIDDLE_GREY) * weight
    count = weight @ _ONES
    sums, count = pixels @ _ONES, np.maximum(count, 1)
    square = np.vecdot(pixels, pixels) - sums * sums / count
    shared = np.vecdot(pixels[0], pixels[1]) - sums[0] * sums[1] / count
    told = shared / np.sqrt(np.maximum(square[0] * square[1], 1e-6))
    is_told = count >= 3 * ENOUGH_CELLS
    is_told &= square.min(axis=0) >= FLAT * FLAT * count
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
    verdicts = [_NOT_COMPARED] * len(before)
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
        pairs, known = list(zip(before, now, strict=True)), self._told
        fresh = [pair for pair in pairs if pair not in known]
        if fresh:
            told = verdicts_of([old for old, _ in fresh], [new for _, new in fresh])
            known.update(zip(fresh, told, strict=True))
        return [known[pair] for pair in pairs]


def visible_cells(
    boxes: BoxesXYXY, things: BoxesXYXY, pairs: Touching, is_thing: NDArray[np.bool_]
) -> Cells:
    """Which cells of each box's thumbnail no nearer thing hides, `[n, 64]`.

    Nearer is what has its foot lower in the picture.

    Args:
        boxes: The boxes, `[n, 4]`.
        things: What may hide them, `[m, 4]`.
        pairs: Which boxes touch which things.
        is_thing: Which of the things are there at all, `[m]`.
    """
    visible = np.ones((len(boxes), CELLS), np.bool_)
    rows, columns, _ = pairs
    hides = is_thing[columns] & (things[columns, 3] > boxes[rows, 3] + 1e-9)
    hides = hides.nonzero()[0]
    if not len(hides):
        return visible
    rows, columns = rows[hides], columns[hides]
    # middles of the cells along both sides, [k, x and y, 8]
    box, thing = taken(boxes, rows)[:, :, None], taken(things, columns)[:, :, None]
    middles = box[:, :2] + MIDDLES * (box[:, 2:] - box[:, :2])
    is_under = (middles >= thing[:, :2]) & (middles <= thing[:, 2:])
    under = is_under[:, 1, :, None] & is_under[:, 0, None, :]
    # the pairs come row after row: each begins where the row before it ends
    ends = (rows[1:] != rows[:-1]).nonzero()[0]
    starts = np.concatenate([[0], ends + 1])
    hidden = np.logical_or.reduceat(under.reshape(-1, CELLS), starts)
    visible[rows[starts]] = ~hidden
    return visible
