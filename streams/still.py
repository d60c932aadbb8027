"""Stills as JPEG bytes.

In: a BGR picture. Out: an encoded still, full size or small. OpenCV's encoder is used
since the picture already is in its layout.
"""

import cv2

from streams.frame import ImageBGR

DEFAULT_QUALITY = 92
"""Plates and faces stay readable; above it the size grows faster than the detail."""
THUMBNAIL_QUALITY = 80


def jpeg(image: ImageBGR, quality: int = DEFAULT_QUALITY) -> bytes:
    """The picture as JPEG.

    Args:
        image: Shape (h, w, 3), uint8, BGR.
        quality: 1 to 100.

    Raises:
        ValueError: The picture is empty or the quality out of range.
    """
    if not 1 <= quality <= 100:
        msg = f"a JPEG's quality is 1 to 100, found {quality}"
        raise ValueError(msg)
    if image.ndim != 3 or image.shape[2] != 3 or image.size == 0:
        msg = f"a still must be (h, w, 3) and not empty, found {image.shape}"
        raise ValueError(msg)
    _, encoded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return encoded.tobytes()


def thumbnail(
    image: ImageBGR, width_px: int = 320, quality: int = THUMBNAIL_QUALITY
) -> bytes:
    """The picture as a small JPEG of the same shape; never enlarged.

    Args:
        image: Shape (h, w, 3), uint8, BGR.
        width_px: Wanted width, pixels.
        quality: 1 to 100.
    """
    height, width = image.shape[:2]
    if width <= width_px:
        return jpeg(image, quality)
    size = (width_px, max(1, round(height * width_px / width)))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    return jpeg(small.astype("uint8", copy=False), quality)
