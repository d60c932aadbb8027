"""Labelled images: YOLO text files and video frames read into one type.

In: folders of pictures with a text file beside each (``class cx cy w h``, shares of the
picture), or a video file. Out: `LabelledImage`, boxes in pixels. Files come from other
people's tools, so every reader tolerates what it can name (a missing label file is an
empty picture, a polygon becomes its box, an edge a hair outside is clipped) and refuses
the rest with the file and line.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from training.errors import DatasetError

PICTURE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp"})
EDGE_TOLERANCE = 0.02
"""Share of the picture a box may reach outside before the line is refused."""
BOX_FIELDS = 5
POLYGON_LEAST_FIELDS = 7
LABEL_FIX = "a line is `class cx cy w h` or a polygon, in shares of the picture"


@dataclass(frozen=True, slots=True)
class LabelledImage:
    """One picture with its boxes.

    Attributes:
        name: source and file, for reports.
        image: ``[h, w, 3]`` uint8 BGR.
        boxes: ``[n, 4]`` float32 x1, y1, x2, y2 in pixels of ``image``.
        labels: ``[n]`` int64, numbers of the source's own classes.
    """

    name: str
    image: np.ndarray
    boxes: np.ndarray
    labels: np.ndarray


def parse_labels(text: str, path: Path, class_count: int) -> np.ndarray:
    """Read label lines to ``[n, 5]`` float64: class, cx, cy, w, h.

    Raises:
        DatasetError: a line has the wrong number of fields, is not numbers, names an
            unknown class or lies outside the picture.
    """
    rows = []
    for number, line in enumerate(text.splitlines(), 1):
        fields = line.split()
        if not fields:
            continue
        rows.append(_parse_line(fields, f"{path}:{number}", class_count))
    return np.array(rows, dtype=np.float64).reshape(-1, BOX_FIELDS)


def _parse_line(fields: list[str], where: str, class_count: int) -> list[float]:
    try:
        values = [float(field) for field in fields]
    except ValueError:
        problem = "has a field that is not a number"
        raise DatasetError(where, problem, LABEL_FIX) from None
    if not np.isfinite(values).all():
        raise DatasetError(where, "has a value that is not finite", LABEL_FIX)
    if len(values) >= POLYGON_LEAST_FIELDS and len(values) % 2:
        xs, ys = values[1::2], values[2::2]
        x1, x2, y1, y2 = min(xs), max(xs), min(ys), max(ys)
        values = [values[0], (x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1]
    if len(values) != BOX_FIELDS:
        raise DatasetError(where, f"has {len(values)} fields", LABEL_FIX)
    label, cx, cy, width, height = values
    if label != int(label) or not 0 <= label < class_count:
        problem = f"names class {label:g} of {class_count}"
        raise DatasetError(where, problem, "give the recipe all classes of the set")
    low, high = -EDGE_TOLERANCE, 1 + EDGE_TOLERANCE
    inside = (
        low <= cx - width / 2
        and cx + width / 2 <= high
        and low <= cy - height / 2
        and cy + height / 2 <= high
    )
    if width <= 0 or height <= 0 or not inside:
        problem = "has a box outside the picture or without area"
        raise DatasetError(where, problem, LABEL_FIX)
    return values


def read_picture(path: Path) -> np.ndarray:
    """Read a picture as ``[h, w, 3]`` uint8 BGR.

    Raises:
        DatasetError: the file cannot be read or is not a picture.
    """
    try:
        raw = np.fromfile(path, dtype=np.uint8)
    except OSError as error:
        problem = f"cannot be read: {error.strerror}"
        raise DatasetError(path, problem, "restore it") from error
    image = cv2.imdecode(raw, cv2.IMREAD_COLOR) if raw.size else None
    if image is None:
        problem = "is empty, truncated or not a picture"
        raise DatasetError(path, problem, "restore it or take it out of the set")
    return image


def read_folder(
    name: str, images: Path, labels: Path, class_count: int
) -> Iterator[LabelledImage]:
    """Read every picture of a folder, in name order, with its labels.

    Raises:
        DatasetError: the folder is missing or holds no pictures, or a file in it is
            not what it should be.
    """
    if not images.is_dir():
        raise DatasetError(images, "is not a folder", "name the folder of pictures")
    paths = sorted(p for p in images.iterdir() if p.suffix.lower() in PICTURE_SUFFIXES)
    if not paths:
        raise DatasetError(images, "holds no pictures", "name the folder of pictures")
    for path in paths:
        image = read_picture(path)
        rows = _rows_beside(labels / f"{path.stem}.txt", class_count)
        height, width = image.shape[:2]
        yield LabelledImage(
            name=f"{name}/{path.name}",
            image=image,
            boxes=_pixel_boxes(rows, width, height),
            labels=rows[:, 0].astype(np.int64),
        )


def _rows_beside(path: Path, class_count: int) -> np.ndarray:
    if not path.exists():
        return np.zeros((0, BOX_FIELDS))
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(path, f"is not a text file: {error}", LABEL_FIX) from error
    return parse_labels(text, path, class_count)


def _pixel_boxes(rows: np.ndarray, width: int, height: int) -> np.ndarray:
    half = rows[:, 3:5] / 2
    corners = np.concatenate([rows[:, 1:3] - half, rows[:, 1:3] + half], axis=1)
    return (corners.clip(0, 1) * [width, height, width, height]).astype(np.float32)


def read_frames(
    name: str, path: Path, every: int, first: int = 0, last: int | None = None
) -> Iterator[LabelledImage]:
    """Read each ``every``-th frame of a video from ``first`` to ``last``, no labels.

    Raises:
        DatasetError: no frame can be decoded.
    """
    capture = cv2.VideoCapture(str(path))
    count = 0
    number = 0
    try:
        while last is None or number <= last:
            decoded, image = capture.read()
            if not decoded:
                break
            if number >= first and (number - first) % every == 0:
                count += 1
                yield LabelledImage(
                    name=f"{name}/{number}",
                    image=image,
                    boxes=np.zeros((0, 4), np.float32),
                    labels=np.zeros(0, np.int64),
                )
            number += 1
    finally:
        capture.release()
    if not count:
        problem = "gives no frame: missing, truncated or no video"
        raise DatasetError(path, problem, "restore it")
