"""The mixture holds what a set labels, and what the teacher adds where it may."""

from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip("torch", reason="the train extra is missing: run `make test-train`")

from training.boxes import Boxes
from training.classes import shipped_classes
from training.config import ClipSource, PhotographSource, TeacherSettings
from training.errors import DatasetError, RecipeError
from training.material import Material
from training.mixture import MixtureReader, TrainItem, class_numbers
from training.teacher import fuse

pytestmark = pytest.mark.train
CLASSES = shipped_classes()
PERSON, CAR, TRUCK, HELMET = (
    CLASSES.index(name) for name in ("person", "car", "truck", "helmet")
)
SETTINGS = TeacherSettings(
    sizes=(64,), clip_sizes=(64,), label_score=0.3, ignore_score=0.1
)
Row = tuple[float, float, float, float, float, int]


class _Told:
    """A teacher that says what the test wants."""

    identity = "told"

    def __init__(self, *rows: Row) -> None:
        table = np.array(rows, np.float32).reshape(-1, 6)
        self._boxes = Boxes(table[:, :4], table[:, 4], table[:, 5].astype(np.int64))

    def label(self, image: np.ndarray, sizes: tuple[int, ...]) -> Boxes:
        """Give the boxes told."""
        return self._boxes


def _source(**changes: object) -> PhotographSource:
    keys: dict[str, object] = {
        "kind": "photographs",
        "name": "set",
        "licence": "CC0",
        "images": "images",
        "labels": "labels",
        "classes": ("person", "helmet", "truck|car"),
    }
    return PhotographSource.model_validate(keys | changes)


@pytest.fixture
def material(tmp_path: Path) -> Path:
    """One picture of 100 pixels: a person, a helmet and some vehicle."""
    for name in ("images", "labels"):
        (tmp_path / name).mkdir()
    cv2.imwrite(str(tmp_path / "images" / "a.png"), np.zeros((100, 100, 3), np.uint8))
    lines = "0 0.2 0.5 0.2 0.6\n1 0.2 0.25 0.1 0.1\n2 0.7 0.5 0.4 0.4\n"
    (tmp_path / "labels" / "a.txt").write_text(lines, encoding="utf-8")
    return tmp_path


def _item(material: Path, source: PhotographSource, *rows: Row) -> TrainItem:
    reader = MixtureReader(CLASSES, _Told(*rows), SETTINGS)  # type: ignore[arg-type]
    cache = material / f"cache{len(rows)}"
    found = reader.read((source,), Material((material,)), cache, lambda _: None)
    return found.items[0]


def test_teacher_adds_what_a_set_does_not_label(material: Path) -> None:
    """A sure box is a label of less weight, a half sure one is ignored."""
    item = _item(
        material,
        _source(),
        (60, 80, 70, 100, 0.49, CAR),
        (80, 80, 90, 100, 0.2, CAR),
        (0, 0, 9, 9, 0.05, CAR),
    )

    assert item.labels.tolist() == [PERSON, HELMET, TRUCK, CAR]
    assert item.weights.tolist() == pytest.approx([1, 1, 1, 0.7])
    assert [80, 80, 90, 100] in item.ignored.tolist()


def test_teacher_is_not_heard_where_the_set_says_all(material: Path) -> None:
    """A person nobody labelled is a false alarm where every person is labelled."""
    row = (60.0, 0.0, 70.0, 30.0, 0.9, PERSON)

    item = _item(material, _source(exhaustive=("person",)), row)

    assert item.labels.tolist() == [PERSON, HELMET, TRUCK]
    assert bool(item.exhaustive[PERSON])


def test_teacher_chooses_between_two_names(material: Path) -> None:
    """A vehicle labelled `truck|car` takes the name the teacher gives it."""
    item = _item(material, _source(), (50, 30, 90, 70, 0.8, CAR))

    assert item.labels.tolist() == [PERSON, HELMET, CAR]


def test_boxes_grow_where_a_set_draws_them_smaller(material: Path) -> None:
    """A hat becomes a head: sides, top and bottom move by shares of its size."""
    item = _item(material, _source(grow={"helmet": (0.1, 0.0, 0.5)}))

    assert item.boxes[1].tolist() == pytest.approx([14, 20, 26, 35], abs=1e-3)


def test_heads_of_unlabelled_people_are_ignored(tmp_path: Path, sample: Path) -> None:
    """In a clip, heads are nobody's label: the upper part of people is left alone."""
    clip = ClipSource(
        kind="clip", name="c", licence="CC0", video=sample, every=500, last=0
    )
    told = _Told((10, 0, 30, 100, 0.9, PERSON))
    reader = MixtureReader(CLASSES, told, SETTINGS)  # type: ignore[arg-type]

    found = reader.read((clip,), Material((Path("/"),)), tmp_path, lambda _: None)

    assert found.items[0].ignored.tolist() == [[10, 0, 30, 40]]


def test_vehicle_seen_under_two_names_is_one() -> None:
    """Car at one size and truck at another: one box, the surer name, both scores."""
    box = np.array([[0, 0, 40, 40]], np.float32)
    passes = [
        Boxes(box, np.array([0.5], np.float32), np.array([CAR])),
        Boxes(box, np.array([0.3], np.float32), np.array([TRUCK])),
    ]

    joined = fuse(passes)

    assert joined.labels.tolist() == [CAR]
    assert joined.scores.tolist() == pytest.approx([0.4])


def test_unknown_class_is_named() -> None:
    """A recipe that names a class the network lacks says where."""
    with pytest.raises(RecipeError, match="set: 'digger' is not a class"):
        class_numbers("car|digger", CLASSES, "set")


def test_missing_material_names_the_folders() -> None:
    """A wrong --material is told with every folder that was tried."""
    with pytest.raises(DatasetError, match=r"none of: /a, /b; .*--material"):
        Material((Path("/a"), Path("/b"))).path(Path("nothing.avi"))
