"""`nonsite models` lists, shows and, without the train extra, says how to get it."""

import importlib.util
from pathlib import Path

import pytest
from typer.testing import CliRunner

from models.catalogue import DEFAULT_DETECTOR, SHIPPED_DIR
from models.errors import ModelError
from nonsite.commands_models import app

RUNNER = CliRunner()


def test_list_names_the_embedded_detector_and_checks_files() -> None:
    """Each shipped network stands in the table with the verdict on its digest."""
    done = RUNNER.invoke(app, ["list"], env={"COLUMNS": "200"})

    assert done.exit_code == 0
    assert f"{DEFAULT_DETECTOR} (embedded detector)" in done.stdout
    assert "digest right" in done.stdout


def test_list_tells_a_broken_file(tmp_path: Path) -> None:
    """A damaged network in a folder of one's own is listed with what is wrong."""
    manifest = SHIPPED_DIR / f"{DEFAULT_DETECTOR}.yaml"
    text = manifest.read_text(encoding="utf-8")
    (tmp_path / "mine.yaml").write_text(
        text.replace(f"name: {DEFAULT_DETECTOR}", "name: mine"), encoding="utf-8"
    )
    (tmp_path / f"{DEFAULT_DETECTOR}.onnx").write_bytes(b"cut short")

    done = RUNNER.invoke(
        app, ["list", "--folder", str(tmp_path)], env={"COLUMNS": "300"}
    )

    assert done.exit_code == 0
    assert "the manifest says" in done.stdout


def test_show_prints_manifest_and_card() -> None:
    """Thresholds and the known failures are on one screen."""
    done = RUNNER.invoke(app, ["show", DEFAULT_DETECTOR], env={"COLUMNS": "200"})

    assert "thresholds" in done.stdout
    assert "known failures" in done.stdout
    assert "82: person, bicycle, car" in done.stdout
    first_page = done.stdout.splitlines()[:40]
    assert any("How it was made" in line for line in done.stdout.splitlines())
    assert any("person ap50" in line for line in first_page)


def test_unknown_network_is_told_with_those_there_are() -> None:
    """A typing error shows the names that exist."""
    done = RUNNER.invoke(app, ["show", "nonsite_nanno"])

    assert isinstance(done.exception, ModelError)
    assert (
        f"known: {', '.join(sorted(p.stem for p in SHIPPED_DIR.glob('*.yaml')))}"
        in (str(done.exception))
    )


@pytest.mark.skipif(
    importlib.util.find_spec("torch") is not None, reason="the train extra is here"
)
@pytest.mark.parametrize("command", ["train", "evaluate", "quantise"])
def test_tools_without_their_libraries_say_what_to_run(
    command: str, tmp_path: Path
) -> None:
    """No traceback about torch: the message names the make target."""
    where = ["--material", str(tmp_path), "--out", str(tmp_path)]

    done = RUNNER.invoke(app, [command, DEFAULT_DETECTOR, *where])

    assert isinstance(done.exception, ModelError)
    assert "run `make setup-train`" in str(done.exception)
