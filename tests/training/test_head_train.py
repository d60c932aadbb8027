"""Training of the head network repeats itself and exports what it learned."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="the train extra is missing: run `make test-train`")
pytest.importorskip("onnx", reason="the train extra is missing: run `make test-train`")

import onnxruntime
import torch

from detector.heads import peaks_of
from tests.training.head_pictures import picture, recipe
from training.errors import WeightsError
from training.head_config import HeadRecipe
from training.head_crops import HeadCropper
from training.head_export import seen_from_afar, write_head_onnx
from training.head_losses import head_loss, map_targets, to_batch
from training.head_network import HeadNet
from training.head_train import (
    HeadStep,
    draw_crops,
    rate_factor,
    run_steps,
    save_network,
    start_network,
)
from training.material import Material

pytestmark = pytest.mark.train


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """One thread, as a run has it; waiting threads would only slow so small a net."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def _run(short: HeadRecipe) -> tuple[HeadNet, tuple[HeadStep, ...]]:
    torch.manual_seed(short.seed)
    cropper = HeadCropper([picture(number) for number in range(6)], short)
    validation = [cropper.head(np.random.default_rng(n)) for n in range(4)]
    return run_steps(HeadNet(4, 0.0), cropper, validation, lambda _: None)


def test_the_same_seed_trains_the_same_weights() -> None:
    """Two runs of a recipe end with equal weights."""
    first, history = _run(recipe())
    again, _ = _run(recipe())

    assert history[-1].step == 2
    for one, other in zip(first.parameters(), again.parameters(), strict=True):
        assert torch.equal(one, other)


def test_training_learns() -> None:
    """Twenty-five steps on drawn people bring the loss down."""
    short = recipe(steps=25, warmup_steps=3, rate=0.003, batch_heads=12)
    cropper = HeadCropper([picture(number) for number in range(6)], short)
    torch.manual_seed(1)
    net = HeadNet(4, 0.0)
    batch = to_batch(draw_crops(cropper, 999))

    def loss_of(net: HeadNet) -> float:
        with torch.no_grad():
            at8, at16 = net.eval().features(batch.images)
            maps = net.map_of(at8[12:], at16[12:])
            return float(head_loss(net.states_of(at16[:12]), maps, batch, 0.0))

    before = loss_of(net)
    run_steps(net, cropper, draw_crops(cropper, 0)[:12], lambda _: None)

    assert loss_of(net) < 0.8 * before


def test_map_targets_are_read_back_as_they_were() -> None:
    """What the network is asked for, the product reads as the same boxes."""
    heads = np.array([[20, 8, 44, 40], [60, 50, 70, 62]], np.float32)
    bumps, shapes = map_targets(heads, 10)
    logits = np.where(bumps > 0.999, 5.0, -5.0)[None]

    found = peaks_of(np.concatenate([logits, shapes]).astype(np.float32), 0.5)

    order = np.argsort(found.boxes_px[:, 0])
    assert found.boxes_px[order] == pytest.approx(heads, abs=1e-3)


def test_the_file_answers_as_the_network(tmp_path: Path) -> None:
    """The product's runtime gives what torch gives, for one square and for several."""
    torch.manual_seed(0)
    net, short = HeadNet(4, 0.5).eval(), recipe()
    path = tmp_path / "head.onnx"
    write_head_onnx(net, short, path)
    session = onnxruntime.InferenceSession(str(path))
    for count in (1, 3):
        squares = torch.rand(count, 3, short.input_px, short.input_px) * 255
        with torch.no_grad():
            wanted = net(squares)

        given = session.run(["states", "heads"], {"images": squares.numpy()})

        for one, other in zip(given, wanted, strict=True):
            assert one == pytest.approx(other.numpy(), abs=1e-3)


def test_the_file_tells_no_paths(tmp_path: Path) -> None:
    """The tracer's call stacks do not ship."""
    path = tmp_path / "head.onnx"
    write_head_onnx(HeadNet(4, 0.5), recipe(), path)

    assert b".py" not in path.read_bytes()
    assert path.stat().st_size <= 2_000_000


def test_a_run_goes_on_from_an_earlier_one(tmp_path: Path) -> None:
    """Weights of an earlier run are the start; a damaged file is named."""
    torch.manual_seed(3)
    earlier = HeadNet(4, 0.0)
    save_network(earlier, tmp_path / "earlier.pt")
    (tmp_path / "damaged.pt").write_bytes(b"PK" + bytes(100))
    further = recipe().model_copy(update={"start": Path("earlier.pt")})
    damaged = recipe().model_copy(update={"start": Path("damaged.pt")})

    started = start_network(further, Material((tmp_path,)))

    assert torch.equal(started.map.weight, earlier.map.weight)
    with pytest.raises(WeightsError, match=r"damaged\.pt"):
        start_network(damaged, Material((tmp_path,)))


def test_the_rate_warms_up_and_fades() -> None:
    """It rises to its peak and ends near nothing."""
    loop = recipe(steps=100, warmup_steps=10).loop
    factors = [rate_factor(step, loop) for step in range(100)]

    assert factors[0] == pytest.approx(0.1)
    assert max(factors) == factors[9] == pytest.approx(1.0)
    assert factors[-1] < 0.03
    assert factors[10:] == sorted(factors[10:], reverse=True)


def test_far_pictures_are_smaller_and_worse() -> None:
    """Scale 1 changes nothing, a smaller one shrinks and compresses."""
    image = picture(0).image

    assert seen_from_afar(image, 1.0) is image
    assert seen_from_afar(image, 0.5).shape == (120, 120, 3)
