"""A run gives the same weights again, also when it was killed on the way."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

torch = pytest.importorskip(
    "torch", reason="the train extra is missing: run `make test-train`"
)

from tests.training.tiny_run import (
    Exported,
    Quiet,
    tiny_trainer,
    write_pictures,
)
from training.classes import shipped_classes
from training.errors import WeightsError
from training.fold import load_onnx
from training.loop import best_network

pytestmark = [pytest.mark.train, pytest.mark.timeout(300, func_only=True)]
ROOT = Path(__file__).resolve().parents[2]
KILLED_RUN = """
import os, signal, sys
from pathlib import Path
from tests.training.tiny_run import Quiet, tiny_trainer

class Killed(Quiet):
    epochs = 0
    def step_done(self, step, steps, loss_sum):
        if self.epochs == 1 and step == 2:
            os.kill(os.getpid(), signal.SIGKILL)
    def epoch_done(self, epoch, loss, figures):
        self.epochs += 1

tiny_trainer(Path(sys.argv[1]), Path(sys.argv[2]), Killed()).run()
"""


@pytest.fixture(scope="module")
def material(exported: Exported, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pictures, labels and starting weights."""
    folder = tmp_path_factory.mktemp("material")
    write_pictures(folder)
    shutil.copy(exported.weights, folder / "start.onnx")
    return folder


@pytest.fixture(scope="module")
def whole_run(material: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run nobody disturbed."""
    out = tmp_path_factory.mktemp("whole")
    tiny_trainer(material, out, Quiet()).run()
    return out


def _same(a: Path, b: Path) -> bool:
    first = torch.load(a / "checkpoint.pt", weights_only=True)
    second = torch.load(b / "checkpoint.pt", weights_only=True)
    pairs = [
        (first[part][name], second[part][name])
        for part in ("net", "average")
        for name in first[part]
    ]
    return all(torch.equal(one, other) for one, other in pairs)


def test_killed_and_resumed_run_ends_the_same(
    material: Path, whole_run: Path, tmp_path: Path
) -> None:
    """SIGKILL in the second epoch, then the same command: equal weights, bit by bit."""
    out = tmp_path / "killed"
    killed = subprocess.run(
        [sys.executable, "-c", KILLED_RUN, material, out],
        cwd=ROOT,
        check=False,
        capture_output=True,
    )

    tiny_trainer(material, out, Quiet()).run()

    assert killed.returncode == -9, killed.stderr.decode()
    assert _same(whole_run, out)


def test_run_leaves_weights_history_and_curves(whole_run: Path) -> None:
    """A person finds the best weights, the figures of each epoch and their picture."""
    history = json.loads((whole_run / "history.json").read_text(encoding="utf-8"))

    assert [record["epoch"] for record in history] == [0, 1, 2]
    assert (whole_run / "best.pt").stat().st_size > 3_000_000
    assert (whole_run / "curves.png").read_bytes().startswith(b"\x89PNG")


def test_parts_of_the_loss_add_up(whole_run: Path) -> None:
    """Box, objectness, classes and distillation are all there is."""
    history = json.loads((whole_run / "history.json").read_text(encoding="utf-8"))

    for record in history:
        parts = [record[n] for n in ("box", "objectness", "classes", "distilled")]
        assert sum(parts) == pytest.approx(record["loss"], rel=1e-4)


def test_finished_run_is_not_trained_further(material: Path, whole_run: Path) -> None:
    """The same command once more changes nothing."""
    before = (whole_run / "best.pt").read_bytes()

    tiny_trainer(material, whole_run, Quiet()).run()

    assert (whole_run / "best.pt").read_bytes() == before


def test_run_stops_when_nothing_gains(material: Path, tmp_path: Path) -> None:
    """Steps too small to change a figure end the run after the patience."""
    out = tmp_path / "flat"

    tiny_trainer(material, out, Quiet(), epochs=9, patience=1, rate=1e-12).run()

    history = json.loads((out / "history.json").read_text(encoding="utf-8"))
    assert len(history) == 2


def test_blend_lies_between_start_and_end(material: Path, tmp_path: Path) -> None:
    """Half and half: each weight is the mean of what it was and what it became."""
    out = tmp_path / "run"

    final = tiny_trainer(material, out, Quiet(), epochs=1, blend=0.5).run()

    classes = len(shipped_classes())
    start = load_onnx(material / "start.onnx", classes)
    end = best_network(out / "best.pt", classes)
    shipped = best_network(final, classes)
    for first, last, mixed in zip(
        start.parameters(), end.parameters(), shipped.parameters(), strict=True
    ):
        assert torch.allclose(mixed, (first + last) / 2, atol=1e-6)


def test_checkpoint_of_another_recipe_is_refused(
    material: Path, whole_run: Path
) -> None:
    """A changed recipe does not go on from weights of the old one."""
    with pytest.raises(WeightsError, match="belongs to another recipe"):
        tiny_trainer(material, whole_run, Quiet(), rate=0.002).run()


def test_truncated_checkpoint_is_named(
    material: Path, whole_run: Path, tmp_path: Path
) -> None:
    """A checkpoint cut short by a full disk says that it is to be deleted."""
    out = tmp_path / "cut"
    out.mkdir()
    whole = (whole_run / "checkpoint.pt").read_bytes()
    (out / "checkpoint.pt").write_bytes(whole[: len(whole) // 2])

    with pytest.raises(WeightsError, match=r"checkpoint\.pt.*delete it"):
        tiny_trainer(material, out, Quiet()).run()
