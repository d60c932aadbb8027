"""A manifest is read strictly, and its weights are those it speaks of."""

import hashlib
from pathlib import Path

import pytest
import yaml

from models.errors import ModelError
from models.manifest import Colour, Task, read_manifest, verified_file

KEYS = {
    "name": "tiny",
    "file": "tiny.onnx",
    "sha256": hashlib.sha256(b"weights").hexdigest(),
    "input": {"width": 64, "height": 32, "colour": "rgb", "scale": 0.00392},
    "classes": ["person", "car"],
    "licence": "Apache-2.0",
}
SCORES = {
    "score": 0.3,
    "nms_iou": 0.5,
    "track_high": 0.4,
    "track_low": 0.1,
    "track_new": 0.45,
}


def _write(folder: Path, **changes: object) -> Path:
    path = folder / "tiny.yaml"
    path.write_text(yaml.safe_dump(KEYS | changes), encoding="utf-8")
    (folder / "tiny.onnx").write_bytes(b"weights")
    return path


def test_manifest_says_all_the_detector_needs(tmp_path: Path) -> None:
    """Input, colour order, classes and task are read; the rest has defaults."""
    manifest = read_manifest(_write(tmp_path))

    assert (manifest.input.width, manifest.input.height) == (64, 32)
    assert manifest.input.colour is Colour.RGB
    assert manifest.classes == ("person", "car")
    assert manifest.task is Task.DETECT
    assert manifest.input.centred is False
    assert manifest.decoded is None


def test_right_weights_are_found_beside_it(tmp_path: Path) -> None:
    """The digest agrees: manifest and path come back."""
    manifest, weights = verified_file(_write(tmp_path))

    assert manifest.name == "tiny"
    assert weights == tmp_path / "tiny.onnx"


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        pytest.param({"sha256": "abc"}, "sha256", id="no digest"),
        pytest.param({"classes": []}, "classes", id="no classes"),
        pytest.param({"colour": "bgr"}, "colour", id="unknown key"),
        pytest.param({"input": {"width": 0}}, "input.width", id="no width"),
        pytest.param({"name": "../evil"}, "name", id="a name that is a path"),
        pytest.param({"task": "dream"}, "task", id="unknown task"),
        pytest.param({"thresholds": {"score": 2}}, "thresholds.score", id="score 2"),
        pytest.param(
            {"thresholds": SCORES | {"scores": {"person": 1.5}}},
            "thresholds.scores.person",
            id="score 1.5 of a class",
        ),
        pytest.param(
            {"thresholds": SCORES | {"scores": {"dragon": 0.2}}},
            "'dragon' is not one of the classes",
            id="score of a class that is none",
        ),
    ],
)
def test_broken_manifest_names_the_key(
    tmp_path: Path, changes: dict[str, object], where: str
) -> None:
    """The error carries the file and the path of the key."""
    with pytest.raises(ModelError, match=where) as caught:
        read_manifest(_write(tmp_path, **changes))

    assert "tiny.yaml" in str(caught.value)


@pytest.mark.parametrize(
    "junk",
    [b"", b"\xff\xfe\x00", b"[1, 2]", b"a: [", b"just text", b"!!python/object:os {}"],
)
def test_junk_is_a_model_error(tmp_path: Path, junk: bytes) -> None:
    """Whatever the bytes, the error names the file."""
    path = tmp_path / "tiny.yaml"
    path.write_bytes(junk)

    with pytest.raises(ModelError, match=r"tiny\.yaml"):
        read_manifest(path)


def test_other_weights_are_refused(tmp_path: Path) -> None:
    """One changed byte is another network."""
    path = _write(tmp_path)
    (tmp_path / "tiny.onnx").write_bytes(b"weightz")

    with pytest.raises(ModelError, match="sha256"):
        verified_file(path)


def test_missing_weights_say_what_to_do(tmp_path: Path) -> None:
    """The fix names the command that fetches them."""
    path = _write(tmp_path)
    (tmp_path / "tiny.onnx").unlink()

    with pytest.raises(ModelError, match="nonsite models fetch tiny"):
        verified_file(path)
