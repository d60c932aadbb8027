"""A network opens or says why not, and the same picture gives the same bytes."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from detector.detections import iou_matrix
from detector.network import Network, merged, open_network
from models.catalogue import DEFAULT_DETECTOR, SHIPPED_DIR, find
from models.errors import ModelError
from tests.detector.tiny_onnx import onnx_bytes, write_network

CELLS = 8 * 8 + 4 * 4 + 2 * 2
MakeManifest = Callable[..., Path]
NAMES = ("person", "car", "truck")


def _grey(width: int = 64, height: int = 64) -> NDArray[np.uint8]:
    return np.full((height, width, 3), 90, np.uint8)


def _columns(*columns: tuple[float, ...]) -> NDArray[np.float32]:
    """An Ultralytics output with the given first columns."""
    output = np.zeros((7, CELLS), np.float32)
    for number, column in enumerate(columns):
        output[:, number] = column
    return output


def test_shipped_network_says_what_it_is(shipped: Network) -> None:
    """Classes, thresholds and fingerprint come from the manifest."""
    manifest, _ = find(DEFAULT_DETECTOR)

    assert shipped.classes == manifest.classes
    assert shipped.thresholds == manifest.thresholds
    assert shipped.fingerprint == f"{manifest.name}@{manifest.sha256[:12]}"


def test_same_picture_gives_the_same_bytes(
    shipped: Network, street: NDArray[np.uint8]
) -> None:
    """Detections are equal bit for bit, also from several threads at once."""

    def bytes_of(_: int) -> bytes:
        found = shipped.detect([street], score=0.05)[0]
        return found.boxes_px.tobytes() + found.scores.tobytes()

    with ThreadPoolExecutor(4) as pool:
        results = set(pool.map(bytes_of, range(8)))

    assert len(results) == 1
    assert results != {b""}


@pytest.mark.parametrize(
    ("width", "height"), [(1, 1), (1, 2000), (3000, 2), (7, 5), (1920, 1080)]
)
def test_any_size_is_looked_at(shipped: Network, width: int, height: int) -> None:
    """Boxes stay inside pictures of one pixel, slivers and full HD."""
    found = shipped.detect([_grey(width, height)], score=0.001)[0]

    assert (found.boxes_px >= 0).all()
    assert (found.boxes_px <= [width, height, width, height]).all()


@pytest.mark.parametrize(
    "image",
    [
        pytest.param(np.zeros((0, 0, 3), np.uint8), id="empty"),
        pytest.param(np.zeros((0, 10, 3), np.uint8), id="no rows"),
        pytest.param(np.zeros((10, 10), np.uint8), id="grey, two axes"),
        pytest.param(np.zeros((10, 10, 1), np.uint8), id="grey, three axes"),
        pytest.param(np.zeros((10, 10, 4), np.uint8), id="with alpha"),
        pytest.param(np.zeros((10, 10, 3), np.float32), id="floats"),
    ],
)
def test_what_is_no_picture_is_refused(
    shipped: Network, image: NDArray[np.uint8]
) -> None:
    """The message names the shape and type found."""
    with pytest.raises(ValueError, match=r"\(h, w, 3\) uint8"):
        shipped.detect([image])


def test_no_pictures_give_no_results(shipped: Network) -> None:
    """An empty list is no error."""
    assert shipped.detect([]) == []


@pytest.mark.parametrize("batch", ["batch", 1, 2, 3])
def test_fixed_and_open_batches_give_one_result_each(
    tmp_path: Path, manifest_for: MakeManifest, batch: int | str
) -> None:
    """Five pictures go through a batch of any size, the rest is padded."""
    output = _columns((30, 20, 10, 4, 0.1, 0.9, 0.2))
    weights = write_network(tmp_path, output, input_shape=(batch, 3, 64, 64))
    network = open_network(manifest_for(weights, NAMES))

    found = network.detect([_grey()] * 5)

    assert [one.boxes_px.tolist() for one in found] == [[[25, 18, 35, 22]]] * 5


def test_boxes_of_two_classes_are_never_merged(
    tmp_path: Path, manifest_for: MakeManifest
) -> None:
    """The same box twice as a car is one car; as car and truck it is both."""
    output = _columns(
        (30, 30, 20, 20, 0.0, 0.9, 0.0),
        (31, 30, 20, 20, 0.0, 0.8, 0.0),
        (30, 30, 20, 20, 0.0, 0.0, 0.7),
        (30, 30, 20, 20, 0.6, 0.0, 0.0),
    )
    network = open_network(manifest_for(write_network(tmp_path, output), NAMES))

    found = network.detect([_grey()])[0]

    assert found.class_ids.tolist() == [1, 2, 0]
    assert found.scores.tolist() == pytest.approx([0.9, 0.7, 0.6])


def test_a_class_counts_from_its_own_score(
    tmp_path: Path, manifest_for: MakeManifest
) -> None:
    """A person of 0.2 counts where a car of 0.25 does not; a score asked for wins."""
    output = _columns(
        (20, 20, 10, 10, 0.20, 0.0, 0.0),
        (40, 40, 10, 10, 0.0, 0.25, 0.0),
        (50, 20, 10, 10, 0.0, 0.0, 0.35),
    )
    scores = {
        "score": 0.3,
        "scores": {"person": 0.15},
        "nms_iou": 0.5,
        "track_high": 0.4,
        "track_low": 0.1,
        "track_new": 0.45,
    }
    weights = write_network(tmp_path, output)
    network = open_network(manifest_for(weights, NAMES, thresholds=scores))

    assert network.detect([_grey()])[0].class_ids.tolist() == [2, 0]
    assert network.detect([_grey()], score=0.22)[0].class_ids.tolist() == [2, 1]


def test_merging_leaves_no_overlap_within_a_class(
    shipped: Network, street: NDArray[np.uint8]
) -> None:
    """After merging no two boxes of one class overlap beyond the threshold."""
    found = shipped.detect([street], score=0.01)[0]
    again = merged(found, shipped.thresholds.nms_iou)

    overlaps = iou_matrix(found.boxes_px, found.boxes_px)
    same = found.class_ids[:, None] == found.class_ids[None, :]
    np.fill_diagonal(same, val=False)
    assert len(found) > 1
    assert (overlaps[same] <= shipped.thresholds.nms_iou + 1e-4).all()
    assert len(again) == len(found)


@pytest.mark.parametrize(
    ("junk", "problem"),
    [
        pytest.param(b"", "can load", id="empty file"),
        pytest.param(b"hello, this is text", "can load", id="text"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + bytes(500), "can load", id="a picture"),
        pytest.param(onnx_bytes(_columns())[:900], "can load", id="truncated"),
    ],
)
def test_broken_weights_are_named_with_the_fix(
    tmp_path: Path, manifest_for: MakeManifest, junk: bytes, problem: str
) -> None:
    """Whatever is in the file, the error names the file and says what to do."""
    weights = tmp_path / "net.onnx"
    weights.write_bytes(junk)

    with pytest.raises(ModelError, match=problem) as caught:
        open_network(manifest_for(weights, NAMES))

    assert "net.onnx" in str(caught.value)
    assert "restore the file" in str(caught.value)


def test_truncated_shipped_network_is_named(
    tmp_path: Path, manifest_for: MakeManifest
) -> None:
    """Half of a real network is no network."""
    weights = tmp_path / "half.onnx"
    whole = (SHIPPED_DIR / find(DEFAULT_DETECTOR)[0].file).read_bytes()
    weights.write_bytes(whole[: len(whole) // 2])

    with pytest.raises(ModelError, match=r"half\.onnx"):
        open_network(manifest_for(weights, NAMES))


def test_other_digest_is_refused(tmp_path: Path, manifest_for: MakeManifest) -> None:
    """Weights that are not those of the manifest are not run."""
    weights = write_network(tmp_path, _columns())
    manifest = manifest_for(weights, NAMES, sha256="0" * 64)

    with pytest.raises(ModelError, match="sha256"):
        open_network(manifest)


def test_missing_weights_name_the_command(
    tmp_path: Path, manifest_for: MakeManifest
) -> None:
    """The fix is to fetch or copy them."""
    weights = write_network(tmp_path, _columns())
    manifest = manifest_for(weights, NAMES)
    weights.unlink()

    with pytest.raises(ModelError, match="models fetch tiny"):
        open_network(manifest)


def test_missing_manifest_is_named(tmp_path: Path) -> None:
    """A path that does not exist is an error with its name."""
    with pytest.raises(ModelError, match=r"nowhere\.yaml"):
        open_network(tmp_path / "nowhere.yaml")


@pytest.mark.parametrize("names", [("person",), (*NAMES, "bus")])
def test_wrong_number_of_classes_is_refused(
    tmp_path: Path, manifest_for: MakeManifest, names: tuple[str, ...]
) -> None:
    """A manifest that names other classes than the network has is refused at once."""
    weights = write_network(tmp_path, _columns())

    with pytest.raises(ModelError, match="3 classes"):
        open_network(manifest_for(weights, names))


def test_unknown_provider_lists_those_at_hand() -> None:
    """A provider this machine lacks is refused; the message lists what there is."""
    with pytest.raises(ModelError, match=r"here: .*CPUExecutionProvider"):
        open_network(find(DEFAULT_DETECTOR)[1], providers=("TPUExecutionProvider",))


def test_numbers_that_are_none_are_an_error(
    tmp_path: Path, manifest_for: MakeManifest
) -> None:
    """A network that answers NaN is refused at warm-up, not called an empty street."""
    output = np.full((7, CELLS), np.nan, np.float32)

    with pytest.raises(ModelError, match="no finite numbers"):
        open_network(manifest_for(write_network(tmp_path, output), NAMES))


def test_input_of_another_size_is_refused(
    tmp_path: Path, manifest_for: MakeManifest
) -> None:
    """Graph and manifest must agree on the input."""
    weights = write_network(tmp_path, _columns(), input_shape=(1, 3, 32, 32))

    with pytest.raises(ModelError, match="correct `input`"):
        open_network(manifest_for(weights, NAMES))


def test_head_classifier_is_no_detector(
    tmp_path: Path, manifest_for: MakeManifest
) -> None:
    """A network of another task is refused by name of its task."""
    weights = write_network(tmp_path, _columns())

    with pytest.raises(ModelError, match="does `head`"):
        open_network(manifest_for(weights, NAMES, task="head"))


METADATA = {"names": "{0: 'person', 1: 'car', 2: 'truck'}", "imgsz": "[64, 64]"}


@pytest.mark.parametrize(
    "shape", [("batch", 3, 64, 64), (1, 3, 64, 64), ("batch", 3, "height", "width")]
)
def test_network_without_manifest_speaks_for_itself(
    tmp_path: Path, shape: tuple[int | str, ...]
) -> None:
    """An Ultralytics export needs no manifest: names and input stand in it."""
    output = _columns((30, 20, 10, 4, 0.1, 0.9, 0.2))
    weights = write_network(tmp_path, output, input_shape=shape, metadata=METADATA)

    network = open_network(weights)

    assert network.classes == NAMES
    assert network.input_px == (64, 64)
    assert network.fingerprint.startswith("tiny@")
    assert len(network.detect([_grey()])[0]) == 1


@pytest.mark.parametrize(
    "metadata",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"names": "{0: 'person'"}, id="cut short"),
        pytest.param({"names": "['person', 'car', 'truck']"}, id="a list"),
        pytest.param({"names": "{1: 'person'}"}, id="not from 0"),
        pytest.param({"names": "__import__('os')"}, id="code"),
        pytest.param({"names": METADATA["names"], "imgsz": "640"}, id="no pair"),
        pytest.param({"names": METADATA["names"], "imgsz": "[0, 64]"}, id="no size"),
    ],
)
def test_too_little_metadata_asks_for_a_manifest(
    tmp_path: Path, metadata: dict[str, str]
) -> None:
    """Nothing is guessed: the error asks for the manifest by name."""
    shape = ("batch", 3, "height", "width")
    weights = write_network(tmp_path, _columns(), input_shape=shape, metadata=metadata)

    with pytest.raises(ModelError, match=r"write a manifest `tiny\.yaml`"):
        open_network(weights)
