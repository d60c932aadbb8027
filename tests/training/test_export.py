"""What was trained is written so that the detector reads it, and can be read back."""

import json
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip(
    "torch", reason="the train extra is missing: run `make test-train`"
)

import onnx

from detector.network import open_network
from models.errors import ModelError
from models.manifest import read_manifest
from tests.training.tiny_run import NAMES, Exported
from training.errors import WeightsError
from training.fold import load_checkpoint_weights, load_onnx, widen_classes
from training.network import NetworkShape, ServedNet, YoloxNet
from training.quantise import Loss, output_nodes, refuse_if_worse
from training.quantise import quantise as quantise_file
from training.served import ServedRows, serve

pytestmark = [pytest.mark.train, pytest.mark.timeout(300, func_only=True)]


@pytest.fixture(scope="session")
def net(exported: Exported) -> YoloxNet:
    """The network that was exported."""
    return exported.net


@pytest.fixture(scope="session")
def manifest(exported: Exported) -> Path:
    """What it was exported to."""
    return exported.manifest


@pytest.mark.parametrize("size", [(64, 64), (96, 64)], ids=["square", "wide"])
@pytest.mark.parametrize("batch", [1, 3])
def test_exported_network_is_the_trained_one(
    net: YoloxNet, manifest: Path, size: tuple[int, int], batch: int
) -> None:
    """Rows agree within 1e-4 for any batch and any size that 32 divides."""
    pixels = np.random.default_rng(0).random((batch, 3, *size), np.float32) * 255
    rows = ServedRows(manifest.with_suffix(".onnx"), len(NAMES))

    with torch.no_grad():
        wanted = ServedNet(net)(torch.from_numpy(pixels)).numpy()

    assert np.abs(rows(pixels) - wanted).max() < 1e-4


def test_detector_opens_the_export(manifest: Path) -> None:
    """The pipeline reads manifest and weights without another word."""
    network = open_network(manifest)

    (found,) = network.detect([np.full((48, 96, 3), 90, np.uint8)])

    assert network.classes == NAMES
    assert found.boxes_px.shape[1] == 4


def test_file_alone_still_says_what_it_is(manifest: Path) -> None:
    """Classes, input, data, licence and seed stand in the ONNX file too."""
    model = onnx.load(str(manifest.with_suffix(".onnx")))

    facts = {entry.key: entry.value for entry in model.metadata_props}

    assert list(json.loads(facts["names"]).values()) == list(NAMES)
    assert json.loads(facts["input"])["width"] == 64
    assert json.loads(facts["data"]) == ["squares (CC0)"]
    assert facts["licence"] == "Apache-2.0"
    assert facts["seed"] == "5"


def test_manifest_states_the_file(manifest: Path) -> None:
    """Name, digest and seed are read back as they were written."""
    read = read_manifest(manifest)

    assert read.name == "tiny"
    assert read.seed == 5
    assert serve(manifest).threshold == pytest.approx(0.3)


def test_export_folds_back(net: YoloxNet, manifest: Path) -> None:
    """The weights of an exported file are the network's, convolution by convolution."""
    again = load_onnx(manifest.with_suffix(".onnx"), len(NAMES))

    pairs = zip(net.parameters(), again.parameters(), strict=True)
    assert all(torch.equal(one, other) for one, other in pairs)


def test_more_classes_keep_the_old_rows(tmp_path: Path) -> None:
    """New class rows start at one in a hundred, the old ones stay as they were."""
    weight, bias = torch.ones(80, 4, 1, 1), torch.zeros(80)

    wider, biases = widen_classes(weight, bias, 82)

    assert wider[:80].equal(weight)
    assert biases[80:].sigmoid().tolist() == pytest.approx([0.01, 0.01])


def test_batch_norm_of_a_checkpoint_is_folded(net: YoloxNet, tmp_path: Path) -> None:
    """A YOLOX checkpoint with batch norm gives the folded network."""
    stored = dict(net.state_dict())
    name = "backbone.backbone.stem.conv"
    gain = torch.full((16,), 2.0)
    stored[f"{name}.bn.weight"] = gain
    stored[f"{name}.bn.bias"] = stored.pop(f"{name}.conv.bias")
    stored[f"{name}.bn.running_mean"] = torch.zeros(16)
    stored[f"{name}.bn.running_var"] = torch.full((16,), 1 - 1e-3)
    stored[f"{name}.conv.weight"] = stored[f"{name}.conv.weight"] / 2
    torch.save({"model": stored}, tmp_path / "yolox.pth")

    read = load_checkpoint_weights(tmp_path / "yolox.pth")

    for one, other in zip(net.parameters(), read.parameters(), strict=True):
        assert torch.allclose(one, other, atol=1e-6)


@pytest.mark.parametrize(
    "shape",
    [
        pytest.param(NetworkShape(80, 0.25, 0.33), id="nano"),
        pytest.param(NetworkShape(80, 0.375, 0.33, depthwise=False), id="tiny"),
        pytest.param(NetworkShape(5, 0.25, 0.67, depthwise=False), id="deep"),
    ],
)
def test_size_of_a_checkpoint_is_read_from_its_layers(
    shape: NetworkShape, tmp_path: Path
) -> None:
    """Nano, tiny or deeper: nobody has to say which one a file is."""
    torch.save({"model": YoloxNet(shape).state_dict()}, tmp_path / "net.pth")

    read = load_checkpoint_weights(tmp_path / "net.pth")

    assert read.shape.classes == shape.classes
    assert sum(p.numel() for p in read.parameters()) == sum(
        p.numel() for p in YoloxNet(shape).parameters()
    )


def test_checkpoint_of_something_else_is_refused(tmp_path: Path) -> None:
    """A checkpoint without YOLOX's layers says what is missing."""
    torch.save({"fc.weight": torch.zeros(2, 2)}, tmp_path / "other.pth")

    with pytest.raises(WeightsError, match="has no stem"):
        load_checkpoint_weights(tmp_path / "other.pth")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param(b"", "holds no network|not an ONNX", id="empty"),
        pytest.param(b"\x08\x07 not onnx", "not an ONNX", id="junk"),
        pytest.param(None, "not an ONNX", id="missing"),
    ],
)
def test_file_that_is_no_onnx_is_named(
    tmp_path: Path, content: bytes | None, told: str
) -> None:
    """Starting weights that cannot be read say which file and what to do."""
    path = tmp_path / "start.onnx"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(WeightsError, match=told):
        load_onnx(path, 82)


def test_truncated_onnx_is_named(manifest: Path, tmp_path: Path) -> None:
    """Half a file is refused by the tools and by the detector alike."""
    whole = manifest.with_suffix(".onnx").read_bytes()
    path = tmp_path / "half.onnx"
    path.write_bytes(whole[: len(whole) // 2])

    with pytest.raises(WeightsError, match=r"half\.onnx"):
        load_onnx(path, 82)
    with pytest.raises(WeightsError, match=r"half\.onnx"):
        ServedRows(path, 82)
    with pytest.raises(ModelError, match=r"half\.onnx"):
        open_network(path)


@pytest.mark.filterwarnings("ignore")  # the exporter's own calls are deprecated
def test_foreign_network_is_named(tmp_path: Path) -> None:
    """An ONNX file of another architecture is refused with its convolutions counted."""
    layer = torch.nn.Conv2d(3, 4, 3).eval()
    path = tmp_path / "foreign.onnx"
    torch.onnx.export(
        layer, (torch.zeros(1, 3, 8, 8),), str(path), dynamo=True, verbose=False
    )

    with pytest.raises(WeightsError, match="1 convolutions where the network has 113"):
        load_onnx(path, 82)


def test_missing_classes_are_told(manifest: Path) -> None:
    """Rows for another number of classes than named are refused."""
    rows = ServedRows(manifest.with_suffix(".onnx"), 82)

    with pytest.raises(WeightsError, match="correct classes"):
        rows(np.zeros((1, 3, 64, 64), np.float32))


def test_values_that_are_not_finite_are_told(manifest: Path, tmp_path: Path) -> None:
    """A network that diverged in training is refused when it is measured."""
    model = onnx.load(str(manifest.with_suffix(".onnx")))
    (bias,) = (t for t in model.graph.initializer if "reg_preds.0.bias" in t.name)
    lost = np.full(tuple(bias.dims), np.nan, np.float32)
    bias.CopyFrom(onnx.numpy_helper.from_array(lost, bias.name))
    onnx.save(model, str(tmp_path / "broken.onnx"))

    rows = ServedRows(tmp_path / "broken.onnx", len(NAMES))

    with pytest.raises(WeightsError, match="not finite"):
        rows(np.zeros((1, 3, 64, 64), np.float32))


def test_int8_copy_runs_and_is_smaller(manifest: Path, tmp_path: Path) -> None:
    """Calibrated on frames, the copy takes the same input and a third of the bytes."""
    frames = iter(np.random.default_rng(1).random((4, 1, 3, 64, 64), np.float32) * 255)
    weights = manifest.with_suffix(".onnx")

    out = quantise_file(weights, frames, tmp_path / "int8.onnx", output_nodes(weights))

    rows = ServedRows(out, len(NAMES))(np.full((1, 3, 64, 64), 90, np.float32))
    assert rows.shape == (1, 84, 5 + len(NAMES))
    assert out.stat().st_size < weights.stat().st_size / 2


@pytest.mark.parametrize(
    ("int8", "refused"),
    [
        pytest.param(0.700, False, id="equal"),
        pytest.param(0.691, False, id="within a point"),
        pytest.param(0.689, True, id="over a point"),
        pytest.param(0.9, False, id="gained"),
    ],
)
def test_copy_that_loses_a_point_is_refused(int8: float, refused: bool) -> None:
    """More than one AP50 point on a class that matters, and nothing ships."""
    found = (Loss("a.person", 0.5, 0.5), Loss("a.car", 0.7, int8))

    if refused:
        with pytest.raises(Exception, match=r"a\.car 0\.700 to 0\.689"):
            refuse_if_worse(found)
    else:
        refuse_if_worse(found)
