"""The house stands: folders, import order, walls, sole owner of its names."""

import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HOUSE = (
    "base streams models detector rules sites alerts identity cases delivery api "
    "training nonsite"
).split()


@pytest.mark.parametrize("folder", HOUSE)
def test_every_folder_is_a_package(folder: str) -> None:
    """Each room of the house exists and its __init__ says what it is for."""
    text = (ROOT / folder / "__init__.py").read_text(encoding="utf-8")

    assert text.startswith('"""')


def test_imports_run_one_way() -> None:
    """Import-linter finds no contract broken."""
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("tool", ["check_sizes.py", "check_house.py"])
def test_house_rules_hold(tool: str) -> None:
    """The walls and the house rules find nothing."""
    done = subprocess.run(
        [sys.executable, ROOT / "tools" / tool],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout == ""


def test_installed_distribution_is_sole_owner_of_its_names() -> None:
    """No other installed package brings a top-level name of ours."""
    owners = metadata.packages_distributions()

    wrong = {n: owners[n] for n in HOUSE if set(owners.get(n, [])) - {"nonsite"}}
    assert wrong == {}


EVERY_MODULE_OF_THE_WEB = """
import pkgutil, importlib, api, alerts
for p in (api, alerts):
    for found in pkgutil.iter_modules(p.__path__, p.__name__ + '.'):
        importlib.import_module(found.name)
"""
UNWANTED = {
    "the web process": (EVERY_MODULE_OF_THE_WEB, {"av", "cv2", "onnxruntime", "torch"}),
    "a worker": (
        "import nonsite.watching",
        {"sqlalchemy", "fastapi", "torch", "trackers"},
    ),
}
"""Which process starts with what, and what it must not load meanwhile."""


@pytest.mark.parametrize("process", UNWANTED)
def test_a_process_starts_without_what_others_need(process: str) -> None:
    """No decoder or network in the web; no SQL, HTTP or tracker in a new worker."""
    code, unwanted = UNWANTED[process]
    told = "\nimport sys\nprint(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code + told],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()

    assert "alerts.message" in loaded
    assert not unwanted & set(loaded)
