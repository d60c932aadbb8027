"""The dwell strip: twelve small pictures from first seen to opening on one sheet.

It answers what a hearing asks: was it the same thing, all the time? The plain sheet
shows the looks as they were; the drawn copy adds the slot, each picture's time and
every stretch nobody watched. The looks themselves are not kept: the sheet is the
original.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TypeVar

from PIL import Image, ImageDraw

from alerts.annotate_strip import font
from alerts.errors import StillError
from alerts.mask import painted_over
from alerts.pack_scene import Corners
from alerts.thumbnail import SIZE_PX
from detector.box import Box
from rules.violation import Gap

COLUMNS, ROWS = 4, 3
PICTURES = COLUMNS * ROWS
LEAST = 2
"""One picture shows no dwelling."""

_WORDS_PX = 22
_T = TypeVar("_T")
_BEIJING = timezone(timedelta(hours=8))
_GROUND, _INK, _SLOT, _GAP = (17, 21, 28), (238, 241, 245), (255, 176, 0), (224, 64, 48)


@dataclass(frozen=True, slots=True)
class Dwelling:
    """What is drawn.

    Attributes:
        pictures: Small JPEGs with their media times, oldest first.
        slot: The thing's place, 0…1.
        gaps: Stretches of media time nobody watched.
        masks: Parts of the view nobody may see: painted over on both sheets.
    """

    pictures: tuple[tuple[datetime, bytes], ...]
    slot: Box
    gaps: tuple[Gap, ...]
    masks: tuple[Corners, ...] = ()


def spread(many: Sequence[_T], times: Sequence[datetime], count: int) -> list[_T]:
    """At most `count` of them, first and last among them, evenly over the time."""
    if len(many) <= count:
        return list(many)
    first, last = times[0], times[-1]
    chosen: dict[int, None] = {}
    for n in range(count):
        wanted = first + (last - first) * n / (count - 1)
        free = [i for i in range(len(many)) if i not in chosen]
        chosen[min(free, key=lambda i: (abs(times[i] - wanted), i))] = None
    return [many[i] for i in sorted(chosen)]


def plain_strip(told: Dwelling) -> bytes:
    """The sheet without a mark on it.

    Raises:
        StillError: A picture is no JPEG.
    """
    return _sheet(told, is_drawn=False)


def drawn_strip(told: Dwelling) -> bytes:
    """The sheet with slot, times and gaps.

    Raises:
        StillError: A picture is no JPEG.
    """
    return _sheet(told, is_drawn=True)


def _sheet(told: Dwelling, *, is_drawn: bool) -> bytes:
    tiles = [painted_over(_opened(jpeg), told.masks) for _, jpeg in told.pictures]
    height = max(tile.height for tile in tiles) + _WORDS_PX
    rows = -(-len(tiles) // COLUMNS)
    sheet = Image.new("RGB", (SIZE_PX * COLUMNS, height * rows), _GROUND)
    draw = ImageDraw.Draw(sheet)
    before: datetime | None = None
    for n, (tile, (at, _)) in enumerate(zip(tiles, told.pictures, strict=True)):
        left, top = n % COLUMNS * SIZE_PX, n // COLUMNS * height
        sheet.paste(tile, (left, top))
        if is_drawn:
            _draw_slot(draw, tile.size, (left, top), told.slot)
            unseen_s = 0.0 if before is None else _unseen_s(told.gaps, before, at)
            _write(draw, (left, top + height - _WORDS_PX), at, unseen_s)
        before = at
    out = io.BytesIO()
    sheet.save(out, "JPEG", quality=90, subsampling=0)
    return out.getvalue()


def _opened(jpeg: bytes) -> Image.Image:
    try:
        with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as opened:
            return opened.convert("RGB")
    except (OSError, SyntaxError, ValueError) as error:
        msg = f"a small picture is no whole JPEG: {error}"
        raise StillError(msg) from error


def _draw_slot(
    draw: ImageDraw.ImageDraw, size: tuple[int, int], at: tuple[int, int], slot: Box
) -> None:
    corners = (
        at[0] + round(slot.x1 * size[0]),
        at[1] + round(slot.y1 * size[1]),
        at[0] + max(round(slot.x1 * size[0]) + 1, round(slot.x2 * size[0])),
        at[1] + max(round(slot.y1 * size[1]) + 1, round(slot.y2 * size[1])),
    )
    draw.rectangle(corners, outline=_SLOT, width=2)


def _write(
    draw: ImageDraw.ImageDraw, at: tuple[int, int], when: datetime, unseen_s: float
) -> None:
    face = font(SIZE_PX, "plain")
    words = when.astimezone(_BEIJING).strftime("%Y-%m-%d %H:%M:%S")
    draw.text((at[0] + 4, at[1] + 3), words, font=face, fill=_INK)
    if unseen_s:
        draw.rectangle((*at, at[0] + 2, at[1] + _WORDS_PX - 1), fill=_GAP)
        told = f"此前未观测 {unseen_s:.0f} 秒"
        where = (at[0] + SIZE_PX - 4, at[1] + 3)
        draw.text(where, told, font=face, fill=_GAP, anchor="ra")


def _unseen_s(gaps: Sequence[Gap], start: datetime, end: datetime) -> float:
    """Seconds between two pictures that nobody watched."""
    covered = (
        (min(gap.end, end) - max(gap.start, start)).total_seconds() for gap in gaps
    )
    return sum(seconds for seconds in covered if seconds > 0)
