"""Other people's pictures and labels: what can be read is, the rest is named."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from training.errors import DatasetError
from training.labels import parse_labels, read_folder, read_frames

CLASSES = 3


def _picture(path: Path, width: int = 40, height: int = 20) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), np.full((height, width, 3), 128, np.uint8))


@pytest.mark.parametrize(
    ("line", "told"),
    [
        pytest.param("0 0.5 0.5 0.2", "has 4 fields", id="field missing"),
        pytest.param("0 0.5 0.5 0.2 0.2 0.9", "has 6 fields", id="score beside it"),
        pytest.param("car 0.5 0.5 0.2 0.2", "not a number", id="name"),
        pytest.param("0 nan 0.5 0.2 0.2", "not finite", id="nan"),
        pytest.param("0 0.5 inf 0.2 0.2", "not finite", id="infinite"),
        pytest.param("3 0.5 0.5 0.2 0.2", "names class 3 of 3", id="class unknown"),
        pytest.param("-1 0.5 0.5 0.2 0.2", "names class -1", id="class negative"),
        pytest.param("0.5 0.5 0.5 0.2 0.2", "names class 0.5", id="class broken"),
        pytest.param("0 0.5 0.5 0 0.2", "without area", id="no width"),
        pytest.param("0 0.5 0.5 -0.1 0.2", "without area", id="negative width"),
        pytest.param("0 320 240 64 64", "outside the picture", id="pixels"),
        pytest.param("0 0.95 0.5 0.4 0.2", "outside the picture", id="over the edge"),
    ],
)
def test_junk_line_is_named_with_file_and_number(line: str, told: str) -> None:
    """A label line that means nothing stops the reading and says where it stands."""
    with pytest.raises(DatasetError) as caught:
        parse_labels(f"0 0.5 0.5 0.2 0.2\n\n{line}\n", Path("set/a.txt"), CLASSES)

    assert "set/a.txt:3" in str(caught.value)
    assert told in str(caught.value)


def test_polygon_becomes_its_box() -> None:
    """A segmentation line counts as the box around its points."""
    line = "1 0.1 0.2 0.5 0.2 0.5 0.6 0.1 0.6"

    rows = parse_labels(line, Path("a.txt"), CLASSES)

    assert rows[0].tolist() == pytest.approx([1, 0.3, 0.4, 0.4, 0.4])


def test_box_a_hair_outside_is_clipped(tmp_path: Path) -> None:
    """Rounding pushes boxes a thousandth over the edge: they are cut, not refused."""
    _picture(tmp_path / "images" / "a.png")
    (tmp_path / "labels").mkdir()
    (tmp_path / "labels" / "a.txt").write_text("0 0.995 0.5 0.02 0.5")

    (picture,) = read_folder("s", tmp_path / "images", tmp_path / "labels", CLASSES)

    assert picture.boxes[0].tolist() == pytest.approx([39.4, 5.0, 40.0, 15.0])


def test_picture_without_label_file_is_empty(tmp_path: Path) -> None:
    """A street with nothing on it is an example too."""
    _picture(tmp_path / "a.png")

    (picture,) = read_folder("s", tmp_path, tmp_path / "none", CLASSES)

    assert len(picture.boxes) == 0


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\xff\xd8\xff\xe0not a picture", id="truncated"),
        pytest.param(b"<html>404</html>", id="page"),
    ],
)
def test_file_that_is_no_picture_is_named(tmp_path: Path, content: bytes) -> None:
    """A broken download in a set says which file it is."""
    (tmp_path / "bad.jpg").write_bytes(content)

    with pytest.raises(DatasetError, match=r"bad\.jpg"):
        list(read_folder("s", tmp_path, tmp_path, CLASSES))


def test_label_file_of_bytes_is_named(tmp_path: Path) -> None:
    """A label file that is no text says which file it is."""
    _picture(tmp_path / "a.png")
    (tmp_path / "a.txt").write_bytes(b"\xff\xfe\x00\x80")

    with pytest.raises(DatasetError, match=r"a\.txt: is not a text file"):
        list(read_folder("s", tmp_path, tmp_path, CLASSES))


@pytest.mark.parametrize("make", [False, True], ids=["missing", "without pictures"])
def test_folder_without_pictures_is_refused(tmp_path: Path, make: bool) -> None:
    """A wrong path is told at once, not after an hour of training on nothing."""
    folder = tmp_path / "images"
    if make:
        folder.mkdir()

    with pytest.raises(DatasetError, match="images"):
        list(read_folder("s", folder, folder, CLASSES))


def test_file_that_is_no_video_is_named(tmp_path: Path) -> None:
    """A clip that gives no frame says which file it is."""
    (tmp_path / "clip.mp4").write_bytes(b"\x00" * 100)

    with pytest.raises(DatasetError, match=r"clip\.mp4: gives no frame"):
        list(read_frames("c", tmp_path / "clip.mp4", 1))


def test_frames_are_taken_evenly(sample: Path) -> None:
    """Each n-th frame between first and last comes, named by its number."""
    frames = list(read_frames("campus", sample, every=10, first=5, last=30))

    assert [frame.name for frame in frames] == ["campus/5", "campus/15", "campus/25"]
