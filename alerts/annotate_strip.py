"""The strip of words under an annotated still: lines in, pixels out.

Sizes follow the picture's width, so that a sub stream of 640 pixels and a 4K still are
equally readable. A line that is too long is broken, never cut.
"""

from dataclasses import dataclass
from importlib.resources import as_file, files

from PIL import Image, ImageDraw, ImageFont

_GROUND = (17, 21, 28)
_RULE = (255, 176, 0)
_INKS = {
    "title": (255, 196, 64),
    "plain": (238, 241, 245),
    "dim": (152, 162, 175),
}
_SCALES = {"title": 1.3, "plain": 1.0, "dim": 0.92, "label": 0.95}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the strip.

    Attributes:
        left: Words at the left margin.
        right: Words at the right margin; below the left ones where both do not fit.
        ink: `title`, `plain` or `dim`.
    """

    left: str
    right: str = ""
    ink: str = "plain"


@dataclass(frozen=True, slots=True)
class _Run:
    text: str
    ink: str
    x: float
    y: float


def font(width_px: int, ink: str) -> ImageFont.FreeTypeFont:
    """The bundled font at the size for a picture `width_px` wide."""
    size = max(11.0, min(40.0, width_px / 58, 10 + width_px / 115)) * _SCALES[ink]
    with as_file(files("alerts") / "fonts" / "NonsiteSansSC.otf") as path:
        return ImageFont.truetype(
            str(path), round(size), layout_engine=ImageFont.Layout.BASIC
        )


class Strip:
    """The lines laid out under a picture `width_px` wide.

    Attributes:
        height: Pixels it takes.
    """

    def __init__(self, lines: tuple[Line, ...], width_px: int) -> None:
        self._faces = {ink: font(width_px, ink) for ink in _INKS}
        self._runs, self.height = _laid(lines, width_px, self._faces)

    def draw(self, sheet: Image.Image, top: int) -> None:
        """Draw it from `top` to the sheet's lower edge."""
        draw = ImageDraw.Draw(sheet)
        draw.rectangle((0, top, sheet.width, sheet.height), fill=_GROUND)
        draw.rectangle((0, top, sheet.width, top + 1), fill=_RULE)
        for run in self._runs:
            face, ink = self._faces[run.ink], _INKS[run.ink]
            draw.text((run.x, top + run.y), run.text, font=face, fill=ink)


def _laid(
    lines: tuple[Line, ...], width_px: int, faces: dict[str, ImageFont.FreeTypeFont]
) -> tuple[list[_Run], int]:
    margin = max(8.0, width_px / 64)
    room = width_px - 2 * margin
    runs: list[_Run] = []
    y = margin * 0.6
    for line in lines:
        face = faces[line.ink]
        step = face.size * 1.42
        right_px = face.getlength(line.right) if line.right else 0.0
        fits = face.getlength(line.left) + right_px + face.size <= room
        if fits and line.right:
            runs.append(_Run(line.right, line.ink, width_px - margin - right_px, y))
        texts = [line.left] if fits else [line.left, line.right]
        for text in texts:
            for piece in _broken(text, face, room):
                runs.append(_Run(piece, line.ink, margin, y))
                y += step
    return runs, round(y + margin * 0.6)


def _broken(text: str, face: ImageFont.FreeTypeFont, room: float) -> list[str]:
    """The text in pieces that fit; Chinese may be broken anywhere."""
    if face.getlength(text) <= room:
        return [text] if text else []
    pieces, piece = [], ""
    for sign in text:
        if piece and face.getlength(piece + sign) > room:
            pieces.append(piece)
            piece = ""
        piece += sign
    return [*pieces, piece]
