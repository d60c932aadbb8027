"""A picture of any size becomes the network's input, and boxes find the way back.

The picture is scaled to fit and the rest filled with grey. Where it lies in the grey
decides the last pixel of a box, so it follows the manifest: top left as YOLOX is
trained, in the middle as Ultralytics does it (same rounding as its predictor).
"""

from dataclasses import dataclass
from math import ceil

import cv2
import numpy as np
from numpy.typing import NDArray

from detector.detections import BoxesXYXY
from models.manifest import Colour, InputSpec
from streams.frame import ImageBGR


@dataclass(frozen=True, slots=True)
class Placement:
    """How a picture lies in the network's input.

    Attributes:
        scale: Input pixels per picture pixel.
        left: Grey columns before the picture, input pixels.
        top: Grey rows above the picture, input pixels.
        size_px: Width and height of the picture.
    """

    scale: float
    left: int
    top: int
    size_px: tuple[int, int]

    def to_picture(self, boxes: BoxesXYXY) -> BoxesXYXY:
        """Boxes in input pixels as boxes in picture pixels, clipped to the picture."""
        width, height = self.size_px
        shift = np.array([self.left, self.top] * 2, np.float32)
        moved = (boxes - shift) / np.float32(self.scale)
        edge = np.array([width, height] * 2, np.float32)
        clipped: BoxesXYXY = np.clip(moved, np.float32(0), edge)
        return clipped


def letterbox(
    image: ImageBGR, spec: InputSpec
) -> tuple[NDArray[np.float32], Placement]:
    """Scale, pad, order and normalise one picture.

    Args:
        image: Shape (h, w, 3), uint8, BGR.
        spec: The network's input.

    Returns:
        The input, shape (3, spec.height, spec.width) or less where the grey may be
        trimmed, float32, contiguous, and where the picture lies in it.

    Raises:
        ValueError: The image is empty or not (h, w, 3) uint8.
    """
    check_image(image)
    placement = _place(image.shape[1], image.shape[0], spec)
    width = max(1, round(image.shape[1] * placement.scale))
    height = max(1, round(image.shape[0] * placement.scale))
    canvas = np.full((*_canvas_px(width, height, spec), 3), spec.pad, np.uint8)
    bottom, right = placement.top + height, placement.left + width
    canvas[placement.top : bottom, placement.left : right] = (
        cv2.resize(image, (width, height), interpolation=cv2.INTER_LINEAR)
        if (width, height) != (image.shape[1], image.shape[0])
        else image
    )
    return _normalised(canvas, spec), placement


def check_image(image: ImageBGR) -> None:
    """Refuse what is no colour picture.

    Raises:
        ValueError: The image is empty or not (h, w, 3) uint8.
    """
    is_colour = image.ndim == 3 and image.shape[2] == 3 and image.dtype == np.uint8
    if not is_colour or image.size == 0:
        msg = f"a picture must be (h, w, 3) uint8 and not empty, found {image.shape} "
        raise ValueError(msg + str(image.dtype))


def _place(width: int, height: int, spec: InputSpec) -> Placement:
    scale = min(spec.width / width, spec.height / height)
    left = top = 0
    if spec.centred:
        # The small offset makes halves round down, as Ultralytics' letterbox does.
        left = round((spec.width - round(width * scale)) / 2 - 0.1)
        top = round((spec.height - round(height * scale)) / 2 - 0.1)
    return Placement(scale, max(left, 0), max(top, 0), (width, height))


def _canvas_px(width: int, height: int, spec: InputSpec) -> tuple[int, int]:
    """Height and width of the input that holds a scaled picture.

    A 16:9 picture fills 416 x 234 of 416 x 416; cut to 416 x 256 its look costs 1.6
    times less, and no pixel of the picture changes.
    """
    if spec.trim is None:
        return spec.height, spec.width
    return ceil(height / spec.trim) * spec.trim, ceil(width / spec.trim) * spec.trim


def _normalised(canvas: NDArray[np.uint8], spec: InputSpec) -> NDArray[np.float32]:
    ordered = canvas[..., ::-1] if spec.colour is Colour.RGB else canvas
    planes = np.ascontiguousarray(ordered.transpose(2, 0, 1), dtype=np.float32)
    if spec.scale != 1.0:
        planes *= np.float32(spec.scale)
    if any(spec.mean):
        planes -= np.array(spec.mean, np.float32)[:, None, None]
    if any(value != 1.0 for value in spec.std):
        planes /= np.array(spec.std, np.float32)[:, None, None]
    return planes
