"""What light, weather, optics and a cheap encoder do to a picture.

In: a BGR picture, the shares of the recipe and a random generator. Out: a picture of
the same size. Boxes stay where they are: nothing here moves a pixel far.
"""

import cv2
import numpy as np

from training.config import AugmentSettings

POLE_SHRINK = (0.35, 0.85)
"""Resolution left of a crop of a 352x288 camera that is enlarged to the input."""


def degrade(
    image: np.ndarray, settings: AugmentSettings, rng: np.random.Generator
) -> np.ndarray:
    """Do to a BGR picture what light, weather, optics and an encoder do."""
    image = _light(image, rng)
    if rng.random() < settings.night:
        image = _night(image, rng)
    if rng.random() < settings.rain:
        image = _rain(image, rng)
    if rng.random() < settings.blur:
        image = _blur(image, rng)
    if rng.random() < settings.shade:
        image = _shade(image, rng)
    if rng.random() < settings.pole:
        return _pole(image, rng)
    if rng.random() < settings.downscale:
        ratio = rng.uniform(0.35, 0.85)
        small = cv2.resize(
            image, None, fx=ratio, fy=ratio, interpolation=cv2.INTER_AREA
        )
        image = cv2.resize(small, image.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    if rng.random() < settings.compress:
        image = _compress(image, rng)
    return image


def _light(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    hue, saturation, value = rng.uniform(-1, 1, 3) * [5, 0.4, 0.35]
    hsv = cv2.cvtColor(image, cv2.COLOR_BGR2HSV)
    steps = np.arange(256)
    changed = cv2.merge(
        [
            cv2.LUT(hsv[..., 0], ((steps + hue) % 180).astype(np.uint8)),
            cv2.LUT(hsv[..., 1], (steps * (1 + saturation)).clip(0, 255).astype("u1")),
            cv2.LUT(hsv[..., 2], (steps * (1 + value)).clip(0, 255).astype("u1")),
        ]
    )
    return cv2.cvtColor(changed, cv2.COLOR_HSV2BGR)


def _night(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    steps = np.arange(256) / 255
    curve = 255 * steps ** rng.uniform(1.2, 2.2) * rng.uniform(0.4, 0.9)
    dark = cv2.LUT(image, curve.clip(0, 255).astype(np.uint8)).astype(np.float32)
    small = rng.normal(0, rng.uniform(3, 14), (*image.shape[:2], 1))
    dark += small.astype(np.float32)
    if rng.random() < 0.3:  # infrared cameras give grey pictures
        dark[:] = dark.mean(-1, keepdims=True)
    return dark.clip(0, 255).astype(np.uint8)


def _rain(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    height, width = image.shape[:2]
    streaks = np.zeros((height, width), np.uint8)
    lean = rng.uniform(-0.3, 0.3)
    starts = rng.random((int(rng.integers(80, 400)), 2)) * [width, height]
    for x, y in starts:
        length = rng.uniform(6, 18)
        end = (int(x + lean * length), int(y + length))
        cv2.line(streaks, (int(x), int(y)), end, int(rng.integers(60, 140)), 1)
    soft = cv2.blur(streaks, (2, 3))
    return cv2.add(image, cv2.merge([soft] * 3))


def _blur(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    if rng.random() < 0.5:
        return cv2.GaussianBlur(image, (0, 0), rng.uniform(0.5, 1.6))
    length = int(rng.integers(3, 8))
    kernel = np.zeros((length, length), np.float32)
    kernel[length // 2] = 1 / length
    turn = cv2.getRotationMatrix2D(
        ((length - 1) / 2, (length - 1) / 2), rng.uniform(0, 180), 1
    )
    turned = np.asarray(cv2.warpAffine(kernel, turn, (length, length)))
    return cv2.filter2D(image, -1, turned / max(turned.sum(), 1e-6))


def _compress(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Quantise 8x8 blocks with halved chroma, as a starved H.264 intra frame does."""
    quality = int(rng.integers(12, 60))
    _, packed = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    decoded = np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR))
    return cv2.medianBlur(decoded, 3) if rng.random() < 0.2 else decoded


def _shade(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Darken one side of a soft edge, with spots of light as under a tree."""
    height, width = image.shape[:2]
    angle, edge = rng.uniform(0, 2 * np.pi), rng.uniform(-0.35, 0.35)
    xs = np.linspace(-0.5, 0.5, width, dtype=np.float32)[None]
    ys = np.linspace(-0.5, 0.5, height, dtype=np.float32)[:, None]
    side = xs * np.cos(angle) + ys * np.sin(angle) - edge
    softness = rng.uniform(0.01, 0.08)
    lit = 1 / (1 + np.exp(np.clip(side / softness, -30, 30)))
    cells = int(rng.integers(12, 50))
    spots = rng.random((cells, cells), np.float32) < rng.uniform(0, 0.25)
    leaves = cv2.resize(spots.astype(np.float32), (width, height))
    lit = np.maximum(lit, leaves * rng.uniform(0, 1))
    dark, bright = rng.uniform(0.2, 0.6), rng.uniform(0.9, 1.5)
    factor = (dark + (bright - dark) * lit).astype(np.float32)
    shaded = image * factor[..., None]
    return shaded.clip(0, 255).astype(np.uint8)


def _pole(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Show a crop of a small camera: shrunk, dulled, encoded so, enlarged again."""
    ratio = np.exp(rng.uniform(*np.log(POLE_SHRINK)))
    small = cv2.resize(image, None, fx=ratio, fy=ratio, interpolation=cv2.INTER_AREA)
    contrast = rng.uniform(0.6, 1.15)
    haze = rng.uniform(0, 255 * max(0.0, 1 - contrast))
    small = cv2.convertScaleAbs(small, alpha=contrast, beta=haze)
    if rng.random() < 0.3:  # a sharpening camera draws halos
        soft = cv2.GaussianBlur(small, (0, 0), 1.2)
        small = cv2.addWeighted(small, 1.7, soft, -0.7, 0)
    quality = int(rng.integers(18, 75))
    _, packed = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, quality])
    small = np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR))
    if rng.random() < 0.4:  # H.264 smooths the edges of its blocks
        small = cv2.GaussianBlur(small, (3, 3), rng.uniform(0.4, 0.8))
    return cv2.resize(small, image.shape[1::-1], interpolation=cv2.INTER_LINEAR)
