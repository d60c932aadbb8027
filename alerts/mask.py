"""Inverse blur: all of a still but the violating object is made unreadable.

Boxes miss people, so nothing is looked for outside the object: the whole picture is
reduced to a coarse grid and smoothed, and only the object's box is put back. Heads
inside the box are blurred again: a person's own, and of each person seen in it. The
parts of a view nobody may see are painted over, in the object's box, too.

A copy that is drawn on and stays in the house keeps its surroundings, so that a
reviewer can judge; there the heads and plates of whoever it is not about are blurred.
"""

import io
from collections.abc import Iterable
from dataclasses import replace

from PIL import Image, ImageDraw, ImageFilter

from alerts.errors import StillError
from alerts.pack_scene import Corners
from detector.box import Box

GRID = 12
"""Cells along the longer side: a head of up to half the picture has at most 6, and one
of less than 12 pixels is not readable. Chosen on one set of labelled heads and checked
on another: `tests/alerts/blurred_heads.py`."""
HEAD_SHARE = 0.3
"""Upper part of a person's box in which the head is, with a margin for bent ones."""
HEAD_CELLS = 3
"""Cells a head is reduced to, each way."""
PLATE_SHARE = 0.6
"""Lower part of a vehicle's box in which its plate is."""
PLATE_CELLS = 8
"""Cells that part is reduced to, each way: a plate, a quarter of a vehicle's width at
most (0.44 m of 1.7 m), has two of them for its seven signs."""
SAME_IOU = 0.5
"""From here a box seen in a look is that of the violating object."""
PAINT = (40, 40, 40)
"""Of the parts of a view nobody may see, in every copy."""
_QUALITY = 88
_FINE_QUALITY = 95
_MAX_PIXELS = 64_000_000


def masked(
    jpeg: bytes,
    box: Box | None,
    label: str,
    people: Iterable[Box] = (),
    parts: Iterable[Corners] = (),
) -> bytes:
    """The still with everything but `box` unreadable, as JPEG without metadata.

    Args:
        jpeg: The original.
        box: The violating object, 0…1; None: nothing is shown.
        label: Its class; a person's own head is blurred.
        people: Persons seen in the picture, 0…1; heads inside `box` are blurred.
        parts: Parts of the view nobody may see, corners 0…1.

    Raises:
        StillError: The bytes are no JPEG.
    """
    out = io.BytesIO()
    whole = painted_over(_opened(jpeg), parts)
    picture = masked_picture(whole, box, label, people)
    picture.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()


def masked_picture(
    picture: Image.Image, box: Box | None, label: str, people: Iterable[Box] = ()
) -> Image.Image:
    """The picture, RGB, with everything but `box` unreadable; arguments as `masked`."""
    veiled = _veiled(picture)
    if box is not None:
        inside = _pixels(box, picture.size)
        shown = picture.crop(inside)
        persons = [*people, *([box] if label == "person" else [])]
        for person in persons:
            _blur_head(shown, inside, _pixels(_head_of(person), picture.size))
        veiled.paste(shown, inside[:2])
    return veiled


def veiled_bystanders(
    picture: Image.Image,
    box: Box | None,
    people: Iterable[Box] = (),
    vehicles: Iterable[Box] = (),
) -> Image.Image:
    """A copy of the picture, RGB, without heads and plates of whom it is not about.

    The violating object stays as it is: whether somebody wears a helmet, or which car
    it is, is what a reviewer looks at. Heads of others in front of it are blurred.

    Args:
        picture: RGB; stays as it is.
        box: The violating object, 0…1; None where it was not found.
        people: Persons seen in the picture, 0…1.
        vehicles: Vehicles seen in the picture, 0…1.
    """
    copy = picture.copy()
    for vehicle in _others(vehicles, box):
        _reduce(copy, _pixels(_plate_part_of(vehicle), copy.size), PLATE_CELLS)
    if box is not None:
        inside = _pixels(box, copy.size)
        copy.paste(picture.crop(inside), inside[:2])
    for person in _others(people, box):
        _reduce(copy, _pixels(_head_of(person), copy.size), HEAD_CELLS)
    return copy


def painted_over(picture: Image.Image, parts: Iterable[Corners]) -> Image.Image:
    """A copy of the picture, RGB, with parts of its view painted over.

    Args:
        picture: RGB; stays as it is.
        parts: Corners of each, 0…1.
    """
    copy = picture.copy()
    draw = ImageDraw.Draw(copy)
    for corners in parts:
        draw.polygon([(x * copy.width, y * copy.height) for x, y in corners], PAINT)
    return copy


def painted_jpeg(jpeg: bytes, parts: tuple[Corners, ...]) -> bytes:
    """The picture with parts of its view painted over; as it is where there are none.

    Raises:
        StillError: The bytes are no JPEG.
    """
    if not parts:
        return jpeg
    out = io.BytesIO()
    picture = painted_over(_opened(jpeg), parts)
    picture.save(out, "JPEG", quality=_FINE_QUALITY, subsampling=0)
    return out.getvalue()


def _opened(jpeg: bytes) -> Image.Image:
    try:
        with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as opened:
            if opened.width * opened.height > _MAX_PIXELS:
                raise StillError("the still is too large")
            return opened.convert("RGB")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        msg = f"the still is no whole JPEG: {error}"
        raise StillError(msg) from error


def _veiled(picture: Image.Image) -> Image.Image:
    scale = GRID / max(picture.size)
    cells = tuple(max(1, round(side * scale)) for side in picture.size)
    coarse = picture.resize((cells[0], cells[1]), Image.Resampling.BOX)
    smooth = coarse.resize(picture.size, Image.Resampling.BICUBIC)
    return smooth.filter(ImageFilter.GaussianBlur(max(picture.size) / GRID / 3))


def _head_of(person: Box) -> Box:
    height = person.y2 - person.y1
    return Box(person.x1, person.y1, person.x2, person.y1 + height * HEAD_SHARE)


def _plate_part_of(vehicle: Box) -> Box:
    height = vehicle.y2 - vehicle.y1
    return replace(vehicle, y1=vehicle.y2 - height * PLATE_SHARE)


def _others(boxes: Iterable[Box], box: Box | None) -> list[Box]:
    """Those that are not the violating object."""
    return [one for one in boxes if box is None or one.iou(box) < SAME_IOU]


def _blur_head(
    shown: Image.Image,
    inside: tuple[int, int, int, int],
    head: tuple[int, int, int, int],
) -> None:
    """Blur the part of `head` that lies in the shown piece."""
    left, top = max(head[0] - inside[0], 0), max(head[1] - inside[1], 0)
    right = min(head[2] - inside[0], shown.width)
    bottom = min(head[3] - inside[1], shown.height)
    if right > left and bottom > top:
        _reduce(shown, (left, top, right, bottom), HEAD_CELLS)


def _reduce(picture: Image.Image, place: tuple[int, int, int, int], cells: int) -> None:
    """Reduce a part of the picture, within it, to so many cells each way."""
    part = picture.crop(place)
    few = part.resize((cells, cells), Image.Resampling.BOX)
    picture.paste(few.resize(part.size, Image.Resampling.BILINEAR), place[:2])


def _pixels(box: Box, size: tuple[int, int]) -> tuple[int, int, int, int]:
    left, top = round(box.x1 * size[0]), round(box.y1 * size[1])
    right, bottom = round(box.x2 * size[0]), round(box.y2 * size[1])
    left, top = max(0, min(left, size[0] - 1)), max(0, min(top, size[1] - 1))
    return (
        left,
        top,
        min(max(left + 1, right), size[0]),
        min(max(top + 1, bottom), size[1]),
    )
