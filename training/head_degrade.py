"""What light, night, optics and an encoder do to a crop of a few dozen pixels.

In: a BGR crop at the size a distant camera gives it and a random generator. Out: the
same crop, worse. Strengths are those of crops, not of whole pictures: a blur of three
pixels would leave nothing of a head of twenty.
"""

import cv2
import numpy as np

from streams.frame import ImageBGR
from training.head_config import HeadDegradation


def degrade_crop(
    image: ImageBGR, settings: HeadDegradation, rng: np.random.Generator
) -> ImageBGR:
    """Degrade a crop, shape (s, s, 3), s any; the shape is kept."""
    image = _light(image, rng)
    if rng.random() < settings.recolour:
        image = np.ascontiguousarray(image[..., rng.permutation(3)])
    if rng.random() < settings.grey:
        grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
        image = np.repeat(np.asarray(grey, np.uint8)[..., None], 3, axis=2)
    if rng.random() < settings.night:
        image = _night(image, rng)
    if rng.random() < settings.blur:
        image = _blur(image, rng)
    if rng.random() < settings.compress:
        image = _compress(image, rng)
    return image


def _light(image: ImageBGR, rng: np.random.Generator) -> ImageBGR:
    """Another hour, another white balance."""
    contrast, brightness = np.exp(rng.uniform(-0.35, 0.35)), rng.uniform(-30, 30)
    balance = np.exp(rng.normal(0, 0.06, 3))
    middle = float(image.mean())
    steps = np.arange(256)[:, None]
    table = ((steps - middle) * contrast + middle + brightness) * balance
    lit = cv2.LUT(image, table.clip(0, 255).astype(np.uint8)[None])
    hue = int(rng.integers(-6, 7))
    saturation = rng.uniform(0.5, 1.4)
    hsv = cv2.cvtColor(lit, cv2.COLOR_BGR2HSV).astype(np.int16)
    hsv[..., 0] = (hsv[..., 0] + hue) % 180
    hsv[..., 1] = (hsv[..., 1] * saturation).clip(0, 255)
    return np.asarray(cv2.cvtColor(hsv.astype(np.uint8), cv2.COLOR_HSV2BGR), np.uint8)


def _night(image: ImageBGR, rng: np.random.Generator) -> ImageBGR:
    """Dark with the noise of a small sensor."""
    steps = np.arange(256) / 255
    curve = 255 * steps ** rng.uniform(1.1, 2.0) * rng.uniform(0.45, 0.95)
    dark = cv2.LUT(image, curve.clip(0, 255).astype(np.uint8)).astype(np.float32)
    dark += rng.normal(0, rng.uniform(2, 12), image.shape).astype(np.float32)
    return dark.clip(0, 255).astype(np.uint8)


def _blur(image: ImageBGR, rng: np.random.Generator) -> ImageBGR:
    """Out of focus, or moving."""
    if rng.random() < 0.6:
        spread = rng.uniform(0.3, 0.5 + image.shape[0] / 60)
        return np.asarray(cv2.GaussianBlur(image, (0, 0), spread), np.uint8)
    length = int(rng.integers(2, max(3, image.shape[0] // 10) + 1))
    kernel = np.zeros((length, length), np.float32)
    kernel[length // 2] = 1 / length
    middle = ((length - 1) / 2, (length - 1) / 2)
    turn = cv2.getRotationMatrix2D(middle, rng.uniform(0, 180), 1)
    turned = np.asarray(cv2.warpAffine(kernel, turn, (length, length)), np.float32)
    total = max(float(turned.sum()), 1e-6)
    return np.asarray(cv2.filter2D(image, -1, turned / total), np.uint8)


def _compress(image: ImageBGR, rng: np.random.Generator) -> ImageBGR:
    """Quantise 8x8 blocks with halved chroma, as a starved H.264 intra frame does."""
    quality = int(rng.integers(18, 75))
    _, packed = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    decoded = cv2.imdecode(packed, cv2.IMREAD_COLOR)
    assert decoded is not None
    return np.asarray(decoded, np.uint8)
