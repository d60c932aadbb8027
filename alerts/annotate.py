"""Draws on a copy of a still: where the thing was, which zone, what was judged when.

JPEG in, another JPEG out; the original stays as it is. Heads and plates of whom it is
not about are blurred, parts of the view nobody may see are painted over; nothing else
is covered but by thin lines: words stand in a strip below, a small label outside the
box. The words say 疑似 and 线索, never that anything was unlawful: that is a person's
verdict.
"""

import io
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import TypeAlias

from PIL import Image, ImageDraw, UnidentifiedImageError

from alerts.annotate_strip import Line, Strip, font
from alerts.clause_words import clause_line
from alerts.errors import StillError
from alerts.mask import painted_over, veiled_bystanders
from alerts.pack import Role
from alerts.pack_scene import Corners, Scene
from detector.box import Box
from rules.clause import ClauseTrace

# Larger pictures than any camera's are broken or hostile.
_MAX_PIXELS = 64_000_000
_QUALITY = 90
_BEIJING = timezone(timedelta(hours=8))

_BOX = (255, 176, 0)
_ZONE = (64, 224, 255)
_HALO = (0, 0, 0)

_Pixels: TypeAlias = tuple[int, int, int, int]

_ROLES: dict[Role, str] = {
    Role.FIRST: "首张",
    Role.MID: "中间",
    Role.OPENING: "触发时",
    Role.LAST: "末张",
    Role.PANORAMA: "全景",
    Role.RECHECK: "复查",
}


@dataclass(frozen=True, slots=True)
class Caption:
    """What is drawn on and written under a still.

    Attributes:
        scene: Names and the zone's outline.
        number: The alert's short number.
        code: Catalogue code.
        role: Which still it is.
        at: Its media time.
        first_seen: Media time since when the thing was there.
        judged_at: Media time of the look the clauses belong to.
        box: Where the thing is in it, 0…1; None where it was not found.
        clauses: How each clause stood.
        people: Persons seen in it, 0…1.
        vehicles: Vehicles seen in it, 0…1.
    """

    scene: Scene
    number: str
    code: str
    role: Role
    at: datetime
    first_seen: datetime
    judged_at: datetime
    box: Box | None
    clauses: tuple[ClauseTrace, ...]
    people: tuple[Box, ...] = ()
    vehicles: tuple[Box, ...] = ()


def annotate(jpeg: bytes, caption: Caption) -> bytes:
    """The still with box, zone and words, as JPEG; equal input gives equal bytes.

    Raises:
        StillError: The bytes are no JPEG, cut off, or absurdly large.
    """
    shown = painted_over(_opened(jpeg), caption.scene.masks)
    picture = veiled_bystanders(shown, caption.box, caption.people, caption.vehicles)
    draw = ImageDraw.Draw(picture, "RGBA")
    width_px = max(2, round(picture.width / 640))
    inside = _pixels(caption.box, picture.size)
    untouched = None if inside is None else picture.crop(inside)
    if caption.scene.zone:
        _draw_zone(draw, picture.size, caption.scene.zone, width_px)
    if inside is not None and untouched is not None:
        # the outline must not cross the thing itself, it may be a number plate
        picture.paste(untouched, inside)
        _draw_box(draw, inside, width_px)
        _draw_label(draw, picture.size, inside, f"疑似{caption.scene.act}")
    strip = Strip(caption_lines(caption), picture.width)
    sheet = Image.new("RGB", (picture.width, picture.height + strip.height))
    sheet.paste(picture, (0, 0))
    strip.draw(sheet, picture.height)
    out = io.BytesIO()
    # full colour resolution: thin coloured lines and small words stay sharp
    sheet.save(out, "JPEG", quality=_QUALITY, subsampling=0)
    return out.getvalue()


def caption_lines(caption: Caption) -> tuple[Line, ...]:
    """The words under the still, top to bottom."""
    scene = caption.scene
    stood_s = max(0.0, (caption.at - caption.first_seen).total_seconds())
    role = _ROLES.get(caption.role, caption.role.value)
    return (
        Line(f"疑似{scene.act}线索", f"{caption.code}  编号 {caption.number}", "title"),
        Line(scene.camera_title, f"{role}图", "plain"),
        Line(
            f"北京时间 {_exact(caption.at.astimezone(_BEIJING))} (+08:00)",
            f"UTC {_exact(caption.at.astimezone(UTC))}",
        ),
        Line(
            f"首次观测 {_local(caption.first_seen)}，至本图 {stood_s:.0f} 秒",
            "" if caption.box else "本图未见目标",
        ),
        Line(f"判断依据（{_local(caption.judged_at)}）", "", "dim"),
        *(Line(f"　{clause_line(clause)}") for clause in caption.clauses),
        Line("系统自动发现，须经执法人员审核；标注副本，原图另存", "", "dim"),
    )


def _opened(jpeg: bytes) -> Image.Image:
    try:
        with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as opened:
            if opened.width * opened.height > _MAX_PIXELS:
                msg = f"a still of {opened.width}x{opened.height} pixels is no still"
                raise StillError(msg)
            return opened.convert("RGB")
    except (
        UnidentifiedImageError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
        OSError,
        SyntaxError,
        ValueError,
    ) as error:
        msg = f"the still is no whole JPEG: {error}"
        raise StillError(msg) from error


def _pixels(box: Box | None, size: tuple[int, int]) -> _Pixels | None:
    if box is None:
        return None
    left, top = round(box.x1 * size[0]), round(box.y1 * size[1])
    right, bottom = round(box.x2 * size[0]), round(box.y2 * size[1])
    return (left, top, max(left + 1, right), max(top + 1, bottom))


def _draw_zone(
    draw: ImageDraw.ImageDraw, size: tuple[int, int], zone: Corners, width_px: int
) -> None:
    corners = [(x * size[0], y * size[1]) for x, y in zone]
    closed = [*corners, corners[0], corners[1]]
    draw.line(closed, fill=(*_HALO, 150), width=width_px + 2, joint="curve")
    draw.line(closed, fill=(*_ZONE, 235), width=width_px, joint="curve")


def _draw_box(draw: ImageDraw.ImageDraw, inside: _Pixels, width_px: int) -> None:
    """A frame around the pixels of the thing, none of them covered."""
    left, top, right, bottom = inside
    for grow, colour, line_px in (
        (width_px + 1, (*_HALO, 170), 1),
        (width_px, (*_BOX, 255), width_px),
    ):
        draw.rectangle(
            (left - grow, top - grow, right + grow - 1, bottom + grow - 1),
            outline=colour,
            width=line_px,
        )


def _draw_label(
    draw: ImageDraw.ImageDraw, size: tuple[int, int], inside: _Pixels, text: str
) -> None:
    """A small label above the box, else below it, never over the thing."""
    left, top, _, bottom = inside
    face = font(size[0], "label")
    pad = max(2, int(face.size // 5))
    width, height = round(face.getlength(text)) + 2 * pad, round(face.size) + 2 * pad
    x = max(0, min(left, size[0] - width))
    y = top - height - 4
    if y < 0:
        y = min(bottom + 4, size[1] - height)
    draw.rectangle((x, y, x + width, y + height), fill=(*_BOX, 235))
    draw.text((x + pad, y + height / 2), text, font=face, fill=_HALO, anchor="lm")


def _local(at: datetime) -> str:
    return at.astimezone(_BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def _exact(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S.") + f"{at.microsecond // 1000:03d}"
