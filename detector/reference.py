"""The reference picture of a view: what the camera showed when its zones were drawn."""

from pathlib import Path

import cv2
import numpy as np

from base.errors import ConfigError
from streams.frame import ImageBGR


def read_reference(path: Path, where: str) -> ImageBGR:
    """Read a picture file.

    Args:
        path: A JPEG or PNG file.
        where: Its key in the site file, for people.

    Returns:
        Shape (h, w, 3).

    Raises:
        ConfigError: It cannot be read, or is no picture.
    """
    try:
        raw = np.frombuffer(path.read_bytes(), np.uint8)
    except OSError as error:
        raise ConfigError((f"{where}: {path}: {error.strerror}",)) from error
    picture = cv2.imdecode(raw, cv2.IMREAD_COLOR) if raw.size else None
    if picture is None:
        raise ConfigError((f"{where}: {path} is no JPEG or PNG picture",))
    return picture.astype(np.uint8, copy=False)
