"""What a step of staging does to one picture; a function of its index alone.

In: a step, a picture and its place in the recording. Out: the changed picture. Random
numbers come from the step's seed and the picture's index, so that any stretch of a
recording looks the same whatever was staged before it.
"""

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.random import Generator, default_rng
from numpy.typing import NDArray

from streams.frame import ImageBGR
from streams.stage_settings import (
    Blur,
    BoxOnPicture,
    Bump,
    Drop,
    Erase,
    Freeze,
    Night,
    Paste,
    Rain,
    Step,
)

RAIN_CONTRAST = 0.8
RAIN_LIGHT = 60
SLANT = 0.25
"""A streak moves this much sideways for each pixel it falls."""
MARGIN_PX, INPAINT_PX = 12, 5
"""Ground looked at around what is erased, and how far each pixel of it reaches."""
FEATHER = 0.08
"""Share of a pasted piece's side over which it fades into the ground."""


@dataclass(slots=True)
class Stage:
    """Applies steps to the pictures of one recording, in order.

    Args:
        steps: What is done.
    """

    steps: tuple[Step, ...]
    _first: ImageBGR | None = None
    _frozen: dict[int, ImageBGR] = field(default_factory=dict)

    def apply(self, image: ImageBGR, index: int, at_s: float) -> ImageBGR | None:
        """The picture as staged; None where it is lost.

        Args:
            image: Shape (h, w, 3), uint8, BGR.
            index: Its number in the recording.
            at_s: Seconds after the recording's first picture.
        """
        if self._first is None:
            self._first = image
        for number, step in enumerate(self.steps):
            if at_s < step.from_s or (step.to_s is not None and at_s >= step.to_s):
                continue
            if isinstance(step, Drop):
                if default_rng((step.seed, index)).random() < step.share:
                    return None
            elif isinstance(step, Freeze):
                image = self._frozen.setdefault(number, image)
            else:
                image = _changed(step, image, self._first, index)
        return image


def _changed(
    step: Night | Rain | Blur | Bump | Erase | Paste,
    image: ImageBGR,
    first: ImageBGR,
    index: int,
) -> ImageBGR:
    match step:
        case Night():
            return _night(step, image, default_rng((step.seed, index)))
        case Rain():
            return _rain(step, image, default_rng((step.seed, index)))
        case Blur():
            return _u8(cv2.GaussianBlur(image, (0, 0), step.sigma_px))
        case Bump():
            return _bump(step, image)
        case Erase():
            return _erase(step, image)
        case Paste():
            return _paste(step, image, first)


def _u8(values: NDArray[np.generic]) -> ImageBGR:
    return values.clip(0, 255).astype(np.uint8)


def _night(step: Night, image: ImageBGR, rng: Generator) -> ImageBGR:
    dark = cv2.convertScaleAbs(image, alpha=step.gain).astype(np.int16)
    noise = rng.standard_normal(image.shape[:2], np.float32) * step.noise
    return _u8(dark + noise.astype(np.int16)[..., None])


def _rain(step: Rain, image: ImageBGR, rng: Generator) -> ImageBGR:
    height, width = image.shape[:2]
    streaks = np.zeros((height, width), np.uint8)
    xs, ys = rng.integers(0, width, step.streaks), rng.integers(0, height, step.streaks)
    for x, y in zip(xs.tolist(), ys.tolist(), strict=True):
        end = round(x - SLANT * step.length_px), y + step.length_px
        cv2.line(streaks, (x, y), end, RAIN_LIGHT, 1, cv2.LINE_AA)
    haze = (1 - RAIN_CONTRAST) * float(image.mean())
    washed = cv2.convertScaleAbs(image, alpha=RAIN_CONTRAST, beta=haze)
    return _u8(cv2.add(washed, cv2.merge([streaks] * 3)))


def _bump(step: Bump, image: ImageBGR) -> ImageBGR:
    height, width = image.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), step.degrees, step.zoom)
    turn[:, 2] += step.shift[0] * width, step.shift[1] * height
    edge = cv2.BORDER_REPLICATE
    return _u8(cv2.warpAffine(image, turn, (width, height), borderMode=edge))


def _pixels(box: BoxOnPicture, image: ImageBGR) -> tuple[slice, slice]:
    height, width = image.shape[:2]
    left, right = round(box[0] * width), round(box[2] * width)
    top, bottom = round(box[1] * height), round(box[3] * height)
    return slice(top, max(bottom, top + 1)), slice(left, max(right, left + 1))


def _erase(step: Erase, image: ImageBGR) -> ImageBGR:
    rows, columns = _pixels(step.box, image)
    top, left = max(0, rows.start - MARGIN_PX), max(0, columns.start - MARGIN_PX)
    around = (
        slice(top, rows.stop + MARGIN_PX),
        slice(left, columns.stop + MARGIN_PX),
    )
    part = np.ascontiguousarray(image[around])
    hole = np.zeros(part.shape[:2], np.uint8)
    hole[
        rows.start - top : rows.stop - top, columns.start - left : columns.stop - left
    ] = 255
    changed = image.copy()
    changed[around] = cv2.inpaint(part, hole, INPAINT_PX, cv2.INPAINT_TELEA)
    return changed


def _paste(step: Paste, image: ImageBGR, first: ImageBGR) -> ImageBGR:
    piece = first[_pixels(step.source, first)].astype(np.float32)
    size = (
        max(2, round(piece.shape[1] * step.scale)),
        max(2, round(piece.shape[0] * step.scale)),
    )
    sized = cv2.resize(piece, size, interpolation=cv2.INTER_LINEAR)
    shown = sized[:, ::-1] if step.mirrored else sized
    left, top = round(step.at[0] * image.shape[1]), round(step.at[1] * image.shape[0])
    under = image[top : top + size[1], left : left + size[0]]
    rows, columns = under.shape[:2]
    share = _feathered(size)[:rows, :columns, None]
    changed = image.copy()
    changed[top : top + rows, left : left + columns] = _u8(
        share * shown[:rows, :columns] + (1 - share) * under
    )
    return changed


def _feathered(size: tuple[int, int]) -> NDArray[np.float32]:
    """How much of a piece shows, shape (h, w): all inside, none at its border."""
    width, height = size
    sides = []
    for length in (height, width):
        places = np.arange(length, dtype=np.float32)
        margin = max(1.0, FEATHER * length)
        border = np.minimum(places + 1, length - places) / margin
        sides.append(np.minimum(border, 1.0))
    return np.asarray(np.outer(*sides), np.float32)
